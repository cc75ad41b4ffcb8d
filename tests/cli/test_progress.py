"""Progress: one line that says it all, plain or live."""

import io
from dataclasses import replace

import pytest

from comparators.campaign.progress import Progress
from comparators.cli import progress
from comparators.cli.progress import line_of, watching

RACE = Progress("race", "hash/warm/3.11", "", ("a", "b", "c", "d", "e"), 4, 2, 18, 60.0, 200.0)


class Screen(io.StringIO):
    """A terminal that keeps what is drawn."""

    def isatty(self) -> bool:
        return True


def test_the_line_says_comparison_activity_runners_and_time() -> None:
    line = line_of(RACE)
    assert line == "[3/18] hash/warm/3.11 · race, block 4 · left: a, b, c and 2 more · about 3 min 20 s to go"


def test_what_is_not_known_is_left_out() -> None:
    assert line_of(replace(RACE, activity="host", comparison="", remaining=(), block=0)) == (
        "looking at the host · about 3 min 20 s to go"
    )
    assert line_of(replace(RACE, activity="done", comparison="", remaining=(), block=0)) == "done"


def test_plain_lines_come_with_changes_messages_and_after_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    observe = progress.plain(lambda: now[0])
    observe(RACE)
    observe(replace(RACE, block=5))
    assert len(capsys.readouterr().err.splitlines()) == 1
    now[0] = progress.QUIET_S + 1
    observe(replace(RACE, block=6))
    assert "block 6" in capsys.readouterr().err
    observe(replace(RACE, block=7, message="'threading' failed:\x1b[31m crash"))
    assert capsys.readouterr().err == "'threading' failed:\\x1b[31m crash\n"
    observe(replace(RACE, comparison="sleep/warm/3.11", block=1))
    assert "sleep/warm" in capsys.readouterr().err


def test_on_a_terminal_one_line_moves_and_messages_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    screen = Screen()
    with watching(screen) as observe:
        observe(RACE)
        observe(replace(RACE, message="a message [that] stays"))
    drawn = screen.getvalue()
    assert line_of(RACE) in drawn
    assert "a message [that] stays\n" in drawn


def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen()
    with watching(screen) as observe:
        observe(replace(RACE, message="123 'text' /path"))
    assert "\x1b[3" not in screen.getvalue()
