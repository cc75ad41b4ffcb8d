"""The process that measures, with real processes: each job, and each way in which a task can go wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyperf
import pytest

from comparators.journal.records import Profile
from comparators.parameters import ParameterValue
from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.built_in import RUNNERS
from comparators.runners._support.start_method import START_METHODS
from comparators.worker import sample
from comparators.worker.job import Job, JobKind, JobResult
from comparators.workload import Observation, Phase
from tests.campaign.small_work import target

TARGETS = {one.name: one.target for one in RUNNERS}


def job(
    kind: JobKind,
    workload: str = "Good",
    runner: str = "serial",
    *,
    workers: int = 1,
    phase: Phase = "warm",
    loops: int = 1,
    parameters: Mapping[str, ParameterValue] | None = None,
    runner_parameters: Mapping[str, ParameterValue] | None = None,
) -> Job:
    return Job(
        kind=kind,
        workload=target(workload),
        workload_parameters=parameters or {"count": 4},
        runner=TARGETS[runner],
        runner_parameters=runner_parameters or {},
        workers=workers,
        phase=phase,
        loops=loops,
        warmups=1 if phase == "warm" else 0,
        name="the cell",
        cpus=usable_cpus()[-1:],
        path=("/a/folder/of/its/own",),
    )


def start(one: Job, folder: Path) -> tuple[int, JobResult | None, str]:
    """Run a worker to its end; return exit code, answer and output."""
    result = folder / "result.json"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "comparators.worker.main", json.dumps(asdict(one)), str(result)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        check=False,
    )
    answer = JobResult(**json.loads(result.read_text(encoding="utf-8"))) if result.exists() else None
    return done.returncode, answer, done.stdout + done.stderr


def answer_of(one: Job, folder: Path) -> JobResult:
    code, answer, output = start(one, folder)
    assert answer is not None, output
    assert code == 0, output
    return answer


def the_run(answer: JobResult) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the only run of an answer's suite and all its metadata."""
    assert answer.cause is None, answer.details
    assert answer.suite is not None
    (benchmark,) = answer.suite["benchmarks"]
    (run,) = benchmark["runs"]
    return run, {**answer.suite.get("metadata", {}), **benchmark.get("metadata", {}), **run.get("metadata", {})}


def test_a_warm_sample(tmp_path: Path) -> None:
    answer = answer_of(job("sample", loops=3), tmp_path)
    run, metadata = the_run(answer)
    assert len(run["values"]) == 1
    assert run["values"][0] > 0
    assert metadata["loops"] == 3
    assert metadata["name"] == "the cell"
    assert metadata["python_version"].startswith("{}.{}".format(*sys.version_info[:2]))
    assert [Observation(*seen) for seen in answer.observations] == [
        Observation("doubled", 4.0, "numbers", "from 0 on"),
        Observation("speed", 0.0, "1/s"),
    ]
    assert answer.facts is not None
    assert {"gil", "blas_threads", "switches_voluntary", "switches_involuntary"} <= set(answer.facts)
    assert "start_method" not in answer.facts
    assert isinstance(answer.facts["first_call_s"], float)
    assert "later_call_s" not in answer.facts
    assert isinstance(answer.facts["first_s"], float)
    assert 0 < answer.facts["first_s"] < run["values"][0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has one start method only")
@pytest.mark.parametrize(("parameters", "start_method"), [({}, START_METHODS[0]), ({"start": "spawn"}, "spawn")])
def test_a_sample_of_a_process_model_says_how_its_processes_are_started(
    parameters: dict[str, ParameterValue], start_method: str, tmp_path: Path
) -> None:
    answer = answer_of(job("sample", runner="mp-pool", workers=2, runner_parameters=parameters), tmp_path)
    assert answer.facts is not None
    assert answer.facts["start_method"] == start_method


def test_calls_of_the_same_tasks_are_compared_where_resources_are_counted(tmp_path: Path) -> None:
    one = job("sample", runner="threading", workers=2)
    answer = answer_of(replace(one, count_resources=True), tmp_path)
    facts: dict[str, Any] = dict(answer.facts or {})
    assert facts["first_call_s"] > 0
    assert facts["later_call_s"] > 0


def test_a_cold_sample_has_no_warm_up(tmp_path: Path) -> None:
    run, _ = the_run(answer_of(job("sample", runner="threading", workers=2, phase="cold"), tmp_path))
    assert "warmups" not in run
    assert run["values"][0] > 0


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinities")
def test_the_affinity_is_set_and_recorded(tmp_path: Path) -> None:
    _, metadata = the_run(answer_of(job("sample"), tmp_path))
    assert metadata["cpu_affinity"] == str(usable_cpus()[-1])


def test_the_values_are_per_loop(tmp_path: Path) -> None:
    """A hundred thousand loops take far longer than one, also on a shared machine; their value must not."""
    parameters: dict[str, ParameterValue] = {"count": 1}
    run, _ = the_run(answer_of(job("sample", loops=100_000, parameters=parameters), tmp_path))
    assert run["values"][0] < 1e-3
    assert run["warmups"][0][0] == 1


@pytest.mark.parametrize(("runner", "blocks"), [("serial", False), ("asyncio", True)])
def test_a_profile_says_what_the_tasks_do_on_their_own(tmp_path: Path, runner: str, blocks: bool) -> None:
    facts: dict[str, Any] = dict(answer_of(job("profile", runner=runner), tmp_path).facts or {})
    assert (facts["tasks"], facts["seen"]) == (4, 4)
    assert 0 < facts["task_s"] <= facts["longest_s"] <= facts["total_s"]
    assert facts["pickled_bytes"] > 0
    assert ("blocked_share" in facts) is blocks
    Profile("good", "3.11", **facts)


def test_tasks_that_share_something_are_profiled_all_together(tmp_path: Path) -> None:
    one = replace(
        job("profile", runner="threading", workers=4),
        workload="comparators.workloads.coordination.barrier:Barrier",
        workload_parameters={},
        preset="quick",
    )
    facts: dict[str, Any] = dict(answer_of(one, tmp_path).facts or {})
    assert facts["seen"] == 0
    assert facts["tasks"] > 1
    assert facts["total_s"] == pytest.approx(facts["tasks"] * facts["task_s"])
    Profile("barrier", "3.11", **facts)


def test_evidence_counts_tasks_and_hands(tmp_path: Path) -> None:
    answer = answer_of(job("evidence", runner="threading", workers=2, parameters={"count": 20}), tmp_path)
    facts: dict[str, Any] = dict(answer.facts or {})
    assert facts["tasks"] == 20
    assert 1 <= facts["workers_seen"] <= 2
    assert 1 <= facts["peak"] <= 2
    assert facts["pickled_bytes"] == 0
    assert 0 < facts["longest_s"] <= facts["wall_s"] <= facts["total_s"]
    assert facts["longest_s"] <= facts["busy_s"]
    assert facts["delayed_s"] >= 0


def test_evidence_of_processes_says_what_travels(tmp_path: Path) -> None:
    one = job("evidence", runner="mp-pool", workers=2, runner_parameters={"start": "fork"})
    facts: dict[str, Any] = dict(answer_of(one, tmp_path).facts or {})
    assert facts["pickled_bytes"] > 0
    assert facts["switches_voluntary"] > 0


def test_a_calibration_fills_in_the_hosts_parameters(tmp_path: Path) -> None:
    assert answer_of(job("calibrate"), tmp_path).facts == {"count": 4, "speed": 12.5}


def test_a_recipe_is_the_code_to_copy(tmp_path: Path) -> None:
    source = str((answer_of(job("recipe"), tmp_path).facts or {})["source"])
    compile(source, "recipe", "exec")
    assert "from small_work import Good" in source


@pytest.mark.parametrize(("given", "count"), [({}, 3), ({"count": 7}, 7)])
def test_a_preset_fills_in_the_parameters_that_are_not_given(
    tmp_path: Path, given: dict[str, ParameterValue], count: int
) -> None:
    one = replace(job("calibrate"), workload_parameters=given, preset="tiny")
    assert answer_of(one, tmp_path).facts == {"count": count, "speed": 12.5}


def test_a_calibration_that_fails(tmp_path: Path) -> None:
    answer = answer_of(job("calibrate", "Uncalibrated"), tmp_path)
    assert (answer.cause, answer.message) == ("error", "OSError: no clock")


MODELS = pytest.mark.parametrize(
    ("runner", "parameters"),
    [
        pytest.param("serial", {}, id="serial"),
        pytest.param("futures-threads", {}, id="threads"),
        pytest.param("mp-pool", {"start": "fork"}, id="processes"),
        pytest.param("asyncio", {}, id="asyncio"),
    ],
)


@MODELS
def test_a_task_that_raises_is_named(tmp_path: Path, runner: str, parameters: dict[str, ParameterValue]) -> None:
    one = job("sample", "Failing", runner, workers=2, runner_parameters=parameters)
    answer = answer_of(one, tmp_path)
    assert answer.cause == "error"
    assert answer.message.splitlines()[0] == "LookupError: task 2 is missing"
    assert "in fail" in answer.details


@pytest.mark.parametrize("runner", ["serial", "asyncio"])
@pytest.mark.parametrize(
    ("workload", "message", "function"),
    [
        ("Failing", "task 2: LookupError: task 2 is missing", "in fail"),
        ("Leaving", "task 2: SystemExit: 3", "in leave"),
    ],
)
def test_a_task_that_raises_is_named_by_the_profile_with_its_number(
    tmp_path: Path, runner: str, workload: str, message: str, function: str
) -> None:
    answer = answer_of(job("profile", workload, runner), tmp_path)
    assert answer.cause == "error"
    assert answer.message.splitlines()[0] == message
    assert function in answer.details


def test_a_task_that_calls_exit_in_a_sample(tmp_path: Path) -> None:
    answer = answer_of(job("sample", "Leaving"), tmp_path)
    assert (answer.cause, answer.message) == ("error", "SystemExit: 3")


def test_a_wrong_result_has_expected_and_found(tmp_path: Path) -> None:
    answer = answer_of(job("sample", "Wrong"), tmp_path)
    assert (answer.cause, answer.message) == ("wrong-result", "luck: expected good, found bad")
    assert answer.suite is None


@pytest.mark.parametrize(
    ("runner", "parameters"),
    [
        ("futures-processes", {}),
        ("mp-pool", {}),
        ("mp-pool", {"method": "imap_unordered"}),
        ("mp-pool", {"method": "apply_async"}),
    ],
)
def test_a_result_that_cannot_be_pickled(runner: str, parameters: dict[str, ParameterValue], tmp_path: Path) -> None:
    """People read of their own object, never of what is put around it."""
    one = job("sample", "Unpicklable", runner, workers=1, runner_parameters={"start": "fork", **parameters})
    answer = answer_of(one, tmp_path)
    assert answer.cause == "error"
    assert "close_over" in answer.message
    assert "local object" in answer.message


def test_a_profile_says_that_results_cannot_be_pickled(tmp_path: Path) -> None:
    facts = answer_of(job("profile", "Unpicklable"), tmp_path).facts or {}
    assert str(facts["unpicklable"]).startswith("the result of task 0 cannot be pickled: ")
    assert "pickled_bytes" not in facts


def test_a_process_that_vanishes_leaves_no_answer(tmp_path: Path) -> None:
    code, answer, _ = start(job("profile", "Vanishing"), tmp_path)
    assert (code, answer) == (0, None)


def test_the_answer_is_out_before_the_workers_end(tmp_path: Path) -> None:
    """A thread that never ends keeps the process; the supervisor sees the result all the same."""
    result = tmp_path / "result.json"
    one = json.dumps(asdict(job("sample", "Lingering", parameters={"count": 1})))
    with subprocess.Popen([sys.executable, "-P", "-m", "comparators.worker.main", one, str(result)]) as worker:
        try:
            while not result.exists():
                assert worker.poll() is None
            assert json.loads(result.read_bytes())["cause"] is None
        finally:
            worker.kill()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"workload": "no.such:Thing"},
            "UsageError: cannot import 'no.such': ModuleNotFoundError: No module named 'no'",
        ),
        ({"workload_parameters": {"count": 0}}, "InvalidParameter: invalid value '0' for 'count' of 'good'"),
        ({"runner": TARGETS["asyncio"], "workload": "comparators.workloads.integrate:Integrate"}, "UsageError: "),
    ],
)
def test_what_cannot_be_done_at_all_is_said(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    base = asdict(job("sample"))
    if "workload" in changes:
        base["workload_parameters"] = {}
    answer = answer_of(Job(**{**base, **changes}), tmp_path)
    assert answer.cause == "error"
    assert answer.message.startswith(message)


SCRIPT = """
import pyperf
runner = pyperf.Runner()
runner.bench_time_func("documented", lambda loops: loops * 0.001)
"""


def test_pyperf_reads_what_we_write_and_finds_its_own_metadata(tmp_path: Path) -> None:
    """We make runs of a value of our own; this notices when pyperf's workers write something else."""
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    options = ["-p", "1", "-n", "1", "-w", "1", "-l", "3", "-o", "documented.json", "--quiet"]
    subprocess.run([sys.executable, "script.py", *options], cwd=tmp_path, check=True, timeout=60)
    theirs = pyperf.BenchmarkSuite.load(str(tmp_path / "documented.json")).get_benchmarks()[0].get_runs()[0]
    run, metadata = the_run(answer_of(job("sample", loops=3, parameters={"count": 1}), tmp_path))
    ours = pyperf.Run(run["values"], [tuple(each) for each in run["warmups"]], metadata, collect_metadata=False)
    assert set(theirs.get_metadata()) - set(ours.get_metadata()) <= {"cpu_affinity", *sample.MOMENTARY}
    assert set(ours.get_metadata()) - set(theirs.get_metadata()) <= {"cpu_affinity"}
    assert (len(ours.values), len(ours.warmups)) == (len(theirs.values), len(theirs.warmups)) == (1, 1)


RESTARTING = '''
import os, signal
from dataclasses import dataclass
from comparators.runners.mp_pool import MpPool


@dataclass(kw_only=True, eq=False)
class Restarting(MpPool):
    """One of its processes dies after the value, and the pool starts another."""

    rounds = 0

    def run(self, loops):
        timing = super().run(loops)
        self.rounds += 1
        if self.rounds == 2:
            before = {one.pid for one in self._pool._pool}
            os.kill(min(before), signal.SIGKILL)
            while not {one.pid for one in self._pool._pool} - before:
                os.sched_yield()
        return timing

    def __exit__(self, *exc_info):
        self._pool._worker_handler._state = "TERMINATE"  # it starts no more processes, which would hold the output open
        self._pool._change_notifier.put(None)
        self._pool._worker_handler.join()
        for one in self._pool._pool:  # what died may have held a lock: the pool itself could wait for it for ever
            one.kill()
        os._exit(0)
'''


def test_a_pool_that_replaces_a_process_while_it_is_measured(tmp_path: Path) -> None:
    (tmp_path / "restarting.py").write_text(RESTARTING, encoding="utf-8")
    one = job("sample", runner="mp-pool", workers=2, runner_parameters={"start": "fork"})
    answer = answer_of(replace(one, runner=f"{tmp_path / 'restarting.py'}:Restarting"), tmp_path)
    assert (answer.cause, answer.message) == ("crashed", sample.REPLACED)
