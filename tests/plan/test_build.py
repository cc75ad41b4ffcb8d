"""From a request to a plan: what is measured, what is not and why."""

import re
from dataclasses import replace

import pytest

from comparators.errors import NothingSelected, UnknownName
from comparators.plan.build import PROCESSES_PER_CPU, THREADS_MAXIMUM, make_plan
from comparators.plan.model import Candidate, Comparison
from comparators.registry.suites import SUITES, Suite
from comparators.request.presets import EFFORTS
from comparators.request.request import Request
from comparators.stats.thresholds import LEVELS, Level, Thresholds
from tests.plan.plans import described, one, plan_of
from tests.plan.waiting import COROUTINE, TOGETHER, WAITING


def candidate(comparison: Comparison, label: str) -> Candidate:
    (found,) = [each for each in comparison.candidates if each.runner.label == label]
    return found


def reasons(comparison: Comparison) -> dict[tuple[str, int | None], str]:
    return {(each.runner.label, each.workers): each.reason for each in comparison.not_applicable}


def test_the_settings_follow_the_preset_and_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request((WAITING,), ("threading",), preset="quick", seed=7, margin=0.1, phases=("warm",))
    settings = plan_of(monkeypatch, request, cpus=(0, 3)).settings
    effort = EFFORTS["quick"]
    assert (settings.preset, settings.seed, settings.seed_given) == ("quick", 7, True)
    assert settings.thresholds == replace(Thresholds.for_preset("quick"), margin=0.1)
    assert (settings.maximum_time_s, settings.timeout_s) == (effort.maximum_time_s, effort.timeout_s)
    assert (settings.cost_samples, settings.fresh) == (effort.cost_samples, effort.fresh)
    assert settings.cpus == (0, 3)


def test_the_requests_own_limits_win(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = plan_of(monkeypatch, Request((WAITING,), maximum_time_s=9.0, timeout_s=3.0)).settings
    assert (settings.maximum_time_s, settings.timeout_s) == (9.0, 3.0)


def test_a_seed_is_made_and_kept_apart_from_one_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (plan_of(monkeypatch, Request((WAITING,), ("threading",))) for _ in range(2))
    assert not first.settings.seed_given
    assert first.settings.seed != second.settings.seed  # fails once in two thousand million times
    assert first.fingerprint == second.fingerprint


def test_an_unknown_preset() -> None:
    with pytest.raises(UnknownName, match="unknown preset 'fast'"):
        make_plan(Request(preset="fast"))


def test_a_comparison_for_each_phase_workload_and_python_warm_first(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request((WAITING, TOGETHER), ("threading",), phases=("cold", "warm"))
    plan = plan_of(monkeypatch, request, pythons=described("3.11", "3.13t"))
    assert [comparison.key for comparison in plan.comparisons] == [
        f"{workload}/{phase}/{python}"
        for phase in ("warm", "cold")
        for workload in ("waiting", "together")
        for python in ("3.11", "3.13t")
    ]
    assert [each.label for each in plan.interpreters] == ["3.11", "3.13t"]


def test_worker_counts_are_left_to_the_measuring_unless_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = one(plan_of(monkeypatch, Request((TOGETHER,), ("threading",), phases=("warm",))))
    assert comparison.tasks == 8
    found = candidate(comparison, "threading")
    assert (found.counts, found.fewest, found.limit) == ((), 1, 8)
    serial = candidate(comparison, "serial")
    assert (serial.counts, serial.fewest, serial.limit) == ((), 1, 1)


@pytest.mark.parametrize(("workload", "waits"), [(WAITING, True), (TOGETHER, False)])
def test_whether_the_work_is_known_to_wait_is_said(monkeypatch: pytest.MonkeyPatch, workload: str, waits: bool) -> None:
    comparison = one(plan_of(monkeypatch, Request((workload,), ("threading",), phases=("warm",))))
    assert (comparison.waits, comparison.kind) == (waits, "for tests")


def test_the_search_is_limited_by_what_a_host_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = (("count", "50000"),)
    request = Request((WAITING,), ("threading", "multiprocessing"), parameters=parameters, phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    assert candidate(comparison, "threading").limit == THREADS_MAXIMUM
    assert candidate(comparison, "multiprocessing").limit == 2 * PROCESSES_PER_CPU


@pytest.mark.parametrize(("preset", "levels"), [("quick", ("model", "workers")), ("default", LEVELS)])
def test_the_preset_says_which_questions_are_tested(
    monkeypatch: pytest.MonkeyPatch, preset: str, levels: tuple[Level, ...]
) -> None:
    comparison = one(plan_of(monkeypatch, Request((TOGETHER,), ("threading",), preset=preset, phases=("warm",))))
    assert comparison.levels == levels


def test_the_simplest_api_of_a_model_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    runners = ("threading", "futures-threads", "threadpool")
    comparison = one(plan_of(monkeypatch, Request((TOGETHER,), runners, phases=("warm",))))
    ranks = {each.runner.name: each.rank for each in comparison.candidates}
    assert min(ranks, key=lambda name: (name == "serial", ranks[name])) == "futures-threads"
    assert ranks["futures-threads"] < min(ranks["threading"], ranks["threadpool"])


def test_worker_counts_that_were_asked_for_are_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request((TOGETHER,), ("threading",), workers=(4, 1), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    found = candidate(comparison, "threading")
    assert (found.counts, found.limit) == ((4, 1), 4)
    assert candidate(comparison, "serial").limit == 1  # added by itself, so not excused for having one worker
    assert not comparison.not_applicable


def test_serial_among_others_stays_as_their_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request((TOGETHER,), ("serial", "threading"), workers=(4,), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    assert candidate(comparison, "serial").limit == 1


def test_serial_takes_the_counts_it_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = one(plan_of(monkeypatch, Request((TOGETHER,), ("serial",), workers=(1, 4), phases=("warm",))))
    assert candidate(comparison, "serial").counts == (1,)
    assert reasons(comparison) == {("serial", 4): "'serial' has at most 1 worker"}


def test_serial_alone_with_four_workers_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingSelected) as caught:
        plan_of(monkeypatch, Request((TOGETHER,), ("serial",), workers=(4,), phases=("warm",)))
    assert caught.value.message == (
        "nothing to measure: 'serial' with 4 workers on 'together': 'serial' has at most 1 worker"
    )
    assert caught.value.tip == "'comparators list' shows what applies here"
    assert caught.value.exit_code == 4


def test_coroutines_need_a_coroutine_form(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = one(plan_of(monkeypatch, Request((TOGETHER,), ("asyncio", "threading"), phases=("warm",))))
    assert "the work has no coroutine form" in reasons(comparison)["asyncio", None]
    assert [each.runner.label for each in comparison.candidates] == ["serial", "threading"]


def test_a_coroutine_function_needs_an_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = one(plan_of(monkeypatch, Request((COROUTINE,), ("asyncio", "threading"), phases=("warm",))))
    because = "'coroutine' is a coroutine function: it needs an event loop"
    assert reasons(comparison) == {("threading", None): because}
    assert [each.runner.label for each in comparison.candidates] == ["serial", "asyncio"]  # a loop awaits each


def test_tasks_that_must_meet_need_enough_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request((WAITING,), ("threading",), workers=(2, 3, 4), parameters=(("together", "3"),), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    assert candidate(comparison, "threading").counts == (3, 4)
    assert reasons(comparison) == {
        ("serial", None): "needs 3 tasks in progress at once, 1 worker cannot do that",
        ("threading", 2): "needs 3 tasks in progress at once, 2 workers cannot do that",
    }


def test_tasks_that_must_meet_are_never_given_fewer_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request((TOGETHER,), ("threading",), parameters=(("together", "5"),), phases=("warm",))
    found = candidate(one(plan_of(monkeypatch, request)), "threading")
    assert (found.counts, found.fewest, found.limit) == ((), 5, 8)


def test_what_a_python_cannot_have_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"comparators.runners.futures_interpreters:FuturesInterpreters": "needs Python 3.14"}
    request = Request((WAITING,), ("futures-interpreters", "threading"), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request, pythons=described(unavailable=missing)))
    assert reasons(comparison) == {("futures-interpreters", None): "needs Python 3.14"}


def test_nothing_left_says_the_first_reasons_and_how_many_more(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = (("together.together", "3"),)
    request = Request((TOGETHER,), ("asyncio", "anyio", "anyio-trio", "threading"), (2,), parameters, phases=("warm",))
    with pytest.raises(NothingSelected) as caught:
        plan_of(monkeypatch, request)
    assert re.match(
        r"nothing to measure: 'asyncio' on 'together\[together=3\]': .* no coroutine form.*; 'anyio' on .*; "
        r"'anyio-trio' on .*; and 1 more$",
        caught.value.message,
    )


def test_a_reason_is_said_once_for_all_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingSelected) as caught:
        plan_of(monkeypatch, Request((TOGETHER,), ("asyncio",), phases=("warm", "cold")))
    assert caught.value.message.count("'asyncio' on 'together'") == 1


def test_the_baseline_alone_is_not_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    without_candidates = Request((TOGETHER,), ("asyncio",), phases=("warm",))
    with pytest.raises(NothingSelected):
        plan_of(monkeypatch, without_candidates)


def test_tasks_that_must_meet_cannot_share_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    runners = ("mp-pool[chunksize=2]", "futures-processes[chunksize=3]", "mp-pool", "threadpool")
    request = Request((TOGETHER,), runners, parameters=(("together", "8"),), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    because = "hands one worker {} tasks together, and tasks that need each other would wait for ever"
    said = reasons(comparison)
    assert said["mp-pool[chunksize=2]", None] == because.format(2)
    assert said["futures-processes[chunksize=3]", None] == because.format(3)
    assert {"mp-pool", "threadpool"} == {each.runner.label for each in comparison.candidates}


def test_tasks_that_must_meet_cannot_be_handed_out_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(
        (TOGETHER,), ("mp-pool[method=apply]", "threading"), phases=("warm",), parameters=(("together", "2"),)
    )
    said = reasons(one(plan_of(monkeypatch, request)))
    because = "waits for each task before it hands out the next, and tasks that need each other would wait for ever"
    assert said["mp-pool[method=apply]", None] == because


def test_the_librarys_own_chunks_depend_on_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = (("together", "2"), ("count", "12"))
    request = Request((TOGETHER,), ("threadpool",), workers=(2, 3), parameters=parameters, phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    assert candidate(comparison, "threadpool").counts == (3,)
    assert "hands one worker 2 tasks together" in reasons(comparison)["threadpool", 2]


def test_chunks_matter_only_to_tasks_that_need_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = one(plan_of(monkeypatch, Request((TOGETHER,), ("mp-pool[chunksize=2]",), phases=("warm",))))
    assert candidate(comparison, "mp-pool[chunksize=2]").limit == 8


def test_a_primitive_that_a_model_lacks_is_said_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(("guarded",), ("asyncio", "threading"), parameters=(("guard", "rlock"),), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    assert reasons(comparison) == {
        ("asyncio", None): ("'guarded' needs an rlock: anyio has no re-entrant lock: a task that holds a lock knows it")
    }


def test_a_missing_primitive_says_more_than_that_there_is_no_coroutine_form(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = one(plan_of(monkeypatch, Request(("barrier",), ("asyncio", "threading"), phases=("warm",))))
    assert reasons(comparison)["asyncio", None] == "'barrier' needs a barrier: anyio has no barrier"


def test_the_reason_names_the_primitive_with_its_article(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(("ping-pong",), ("threading", "anyio-processes"), parameters=(("channel", "event"),))
    assert reasons(plan_of(monkeypatch, request).comparisons[0])["anyio-processes", None] == (
        "'ping-pong' needs an event: its workers take tasks only: nothing can be handed to them when they start"
    )


def test_no_queue_that_a_model_lacks_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    runners = ("threading", "multiprocessing", "asyncio")
    for kind, lack in (("lifo", "LIFO"), ("priority", "priority")):
        comparison = plan_of(
            monkeypatch, Request(("producer-consumer",), runners, parameters=(("queue", kind),))
        ).comparisons[0]
        label = f"'producer-consumer' needs a {kind}-queue"
        assert reasons(comparison) == {
            ("serial", None): "needs 4 tasks in progress at once, 1 worker cannot do that",
            ("multiprocessing", None): f"{label}: multiprocessing has no {lack} queue",
            ("asyncio", None): f"{label}: anyio has no {lack} queue",
        }


def test_a_model_that_the_work_does_not_suit_is_said_with_the_works_own_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runners = ("asyncio", "threading", "mp-pool")
    request = Request((WAITING,), runners, parameters=(("threadless", "true"),), phases=("warm",))
    comparison = one(plan_of(monkeypatch, request))
    assert reasons(comparison) == {("threading", None): "it waits without threads"}
    assert {candidate.runner.name for candidate in comparison.candidates} == {"serial", "asyncio", "mp-pool"}


def test_a_suite_says_who_takes_part_and_in_which_phases_where_the_request_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    suite = Suite("some", "", warm=(WAITING, TOGETHER), cold=(TOGETHER,), runners=("serial", "threading"))
    monkeypatch.setitem(SUITES, "some", suite)
    plan = plan_of(monkeypatch, Request(workloads=("some", "noop")))
    found = {comparison.key: {one.runner.label for one in comparison.candidates} for comparison in plan.comparisons}
    theirs = {"serial", "threading"}
    assert {key: names for key, names in found.items() if "noop" not in key} == {
        "waiting/warm/3.11": theirs,
        "together/warm/3.11": theirs,
        "together/cold/3.11": theirs,
    }
    assert found["noop/warm/3.11"] > theirs
    asked = plan_of(monkeypatch, Request(workloads=("some",), runners=("threadpool",), phases=("cold",)))
    assert [comparison.key for comparison in asked.comparisons] == ["waiting/cold/3.11", "together/cold/3.11"]
    assert [one.runner.label for one in asked.comparisons[0].candidates] == ["serial", "threadpool"]


def test_a_suite_whose_point_are_costs_is_not_tested_under_the_presets_that_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    suite = Suite("some", "", warm=(WAITING,), cold=(), surveyed=("quick",))
    monkeypatch.setitem(SUITES, "some", suite)
    for preset, levels in (("quick", ()), ("default", LEVELS)):
        comparison = one(plan_of(monkeypatch, Request(workloads=("some",), runners=("threading",), preset=preset)))
        assert comparison.levels == levels
    named = plan_of(monkeypatch, Request(workloads=("some", WAITING), runners=("threading",), preset="quick"))
    assert named.comparisons[0].levels


def test_the_users_files_are_in_the_plan_and_ours_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(monkeypatch, Request((WAITING, "noop"), ("threading",)))
    paths = [path for path, _ in plan.code]
    assert WAITING.partition(":")[0] in paths
    assert not [path for path in paths if "comparators/workloads" in path]


def test_all_runners_are_those_that_are_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(workloads=("noop",), phases=("warm",), models=("threads",), left_out=("threading",))
    comparison = one(plan_of(monkeypatch, request))
    labels = [each.runner.label for each in comparison.candidates]
    assert labels == ["serial", "threadpool", "futures-threads", "anyio-threads"]


def test_a_look_at_scaling_has_counts_beyond_the_cpus_and_workers_that_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comparators.plan.build.usable_cpus", lambda: (0, 1))
    plan = make_plan(Request(("noop",), ("threading",), scaling="strong"))
    assert [comparison.phase for comparison in plan.comparisons] == ["warm"]
    (threading,) = [one for one in plan.comparisons[0].candidates if one.runner.name == "threading"]
    assert threading.counts == (1, 2, 4, 8)
    assert plan.settings.copies(8) == 1


def test_weak_scaling_does_the_work_once_per_worker_where_tasks_are_free_of_each_other() -> None:
    plan = make_plan(Request(("noop", "barrier"), ("threading",), workers=(1, 4), scaling="weak"))
    assert plan.settings.copies(4) == 4
    free, bound = plan.comparisons
    assert [one.counts for one in free.candidates if one.runner.name == "threading"] == [(1, 4)]
    assert not bound.candidates
    reasons = {one.runner.name: one.reason for one in bound.not_applicable}
    assert reasons["threading"].startswith("weak scaling does the tasks several times at once")
