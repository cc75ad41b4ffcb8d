from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from comparators.workloads.coordination._support import rendezvous
from comparators.workloads.coordination._support.rendezvous import meet, meet_async


def test_threads_meet_again_and_again() -> None:
    arrived, seen = [0, 0], []

    def party(number: int) -> None:
        for turn in (1, 2, 3):
            meet(arrived, number, turn)
            seen.append(min(arrived) >= turn)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(party, range(2)))
    assert seen == [True] * 6


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_coroutines_meet_again_and_again(backend: str) -> None:
    arrived, seen = [0, 0], []

    async def party(number: int) -> None:
        for turn in (1, 2, 3):
            await meet_async(arrived, number, turn)
            seen.append(min(arrived) >= turn)

    async def both() -> None:
        async with anyio.create_task_group() as group:
            for number in range(2):
                group.start_soon(party, number)

    anyio.run(both, backend=backend)
    assert seen == [True] * 6


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendezvous, "PATIENCE_S", -1)
    with pytest.raises(TimeoutError, match="2 of 3 came to meeting 2"):
        meet([2, 1, 0], 1, 2)
    with pytest.raises(TimeoutError, match="1 of 2 came to meeting 1"):
        anyio.run(meet_async, [0, 0], 0, 1)
