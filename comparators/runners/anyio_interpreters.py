"""`anyio.to_interpreter`: worker interpreters, awaited by coroutines."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from comparators.runner import RunnerInfo
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

    def _prepared(self) -> object:
        return importable(self.work, self._folders)
