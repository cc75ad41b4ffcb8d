"""Parties that need two resources each: taken in opposed order they wait for each other for ever."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, NamedTuple

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations
from comparators.workloads._support.checks import check_count, check_wait
from comparators.workloads.coordination._support.stack_text import stack

__all__ = ["PATIENCE_S", "Deadlock", "Fate", "Party", "Table", "contend", "contend_async"]

ORDERS = ("opposed", "agreed", "try-lock", "timeout")

PATIENCE_S = 60
"""How long parties wait for each other to begin, or to end; long, for a slow host must not look like a lost party."""


class Party(NamedTuple):
    """A task: which party, of how many, and how it takes its two locks, see the parameters of `Deadlock`.

    Attributes:
        limit_s: how long it waits for its second lock: None for ever, 0 not at all.
    """

    number: int
    parties: int
    order: str
    rounds: int
    limit_s: float | None
    window_s: float
    backoff_s: float

    @property
    def locks(self) -> tuple[int, int]:
        """The numbers of its two locks in the order in which it takes them."""
        own, next_one = self.number, (self.number + 1) % self.parties
        return (min(own, next_one), max(own, next_one)) if self.order == "agreed" else (own, next_one)


class Fate(NamedTuple):
    """What became of a party.

    Attributes:
        rounds: how often it held both locks.
        failed: how often it did not get its second lock, and gave its first one back.
        waited_s: of a deadlock: how long it waited for its second lock.
        stack: of a deadlock: where it waited, see `comparators.workloads.coordination._support.stack_text`.
    """

    party: int
    rounds: int
    failed: int = 0
    waited_s: float = 0.0
    stack: str = ""


class Table(NamedTuple):
    """What the parties share: a lock for each resource, how often each was used, and a meeting point."""

    locks: Sequence[Any]
    uses: Any
    meeting: Any
    arrived: Any


def contend(party: Party) -> Fate:
    """Take both locks again and again, in threads or processes; or run into the deadlock once."""
    table: Table = shared()
    _meet(table, party.parties)
    return _run_into_it(table, party) if party.order == "opposed" else _take_turns(table, party)


def _run_into_it(table: Table, party: Party) -> Fate:
    """Take one lock, wait until each party has one, wait for the other; no party lets go before all have given up."""
    first, second = party.locks
    with table.locks[first]:
        _meet(table, 2 * party.parties)
        started = time.monotonic()
        where = "" if _taken(table.locks[second], party.limit_s) else stack()
        waited_s = time.monotonic() - started
        _meet(table, 3 * party.parties)
        if not where:
            table.locks[second].release()
    return Fate(party.number, 0, 0, waited_s, where)


def _take_turns(table: Table, party: Party) -> Fate:
    first, second = (table.locks[number] for number in party.locks)
    chance = Random(party.number)  # the same pause for all would make all fail again, together
    failed = 0
    for _ in range(party.rounds):
        while not _both_taken(first, second, party):
            failed += 1
            time.sleep(chance.random() * party.backoff_s)
        _use(table, party)
        second.release()
        first.release()
    return Fate(party.number, party.rounds, failed)


def _both_taken(first: Any, second: Any, party: Party) -> bool:
    first.acquire()
    time.sleep(party.window_s)  # also 0 lets others run
    if _taken(second, party.limit_s):
        return True
    first.release()
    return False


def _taken(lock: Any, limit_s: float | None) -> bool:
    if limit_s is None:
        return bool(lock.acquire())
    return bool(lock.acquire(limit_s > 0, limit_s or -1))  # threading takes -1 only, where it does not wait


def _meet(table: Table, arrivals: int) -> None:
    """Wait until `count` parties have arrived here, counted from the beginning."""
    with table.meeting:
        table.arrived.value += 1
        table.meeting.notify_all()
        if not table.meeting.wait_for(lambda: table.arrived.value >= arrivals, PATIENCE_S):
            raise TimeoutError(f"{table.arrived.value} of {arrivals} came")


def _use(table: Table, party: Party) -> None:
    for number in party.locks:
        table.uses[number] += 1


async def contend_async(party: Party) -> Fate:
    """Take both locks again and again, in coroutines; or run into the deadlock once."""
    table: Table = shared()
    await _meet_async(table, party.parties)
    run = _run_into_it_async if party.order == "opposed" else _take_turns_async
    return await run(table, party)


async def _run_into_it_async(table: Table, party: Party) -> Fate:
    first, second = party.locks
    async with table.locks[first]:
        await _meet_async(table, 2 * party.parties)
        started = time.monotonic()
        where = "" if await _taken_async(table.locks[second], party.limit_s) else stack()
        waited_s = time.monotonic() - started
        await _meet_async(table, 3 * party.parties)
        if not where:
            table.locks[second].release()
    return Fate(party.number, 0, 0, waited_s, where)


async def _take_turns_async(table: Table, party: Party) -> Fate:
    from anyio import sleep

    first, second = (table.locks[number] for number in party.locks)
    chance = Random(party.number)
    failed = 0
    for _ in range(party.rounds):
        while not await _both_taken_async(first, second, party):
            failed += 1
            await sleep(chance.random() * party.backoff_s)
        _use(table, party)
        second.release()
        first.release()
    return Fate(party.number, party.rounds, failed)


async def _both_taken_async(first: Any, second: Any, party: Party) -> bool:
    from anyio import sleep

    await first.acquire()
    await sleep(party.window_s)
    if await _taken_async(second, party.limit_s):
        return True
    first.release()
    return False


async def _taken_async(lock: Any, limit_s: float | None) -> bool:
    from anyio import WouldBlock, move_on_after

    try:
        if limit_s == 0:
            lock.acquire_nowait()
            return True
        with move_on_after(limit_s):
            await lock.acquire()
            return True
    except WouldBlock:
        pass
    return False


async def _meet_async(table: Table, arrivals: int) -> None:
    from anyio import fail_after

    with fail_after(PATIENCE_S):
        async with table.meeting:
            table.arrived.value += 1
            table.meeting.notify_all()
            while table.arrived.value < arrivals:
                await table.meeting.wait()


@dataclass(frozen=True)
class Deadlock(CoordinatedWorkload[Party, Fate]):
    """Let each party take two of the locks that stand in a ring between them, its own one and its neighbour's.

    What it teaches: when each holds one lock and waits for the other, all wait for ever, and nothing tells: no error,
    no CPU. `order=opposed` makes that happen for certain: no party asks for a second lock before each has its first. A
    time limit ends it, and the stacks of who waits for what are kept as the details of the observation "deadlocked".

    Three ways out, with the time each takes: `agreed`: all take their locks in the same order, and no ring of waiting
    can close. `try-lock`: who does not get the second lock at once gives the first back and tries again later.
    `timeout`: the same after a while of waiting. The failed attempts of the last two are counted: when all give way
    to each other again and again, which is called a livelock, they grow without anything getting done. Pauses of
    random lengths end it, unless all are equally long in the end: event loops wait in whole milliseconds on Linux, and
    `order=timeout backoff_s=0.001` shows the effect of shorter pauses.
    """

    name = "deadlock"
    summary = "two locks taken in opposed order, and three ways out"
    timed = False
    presets: ClassVar = {
        "tiny": {"deadline_s": 0.01, "rounds": 3},
        "quick": {"rounds": 20},
        "default": {},
        "full": {"rounds": 1_000},
    }
    work = staticmethod(contend)
    work_async = staticmethod(contend_async)

    order: str = parameter("opposed", "how the locks are taken", choices=ORDERS)
    parties: int = parameter(2, "how many parties, and how many locks", minimum=2, maximum=1_000)
    rounds: int = parameter(100, "how often each party takes both locks, unless opposed", minimum=1, maximum=10**7)
    deadline_s: float = parameter(0.05, "seconds until a deadlock is ended", minimum=0.001, maximum=3600)
    patience_s: float = parameter(0.002, "seconds until timeout gives up an attempt", minimum=1e-6, maximum=3600)
    window_s: float = parameter(0.0, "seconds from the first lock to the second", minimum=0, maximum=3600)
    backoff_s: float = parameter(0.003, "longest pause after a failed attempt, in seconds", minimum=1e-6, maximum=3600)

    @property
    def primitives(self) -> tuple[str, ...]:
        """Locks, and what a meeting needs: no party begins, or ends a deadlock, alone."""
        return ("lock", "condition", "counter", "array")

    @property
    def min_concurrency(self) -> int:
        """All parties wait for each other."""
        return self.parties

    def make_shared(self, kit: Kit) -> Table:
        """Make the locks, a count of uses for each, and the meeting point."""
        locks = [kit.make("lock") for _ in range(self.parties)]
        return Table(locks, kit.make("array", "q", self.parties), kit.make("condition"), kit.make("counter"))

    def reset(self, shared: Table) -> None:
        """No party has arrived and no lock was used."""
        shared.arrived.value = 0
        for number in range(self.parties):
            shared.uses[number] = 0

    def tasks(self) -> Sequence[Party]:
        """Return the parties."""
        limits = {"opposed": self.deadline_s, "agreed": None, "try-lock": 0, "timeout": self.patience_s}
        how = (self.parties, self.order, self.rounds, limits[self.order], self.window_s, self.backoff_s)
        return [Party(number, *how) for number in range(self.parties)]

    def finalize(self, results: Sequence[Fate], shared: Table) -> object:
        """Return what became of the parties, and how often each lock was used."""
        return results, list(shared.uses)

    def verify(self, result: object) -> Observations:
        """Check that every party had its rounds, each under both locks; or that all were deadlocked."""
        results, uses = result if isinstance(result, tuple) else (result, None)
        rounds = 0 if self.order == "opposed" else self.rounds
        for number, found in enumerate(check_count(results, self.parties, "parties")):
            if not isinstance(found, Fate) or (found.party, found.rounds) != (number, rounds):
                raise WrongResult(f"fate of party {number}", expected=f"{rounds} rounds of party {number}", found=found)
        if uses != [2 * rounds] * self.parties:  # a lock has two users; more or less: it did not keep others out
            raise WrongResult("uses of each lock", expected=[2 * rounds] * self.parties, found=uses)
        return self._deadlocked(results) if self.order == "opposed" else self._completed(results)

    def _deadlocked(self, fates: Sequence[Fate]) -> Observations:
        for fate, party in zip(fates, self.tasks(), strict=True):
            first, second = party.locks
            if not fate.stack:
                raise WrongResult(
                    f"end of party {fate.party}",
                    expected=f"deadlocked: no lock {second} in {self.deadline_s:g} s, which another party holds",
                    found=f"it got lock {second} while it held lock {first}",
                )
            check_wait(f"wait of party {fate.party}", self.deadline_s, fate.waited_s)
        return (
            Observation("deadlocked", 1, "", self._stacks(fates), wrong=True),
            Observation("ended after", max(fate.waited_s for fate in fates) * 1e3, "ms"),
        )

    def _stacks(self, fates: Sequence[Fate]) -> str:
        """Return who holds what, waits for what, and where, one party after the other."""
        held = ((fate, *party.locks) for fate, party in zip(fates, self.tasks(), strict=True))
        return "\n".join(
            f"party {fate.party} holds lock {first} and waits for lock {second}, in {fate.stack}"
            for fate, first, second in held
        )

    def _completed(self, fates: Sequence[Fate]) -> Observations:
        failed = sum(fate.failed for fate in fates)
        return Observation("deadlocked", 0, ""), Observation("failed attempts", failed, "attempts")
