from dataclasses import replace

import pytest
from rich.cells import cell_len

from comparators.report.layout import Layout, Line
from comparators.report.live import LiveModel, LiveState, live_line, live_lines

STATE = LiveState(
    title="get",
    models=(
        LiveModel("threads", "measuring", 16.0, 18.0, "40 workers"),
        LiveModel("async", "measured", 17.0, 17.0),
        LiveModel("processes", "slower", 6.6, 7.4),
        LiveModel("interpreters", "failed", note="ImportError: no module 'numpy'"),
        LiveModel("loop", "waiting"),
    ),
    measuring="threads with 40 workers, round 3",
    left_s=4.2,
)


def shown(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(span.text for span in line).rstrip() for line in lines]


def test_before_it_is_decided_the_models_show_what_is_known_so_far() -> None:
    assert shown(live_lines(STATE, Layout(80))) == [
        "get: threads, async, processes, interpreters or a plain loop?",
        "  threads         16–18×  ████████████████▒▒  40 workers",
        "  async              17×  █████████████████",
        "  processes     6.6–7.4×  ███████",
        "  interpreters    failed                      ImportError: no module 'numpy'",
        "  plain loop           …",
        "  threads with 40 workers, round 3 · about 4 s left",
    ]


def test_the_answer_stands_first_as_soon_as_it_is_known() -> None:
    state = replace(STATE, headline="use THREADS, 40 of them.", number=2, total=9)
    (first, *_) = live_lines(state, Layout(80))
    assert shown((first,)) == ["[2/9] get: use THREADS, 40 of them."]
    assert first[0].style == "bold"


@pytest.mark.parametrize("width", [40, 60, 80, 140])
@pytest.mark.parametrize("plain", [False, True])
def test_every_line_fits(width: int, plain: bool) -> None:
    state = replace(STATE, title="a_name_that_is_long" * 5, measuring="threads with many words " * 6)
    lines = shown(live_lines(state, Layout(width, plain)))
    assert max(map(cell_len, lines)) <= width
    assert len(lines) == 7
    assert not plain or "".join(lines).isascii()


def test_an_unknown_time_is_not_told() -> None:
    for left in (None, float("inf"), float("nan"), 0.2):
        assert "left" not in shown(live_lines(replace(STATE, left_s=left), Layout(80)))[-1]


def test_a_moment_is_a_second() -> None:
    assert shown(live_lines(replace(STATE, left_s=0.6), Layout(80)))[-1].endswith(" · about 1 s left")


def test_with_nothing_known_it_is_measuring() -> None:
    assert shown(live_lines(LiveState("get"), Layout(80)))[0] == "get: measuring"


def test_a_log_gets_one_line() -> None:
    assert live_line(STATE, Layout(80)) == (
        "get: threads 16–18×, async 17×, processes 6.6–7.4× · threads with 40 workers, round 3 · about 4 s left"
    )
    decided = replace(STATE, headline="use THREADS.", left_s=None)
    assert live_line(decided, Layout(80)) == "get: use THREADS. · threads with 40 workers, round 3"


def test_hostile_text_steers_nothing() -> None:
    state = replace(STATE, title="\x1b[31m", measuring="\x07", headline="\u202e")
    assert not any(ord(one) < 32 or one == "\u202e" for one in "".join(shown(live_lines(state, Layout(80)))))
