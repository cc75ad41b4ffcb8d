from dataclasses import replace

from comparators.report.model_bars import bars_of, longest
from tests.report.analyses import interval, model, tiny_tasks, verdict, waiting, wrong_results


def test_a_bar_is_as_long_as_the_gain_and_says_it() -> None:
    bars = bars_of(waiting().verdicts[0])
    assert [one.value for one in bars] == ["17×", "16×", "7×", "1×", ""]
    assert [one.ends for one in bars] == ["16–18", "15–17", "6.6–7.4", "", ""]
    assert [round(one.length, 1) for one in bars] == [17.0, 16.0, 7.0, 1.0, 0.0]
    assert longest(bars) == max(one.high for one in bars)


def test_what_has_no_time_has_a_reason_instead_of_a_bar() -> None:
    threads = bars_of(wrong_results().verdicts[0])[2]
    assert (threads.length, threads.value, threads.note) == (0.0, "", "wrong result: 50,000 of 200,000 updates lost")
    stopped = bars_of(tiny_tasks().verdicts[0])[2]
    assert (stopped.length, stopped.note) == (0.0, "at least 20 times as slow as the best")
    assert bars_of(waiting().verdicts[0])[4].note == "needs Python 3.14"


def test_a_single_look_is_never_a_bar() -> None:
    known = waiting().verdicts[0]
    looked = replace(known.models[2], status="pilot")
    assert bars_of(replace(known, models=(looked,)))[0].length == 0


def test_without_a_plain_loop_bars_compare_with_the_slowest_and_show_seconds() -> None:
    models = (model("threads", "best", workers=2, seconds=0.1), model("processes", "slower", workers=2, seconds=0.4))
    bars = bars_of(verdict(models))
    assert [(one.length, one.value) for one in bars] == [(4.0, "100 ms"), (1.0, "400 ms")]


def test_a_vague_interval_does_not_shrink_the_other_bars() -> None:
    vague = model("threads", "best", workers=2, seconds=0.1, loop_s=0.4, gain=interval(4.0, spread=0.9))
    (bar,) = bars_of(verdict((vague,)))
    assert bar.high == 4.0 * 1.6


def test_no_bars_still_have_a_scale() -> None:
    assert longest(()) == 1.0
