from dataclasses import replace

import pytest

from comparators.campaign.outcome import METADATA_PREFIX
from comparators.journal.records import Finished, Run
from comparators.report.run_facts import (
    SEEN,
    ended_early,
    failure_rows,
    host_name,
    method,
    observation_rows,
    overview,
    refused_rows,
)
from comparators.workload import Observation
from tests.example_costs import coordination_run
from tests.examples import PYTHONS, example_run


@pytest.fixture(scope="module")
def run() -> Run:
    return example_run(pythons=PYTHONS)


def test_the_overview_says_what_where_and_when(run: Run) -> None:
    assert overview(run) == (
        "9 workloads",
        "8 runners",
        "CPython 3.11.7 with the GIL",
        "CPython 3.13.7 without the GIL",
        "2 CPUs",
        "quick preset: indicative",
        "example-host",
        "2026-11-18 11:06 UTC",
    )


def test_a_host_without_a_name_is_still_named(run: Run) -> None:
    assert host_name(replace(run, header=replace(run.header, host={}))) == "this host"


def test_a_complete_run_needs_no_word_about_its_end(run: Run) -> None:
    assert not ended_early(run)


@pytest.mark.parametrize(
    ("finished", "words"),
    [
        (Finished("interrupted", 1.0), "interrupted"),
        (Finished("out-of-time", 1.0), "time was used up"),
        (None, "not ended, or was killed"),
    ],
)
def test_an_incomplete_run_says_so(run: Run, finished: Finished | None, words: str) -> None:
    assert words in ended_early(replace(run, finished=finished))


def test_how_it_was_measured(run: Run) -> None:
    rows = dict(method(run))
    assert rows["seed of every random order"] == "0"
    assert rows["differences that count as none"] == "below 5 %"
    assert rows["Python 3.13t"] == "CPython 3.13.7 without the GIL, comparators 0.1.0"
    assert rows["host: memory"] == "8.00 GiB"
    assert rows["GIL in the workers"] == "off, on"
    assert rows["start methods"] == "forkserver"
    assert rows["the pilot drops"].startswith("runners that take more than ")
    assert rows["what this host can reach"] == (
        "busy processes against one of them: 2 do 1.90 times, 4 do 1.90 times its work"
    )
    assert rows["calibrated for mixed on 3.11"] == "rate=12345678.0"
    assert rows["the run took"] == "2 min 23 s, ended: complete"


def test_comparisons_without_a_race_are_said_to_have_none(run: Run) -> None:
    plan = run.header.plan
    settings = replace(plan.settings, looks=(3, 5), cold_looks=(), drop_above=1.5, certain_above=1.75)
    rows = dict(method(replace(run, header=replace(run.header, plan=replace(plan, settings=settings)))))
    assert rows["warm comparisons are judged after"] == "3, 5 blocks"
    assert rows["cold comparisons are judged after"] == "the pilot alone: they are not raced"
    assert rows["the pilot drops"] == (
        "runners that take more than 1.75 times the best's seconds, or more than 1.5 times in each of two samples"
    )


def test_what_a_worker_records_of_a_sample_is_shown_under_the_same_name() -> None:
    recorded = {METADATA_PREFIX + name for name in ("gil", "blas_threads", "start_method")}
    assert recorded <= set(SEEN)


def test_no_path_of_this_machine_is_shown(run: Run) -> None:
    assert not [value for _, value in method(run) if "/opt/" in value]


def test_the_same_failure_of_several_blocks_is_one_row(run: Run) -> None:
    failure = run.failures[0]
    again = replace(failure, cell=replace(failure.cell, workers=8), block=3)
    rows = failure_rows(replace(run, failures=(failure, again)))
    assert len(rows) == 1
    assert (rows[0].workers, rows[0].times, rows[0].cause) == ((1, 8), 2, "raised an error")


def test_what_was_only_too_slow_is_no_failure(run: Run) -> None:
    assert any(failure.cause == "capped" for failure in run.failures)
    assert "stopped at a limit" not in {row.cause for row in failure_rows(run)}


def test_reasons_are_told_once_for_all_comparisons(run: Run) -> None:
    (row,) = refused_rows(run.header.plan.comparisons)
    assert (row.runner, row.workers, row.reason) == ("futures-interpreters", (), "needs Python 3.14")
    assert row.everywhere
    assert len(row.comparisons) == 36


def test_observations_show_their_range(run: Run) -> None:
    first, second = run.samples[:2]
    samples = tuple(
        replace(first, observations=(Observation("lost updates", value, "updates"),)) for value in (3.0, 1.0, 2.0)
    )
    (row,) = observation_rows(replace(run, samples=(*samples, second)))
    assert (row.name, row.unit, row.low.text, row.high.text, row.samples.text) == (
        "lost updates",
        "updates",
        "1.00",
        "3.00",
        "3",
    )


def test_the_quick_preset_is_called_indicative() -> None:
    run = example_run()
    for preset, said in (("quick", True), ("default", False)):
        settings = replace(run.header.plan.settings, preset=preset)
        header = replace(run.header, plan=replace(run.header.plan, settings=settings))
        assert ("quick preset: indicative" in overview(replace(run, header=header))) is said


def test_details_of_an_observation_are_kept_to_a_length() -> None:
    run = coordination_run()
    long = tuple(replace(one, observations=(Observation("deadlocked", 1, "", "x" * 9_000),)) for one in run.samples[:1])
    (row,) = observation_rows(replace(run, samples=long))
    assert len(row.details) < 4_100
    assert row.details.endswith("… 5,000 more characters")


def test_what_the_host_kept_from_the_samples_is_listed(run: Run) -> None:
    assert not {"CPU time kept back by a quota", "disturbed each time they were taken"} & set(dict(method(run)))
    first, second, *others = run.samples
    taken: dict[str, float | str] = {
        "comparators_throttled_s": 0.25,
        "comparators_steal_s": 0.0,
        "comparators_disturbance": "slept",
    }
    seen = replace(run, samples=(replace(first, metadata=taken), replace(second, metadata=taken), *others))
    rows = dict(method(seen))
    assert rows["CPU time kept back by a quota"] == f"500 ms in 2 samples of {len(run.samples)}"
    assert rows["disturbed each time they were taken"] == "2 samples"


@pytest.mark.parametrize(("limit", "words"), [(None, "nine tenths of what was free"), (2 << 30, "2 GiB")])
def test_the_memory_of_a_sample_is_listed(run: Run, limit: int | None, words: str) -> None:
    plan = run.header.plan
    plan = replace(plan, settings=replace(plan.settings, memory_bytes=limit))
    row = dict(method(replace(run, header=replace(run.header, plan=plan))))["memory of one sample"]
    assert row.replace(".00", "") == words
