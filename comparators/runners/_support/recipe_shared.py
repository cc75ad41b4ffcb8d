"""Recipes that hand what the tasks share to the workers."""

__all__ = ["handing_over"]


def handing_over(body: str, shared: object) -> str:
    """Give `run` of a recipe what is shared as a second argument, where anything is."""
    return body if shared is None else body.replace("def run(tasks):", "def run(tasks, shared):")
