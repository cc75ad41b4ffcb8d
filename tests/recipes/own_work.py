"""A person's own file: work in both forms, the items beside it. The names are those that recipes use, too."""

ITEMS = list(range(7))


def serve(item: int) -> int:
    return 3 * item


async def main(item: int) -> int:
    return 3 * item
