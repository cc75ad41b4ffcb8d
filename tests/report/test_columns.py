import math
import re
from dataclasses import fields, replace
from typing import Any

import pytest

from comparators.report.columns import (
    COMPARISONS,
    COUNTS,
    FAILURES,
    MODEL_RESULTS,
    NOT_APPLICABLE,
    RUNNERS,
    TABLES,
    Column,
    suite_columns,
)
from comparators.report.escaping import DASH
from comparators.report.values import STATUSES, WITHOUT_TIME
from comparators.stats.interval import Interval
from comparators.verdict.analysis import (
    CountResult,
    FailureGroup,
    ModelResult,
    NotApplicableGroup,
    ResultStatus,
    RunnerResult,
    Verdict,
)
from tests.report.analyses import (
    analysis,
    cold_function,
    equal_models,
    given_counts,
    interval,
    level,
    model,
    runner,
    suite,
    tiny_tasks,
    two_pythons,
    undecided,
    verdict,
    waiting,
    with_failures,
)

WAITING = waiting().verdicts[0]


def shown(columns: tuple[Column[Any], ...], row: object) -> dict[str, str]:
    return {column.heading: column.value(row).text for column in columns}


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (MODEL_RESULTS, ModelResult),
        (COUNTS, CountResult),
        (RUNNERS, RunnerResult),
        (COMPARISONS, Verdict),
        (FAILURES, FailureGroup),
        (NOT_APPLICABLE, NotApplicableGroup),
    ],
    ids=list(TABLES),
)
def test_every_column_is_a_field_of_the_json_document(columns: tuple[Column[Any], ...], row: Any) -> None:
    assert {column.key for column in columns} <= {field.name for field in fields(row)}
    assert all(column.help.endswith(".") and column.heading for column in columns)
    assert len({column.heading for column in columns}) == len(columns)


def test_a_model_that_was_measured() -> None:
    assert shown(MODEL_RESULTS, WAITING.models[0]) == {
        "model": "threads",
        "times faster": "17× (16–18)",
        "seconds": "52.4 ms",
        "workers": "40",
        "in code": "ThreadPoolExecutor(40)",
        "result": "best",
        "to start": "1.00 ms",
        "pays from": "3",
        "CPU": "1.05 s",
        "memory": "23.8 MiB",
        "note": DASH,
    }


@pytest.mark.parametrize("status", WITHOUT_TIME)
def test_what_has_no_time_is_never_a_number(status: ResultStatus) -> None:
    """A time that a faulty analysis leaves there is not shown either."""
    row = replace(model("threads", status, workers=2, seconds=0.1, loop_s=0.2), reason="because")
    cells = shown(MODEL_RESULTS, row)
    assert (cells["result"], cells["times faster"], cells["note"]) == (STATUSES[status], DASH, "because")
    assert not re.search(r"\d", cells["seconds"])
    other = runner("futures-threads", "threads", status, workers=2, seconds=0.1, loop_s=0.2, best_s=0.1)
    assert (shown(RUNNERS, other)["seconds"], shown(RUNNERS, other)["to the best"]) == (cells["seconds"], DASH)


def test_what_was_stopped_shows_its_bound() -> None:
    (stopped,) = (one for one in tiny_tasks().verdicts[0].models if one.status == "bound")
    assert shown(MODEL_RESULTS, stopped)["seconds"] == "≥ 20× the best's"


def test_a_worker_count_says_what_limits_it() -> None:
    rows = given_counts().verdicts[0].counts
    assert shown(COUNTS, rows[0]) | {"samples": ""} == {
        "model": "processes",
        "runner": "futures-processes",
        "workers": "1",
        "seconds": "430 ms",
        "times faster": "0.96× (0.90–1.02)",
        "samples": "",
        "result": "slower",
        "why": "one worker at a time",
    }
    assert shown(COUNTS, rows[-1])["seconds"] == "failed"


def test_a_runner() -> None:
    cells = shown(RUNNERS, WAITING.runners[1])
    assert (cells["runner"], cells["result"], cells["workers"], cells["to the best"]) == (
        "mp-threadpool",
        "as good",
        "40",
        "1.01× (0.95–1.07)",
    )
    assert shown(RUNNERS, WAITING.runners[-1])["why"] == "needs Python 3.14"


def test_memory_that_counts_shared_pages_several_times_says_so() -> None:
    assert shown(RUNNERS, replace(WAITING.runners[0], memory_kind="RSS"))["memory"] == "23.8 MiB RSS"


@pytest.mark.parametrize(
    ("one", "use"),
    [
        (WAITING, "threads"),
        (equal_models().verdicts[0], "threads or async"),
        (undecided().verdicts[0], "undecided: processes or threads"),
        (tiny_tasks().verdicts[0], "plain loop"),
        (replace(WAITING, model=None), DASH),
    ],
)
def test_a_comparison_says_which_model_to_use(one: Verdict, use: str) -> None:
    assert shown(COMPARISONS, one)["use"] == use


def test_a_failure_names_some_cells_and_counts_the_rest() -> None:
    group = replace(with_failures().failures[0], cells=tuple("abcdefg"))
    assert shown(FAILURES, group)["where"] == "a, b, c, d and 3 more"


def test_what_does_not_apply_is_named_and_counted() -> None:
    assert shown(NOT_APPLICABLE, suite().not_applicable[0]) == {
        "reason": "needs Python 3.14",
        "what": "futures-interpreters on integrate, futures-interpreters on hash and 7 more",
        "cases": "9",
    }


def test_numbers_are_sorted_as_numbers_and_the_others_come_last() -> None:
    column = next(one for one in MODEL_RESULTS if one.key == "gain")
    assert [column.value(one).key for one in WAITING.models] == pytest.approx([16.98, 16.0, 7.0, 1.0, None], abs=0.01)


def test_a_number_that_is_none_is_unknown() -> None:
    broken = replace(WAITING.models[0], gain=Interval(math.nan, None, None, 0.95), seconds=math.inf)
    cells = shown(MODEL_RESULTS, broken)
    assert (cells["times faster"], cells["seconds"]) == ("unknown", "unknown")
    about = replace(WAITING.models[0], gain=Interval(17.0, None, None, 0.95))
    assert shown(MODEL_RESULTS, about)["times faster"] == "about 17×"


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (Interval(17.0, 16.1, 18.2, 0.95), "17× (16–18)"),
        (Interval(1.868, 1.856, 1.881, 0.95), "1.87× (1.86–1.88)"),
        (Interval(17.02, 17.01, 17.03, 0.95), "17×"),
        (Interval(1.04, 1.01, 1.07, 0.95), "1.04× (1.01–1.07)"),
        (Interval(1.0, 1.0, 1.0, 0.95), "1×"),
        (Interval(7.0, None, None, 0.95), "about 7×"),
        (None, DASH),
    ],
)
def test_an_interval_has_the_digits_that_tell_its_ends_apart(one: Interval | None, text: str) -> None:
    column = next(one for one in MODEL_RESULTS if one.key == "gain")
    assert column.value(replace(WAITING.models[0], gain=one)).text == text


def test_a_suite_has_a_column_for_each_model_that_took_part() -> None:
    verdicts = suite().verdicts
    columns = suite_columns(verdicts)
    assert [one.heading for one in columns] == ["kind of work", "plain loop", "threads", "processes", "async"]
    rows = {one.workload: shown(columns, one) for one in verdicts}
    assert rows["echo"] == {
        "kind of work": "network",
        "plain loop": "1×",
        "threads": "17×",
        "processes": "7×",
        "async": "16×",
    }
    assert rows["integrate"]["async"] == DASH
    marks = {one.heading: one.value(verdicts[0]).mark for one in columns}
    assert (marks["processes"], marks["threads"]) == ("best", "slower")


def test_in_a_suite_what_has_no_number_is_named_in_one_word() -> None:
    best = model("processes", "best", workers=2, seconds=0.1, loop_s=0.2)
    answer = verdict(
        (best, model("threads", "bound", at_least=20.0), model("async", "hangs"), model("interpreters", "wrong")),
        gain=interval(2.0),
    )
    cells = shown(suite_columns((answer,)), answer)
    assert (cells["threads"], cells["async"], cells["interpreters"]) == ("≤ 0.10×", "hangs", "wrong")
    without_loop = replace(answer, gain=None, models=(replace(best, gain=None), *answer.models[1:]))
    cells = shown(suite_columns((without_loop,)), without_loop)
    assert (cells["processes"], cells["threads"]) == ("100 ms", "stopped")


def test_comparisons_of_one_kind_are_told_apart() -> None:
    verdicts = two_pythons().verdicts
    column = suite_columns(verdicts)[0]
    assert [column.value(one).text for one in verdicts] == ["count_primes (Python 3.14)", "count_primes (Python 3.14t)"]
    verdicts = cold_function().verdicts
    column = suite_columns(verdicts)[0]
    assert [column.value(one).text for one in verdicts] == ["count_primes (warm)", "count_primes (cold)"]
    verdicts = tuple(replace(WAITING, workload=name, kind="waiting") for name in ("get", "put"))
    column = suite_columns(verdicts)[0]
    assert [column.value(one).text for one in verdicts] == ["waiting: get", "waiting: put"]


def test_levels_that_were_not_tested_are_a_dash() -> None:
    answer = verdict(WAITING.models, workers=None, api=None, model=level("model", "threads"))
    assert shown(COMPARISONS, analysis(answer).verdicts[0])["workers"] == DASH
