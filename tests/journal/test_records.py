"""What evidence says about how a cell spends its time."""

from dataclasses import replace

import pytest

from comparators.journal.records import Evidence
from tests.journal.records import CELL, SERIAL

EVIDENCE = Evidence(
    cell=CELL,
    tasks=4,
    wall_s=2.0,
    total_s=2.5,
    busy_s=6.0,
    task_cpu_s=1.5,
    peak=4,
    workers_seen=4,
    pickled_bytes=0,
    longest_s=2.0,
    idle_tail_s=0.1,
    switches_voluntary=1,
    switches_involuntary=2,
)

ALONE = replace(EVIDENCE, cell=replace(EVIDENCE.cell, runner=SERIAL))


def test_overlap_is_the_tasks_in_progress_on_average() -> None:
    assert EVIDENCE.overlap == pytest.approx(3.0)
    assert replace(EVIDENCE, wall_s=0.0).overlap == 0.0


def test_the_share_of_computing() -> None:
    assert EVIDENCE.cpu_share == pytest.approx(0.25)


def test_time_without_a_cpu_is_neither_computing_nor_waiting() -> None:
    assert replace(ALONE, delayed_s=3.0).cpu_share == pytest.approx(0.5)
    assert replace(EVIDENCE, delayed_s=3.0).cpu_share == pytest.approx(0.5)


@pytest.mark.parametrize("changes", [{"busy_s": 0.0}, {"delayed_s": 6.0}, {"delayed_s": 9.0}, {"delayed_s": 5.0}])
def test_the_share_of_computing_is_at_most_all(changes: dict[str, float]) -> None:
    assert replace(ALONE, **changes).cpu_share == 1.0  # type: ignore[arg-type]  # numbers only
