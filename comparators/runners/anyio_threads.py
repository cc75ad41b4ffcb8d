"""`anyio.to_thread`: worker threads, awaited by coroutines."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from comparators.runner import RunnerInfo
from comparators.runners._support.anyio_calls import AnyioCalls

__all__ = ["AnyioThreads"]


@dataclass(kw_only=True, eq=False)
class AnyioThreads(AnyioCalls):
    """`anyio.to_thread.run_sync` with a limiter of its own in place of the default one of 40 threads."""

    info = RunnerInfo(
        name="anyio-threads",
        model="threads",
        summary="anyio.to_thread.run_sync, awaited by coroutines",
        api="anyio.to_thread.run_sync",
        simplicity=2,
        imports=("anyio._backends._asyncio", "anyio.to_thread"),
    )

    def _call(self) -> Callable[..., Awaitable[Any]]:
        from anyio import to_thread

        return to_thread.run_sync
