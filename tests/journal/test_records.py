"""What records say about how a cell spends its time."""

from dataclasses import replace

import pytest

from comparators.journal.records import WAITING_BELOW, candidate_label
from tests.journal.records import CELL, SERIAL, evidence, profile, sample

EVIDENCE = evidence()
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


def test_tasks_wait_when_they_leave_the_cpu_idle_for_a_good_part_of_their_time() -> None:
    assert profile(cpu_share=WAITING_BELOW - 0.01).waits
    assert not profile(cpu_share=WAITING_BELOW).waits


def test_a_candidate_is_called_by_its_runner_and_workers() -> None:
    assert candidate_label(CELL) == "threading[style=subclass]/2"


def test_a_sample_says_how_long_its_workers_took_to_start() -> None:
    assert (sample().start_s, sample().first_s) == (None, None)
    told = sample(metadata={"comparators_start_s": 0.25, "comparators_first_s": 1})
    assert (told.start_s, told.first_s) == (0.25, 1.0)
