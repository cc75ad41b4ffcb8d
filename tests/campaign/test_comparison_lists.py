"""Of a long list of one's own the first items are measured."""

from dataclasses import replace

import pytest

from comparators.campaign.comparison import FEWEST_PER_CPU, FEWEST_WAITING
from comparators.plan.model import Comparison
from comparators.stats.thresholds import Thresholds
from tests.campaign.simulated_host import Host, candidate, comparison_of, counts, measured
from tests.journal.records import SETTINGS

LONGEST_S = SETTINGS.thresholds.longest_loop_s
COMPUTING_FEWEST = FEWEST_PER_CPU * len(SETTINGS.cpus)


def of_own_list(host: Host, *, first: int = 0) -> Comparison:
    """Return a comparison of a person's own function over its list."""
    own = replace(comparison_of().workload, parameters=(("first", first), ("items", "ITEMS")))
    return comparison_of(candidate("threads", "threads"), tasks=host.tasks, workload=own)


@pytest.mark.parametrize(
    ("host", "count"),
    [
        pytest.param(Host(tasks=1000, task_s=0.01), round(LONGEST_S / 0.01), id="as many as take the longest"),
        pytest.param(Host(tasks=1000, task_s=2.0), COMPUTING_FEWEST, id="computing: some for each CPU"),
        pytest.param(Host(tasks=1000, task_s=0.1, cpu_share=0.01), FEWEST_WAITING, id="waiting: many at once"),
    ],
)
def test_of_a_long_list_of_ones_own_the_first_items_are_measured(host: Host, count: int) -> None:
    sampler, run = measured(host, of_own_list(host))
    assert sampler.shortened == [count]
    assert sampler.steps[:5] == ["enter", "calibrate", "profile", "take first", "model"]
    assert run._profile.tasks == count
    assert run._profile.total_s == pytest.approx(count * host.task_s)
    assert run._profile.task_s == host.task_s
    assert run.answered


@pytest.mark.parametrize(
    ("host", "first"),
    [
        pytest.param(Host(tasks=50, task_s=LONGEST_S / 51), 0, id="short enough"),
        pytest.param(Host(tasks=COMPUTING_FEWEST, task_s=2.0), 0, id="few items"),
        pytest.param(Host(tasks=1000, task_s=0.01), 1000, id="as many as the person said"),
    ],
)
def test_a_list_that_is_short_or_was_shortened_by_the_person_is_measured_as_it_is(host: Host, first: int) -> None:
    sampler, run = measured(host, of_own_list(host, first=first))
    assert sampler.shortened == []
    assert run._profile.total_s == pytest.approx(host.profile.total_s)


def test_no_more_workers_than_items_that_are_measured_take_part() -> None:
    host = Host(tasks=1000, task_s=0.1, cpu_share=0.01)
    rivals = (candidate("threads", "threads", limit=1000), candidate("async", "async", limit=1000, fewest=3))
    sampler, _ = measured(host, replace(of_own_list(host), candidates=comparison_of(*rivals).candidates))
    assert sampler.shortened == [FEWEST_WAITING]
    assert counts(sampler, "model") == {"serial": [1], "threads": [2, FEWEST_WAITING], "async": [3, FEWEST_WAITING]}
    assert max(one.cell.workers for one in sampler.taken) == FEWEST_WAITING


def test_work_of_the_catalogue_is_never_shortened() -> None:
    sampler, _ = measured(Host(tasks=1000, task_s=0.01), comparison_of(candidate("threads", "threads"), tasks=1000))
    assert sampler.shortened == []


def test_how_long_a_list_may_take_is_for_the_preset_to_say() -> None:
    host = Host(tasks=1000, task_s=0.01)
    shortened = {}
    for preset in ("quick", "default", "rigorous"):
        settings = replace(SETTINGS, thresholds=Thresholds.for_preset(preset))
        shortened[preset] = measured(host, of_own_list(host), settings=settings)[0].shortened
    assert shortened == {"quick": [50], "default": [200], "rigorous": []}
