import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from comparators.report.layout import Layout
from comparators.report.terminal import print_summary, summary_lines
from comparators.verdict.analysis import Analysis, ModelResult, Table
from tests.report import analyses
from tests.report.analyses import (
    analysis,
    gil_bound,
    given_counts,
    hostile,
    interrupted,
    large,
    not_applicable,
    nothing_measured,
    suite,
    two_pythons,
    undecided,
    verdict,
    waiting,
    with_failures,
    wrong_results,
)

CASES: tuple[Callable[[], Analysis], ...] = (
    waiting,
    gil_bound,
    analyses.tiny_tasks,
    analyses.equal_models,
    undecided,
    suite,
    with_failures,
    wrong_results,
    not_applicable,
    nothing_measured,
    two_pythons,
    interrupted,
    given_counts,
    analyses.cold_function,
    hostile,
)

TARGET = """\
get: use THREADS, 40 of them. 0.89 s → 0.05 s, 17 times faster (16 to 18).
  threads      17×  ██████████████████  ThreadPoolExecutor(40)
  async        16×  █████████████████   asyncio.TaskGroup            aget
  processes     7×  ███████             at most 8 tried; +0.1 s to start
  plain loop    1×  █
why    each call waits 94 % of its time for the network; threads wait together
sure   threads before processes: yes, 5 rounds, at most 2 in 100 wrong
       threads or async: no difference above 10 %
also   from 3 calls on it pays · 20 threads are nearly as good (15×)
code   comparators recipe out/get     report  out/get/report.html
"""


def printed(found: Analysis, *, width: int = 80, verbose: bool = False, plain: bool = False) -> str:
    lines = summary_lines(found, Layout(width, plain), verbose=verbose)
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def on_console(found: Analysis, *, encoding: str = "utf-8", colour: bool = False, width: int = 80) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width, force_terminal=colour, highlight=False, markup=False, emoji=False)
    print_summary(found, console)
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(encoding)


def test_an_own_function_is_the_answer_and_nothing_else() -> None:
    assert printed(waiting()) == TARGET
    assert on_console(waiting()) == TARGET


def test_a_wide_terminal_gets_longer_bars_and_lines() -> None:
    lines = printed(waiting(), width=140).splitlines()
    assert f"17×  {'█' * 36}  ThreadPoolExecutor(40)" in lines[1]
    assert lines[6].endswith("2 in 100 wrong · threads or async: no difference above 10 %")


@pytest.mark.parametrize("make", CASES)
@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("plain", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("verbose", [False, True], ids=["short", "verbose"])
def test_every_line_fits(make: Callable[[], Analysis], width: int, plain: bool, verbose: bool) -> None:
    text = printed(make(), width=width, plain=plain, verbose=verbose)
    broken = (line for line in text.splitlines() if not line.startswith(("code ", "report ")))  # what is pasted is not
    assert max(map(cell_len, broken)) <= width
    assert text.isascii() or not plain
    assert not re.search(r"\b(None|nan|inf)\b", text)


@pytest.mark.parametrize("make", CASES)
@pytest.mark.parametrize("verbose", [False, True], ids=["short", "verbose"])
def test_the_last_line_says_where_to_go_on(make: Callable[[], Analysis], verbose: bool) -> None:
    assert "report.html" in printed(make(), verbose=verbose).splitlines()[-1]


def test_without_a_run_directory_the_answer_ends_with_its_advice() -> None:
    assert printed(waiting(directory_hint="")).splitlines()[-1].startswith("also   from 3 calls on")


def test_the_numbers_of_a_cause_stand_in_brackets_where_they_fit() -> None:
    assert "why    threads take turns on the GIL (2 threads got 1.02 CPU seconds per second)\n" in printed(gil_bound())
    assert "why    threads take turns on the GIL\n" in printed(gil_bound(), width=60)


def test_a_directory_with_a_space_can_be_pasted() -> None:
    text = printed(waiting(directory_hint="my runs/get"))
    assert "comparators recipe 'my runs/get'     report  'my runs/get/report.html'" in text


def test_what_does_not_fit_beside_the_code_stands_below_it() -> None:
    assert printed(gil_bound()).splitlines()[-2:] == [
        "code   comparators recipe out/count_primes",
        "report out/count_primes/report.html",
    ]


def test_what_was_stopped_has_a_bound_and_no_bar() -> None:
    assert "\n  threads     ≤ 0.050×\n" in printed(analyses.tiny_tasks())


def test_what_failed_or_hangs_is_named_on_the_first_screen_once_per_cause() -> None:
    text = printed(with_failures())
    assert "  threads      hangs                      no progress for 10 s: waits for a lock" in text
    assert (
        "failed ValueError: 7 is not allowed\n"
        "       4 cells: count_primes/asyncio/2/warm/3.14,\n"
        "       count_primes/anyio/2/warm/3.14, count_primes/trio/2/warm/3.14 and 1 more\n"
        '         File "my.py", line 7, in count_primes\n'
        '           raise ValueError(f"{n} is not allowed")\n'
        "tip    run the function on that item alone\n"
        "hangs  no progress for 10 s: waits for a lock\n"
    ) in text


def test_many_causes_are_counted() -> None:
    groups = tuple(replace(with_failures().failures[0], message=f"error {number}") for number in range(8))
    text = printed(replace(with_failures(), failures=groups))
    assert "failed error 4" in text
    assert "error 5" not in text
    assert "3 more causes in the report" in text


def test_a_wrong_result_is_named_and_has_no_number() -> None:
    text = printed(wrong_results())
    assert "  threads     wrong                      50,000 of 200,000 updates lost" in text
    assert "wrong  50,000 of 200,000 updates lost under threads" in text


def test_work_of_fixed_duration_shows_what_was_observed_and_no_bars() -> None:
    known = wrong_results().verdicts[0]
    untimed = replace(
        known,
        timed=False,
        headline="this work takes as long as it is told to.",
        observations=("a deadlock of 2 workers under threads",),
        models=tuple(replace(one, status="slower") for one in known.models),
        runners=(),
    )
    text = printed(analysis(untimed))
    assert "█" not in text
    assert "seen   a deadlock of 2 workers under threads" in text
    shown = printed(analysis(*suite().verdicts, untimed))
    assert "seen   race: a deadlock of 2 workers under threads" in shown
    assert "workers that change one number" not in shown


def test_models_that_do_not_apply_are_left_out_unless_nothing_else_is_left() -> None:
    assert "interpreters" not in printed(waiting())
    assert "needs Python 3.14" in printed(waiting(), verbose=True)
    assert "cannot be pickled: <lambda>" in printed(not_applicable())


def test_nothing_measured_says_why() -> None:
    text = printed(nothing_measured())
    assert text.startswith("get: nothing could be measured.\n  plain loop  failed")
    assert "failed ValueError: 7" in text


def test_doubts_are_told() -> None:
    assert "but    other programs used 40 % of the CPUs while it was measured" in printed(undecided())
    assert "but    the run was interrupted, 1 cell not reached; the same command goes on" in printed(interrupted())
    assert "but    the run's time was used up;" in printed(waiting(finished="out-of-time"))
    assert "but    the run has not ended, or was killed;" in printed(waiting(finished=""))


def test_given_counts_are_told_one_by_one_with_the_reason_at_each_end() -> None:
    text = printed(given_counts())
    assert re.search(r"processes +1 +430 ms +0.96× +█{9} +one worker at a time\n +2 +219 ms +1.9× +█{18}\n", text)
    assert re.search(r" 8 +260 ms +1.6× +█{15} +2 CPUs: more workers", text)
    assert re.search(r"threads +1 +415 ms +0.99×", text)
    assert re.search(r" 8 +failed +crashed: out of", text)


def test_many_given_counts_are_cut() -> None:
    known = given_counts().verdicts[0]
    text = printed(analysis(replace(known, counts=known.counts * 10)))
    assert "  and 40 more in the report" in text


def test_a_run_without_comparisons_says_so() -> None:
    assert printed(analysis(title="")) == "nothing was measured\nreport out/get/report.html\n"


def test_two_pythons_are_told_apart_and_compared() -> None:
    text = printed(two_pythons())
    assert "count_primes (Python 3.14): use PROCESSES" in text
    assert "count_primes (Python 3.14t): use THREADS" in text
    assert "Python 3.14t, 2 threads: 1.8 times as fast as 3.14's 2 processes" in text
    assert text.count("\n\n") == 1


def test_a_suite_is_a_table_of_kinds_and_models_with_the_best_marked_and_the_lessons() -> None:
    lines = printed(suite()).splitlines()
    assert lines[0] == "the built-in suite: times faster than a plain loop"
    assert lines[1] == "  kind of work                          plain loop  threads  processes  async"
    assert lines[10:12] == [
        "  network                                       1×     ▸17×         7×   =16×",
        "    ThreadPoolExecutor(40)",
    ]
    assert "  ▸ best · = as good · – not applicable" in lines
    assert [line[:2] for line in lines if re.match(r"\d\. ", line)] == ["1.", "2.", "3."]
    assert "start  starting the workers costs 1 ms under threads, 0.1 s under processes, 2" in lines
    assert lines[-2] == "code   comparators recipe reports/2026-11-29-laptop WORKLOAD"


def test_a_wide_suite_has_the_code_beside_the_numbers() -> None:
    lines = printed(suite(), width=140).splitlines()
    assert lines[6].endswith("▸17×         7×   =16×  ThreadPoolExecutor(40)")


def test_a_suite_names_wrong_results_first() -> None:
    race = replace(wrong_results().verdicts[0], python="3.11")
    text = printed(suite(verdicts=(*suite().verdicts, race)))
    assert "wrong  race: 50,000 of 200,000 updates lost under threads" in text
    assert re.search(r"workers that change one number +▸1× +wrong +0.22×", text)


def test_verbose_adds_what_stands_behind_it() -> None:
    text = printed(waiting(warnings=("line 7 of the journal is torn",)), verbose=True)
    for part in (
        "facts  38 of 40 tasks were in progress at once",
        "worker counts\n",
        "as many as there are\n",
        "runners\n",
        "mp-threadpool",
        "noise  futures-threads against its own copy on get/warm/3.14: 1× (0.99–1.02) in",
        "note   line 7 of the journal is torn",
        "  seed    0",
    ):
        assert part in text
    assert printed(suite(), verbose=True).count("\nruns\n") == 0
    assert "integrate: use PROCESSES" in printed(suite(), verbose=True)


def test_tables_of_a_second_wing_are_verbose() -> None:
    table = Table(
        "What it costs here",
        "Per operation.",
        ("primitive", "threads"),
        (("lock", "0.1 µs"), ("queue", "")),
        notes=("1. processes have none",),
    )
    assert "What it costs" not in printed(waiting(tables=(table,)))
    text = printed(waiting(tables=(table,)), verbose=True)
    assert (
        "What it costs here\n  Per operation.\n  primitive  threads\n  lock        0.1 µs\n  queue            –\n"
        in text
    )
    assert "1. processes have none" in text


def test_a_terminal_that_takes_only_ascii_gets_its_likeness() -> None:
    text = on_console(waiting(), encoding="ascii")
    assert "0.89 s -> 0.05 s" in text
    assert "  threads      17x  ##################  ThreadPoolExecutor(40)" in text
    assert "\\u" not in on_console(suite(), encoding="ascii")


def test_without_a_terminal_there_is_no_colour() -> None:
    assert "\x1b" not in on_console(suite())
    assert "\x1b[1;32m" in on_console(suite(), colour=True)


def test_no_colour_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", on_console(suite(), colour=True))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_hostile_text_steers_nothing(encoding: str) -> None:
    text = on_console(hostile(), encoding=encoding)
    assert not any(ord(one) < 32 and one != "\n" for one in text)
    assert "\u202e" not in text


def test_brackets_are_no_markup() -> None:
    known = waiting().verdicts[0]
    named = analysis(replace(known, workload="get[bold]n[/bold]"))
    assert on_console(named).startswith("get[bold]n[/bold]: use THREADS")


def test_names_in_backticks_are_plain() -> None:
    assert printed(analysis(replace(waiting().verdicts[0], headline="use `mp-pool`."))).startswith(
        "get: use mp-pool.\n"
    )


def test_wide_characters_keep_the_columns() -> None:
    known = waiting().verdicts[0]
    rows = tuple(replace(one, kind=kind) for one, kind in zip(suite().verdicts, ("待つ", "計算する"), strict=False))
    text = printed(analysis(*rows, *suite().verdicts[2:], known), width=120)
    table = text.splitlines()[1:4]
    assert len({cell_len(line[: line.index("×")]) for line in table[1:]}) == 1


def test_a_large_run_stays_readable() -> None:
    text = printed(large(500))
    assert "and 460 more in the report" in text
    assert len(text.splitlines()) < 100


def test_a_model_that_was_screened_out_shows_no_number() -> None:
    models: tuple[ModelResult, ...] = (
        *gil_bound().verdicts[0].models[:2],
        analyses.model("threads", "pilot", workers=2, seconds=3.0, loop_s=0.4, note="one sample took 8 times as long"),
    )
    line = next(one for one in printed(analysis(verdict(models))).splitlines() if "threads" in one)
    assert re.fullmatch(r" +threads +out +one sample took 8 times as long", line)
