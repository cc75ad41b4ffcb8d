"""What anyio's calls find in a loop that pauses: the same as in one that `anyio.run` has started."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from anyio._backends import _asyncio

from comparators.runners.anyio_threads import AnyioThreads
from tests.runners import support


def test_the_main_task_is_searched_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searches: list[object] = []
    search: Callable[[], Any] = vars(_asyncio)["all_tasks"]

    def counted() -> Any:
        searches.append(None)
        return search()

    monkeypatch.setattr(_asyncio, "all_tasks", counted)
    with AnyioThreads(work=support.double, tasks=range(9), workers=2) as runner:
        runner.run(2)
        assert runner.run(1).results == [2 * task for task in range(9)]
    assert len(searches) <= 1


def test_anyio_need_not_find_out_which_library_runs_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    if "sniffio" not in sys.modules:
        pytest.skip("anyio works without sniffio here")
    from sniffio import current_async_library_cvar

    named: list[object] = []

    async def call(work: Callable[[Any], Any], task: Any, *, limiter: object) -> Any:
        named.append(current_async_library_cvar.get())
        return work(task)

    monkeypatch.setattr(AnyioThreads, "_call", lambda _: call)
    with AnyioThreads(work=support.double, tasks=[1], workers=1) as runner:
        runner.run(1)
    assert named == ["asyncio"]
    assert current_async_library_cvar.get() is None
