from dataclasses import replace
from typing import get_args

import pytest

from comparators.journal.records import Cause
from comparators.plan.model import Phase
from comparators.report.table_rows import (
    CAUSES,
    OUTCOMES,
    PHASES,
    STATUSES,
    confidence_words,
    glance_row,
    outcome_words,
    serial_of,
    standing_row,
    tally,
)
from comparators.stats.interval import Interval
from comparators.verdict.model import Outcome, Standing, Status, Verdict
from tests.examples import example_run, example_verdicts

VERDICTS = {verdict.comparison: verdict for verdict in example_verdicts(example_run())}
WIN = VERDICTS["integrate/warm/3.11"]
CAPPED = VERDICTS["sleep/warm/3.11"]


def standing(verdict: Verdict, status: Status) -> Standing:
    return next(one for one in verdict.standings if one.status == status)


def test_every_outcome_status_cause_and_phase_has_words() -> None:
    assert set(OUTCOMES) == set(get_args(Outcome))
    assert set(STATUSES) == set(get_args(Status))
    assert set(CAUSES) == set(get_args(Cause))
    assert set(PHASES) == set(get_args(Phase))


def test_the_winner_has_words_and_numbers() -> None:
    row = standing_row(WIN.standings[0], WIN, serial_of(WIN))
    assert (row.runner, row.mark, row.status) == ("futures-processes", "win", "winner")
    assert row.workers.text == "2 (2 to 4 within 1 %)"
    assert row.seconds.text.endswith(" ms")
    assert row.to_serial.text.startswith("1.8")
    assert row.first.key == pytest.approx((row.seconds.key or 0.0) / 4)
    assert row.to_serial.key == pytest.approx(1.84, abs=0.05)


def test_a_failure_is_a_word_and_never_a_number() -> None:
    row = standing_row(standing(WIN, "failed"), WIN, serial_of(WIN))
    assert (row.mark, row.seconds.text, row.seconds.key) == ("none", "failed", None)
    assert row.reason.startswith("PicklingError")
    assert {row.to_serial.text, row.first.text, row.samples.text, row.cpu.text} == {"–"}


def test_what_does_not_apply_has_its_reason() -> None:
    row = standing_row(standing(WIN, "not-applicable"), WIN, serial_of(WIN))
    assert (row.mark, row.seconds.text, row.reason) == ("absent", "not applicable", "needs Python 3.14")


def test_what_was_stopped_shows_a_bound() -> None:
    row = standing_row(standing(CAPPED, "capped"), CAPPED, serial_of(CAPPED))
    assert (row.seconds.text, row.seconds.key, row.to_serial.text) == ("≥ 3× the best's", None, "–")


def test_against_a_serial_that_was_stopped_there_is_a_bound_too() -> None:
    winner = replace(CAPPED.standings[0], to_serial=None, to_winner=Interval(1.0, 1.0, 1.0, 0.95))
    verdict = replace(CAPPED, standings=(winner, *CAPPED.standings[1:]), winners=(winner.runner.label,))
    assert standing_row(winner, verdict, serial_of(verdict)).to_serial.text == "≥ 3×"
    assert glance_row(verdict).to_serial.text == "≥ 3×"


def test_serial_is_the_baseline() -> None:
    serial = serial_of(WIN)
    assert serial is not None
    assert standing_row(serial, WIN, serial).to_serial.text == "1×"


@pytest.mark.parametrize(
    ("outcome", "mark", "status"),
    [("win", "win", "winner"), ("tie", "tie", "tied"), ("unresolved", "open", "still in the race")],
)
def test_leaders_are_named_by_the_outcome(outcome: Outcome, mark: str, status: str) -> None:
    verdict = replace(WIN, outcome=outcome)
    row = standing_row(verdict.standings[0], verdict, serial_of(verdict))
    assert (row.mark, row.status, glance_row(verdict).mark) == (mark, status, mark)


def test_without_a_race_nobody_is_still_in_it() -> None:
    verdict = replace(WIN, outcome="unresolved", blocks=0)
    row = standing_row(verdict.standings[0], verdict, serial_of(verdict))
    assert (row.mark, row.status) == ("open", "not raced")


def test_a_comparison_at_a_glance() -> None:
    row = glance_row(WIN)
    assert (row.workload, row.phase, row.leading, row.workers.text) == ("integrate", "warm", "futures-processes", "2")
    assert row.runner_up == "mp-pool"
    assert row.lead.text.startswith("1.0")


def test_a_comparison_without_a_value_at_a_glance() -> None:
    row = glance_row(VERDICTS["broken/warm/3.11"])
    assert (row.mark, row.outcome, row.leading) == ("none", "not measurable", "–")
    assert {row.workers.text, row.to_serial.text, row.seconds.text, row.runner_up, row.lead.text} == {"–"}


def test_many_leaders_are_not_all_named() -> None:
    row = glance_row(replace(WIN, outcome="unresolved", winners=tuple("abcdef")))
    assert (row.leaders, row.more, row.leading) == (("a", "b", "c", "d"), 2, "a, b, c, d and 2 more")


def test_doubt_is_part_of_the_outcome() -> None:
    assert outcome_words(replace(WIN, unstable=True)) == "win (unstable)"


def test_confidence_says_what_it_rests_on() -> None:
    assert confidence_words(WIN) == "95 % confidence, 7 blocks, differences below 5 % count as none"
    assert confidence_words(replace(WIN, blocks=0)) == "no race, so no confidence"


def test_the_outcomes_are_counted() -> None:
    outcomes: tuple[Outcome, ...] = ("win", "tie", "unresolved", "none", "not-reached")
    verdicts = [replace(WIN, outcome=outcome) for outcome in outcomes]
    verdicts += [replace(verdicts[2], winners=("serial",)), replace(verdicts[2], blocks=0)]
    assert [outcome_words(verdict) for verdict in verdicts] == [
        "win",
        "tie",
        "any of",
        "not measurable",
        "not reached",
        "unresolved",
        "not raced",
    ]
    assert tally(verdicts) == (
        "1 of 7 comparisons has a winner, 1 ties, 1 has several runners that surely beat serial, 1 is unresolved, "
        "1 was measured in the pilot only, 1 could not be measured, "
        "1 was not reached before the run ended."
    )
    assert tally([replace(WIN, outcome="tie")]) == "0 of 1 comparison has a winner, 1 ties."
    assert tally([replace(WIN, outcome="tie")] * 2) == "0 of 2 comparisons have a winner, 2 tie."
