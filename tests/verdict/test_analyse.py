"""A run's analysis as people meet it: the headline, the rows behind it, how sure it is."""

from dataclasses import replace
from typing import Any

import pytest

from comparators.stats.thresholds import Thresholds
from comparators.verdict.analyse import analyse
from comparators.verdict.analysis import Verdict
from comparators.workload import Observation
from tests.verdict.builder import Details, broken, capped, make_run, merge_runs, profile_of, times

WAITING = profile_of(task_s=0.022, cpu_share=0.06)


def only(**records: Any) -> Verdict:
    (verdict,) = analyse(make_run(**records)).verdicts
    return verdict


def rows(verdict: Verdict) -> dict[str, str]:
    return {row.model: row.status for row in verdict.models}


def network() -> Verdict:
    return only(
        model={
            "serial": times(0.89),
            "futures-threads/2": times(0.45, 3),
            "futures-threads/40": times(0.05),
            "asyncio/40": times(0.08),
            "mp-pool/8": times(0.12, 3),
        },
        workers={"futures-threads/20": times(0.059), "futures-threads/40": times(0.05)},
        details={"mp-pool/8": Details(start_s=0.1), "futures-threads/40": Details(start_s=0.004)},
        limits={"mp-pool": 8},
        profile=WAITING,
        recipes={"futures-threads/40": "the code", "futures-threads/20": "other code"},
    )


def test_the_answer_is_a_model_a_number_of_workers_and_a_gain() -> None:
    verdict = network()
    assert verdict.headline.startswith("use THREADS, 40 of them. 0.89 s → 0.050 s, 17.8 times faster (17.7 to 17.8).")
    assert verdict.model is not None
    assert (verdict.model.status, verdict.model.choice, verdict.model.runner_up) == ("decided", "threads", "async")
    assert verdict.model.lead is not None
    assert verdict.model.lead.ratio == pytest.approx(1.6, rel=0.02)


def test_models_come_best_first_with_their_api() -> None:
    verdict = network()
    assert [row.model for row in verdict.models] == ["threads", "async", "processes", "loop"]
    assert [row.api for row in verdict.models][:3] == [
        "ThreadPoolExecutor(40)",
        "asyncio.TaskGroup",
        "multiprocessing.Pool(8)",
    ]
    assert rows(verdict) == {"threads": "best", "async": "slower", "processes": "slower", "loop": "slower"}


def test_a_bar_says_what_limits_it() -> None:
    notes = {row.model: row.note for row in network().models}
    assert notes["processes"] == "at most 8 tried; +0.1 s to start"
    assert notes["threads"] == ""


def test_a_count_that_is_nearly_as_good_is_advice() -> None:
    verdict = network()
    assert verdict.workers is not None
    assert (verdict.workers.status, verdict.workers.choice) == ("decided", "40")
    assert "20 threads are nearly as good (15×)" in [one.text for one in verdict.advice]
    assert "from 2 calls on it pays, starting included" in [one.text for one in verdict.advice]


def test_how_sure_is_said_level_by_level() -> None:
    assert network().sure == (
        "threads before async: yes, 2 rounds, at most 3 in 100 wrong",
        "40 workers before 20: yes, 3 rounds, at most 3 in 100 wrong",
    )


def test_the_code_is_that_of_the_recommendation() -> None:
    verdict = network()
    assert (verdict.recipe, verdict.recipe_runner) == ("the code", "futures-threads")


def test_the_smallest_sufficient_count_is_recommended() -> None:
    verdict = only(
        model={"serial": times(0.89), "futures-threads/40": times(0.05)},
        workers={"futures-threads/20": times(0.0505, 10), "futures-threads/40": times(0.05, 10)},
        profile=WAITING,
    )
    assert verdict.headline.startswith("use THREADS, 20 of them. 0.89 s → 0.050 s")
    assert verdict.workers is not None
    assert (verdict.workers.status, verdict.workers.equals) == ("equal", ("20", "40"))
    assert verdict.sure[1].startswith("20 workers or 40: no difference above ")


def test_the_simplest_api_of_equals_is_recommended() -> None:
    verdict = only(
        model={"serial": times(0.89), "futures-threads/40": times(0.05)},
        api={
            "futures-threads/40": times(0.0505, 10),
            "threadpool/40": times(0.05, 10),
            "anyio-threads/40": times(0.07, 3),
        },
        profile=WAITING,
    )
    assert verdict.api is not None
    assert (verdict.api.status, verdict.api.choice) == ("equal", "futures-threads")
    assert verdict.api.runner_up == "anyio-threads"
    status = {row.runner.label: row.status for row in verdict.runners}
    assert status == {"futures-threads": "best", "threadpool": "equal", "anyio-threads": "slower", "serial": "slower"}


def test_a_loop_that_nothing_beats() -> None:
    verdict = only(
        model={"serial": times(1.02), "futures-threads/2": times(1.3), "mp-pool/2": times(1.94)},
        profile=profile_of(task_s=0.025),
    )
    assert verdict.headline == "leave the LOOP: nothing beats its 1.02 s; threads take 1.3 times as long."
    assert verdict.gain is not None
    assert verdict.gain.ratio == 1


def test_a_loop_beside_rivals_that_were_stopped() -> None:
    verdict = only(model={"serial": times(0.01), "futures-threads/2": [0.04, *[capped(0.03)] * 4]})
    assert verdict.headline == "leave the LOOP: nothing beats its 10.0 ms; threads take at least 3.1 times as long."
    assert rows(verdict)["threads"] == "bound"


def test_equal_models_are_all_named_with_the_largest_difference() -> None:
    verdict = only(
        model={"serial": times(0.89, 10), "futures-threads/40": times(0.05, 10), "asyncio/40": times(0.0503, 10)},
        profile=WAITING,
    )
    assert verdict.headline.startswith("use THREADS or ASYNC, 40 of them: no difference above ")
    assert "17.8 times faster" in verdict.headline
    assert rows(verdict) == {"threads": "best", "async": "equal", "loop": "slower"}


def test_the_loop_is_left_where_it_is_among_the_equals() -> None:
    verdict = only(model={"serial": times(0.101, 10), "futures-threads/2": times(0.1, 10)})
    assert verdict.headline.startswith("leave the LOOP: 0.101 s, and with threads no difference above ")
    assert verdict.model is not None
    assert verdict.model.choice == "loop"


def test_undecided_says_what_is_known() -> None:
    verdict = only(
        model={"serial": times(0.9, 7, share=0.5), "futures-threads/40": times(0.6, 7, share=0.5)}, profile=WAITING
    )
    assert verdict.model is not None
    assert verdict.model.status == "undecided"
    assert "so far" in verdict.headline
    assert "Not yet told apart from " in verdict.headline
    assert verdict.model.blocks_needed is None or "would settle it" in verdict.headline
    assert set(rows(verdict).values()) == {"best", "open"}


def test_models_that_all_beat_the_loop_are_an_answer_before_it_is_settled_which() -> None:
    verdict = only(
        model={
            "serial": times(0.9, 4),
            "asyncio/40": times(0.05, 4, share=0.2),
            "futures-threads/40": times(0.06, 4, share=0.2),
        },
        profile=WAITING,
    )
    assert verdict.model is not None
    assert verdict.model.status == "undecided"
    assert verdict.headline.startswith("use ASYNC or THREADS, 40 at once. 0.90 s → 0.0")
    assert "Not settled which of them: so far async before threads (1." in verdict.headline


def test_one_round_gives_the_best_so_far_without_an_interval() -> None:
    verdict = only(model={"serial": [0.9], "futures-threads/40": [0.05]}, profile=WAITING, finished=False)
    assert verdict.headline == (
        "THREADS so far, 40 of them. 0.90 s → 0.050 s, about 18 times faster. "
        "Not yet told apart from the loop (18 times as long): 1 round cannot tell."
    )


def test_a_run_that_was_cut_off_in_a_round_counts_whole_rounds_only() -> None:
    whole = only(model={"serial": times(0.9, 3), "futures-threads/40": times(0.05, 3)})
    torn = only(model={"serial": times(0.9, 4), "futures-threads/40": times(0.05, 3)})
    assert torn.headline == whole.headline
    assert torn.best_s == whole.best_s


def test_nothing_measured() -> None:
    assert only(model={"serial": []}).headline == "not reached: the run ended before anything was measured here."
    refused = only(not_applicable={"futures-threads": "no", "serial": "no"})
    assert refused.headline == "nothing could be measured: no model applies here."


def test_everything_failed() -> None:
    failure = broken("error", "ValueError: 3")
    verdict = only(model={"serial": [failure], "futures-threads/2": [failure]})
    assert verdict.headline == "nothing could be measured: the loop failed (ValueError: 3), and so did threads."


def test_what_hangs_is_neither_slow_nor_runner_up() -> None:
    verdict = only(
        model={"serial": times(0.9), "futures-threads/40": times(0.05), "mp-pool/2": [broken("hangs", "no progress")]},
        profile=WAITING,
    )
    assert rows(verdict)["processes"] == "hangs"
    assert verdict.model is not None
    assert verdict.model.runner_up == "loop"


def test_what_fails_after_the_decision_is_not_recommended() -> None:
    verdict = only(
        model={
            "serial": times(0.9, 4),
            "futures-threads/40": times(0.06, 4),
            "asyncio/40": [*times(0.05, 3), broken("crashed")],
        }
    )
    assert rows(verdict)["async"] == "failed"
    assert verdict.headline.startswith("use THREADS")


def test_a_larger_count_that_failed_is_named() -> None:
    verdict = only(
        model={"serial": times(0.9), "futures-threads/40": times(0.05)},
        pilot={"futures-threads/400": broken("error", "OSError: [Errno 24] Too many open files")},
    )
    assert verdict.models[0].note == "400 at once failed"
    status = {row.workers: row.status for row in verdict.counts}
    assert status == {40: "best", 400: "failed"}


def test_a_single_look_is_no_result_beside_tested_ones() -> None:
    verdict = only(model={"serial": times(0.9), "futures-threads/40": times(0.05)}, pilot={"mp-pool/2": 0.5})
    assert rows(verdict)["processes"] == "pilot"
    assert verdict.models[-1].seconds is None
    point = next(row for row in verdict.counts if row.runner == "mp-pool")
    assert (point.status, point.samples, point.seconds) == ("pilot", 1, 0.5)


def test_start_up_is_one_number_per_model() -> None:
    run = make_run(
        model={"serial": times(0.16), "futures-processes/2": times(0.083)},
        details={"futures-processes/2": Details(start_s=0.09)},
        tasks=8,
    )
    analysis = analyse(run)
    assert analysis.starts == (("processes", 0.09),)
    assert analysis.verdicts[0].models[0].tasks_to_pay == 10
    keep = "keep the pool: starting it takes 90 ms, which pays from 10 calls on"
    assert keep in [one.text for one in analysis.verdicts[0].advice]


def test_a_cold_answer_says_that_starting_is_included() -> None:
    verdict = only(model={"serial": times(0.89), "futures-threads/40": times(0.05)}, phase="cold", profile=WAITING)
    assert verdict.headline.endswith(" Starting and stopping the workers is included.")


LOST = Details(observations=(Observation("lost updates", 50_000, "updates"), Observation("lost share", 25.0, "%")))


def racing(**changed: Details) -> Verdict:
    return only(
        model={"serial": times(0.2), "futures-threads/4": times(0.05)},
        details={"futures-threads/4": LOST} | changed,
        recipes={"futures-threads/4": "wrong code", "serial": "code"},
        workload="race",
    )


def test_wrong_results_never_win() -> None:
    verdict = racing()
    assert verdict.headline.startswith("leave the LOOP: 0.200 s;") or verdict.headline.startswith("leave the LOOP: 0.2")
    assert "Threads lost 50,000 of 200,000 updates." in verdict.headline
    assert verdict.observations == ("threads lost 50,000 of 200,000 updates",)
    wrong = next(row for row in verdict.models if row.model == "threads")
    assert (wrong.status, wrong.seconds, wrong.gain) == ("wrong", None, None)
    assert verdict.recipe == "code"
    assert verdict.model is not None
    assert verdict.model.runner_up == ""


def test_no_model_gives_right_results() -> None:
    verdict = only(model={"futures-threads/4": times(0.05)}, details={"futures-threads/4": LOST})
    assert verdict.headline == "no model gives right results: threads lost 50,000 of 200,000 updates."


def test_a_runner_that_is_wrong_once_is_wrong_with_every_count() -> None:
    verdict = only(
        model={"serial": times(0.2), "futures-threads/2": times(0.06), "futures-threads/4": times(0.05)},
        details={"futures-threads/4": LOST},
    )
    assert {row.status for row in verdict.counts} == {"wrong"}


def test_no_mistake_is_no_reason() -> None:
    fine = Details(observations=(Observation("lost updates", 0, "updates"), Observation("lost share", 0.0, "%")))
    assert racing(**{"futures-threads/4": fine}).headline.startswith("use THREADS")


def test_work_of_fixed_duration_shows_what_it_observed() -> None:
    seen = Details(observations=(Observation("deadlocked", 1, ""), Observation("ended after", 500.0, "ms")))
    verdict = only(
        model={"serial": times(0.5), "futures-threads/2": times(0.1)}, details={"futures-threads/2": seen}, timed=False
    )
    assert not verdict.timed
    assert verdict.best_s is None
    assert verdict.model is None
    assert "threads ended in a deadlock" in verdict.headline
    assert "futures-threads: ended after 500 ms" in verdict.headline
    assert all(row.seconds is None for row in verdict.models)
    assert all(row.seconds is None for row in verdict.runners)


def test_costs_only_ranks_nothing() -> None:
    verdict = only(costs={"serial": [0.1, 0.1]}, levels=())
    assert verdict.headline.startswith("the models are not ranked here")


def test_work_that_is_cheaper_when_repeated_is_flagged() -> None:
    verdict = only(
        model={"serial": times(0.9), "futures-threads/40": times(0.05)}, profile=profile_of(repeat_ratio=0.006)
    )
    assert "a second call of a task takes 0.6 % of its first: it finds what the first one left" in verdict.flags


def test_old_runs_are_judged_by_their_own_thresholds() -> None:
    blocks = {"serial": times(0.9), "futures-threads/40": times(0.05)}
    usual, late = Thresholds(), replace(Thresholds(), looks=(5,))
    found = [only(model=blocks, thresholds=one).model for one in (usual, late)]
    assert [level.blocks for level in found if level is not None] == [2, 5]


def test_a_run_has_one_verdict_per_comparison() -> None:
    first = make_run(model={"serial": times(0.9)}, workload="one")
    second = make_run(model={"serial": times(0.9)}, workload="two")
    analysis = analyse(merge_runs(first, second))
    assert [verdict.workload for verdict in analysis.verdicts] == ["one", "two"]
    assert analysis.title == "one, two"
