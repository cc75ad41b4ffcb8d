"""An old test, judged again by the same object over the same blocks as the live run."""

from typing import Any

from comparators.journal.records import Level, candidate_label
from comparators.plan.model import Cell
from comparators.stats.sequential import SequentialTest
from comparators.stats.thresholds import Thresholds
from comparators.verdict.measurements import gather
from comparators.verdict.replay import Replay, replay
from tests.verdict.builder import Value, broken, capped, make_run, times

THRESHOLDS = Thresholds()
MODELS = {"serial/1": "loop", "futures-threads/40": "threads", "mp-pool/8": "processes"}


def replayed(level: Level = "model", wrong: tuple[str, ...] = (), **tests: Any) -> Replay:
    (measured,) = gather(make_run(**tests))
    found = replay(measured, level, THRESHOLDS, wrong)
    assert found is not None
    return found


def test_it_comes_to_what_the_live_test_came_to() -> None:
    values = {"serial/1": times(0.9), "futures-threads/40": times(0.05), "mp-pool/8": times(0.12)}
    live = SequentialTest(tuple(values), THRESHOLDS.rule("model"), MODELS)
    taken: dict[str, list[Value]] = {label: [] for label in values}
    look = None
    for block in range(5):
        wanted = live.remaining if look is None else ()
        entry = {label: value for label in wanted if isinstance(value := values[label][block], float)}
        for label in wanted:
            taken[label].append(entry[label])
        if look is None:
            live.add(entry)
            look = live.look() if live.due else None
            look = look if look is not None and look.status is not None else None
    assert replayed(model=taken).look == look


def test_two_counts_of_one_model_are_one_answer() -> None:
    found = replayed(model={"serial": times(0.9), "futures-threads/20": times(0.05), "futures-threads/40": times(0.05)})
    assert found.look.status == "decided"
    assert len(found.look.leaders) == 2


def test_an_incomplete_block_is_left_out() -> None:
    found = replayed(model={"serial": [0.9, None, 0.9, 0.9], "futures-threads/2": [0.5, 0.5, 0.5, 0.5]})
    assert (len(found.values), found.incomplete) == (3, 1)


def test_a_failed_candidate_leaves_and_the_others_go_on() -> None:
    found = replayed(model={"serial": times(0.9), "futures-threads/2": [0.5, broken()], "mp-pool/2": times(0.45)})
    assert found.look.leader == "mp-pool/2"
    assert "futures-threads/2" not in found.look.rivals


def test_what_fails_after_the_decision_is_judged_without_it() -> None:
    found = replayed(model={"serial": times(0.9), "futures-threads/2": [*times(0.4, 4), broken()]})
    assert found.look.leader == "serial/1"


def test_a_stopped_sample_is_a_bound() -> None:
    found = replayed(model={"serial": times(0.1), "mp-pool/2": [0.4, *[capped(0.3)] * 4]})
    assert found.look.rivals["mp-pool/2"].at_least


def test_wrong_results_take_no_part() -> None:
    found = replayed(model={"serial": times(0.9), "futures-threads/2": times(0.1)}, wrong=("futures-threads/2",))
    assert found.look.leader == "serial/1"


def test_a_test_that_never_began() -> None:
    (measured,) = gather(make_run(model={"serial": times(0.9)}))
    assert replay(measured, "api", THRESHOLDS) is None


def test_cells_are_named_by_runner_and_workers() -> None:
    run = make_run(model={"futures-threads/40": times(0.05)})
    cell: Cell = run.samples[0].cell
    assert candidate_label(cell) == "futures-threads/40"
