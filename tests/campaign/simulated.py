"""A sampler whose cells take the seconds that a formula says; no process runs and no time passes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from comparators.campaign.control import Copy

from comparators.campaign.clock import Clock
from comparators.campaign.comparison import ComparisonRun
from comparators.campaign.outcome import Cap
from comparators.journal.records import Cause, Evidence, Failure, Preflight, Race, Sample, Stage
from comparators.plan.model import Candidate, Cell, Comparison, RunnerSpec, Settings
from comparators.runner import Model
from comparators.workload import Observation
from tests.journal.records import COMPARISON, SERIAL, SETTINGS

__all__ = [
    "BASELINE",
    "Judged",
    "Rules",
    "Simulated",
    "comparison_of",
    "fixed",
    "race_workers",
    "runner",
    "searching",
    "simulation",
    "taking",
]

BASELINE = Candidate(SERIAL, (1,), search=False, limit=1)


def runner(name: str, model: Model = "threads") -> RunnerSpec:
    """Return a runner that exists in name only."""
    return RunnerSpec(name, f"made.up:{name}", model)


def comparison_of(*candidates: Candidate) -> Comparison:
    """Return a comparison of these, warm."""
    return replace(COMPARISON, candidates=candidates)


def fixed(name: str, workers: int = 2) -> Candidate:
    """Return a runner with one worker count."""
    return Candidate(runner(name), (workers,), search=False, limit=workers)


def searching(name: str, start: int = 2, limit: int = 64) -> Candidate:
    """Return a runner whose worker count is searched for."""
    return Candidate(runner(name), (start,), search=True, limit=limit)


def taking(**seconds: float) -> Callable[[Cell, int], float]:
    """Return a formula: so many seconds for a runner, whatever its workers."""
    return lambda cell, ordinal: seconds[cell.runner.name]


@dataclass
class Simulated:
    """Stands in for `Sampler`.

    Attributes:
        seconds: of a cell's loop, for the given ordinal of its samples.
        overhead_s: what a sample takes beyond its loops.
        broken: runners whose preflight fails.
        failing: cells' runners that fail, by stage and block.
        priced: runners whose samples report the cost of a lock.
        taken: every sample asked for, in order.
        records: what came of them.
        begun: the cells that a race recorded before began with.
        races: every race that was begun.
        looked: every cell with an instrumented pass.
        recipes: every cell whose recipe was asked for.
    """

    seconds: Callable[[Cell, int], float]
    overhead_s: float = 0.25
    broken: Sequence[str] = ()
    failing: Mapping[tuple[str, Stage, int], Cause] = field(default_factory=dict)
    costed: Sequence[str] = ()
    taken: list[tuple[Stage, Cell, int, int, int, Cap | None]] = field(default_factory=list)
    begun: tuple[Cell, ...] = ()
    races: list[Race] = field(default_factory=list)
    looked: list[Cell] = field(default_factory=list)
    records: list[Sample | Failure] = field(default_factory=list)
    recipes: list[Cell] = field(default_factory=list)
    clock_s: float = 0.0
    _ordinals: dict[Cell, int] = field(default_factory=dict)

    def sample(
        self,
        cell: Cell,
        stage: Stage,
        *,
        block: int = -1,
        position: int = 0,
        loops: int = 1,
        cap: Cap | None = None,
    ) -> Sample | Failure:
        self.records.append(self._record(cell, stage, block, position, loops, cap))
        return self.records[-1]

    def _record(
        self, cell: Cell, stage: Stage, block: int, position: int, loops: int, cap: Cap | None
    ) -> Sample | Failure:
        self.taken.append((stage, cell, block, position, loops, cap))
        seconds = self.seconds(cell, self._ordinals.setdefault(cell, 0))
        self._ordinals[cell] += 1
        rounds = 2 if cell.phase == "warm" else 1
        elapsed = seconds * loops * rounds + self.overhead_s
        cause = self.failing.get((cell.runner.name, stage, block))
        if cap is not None and elapsed > cap.deadline_s:
            self.clock_s += cap.deadline_s
            return Failure(cell, stage, "capped", "stopped", "", block, cap.deadline_s, cap.seconds)
        self.clock_s += elapsed
        if cause is not None:
            return Failure(cell, stage, cause, "made up", "", block, elapsed)
        warmup = seconds if cell.phase == "warm" else None
        cost = (Observation("cost", 1.0, "ns", primitive="lock", operation="alone"),)
        seen = cost if cell.runner.name in self.costed else ()
        return Sample(cell, stage, seconds, warmup, loops, block, position, "", elapsed, 0.0, seen)

    def race(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        self.races.append(Race(self.begun or cells))
        return self.begun or cells

    def tried(self, cell: Cell) -> Preflight | Failure:
        if cell.runner.name in self.broken:
            return Failure(cell, "preflight", "error", "KeyError: 1", "", -1, 0.1)
        return Preflight(cell, 0.1)

    def evidence(self, cell: Cell) -> Evidence:
        self.looked.append(cell)
        return Evidence(cell, 1, 1.0, 1.0, 1.0, 1.0, 1, 1, 0, 1.0, 0.0, 0, 0)

    def recipe(self, cell: Cell) -> None:
        self.recipes.append(cell)

    def piloted(self) -> dict[str, list[int]]:
        """Return the worker counts that the pilot tried, by runner."""
        found: dict[str, list[int]] = {}
        for stage, cell, *_ in self.taken:
            if stage == "pilot":
                found.setdefault(cell.runner.name, []).append(cell.workers)
        return found

    def blocks(self) -> list[list[str]]:
        """Return the runners of each block of the race, copies included, in their order."""
        found: list[list[str]] = []
        for stage, cell, block, position, *_ in self.taken:
            if stage in ("race", "control"):
                if block == len(found):
                    found.append([])
                assert position == len(found[block])
                found[block].append(cell.runner.name if stage == "race" else f"copy of {cell.runner.name}")
        return found


@dataclass(frozen=True)
class Judged:
    """A decision."""

    outcome: str | None
    remaining: tuple[str, ...]


@dataclass
class Rules:
    """Decides as told at each look; remembers what it was shown."""

    decide: Callable[[int, tuple[str, ...]], Judged | None] = lambda blocks, remaining: None
    shown: list[tuple[list[dict[str, float]], tuple[str, ...], int, bool]] = field(default_factory=list)

    def __call__(
        self,
        blocks: Sequence[Mapping[str, float]],
        remaining: Sequence[str],
        candidates: int,
        margin: float,
        looks: Sequence[int],
        *,
        last: bool = False,
    ) -> Judged:
        self.shown.append(([dict(block) for block in blocks], tuple(remaining), candidates, last))
        undecided = Judged("unresolved" if last else None, tuple(remaining))
        return self.decide(len(blocks), tuple(remaining)) or undecided


def simulation(
    comparison: Comparison,
    sampler: Simulated,
    judge: Rules | None = None,
    *,
    settings: Settings = SETTINGS,
    deadline_s: float = float("inf"),
    closer: bool = False,
    hints: Mapping[RunnerSpec, int] | None = None,
    margin: float = 0.05,
    copy: Copy | None = None,
    watch: Callable[..., None] = lambda *seen: None,
) -> ComparisonRun:
    """Return a comparison measured by a simulated sampler, on a clock that moves with its samples."""
    clock = Clock(0.0, None, lambda: sampler.clock_s)
    return ComparisonRun(
        comparison=comparison,
        sampler=sampler,  # type: ignore[arg-type]  # it offers what a comparison uses
        judge=judge or Rules(),  # type: ignore[arg-type]  # its outcomes are any text
        settings=settings,
        clock=clock,
        deadline_s=deadline_s,
        closer=closer,
        margin=margin,
        copy=copy or Copy(wanted=False),
        hints=hints or {},
        watch=watch,
    )


def race_workers(sampler: Simulated) -> dict[str, set[int]]:
    """Return the worker counts of each runner in the race."""
    found: dict[str, set[int]] = {}
    for stage, cell, *_ in sampler.taken:
        if stage == "race":
            found.setdefault(cell.runner.name, set()).add(cell.workers)
    return found
