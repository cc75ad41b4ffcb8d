"""The library's one verb."""

__all__ = ["compare"]


def compare() -> None:
    """Compare."""
