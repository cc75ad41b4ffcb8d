"""Every suite holds what there is."""

import pytest

from comparators.plan.names import choose_runners, choose_workloads
from comparators.registry.built_in import WORKLOADS
from comparators.registry.suites import DEFAULT_SUITE, SUITES, Suite
from comparators.runners._support.pool_methods import METHODS

EACH = pytest.mark.parametrize("suite", SUITES.values(), ids=list(SUITES))


@EACH
@pytest.mark.parametrize("preset", ["quick", "default", "full"])
def test_every_workload_and_runner_of_a_suite_exists(suite: Suite, preset: str) -> None:
    chosen = choose_workloads([suite.name], preset, ())
    assert [one.spec.label for one in chosen] == list(suite.workloads)  # so that it can be typed as it is shown
    assert [one.spec.label for one in choose_runners(suite.runners)][: len(suite.runners)] == list(suite.runners)[:]


def test_the_suite_of_pools_has_every_method_of_both() -> None:
    chosen = choose_runners(SUITES["pools"].runners)
    tried = {(one.spec.name, dict(one.spec.parameters).get("method", "map")) for one in chosen}
    assert tried == {("serial", "map")} | {(pool, method) for pool in ("threadpool", "mp-pool") for method in METHODS}


@EACH
def test_no_workload_has_the_name_of_a_suite(suite: Suite) -> None:
    assert suite.name not in {one.name: one.target for one in WORKLOADS}


def test_every_workload_is_in_a_suite() -> None:
    named = {text.partition("[")[0] for suite in SUITES.values() for text in suite.workloads}
    assert named == set({one.name: one.target for one in WORKLOADS})
    assert DEFAULT_SUITE in SUITES


def test_a_suite_says_in_which_phases_a_workload_is_measured() -> None:
    suite = Suite("some", "", warm=("a", "b"), cold=("b", "c"))
    assert {text: suite.phases_of(text) for text in suite.workloads} == {
        "a": ("warm",),
        "b": ("warm", "cold"),
        "c": ("cold",),
    }
