"""Primitives for workers that are interpreters of one process: queues, and no more than that."""

from collections.abc import Mapping
from typing import Any, ClassVar

from comparators.kit import PRIMITIVES, Kit

__all__ = ["InterpreterKit"]


class InterpreterKit(Kit):
    """`concurrent.interpreters`, Python 3.14 and later."""

    model = "concurrent.interpreters"
    missing: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(PRIMITIVES, "interpreters share no objects; the standard library gives them queues only"),
    }

    def make_queue(self, maxsize: int = 0) -> Any:
        """Return a cross-interpreter queue."""
        from concurrent import interpreters

        return interpreters.create_queue(maxsize)
