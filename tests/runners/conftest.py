"""The order of runner tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what starts interpreters last: anyio keeps them, and a process that has some cannot fork safely."""
    items.sort(key=lambda item: "interpreters" in item.name)
