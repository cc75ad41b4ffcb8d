"""A journal, judged again, gives what was decided while it was measured."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.journal.records import Cause, Failure, Finished, Header, Run, Sample, Stage
from comparators.plan.model import Candidate, Cell, Comparison, Plan, Settings
from comparators.verdict.history import histories
from comparators.verdict.replay import Replay, replay
from comparators.verdict.sequential import Decision, judge
from tests.campaign.simulated import Simulated, comparison_of, runner, simulation
from tests.journal.records import PLAN, SERIAL, SETTINGS
from tests.verdict.builder import Broken, Lane, make_run

ROUNDS = replace(SETTINGS, looks=(3, 5, 8))
BASELINE = Candidate(SERIAL, (1,), search=False, limit=1)


@dataclass
class Listening:
    """The real rule, and what it said last."""

    decision: Decision | None = None
    candidates: list[int] = field(default_factory=list)

    def __call__(
        self,
        blocks: Sequence[Mapping[str, float]],
        remaining: Sequence[str],
        candidates: int,
        margin: float,
        looks: Sequence[int],
        *,
        last: bool = False,
    ) -> Decision:
        self.candidates.append(candidates)
        self.decision = judge(blocks, remaining, candidates, margin, looks, last=last)
        return self.decision


def recorded(comparison: Comparison, sampler: Simulated, settings: Settings) -> Run:
    """Return the journal of what a simulated sampler was asked for."""
    plan = Plan(settings, PLAN.interpreters, (comparison,))
    samples = tuple(one for one in sampler.records if isinstance(one, Sample))
    failures = tuple(one for one in sampler.records if isinstance(one, Failure))
    races = tuple(sampler.races)
    return Run(Header(1, plan, {}, 0.0), (), (), samples, failures, (), Finished("complete", 1.0), races=races)


def replayed(run: Run) -> Replay:
    (history,) = histories(run)
    return replay(history, run.header.plan.settings)


def both(
    speeds: Mapping[str, float], spread: float, seed: int, failing: Mapping[tuple[str, Stage, int], Cause]
) -> tuple[Simulated, Listening, Replay]:
    """Measure a comparison, then judge its journal."""
    noise = random.Random(seed)

    def seconds(cell: Cell, ordinal: int) -> float:
        return speeds[cell.runner.name] * noise.lognormvariate(0.0, spread)

    others = [Candidate(runner(name), (2,), search=False, limit=2) for name in speeds if name != "serial"]
    comparison = comparison_of(BASELINE, *others)
    sampler, rule = Simulated(seconds, failing=failing), Listening()
    run = simulation(comparison, sampler, settings=ROUNDS)
    run.judge = rule
    run.measure()
    return sampler, rule, replayed(recorded(comparison, sampler, ROUNDS))


names = ("serial", "one", "two", "three", "four", "five")
speeds = st.fixed_dictionaries({name: st.floats(0.5, 5.0) for name in names})
failures = st.dictionaries(
    st.tuples(st.sampled_from(names), st.just("race"), st.integers(0, 7)),
    st.sampled_from(("crashed", "timeout", "error")),
    max_size=3,
)


@given(speeds, st.sampled_from((0.001, 0.02, 0.1, 0.4)), st.integers(0, 2**32), failures)
def test_the_journal_of_a_race_decides_as_the_race_did(
    speeds: Mapping[str, float], spread: float, seed: int, failing: Mapping[tuple[str, Stage, int], Cause]
) -> None:
    sampler, rule, again = both(speeds, spread, seed, failing)
    (race,) = sampler.races
    assert again.candidates == tuple(cell.runner.label for cell in race.cells)
    if again.decision is None:  # everybody failed
        assert again.remaining == ()
        return
    assert rule.decision is not None
    assert set(rule.candidates) == {len(race.cells)}
    assert (again.decision.outcome, again.remaining) == (rule.decision.outcome, rule.decision.remaining)
    assert again.decision.blocks_needed == rule.decision.blocks_needed


def test_who_began_the_race_counts_though_the_first_block_broke_off() -> None:
    """The rule is stricter for more candidates: those whom the end came before are candidates, too."""
    lanes = {
        "serial": Lane("loop", {1: 1.0}, (None,)),
        "threads": Lane("threads", {1: 0.9}, (0.9,)),
        "forks": Lane("processes", {2: 0.8}, (0.8,)),
    }
    assert replayed(make_run(lanes, finished="interrupted")).candidates == ("forks", "threads", "serial")


@pytest.mark.parametrize("first", [0.9, Broken()])
def test_a_damaged_line_about_the_race_leaves_its_first_block(first: float | Broken) -> None:
    lanes = {
        "serial": Lane("loop", {1: 4.0}, (4.0, 4.0)),
        "threads": Lane("threads", {1: 0.9}, (first, 0.9)),
        "dropped": Lane("processes", {2: 9.0}),
    }
    run = replace(make_run(lanes), races=())
    assert sorted(replayed(run).candidates) == ["serial", "threads"]


def test_a_race_that_went_on_is_no_tie_of_its_first_blocks() -> None:
    """While it ran its margin was narrower than the one raised to the host's noise, by which it is judged."""
    lanes = {
        "one": Lane("threads", {2: 1.0}, [1.00, 1.05, 0.98, 1.02, 1.00, 1.03, 0.99]),
        "other": Lane("threads", {2: 1.0}, [1.04, 1.00, 1.03, 0.99, 1.02, 1.00, 1.04]),
    }
    (history,) = histories(make_run(lanes))
    noisy = replace(SETTINGS, margin=0.2, looks=(3, 5, 7))
    found = replay(history, noisy)
    assert found.decision is not None
    assert (found.decision.outcome, len(found.blocks)) == ("tie", 7)
    (short,) = histories(make_run({label: replace(lane, race=lane.race[:5]) for label, lane in lanes.items()}))
    assert replay(short, noisy).decision == found.decision
    assert len(replay(short, noisy).blocks) == 5


def test_without_any_race_all_that_the_pilot_did_not_drop_are_left() -> None:
    lanes = {f"runner-{number}": Lane("threads", {1: 1.0 + number / 100}) for number in range(12)}
    lanes["slow"] = Lane("threads", {1: 9.0})
    everybody = tuple(label for label in lanes if label != "slow")
    planned = make_run(lanes)
    assert replayed(planned).candidates == everybody[: planned.header.plan.settings.racers_maximum]
    settings = replace(planned.header.plan.settings, looks=())
    plan = replace(planned.header.plan, settings=settings)
    assert replayed(replace(planned, header=replace(planned.header, plan=plan))).candidates == everybody
