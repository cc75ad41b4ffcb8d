import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from comparators.journal.records import Run
from comparators.report.escaping import ascii_only
from comparators.report.table_rows import glance_row
from comparators.report.terminal import print_plan, print_summary
from tests.example_costs import coordination_run
from tests.examples import HOSTILE, PYTHONS, example_run, example_verdicts, hostile_run, large_run


def summary(run: Run, *, width: int = 100, encoding: str = "utf-8", colour: bool = False) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width, force_terminal=colour, highlight=False, markup=False, emoji=False)
    print_plan(run.header.plan, 123.4, console)
    print_summary(run, example_verdicts(run), console)
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(encoding)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_verdicts_come_first_and_in_words() -> None:
    text = summary(example_run(workloads=("integrate",), phases=("warm",)))
    headline = text.index("futures-processes wins with 2 workers, 1.8")
    why = text.index("The tasks compute 98 % of their time")
    table = text.index("× serial")
    failed = text.index("Failed")
    assert headline < why < table < failed < text.rindex("Not applicable")


def test_the_table_has_winner_workers_ratio_seconds_and_runner_up() -> None:
    text = summary(example_run(workloads=("integrate",), phases=("warm",)), width=120)
    row = next(line for line in text.splitlines() if "integrate, warm" in line and "×" in line)
    assert re.search(r"futures-processes +2 +1\.8\d× \(1\.\d\d–1\.\d\d\) +\d+ ms +mp-pool", row)


def test_reasons_are_told() -> None:
    text = squeezed(summary(example_run()))
    for reason in ("needs Python 3.14", "raised an error: PicklingError", "crashed: killed by SIGSEGV", "(drift)"):
        assert squeezed(reason) in text


def test_later_lines_of_a_reason_stand_below_its_words() -> None:
    assert "workers 1: raised \n    an error: PicklingError" in summary(example_run(), width=60)


@pytest.mark.parametrize("width", [60, 80, 96, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_at_any_width_lines_fit_and_numbers_are_whole(width: int, encoding: str) -> None:
    run = example_run(pythons=PYTHONS)
    text = summary(run, width=width, encoding=encoding)
    assert max(map(cell_len, text.splitlines())) <= width
    for row in map(glance_row, example_verdicts(run)):
        assert (row.seconds.text if encoding == "utf-8" else ascii_only(row.seconds.text)) in text
        assert row.to_serial.text.partition("×")[0].strip("–") in text


def test_a_terminal_that_takes_only_ascii_gets_its_likeness() -> None:
    text = summary(example_run(workloads=("sleep",)), encoding="ascii", width=120)
    assert re.search(r"about \d\.\dx", text)
    assert "+--" in text


def test_brackets_are_no_markup() -> None:
    assert "mp-pool[method=imap]" in summary(example_run(workloads=("broken",)), width=200)


def test_without_a_terminal_there_is_no_colour() -> None:
    assert "\x1b" not in summary(example_run())
    assert "\x1b" in summary(example_run(), colour=True)


def test_no_colour_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", summary(example_run(), colour=True))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_hostile_names_steer_nothing(encoding: str) -> None:
    text = summary(hostile_run(), encoding=encoding, width=200)
    assert not any(ord(one) < 32 and one != "\n" for one in text)
    for name in HOSTILE:
        if len(name) < 40 and name.isprintable():
            assert name in text


def test_an_incomplete_run_says_so() -> None:
    assert "The run was interrupted" in summary(example_run(workloads=("hash",), finished=False))


def test_a_run_without_verdicts_prints() -> None:
    run = example_run(workloads=("hash",))
    empty = replace(run, header=replace(run.header, plan=replace(run.header.plan, comparisons=())), failures=())
    assert "0 workloads" in summary(empty)


def test_a_large_run_stays_readable() -> None:
    text = summary(large_run(10_000))
    assert "The other 64 comparisons are in the table." in text
    assert "more, see report.html" in text


def test_the_plan_says_what_and_how_long() -> None:
    text = summary(example_run(workloads=("noop",)))
    assert "2 comparisons, 8 runners, preset quick, seed 0, 2 CPUs" in text
    assert "1, 2, 4, then search up to 1,000" in text
    assert "Expected time: about 2 min 3 s, at most 3 min" in text


def test_what_it_costs_is_told_in_short() -> None:
    for survey in (True, False):
        run = coordination_run(survey=survey)
        text = summary(run, width=120)
        assert "What it costs here" in text
        assert re.search(r"lock, uncontended, µs +0.101 +0.15", text)
        assert re.search(r"lost updates, noop +0 +12 +4,000 +0", text)
        assert "None in 1 other case that was checked." in text
        assert "futures-interpreters" not in text.partition("Not applicable")[0].partition("What it costs")[2]
        assert ("hash, warm" in text.partition("What it costs")[0]) is not survey, text


@pytest.mark.parametrize(("width", "left_out"), [(60, 1), (80, 0)])
def test_a_narrow_terminal_shows_what_fits_whole_and_says_what_does_not(width: int, left_out: int) -> None:
    table = summary(coordination_run(), width=width).partition("What it costs here")[2].partition("Mistakes")[0]
    assert max(map(cell_len, table.splitlines())) <= width
    assert re.search(r" 0.101 +0.15", table)
    assert ("1 more in the report" in table) is (left_out == 1)
