"""A reason does not repeat the workload that it is about."""

from dataclasses import replace

from comparators.plan.model import NotApplicable, RunnerSpec
from comparators.verdict.missing_reasons import NOT_SEEN, runners_of, why_absent
from tests.example_prices import coordination_run

CONTEST = coordination_run().header.plan.contests[0]
OTHER = RunnerSpec("other", "elsewhere:Other", "threads")


def test_the_workload_at_the_beginning_is_left_out() -> None:
    for words in ("'hash' needs a lock: other has none", "'hash': needs a lock: other has none"):
        contest = replace(CONTEST, not_applicable=(NotApplicable(OTHER, words),))
        assert why_absent(contest, OTHER, {}) == "needs a lock: other has none"


def test_a_refusal_comes_before_a_failure_and_either_before_nothing() -> None:
    failures: dict[tuple[str, str, str, str], str] = {}
    failures[CONTEST.workload.label, CONTEST.phase, CONTEST.python, "other"] = "crashed"
    refused = replace(CONTEST, not_applicable=(NotApplicable(OTHER, "no"),))
    assert why_absent(refused, OTHER, failures) == "no"
    assert why_absent(CONTEST, OTHER, failures) == "crashed"
    assert why_absent(CONTEST, OTHER, {}) == NOT_SEEN
    assert runners_of(refused)[-1] == OTHER
