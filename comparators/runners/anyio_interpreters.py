"""`anyio.to_interpreter`: worker interpreters, awaited by coroutines."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.anyio_calls import AnyioCalls
from comparators.runners._support.interpreter_imports import added_folders, importable

__all__ = ["AnyioInterpreters"]


@dataclass(kw_only=True, eq=False)
class AnyioInterpreters(AnyioCalls):
    """`anyio.to_interpreter.run_sync`. anyio keeps its idle interpreters until the process ends."""

    info = RunnerInfo(
        name="anyio-interpreters",
        model="interpreters",
        summary="anyio.to_interpreter.run_sync, awaited by coroutines",
        api="anyio.to_interpreter.run_sync",
        simplicity=2,
        pickles=True,
        python=(3, 13),
        imports=("anyio._backends._asyncio", "anyio.to_interpreter"),
    )

    def _call(self) -> Callable[..., Awaitable[Any]]:
        from anyio import to_interpreter

        return to_interpreter.run_sync

    def __post_init__(self) -> None:
        super().__post_init__()
        self._folders = added_folders()  # here: no model's cost, so it has no place in the time of a start

    def recipe(self) -> Recipe:
        """Return coroutines that share an iterator; before 3.14 with a way to send functions of the program itself."""
        recipe = super().recipe()
        if sys.version_info >= (3, 14):
            return recipe
        functions = recipe.functions.replace("{work}", "sendable({work})")
        imports = (*recipe.imports, "import importlib", "from pathlib import Path")
        return replace(recipe, imports=imports, functions=f"{_SENDABLE}\n\n{functions}")

    def _prepared(self) -> object:
        return importable(self.work, self._folders)


_SENDABLE = """\
def sendable(function):  # before Python 3.14 an interpreter cannot import a function from the program that runs
    if function.__module__ != "__main__":
        return function
    return getattr(importlib.import_module(Path(__file__).stem), function.__name__)
"""
