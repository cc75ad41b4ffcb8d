"""`anyio.to_process`: worker processes, awaited by coroutines."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from comparators.runner import RunnerInfo
from comparators.runners._support.anyio_calls import AnyioCalls

__all__ = ["AnyioProcesses"]


@dataclass(kw_only=True, eq=False)
class AnyioProcesses(AnyioCalls):
    """`anyio.to_process.run_sync`; its processes are fresh interpreters that speak over standard output."""

    info = RunnerInfo(
        name="anyio-processes",
        model="processes",
        summary="anyio.to_process.run_sync, awaited by coroutines",
        api="anyio.to_process.run_sync",
        simplicity=2,
        pickles=True,
        imports=("anyio._backends._asyncio", "anyio.to_process"),
    )

    def _call(self) -> Callable[..., Awaitable[Any]]:
        from anyio import to_process

        return to_process.run_sync

    def _end_orphans(self) -> None:
        import psutil

        for child in psutil.Process().children():
            with suppress(psutil.Error):  # it may end, or be waited for, at any moment
                if "anyio.to_process" in child.cmdline():
                    child.kill()
