"""A reason does not repeat the workload that it is about."""

from dataclasses import replace

from comparators.plan.model import NotApplicable, RunnerSpec
from comparators.verdict.missing_reasons import NOT_SEEN, runners_of, why_absent
from tests.example_costs import coordination_run

COMPARISON = coordination_run().header.plan.comparisons[0]
OTHER = RunnerSpec("other", "elsewhere:Other", "threads")


def test_the_workload_at_the_beginning_is_left_out() -> None:
    for words in ("'hash' needs a lock: other has none", "'hash': needs a lock: other has none"):
        comparison = replace(COMPARISON, not_applicable=(NotApplicable(OTHER, words),))
        assert why_absent(comparison, OTHER, {}) == "needs a lock: other has none"


def test_a_refusal_comes_before_a_failure_and_either_before_nothing() -> None:
    failures: dict[tuple[str, str, str, str], str] = {}
    failures[COMPARISON.workload.label, COMPARISON.phase, COMPARISON.python, "other"] = "crashed"
    refused = replace(COMPARISON, not_applicable=(NotApplicable(OTHER, "no"),))
    assert why_absent(refused, OTHER, failures) == "no"
    assert why_absent(COMPARISON, OTHER, failures) == "crashed"
    assert why_absent(COMPARISON, OTHER, {}) == NOT_SEEN
    assert runners_of(refused)[-1] == OTHER
