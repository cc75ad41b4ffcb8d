"""The search for worker counts on curves that are known."""

from collections.abc import Callable, Mapping

import pytest

from comparators.stats.sequential import SequentialTest
from comparators.stats.worker_search import (
    MOST_COUNTS,
    SearchRange,
    Sufficient,
    counts_to_test,
    largest_working,
    next_counts,
    smallest_sufficient,
)
from tests.stats.simulated import rule_of

MARGIN = 0.05

Curve = Callable[[int], float]


def searched(curve: Curve, where: SearchRange, *, margin: float = MARGIN) -> dict[int, list[float]]:
    """Search a curve of seconds to the end; infinite seconds are a failure."""
    measured: dict[int, list[float]] = {}
    while wanted := next_counts(measured, where, margin):
        for count in wanted:
            assert 1 <= count <= where.top
            assert count not in measured
            measured[count] = [curve(count)] if curve(count) < float("inf") else []
    return measured


def saturating(best: int, *, overhead: float = 0.0) -> Curve:
    """Each worker gains its share up to `best`; more cost `overhead` each."""
    return lambda count: 1 / min(count, best) + overhead * max(count - best, 0)


def waiting(tasks: int) -> Curve:
    return lambda count: float(-(-tasks // count))


def range_of(*, cpus: int = 2, tasks: int = 40, limit: int = 1_000, waits: bool = False) -> SearchRange:
    return SearchRange(cpus, tasks, limit, waits)


@pytest.mark.parametrize(
    ("where", "first"),
    [
        (range_of(), (2,)),
        (range_of(waits=True), (2, 40)),
        (range_of(waits=True, tasks=10**6, limit=64), (2, 64)),
        (range_of(cpus=64, tasks=3), (3,)),
        (range_of(cpus=2, tasks=2, waits=True), (2,)),
        (range_of(tasks=0), (1,)),
    ],
)
def test_cpus_and_for_waiting_work_many_are_tried_first(where: SearchRange, first: tuple[int, ...]) -> None:
    assert next_counts({}, where, MARGIN) == first


def test_what_is_missing_of_the_first_ones_comes_before_the_search() -> None:
    assert next_counts({2: [1.0]}, range_of(waits=True), MARGIN) == (40,)


def test_computing_ends_at_the_cpus_with_few_samples() -> None:
    measured = searched(saturating(2), range_of())
    assert counts_to_test(measured, MARGIN, 4) == (2,)
    assert len(measured) <= 4


def test_waiting_work_gets_as_many_workers_as_tasks() -> None:
    measured = searched(waiting(40), range_of(waits=True))
    assert counts_to_test(measured, MARGIN, 4) == (40,)


@pytest.mark.parametrize("enough", [3, 5, 8, 13, 21])
def test_the_smallest_sufficient_count_is_found_below_a_flat_top(enough: int) -> None:
    """Forty do as well; the pilot comes within a fifth of the fewest that do."""
    measured = searched(saturating(enough), range_of(waits=True))
    smallest = counts_to_test(measured, MARGIN, 4)[0]
    assert enough * 0.85 <= smallest <= enough * 1.25
    assert len(measured) <= MOST_COUNTS


@pytest.mark.parametrize("best", [1, 2, 6, 12, 24])
def test_a_peak_is_bracketed(best: int) -> None:
    measured = searched(saturating(best, overhead=0.02), range_of(cpus=4, tasks=64))
    found = min(measured, key=lambda count: measured[count])
    assert saturating(best, overhead=0.02)(found) <= 1.3 / best
    assert len(measured) <= MOST_COUNTS


def test_a_count_that_fails_is_halved_until_one_works() -> None:
    def curve(count: int) -> float:
        return 100 / count if count <= 100 else float("inf")

    where = range_of(tasks=10**6, limit=1_000, waits=True)
    measured = searched(curve, where)
    assert list(measured)[:6] == [2, 1_000, 500, 250, 125, 62]
    assert largest_working(measured) == max(count for count in measured if count <= 100)
    assert counts_to_test(measured, MARGIN, 4)[-1] == largest_working(measured)


def test_where_nothing_works_the_search_ends_at_one() -> None:
    measured = searched(lambda count: float("inf"), range_of(cpus=8))
    assert list(measured) == [8, 4, 2, 1]
    assert largest_working(measured) == 0
    assert counts_to_test(measured, MARGIN, 4) == ()


def test_without_failures_there_is_no_limit_to_name() -> None:
    assert largest_working({2: [1.0], 4: [0.6]}) is None


def test_an_infinite_value_is_a_failure_too() -> None:
    assert next_counts({8: [float("inf")]}, range_of(cpus=8), MARGIN) == (4,)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize("cpus", [1, 2, 64])
@pytest.mark.parametrize("waits", [False, True])
def test_every_search_ends_within_its_range(limit: int, cpus: int, waits: bool) -> None:
    for curve in (saturating(5), waiting(40), float, lambda count: 1.0):
        assert len(searched(curve, range_of(cpus=cpus, limit=limit, waits=waits))) <= MOST_COUNTS + 2


def test_a_wider_margin_needs_fewer_counts() -> None:
    where = range_of(waits=True)
    assert len(searched(saturating(13), where, margin=0.5)) < len(searched(saturating(13), where))


def test_only_counts_that_may_be_sufficient_are_answer_of() -> None:
    measured = {1: [8.0], 2: [4.0], 4: [2.05, 2.15], 8: [2.0], 16: [2.2]}
    assert counts_to_test(measured, MARGIN, 4) == (4, 8)
    assert counts_to_test({4: [1.0], 5: [1.0], 6: [1.0], 7: [0.9]}, MARGIN, 3) == (4, 5, 7)


def answer_of(seconds: Mapping[int, list[float]]) -> Sufficient | None:
    test = SequentialTest([str(count) for count in seconds], rule_of("workers"))
    for row in zip(*seconds.values(), strict=True):
        test.add({str(count): value for count, value in zip(seconds, row, strict=True)})
    return smallest_sufficient(test.look(last=True))


def test_the_smallest_count_within_the_margin_of_the_best_is_sufficient() -> None:
    found = answer_of({2: [2.0] * 3, 4: [1.02] * 3, 8: [1.01] * 3, 16: [1.0] * 3})
    assert found is not None
    assert (found.count, found.best, found.settled) == (4, 16, True)
    assert found.ratio is not None
    assert found.ratio.ratio == pytest.approx(1.02)


def test_a_smaller_count_that_looks_as_good_is_taken_and_left_unsettled() -> None:
    found = answer_of({4: [1.0, 1.2, 1.1], 8: [1.1, 1.0, 1.05]})
    assert found is not None
    assert (found.count, found.best, found.settled) == (4, 8, False)


def test_a_smaller_count_that_looks_far_worse_is_not_taken() -> None:
    found = answer_of({4: [1.2, 2.4, 1.7], 8: [1.1, 0.7, 1.05]})
    assert found == Sufficient(8, 8, None, settled=False)


def test_a_larger_count_that_is_open_does_not_matter() -> None:
    found = answer_of({4: [1.1, 1.0, 1.05], 8: [1.0, 1.2, 1.1]})
    assert found == Sufficient(4, 4, None, settled=True)


def test_without_times_there_is_no_answer() -> None:
    assert smallest_sufficient(SequentialTest((), rule_of("workers")).look(last=True)) is None
