from dataclasses import replace

import pytest
from comparators.verdict.model import Verdict
from hypothesis import given
from hypothesis import strategies as st

from comparators.report.figures.text_format import (
    brief,
    cell_ratio,
    describe,
    finding,
    names,
    plain,
    slug,
    summarise,
)
from comparators.stats.interval import Interval
from tests.report.figures.pictures import standing_of, verdict_of, with_standing


@pytest.fixture(scope="module")
def win() -> Verdict:
    return replace(verdict_of("integrate"), to_serial=Interval(1.9, 1.88, 1.92, 0.95))


def test_a_win_names_winner_workload_speed_and_workers(win: Verdict) -> None:
    assert finding(win) == "futures-processes wins on integrate: 1.90 times faster than serial with 2 workers"


def test_phase_and_python_stand_behind_the_workload(win: Verdict) -> None:
    assert "on integrate (cold, Python 3.14): " in finding(win, where="cold, Python 3.14")
    assert "on integrate (cold, unstable): " in finding(replace(win, unstable=True), where="cold")


def test_one_sample_is_about(win: Verdict) -> None:
    assert "about 1.9 times faster than serial" in finding(replace(win, to_serial=Interval(1.9, None, None, 0.95)))


def test_without_serial_the_lead_is_told(win: Verdict) -> None:
    alone = replace(win, to_serial=None, lead=Interval(1.3, 1.2, 1.4, 0.95), runner_up="mp-pool")
    assert finding(alone).endswith(": 1.30 times faster than mp-pool with 2 workers")


def test_where_serial_was_stopped_the_speed_is_a_lower_bound(win: Verdict) -> None:
    stopped = with_standing(replace(win, to_serial=None), "serial", status="capped", at_least=3.49)
    assert ": at least 3.4 times faster than serial with 2 workers" in finding(stopped)


def test_serial_wins_over_the_next(win: Verdict) -> None:
    serial = replace(win, winners=("serial",), lead=Interval(2.0, 1.9, 2.1, 0.95), runner_up="asyncio")
    assert finding(serial) == "serial wins on integrate: 2.00 times faster than asyncio"
    assert finding(replace(serial, lead=None)) == "serial wins on integrate: no other runner is faster"


def test_the_only_one_with_a_time_wins_nothing(win: Verdict) -> None:
    standing = standing_of(win, "threading")
    alone = replace(win, winners=("threading",), to_serial=None, lead=None, standings=(standing,))
    assert finding(alone) == "Only threading gave a time on integrate with 1 worker"


def test_a_tie_names_the_runners_and_their_speed(win: Verdict) -> None:
    tie = replace(win, outcome="tie", winners=("mp-pool", "asyncio"))
    assert finding(tie) == "mp-pool and asyncio tie on integrate: 1.90 times faster than serial"
    with_serial = replace(tie, winners=("mp-pool", "serial"))
    assert finding(with_serial) == "mp-pool and serial tie on integrate"


@pytest.mark.parametrize(
    ("winners", "blocks", "words"),
    [
        (("serial", "asyncio"), 40, ": serial and asyncio could not be told apart"),
        (("mp-pool",), 3, ": mp-pool is the only one left"),
        ((), 5, ""),
    ],
)
def test_no_decision_says_so(win: Verdict, winners: tuple[str, ...], blocks: int, words: str) -> None:
    unresolved = replace(win, outcome="unresolved", winners=winners, blocks=blocks)
    assert finding(unresolved) == f"Unresolved on integrate{words}"


def test_without_a_race_the_favourite_of_the_pilot_is_named(win: Verdict) -> None:
    piloted = replace(win, outcome="unresolved", winners=("mp-pool", "asyncio"), blocks=0)
    assert finding(piloted) == "Not raced on integrate: mp-pool was the fastest in the pilot"
    assert summarise((piloted, piloted)) == "None of 2 comparisons was raced: the pilot alone"
    assert summarise((piloted, win)) == "Processes win 1 of 2 comparisons; 1 not raced"


def test_what_surely_beats_serial_is_said_first(win: Verdict) -> None:
    raced = [one for one in win.standings if one.runner.label in {"mp-pool", "threading"}]
    gain = replace(win.to_serial, ratio=1.9, low=1.8, high=2.0) if win.to_serial else None
    standings = tuple(replace(one, to_serial=gain) if one in raced else one for one in win.standings)
    winners = tuple(one.runner.label for one in raced)
    several = replace(win, outcome="unresolved", winners=winners, standings=standings)
    assert finding(several) == f"Each of {winners[0]} and {winners[1]} beats serial on integrate; which is best is open"
    assert summarise((several, win)) == "Processes win 1 of 2 comparisons, several runners beat serial in 1"


def test_nothing_measured_says_so(win: Verdict) -> None:
    assert finding(replace(win, outcome="none", winners=())) == "Nothing could be measured on integrate"
    assert finding(replace(win, outcome="not-reached", winners=())) == "Not reached before the run ended: integrate"


def test_several_comparisons_are_counted_by_model(win: Verdict) -> None:
    verdicts = (
        win,
        win,
        replace(win, winners=("asyncio",)),
        replace(win, outcome="tie"),
        replace(win, outcome="unresolved", winners=("serial",)),
        replace(win, outcome="none", winners=()),
        replace(win, outcome="not-reached", winners=()),
    )
    assert summarise(verdicts) == (
        "Processes win 2 of 7 comparisons, async 1; 1 tied; 1 unresolved; 1 not measurable; 1 not reached"
    )
    assert summarise(verdicts[3:5]) == "No runner wins any of 2 comparisons alone; 1 tied; 1 unresolved"
    assert summarise((win,)) == finding(win)


def test_a_hover_has_the_numbers_and_the_role(win: Verdict) -> None:
    words = describe(standing_of(win, "futures-processes"), win)
    assert words.startswith("futures-processes on integrate, 2 workers: wins; ")
    assert "ms for all tasks; 1.8" in words
    assert "times faster than serial (95 % interval 1." in words


@pytest.mark.parametrize("status", ["failed", "not-applicable", "piloted", "capped", "not-reached", "eliminated"])
def test_a_hover_has_every_reason(win: Verdict, status: str) -> None:
    changed = with_standing(win, "mp-pool", status=status, reason="because of this", at_least=4.0)
    words = describe(standing_of(changed, "mp-pool"), changed)
    assert words.endswith("; because of this")
    assert ("takes at least 4 times as long as the best" in words) == (status == "capped")


def test_below_one_the_words_do_not_say_faster(win: Verdict) -> None:
    slow = with_standing(win, "asyncio", to_serial=Interval(0.5, 0.4, 0.6, 0.95))
    assert "0.50 times the speed of serial (95 % interval 0.40 to 0.60)" in describe(standing_of(slow, "asyncio"), slow)


def test_names_are_joined_and_counted() -> None:
    assert names([]) == "no runner"
    assert names(["a"]) == "a"
    assert names(["a", "b", "c"]) == "a, b and c"
    assert names(["a", "b", "c", "d"]) == "a, b and 2 more"


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(0.00001, "<0.001"), (0.0421, "0.042"), (0.531, "0.53"), (1.0, "1.00"), (1234.0, "1,234"), (2e5, "2e5")],
)
def test_a_ratio_fits_its_cell(ratio: float, words: str) -> None:
    assert cell_ratio(Interval(ratio, ratio, ratio, 0.95)) == words


def test_a_ratio_of_single_samples_says_so_in_its_cell() -> None:
    for value, written in ((1.84, "≈1.8"), (0.0058, "≈0.006"), (0.00004, "<0.001"), (48_000.0, "≈5e4")):
        assert cell_ratio(Interval(value, None, None, 0.95)) == written


@given(st.floats(1e-9, 1e9))
def test_every_ratio_is_short(ratio: float) -> None:
    assert len(cell_ratio(Interval(ratio, ratio, ratio, 0.95))) <= 6
    assert len(cell_ratio(Interval(ratio, None, None, 0.95))) <= 6


@given(st.text())
def test_any_text_becomes_one_drawable_line(text: str) -> None:
    line = plain(text)
    assert line.encode("utf-8").decode("utf-8") == line
    assert not any(ord(character) < 32 or character in "\ufffe\uffff" for character in line)
    assert len(brief(text)) <= 48


@given(st.text())
def test_any_text_becomes_a_safe_file_name(text: str) -> None:
    name = slug(text)
    assert 0 < len(name) <= 60
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name == name.strip("-")
