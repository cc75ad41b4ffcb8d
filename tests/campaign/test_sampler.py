"""From a cell to a record, with workers that only exist on paper."""

import json
import math
import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from comparators import recipes
from comparators.campaign.clock import Clock, OutOfTime
from comparators.campaign.outcome import Cap
from comparators.campaign.sampler import Sampler
from comparators.campaign.worker_client import BLAS_VARIABLES
from comparators.errors import OutputError
from comparators.journal.journal import Journal, load, opened
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    ParallelCapacity,
    Preflight,
    Race,
    Record,
    Sample,
)
from comparators.parameters import ParameterValue
from comparators.plan.model import Plan, RunnerSpec, WorkloadSpec
from comparators.supervision.exchange import Reply
from comparators.worker.job import Answer
from tests.journal.records import CELL, COLD, COMPARISON, PLAN, SERIAL, SETTINGS, THREADS

REPLY = Reply(
    code=0, timed_out=False, hung_exit=False, cancelled=False, leftovers=0, elapsed_s=2.0, cpu_s=0.5, output=""
)
SUITE = {"benchmarks": [{"metadata": {"loops": 1}, "runs": [{"values": [0.25], "warmups": [[1, 0.5]]}]}]}
VALUE = Answer(suite=SUITE)
EVIDENCE = {
    name: 1
    for name in Evidence.__dataclass_fields__
    if name not in {"cell", "wall_s", "total_s", "busy_s", "task_cpu_s", "longest_s", "idle_tail_s"}
} | dict.fromkeys(("wall_s", "total_s", "busy_s", "task_cpu_s", "longest_s", "idle_tail_s"), 1.5)


@dataclass
class Paper:
    """Answers as told and remembers what it was asked."""

    answer: Answer | bytes | None = VALUE
    reply: Reply = REPLY
    commands: list[Sequence[str]] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float
    ) -> tuple[Reply, bytes | None]:
        self.commands.append(arguments)
        self.environments.append(environment)
        self.deadlines.append(deadline_s)
        answer = json.dumps(asdict(self.answer)).encode() if isinstance(self.answer, Answer) else self.answer
        return self.reply, answer

    @property
    def assignments(self) -> list[dict[str, Any]]:
        return [json.loads(command[-1]) for command in self.commands]


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with opened(tmp_path, PLAN, {}) as journal:
        yield journal


def sampler(journal: Journal, paper: Paper, plan: Plan = PLAN, clock: Clock | None = None) -> Sampler:
    return Sampler(plan, journal, clock or Clock(0.0, None), paper.run)


def test_a_sample_is_taken_in_a_fresh_worker_and_recorded(journal: Journal, paper: Paper) -> None:
    record = sampler(journal, paper).sample(CELL, "race", block=3, position=1, loops=7)
    assert isinstance(record, Sample)
    assert (record.cell, record.stage, record.block, record.position) == (CELL, "race", 3, 1)
    assert record.seconds == 0.25
    assert journal.records[-1] == record
    (command,) = paper.commands
    assert list(command[:4]) == ["/opt/python", "-P", "-m", "comparators.worker.main"]
    (asked,) = paper.assignments
    assert asked == {
        "errand": "sample",
        "workload": "comparators.workloads.noop:Noop",
        "workload_parameters": {"count": 10},
        "runner": "comparators.runners.threading:Threading",
        "runner_parameters": {"style": "subclass"},
        "workers": 2,
        "phase": "warm",
        "loops": 7,
        "warmups": 1,
        "name": CELL.key,
        "preset": "",
        "cpus": [0, 1],
        "path": asked["path"],
        "count_resources": False,
        "copies": 1,
    }


def test_a_cold_sample_has_no_warm_up(journal: Journal, paper: Paper) -> None:
    sampler(journal, paper).sample(COLD.cell(SERIAL, 1), "pilot")
    (asked,) = paper.assignments
    assert (asked["phase"], asked["warmups"]) == ("cold", 0)


def test_the_cell_before_is_recorded(journal: Journal, paper: Paper) -> None:
    one = sampler(journal, paper)
    records = [one.sample(cell, "pilot") for cell in (CELL, COMPARISON.cell(SERIAL, 1))]
    assert [record.previous for record in records if isinstance(record, Sample)] == ["", CELL.key]


def test_what_is_known_is_not_measured_again_also_by_the_next_run(journal: Journal, paper: Paper) -> None:
    first = sampler(journal, paper)
    known = [
        first.sample(CELL, "pilot", block=-1),
        first.sample(CELL, "race", block=0),
        first.sample(CELL, "race", block=1),
    ]
    paper.answer = None
    known.append(first.sample(CELL, "race", block=2))
    asked = len(paper.commands)
    for one in (first, sampler(journal, paper)):
        again = [one.sample(CELL, "pilot", block=-1), *(one.sample(CELL, "race", block=block) for block in range(3))]
        assert again == known
    assert len(paper.commands) == asked == 4
    assert isinstance(known[-1], Failure)


def test_other_evidence_preflights_and_capacities_are_not_repeated_either(journal: Journal, paper: Paper) -> None:
    paper.answer = Answer(facts=EVIDENCE)
    first = sampler(journal, paper)
    evidence = first.evidence(CELL)
    preflight = first.preflight(CELL, paper.run)()
    paper.answer = b'{"speedup": 1.5}'
    capacity = first.capacity(2)
    second = sampler(journal, paper)
    asked = len(paper.commands)
    assert (second.evidence(CELL), second.tried(CELL), second.capacity(2)) == (evidence, preflight, capacity)
    assert len(paper.commands) == asked == 3
    assert isinstance(evidence, Evidence)
    assert isinstance(preflight, Preflight)
    assert capacity == ParallelCapacity(2, 1.5)


def test_the_environment_is_our_own_with_blas_kept_to_one_thread(
    journal: Journal, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_COMMAND", "kept")
    monkeypatch.setenv(BLAS_VARIABLES[0], "8")
    sampler(journal, paper).sample(CELL, "pilot")
    (environment,) = paper.environments
    assert environment["OF_THE_COMMAND"] == "kept"
    assert {environment[name] for name in BLAS_VARIABLES} == {"1"}
    assert environment["PYTHONSAFEPATH"] == "1"
    assert environment["PATH"] == os.environ["PATH"]


def test_hash_seeds_come_from_the_plans_seed_and_differ(journal: Journal, paper: Paper, tmp_path: Path) -> None:
    def seeds(journal: Journal, plan: Plan = PLAN) -> list[str]:
        paper.environments.clear()
        one = sampler(journal, paper, plan)
        for block in range(3):
            one.sample(CELL, "race", block=block)
        return [environment["PYTHONHASHSEED"] for environment in paper.environments]

    other_plan = replace(PLAN, settings=replace(SETTINGS, seed=2))
    found = seeds(journal)
    assert len(set(found)) == 3
    assert all(0 <= int(seed) < 2**32 for seed in found)
    for name, plan, same in (("again", PLAN, True), ("other", other_plan, False)):
        with opened(tmp_path / name, plan, {}) as fresh:
            assert (seeds(fresh, plan) == found) is same


def test_the_deadline_is_the_settings_or_an_earlier_cap(journal: Journal, paper: Paper) -> None:
    one = sampler(journal, paper)
    one.sample(CELL, "pilot", block=-1)
    one.sample(CELL, "pilot", block=-2, cap=Cap(0.5, 4.0))
    one.sample(CELL, "pilot", block=-3, cap=Cap(500.0, 4000.0))
    assert paper.deadlines == [SETTINGS.timeout_s, 4.0, SETTINGS.timeout_s]


@pytest.mark.parametrize(("cap", "cause"), [(None, "timeout"), (Cap(0.5, 4.0), "capped"), (Cap(9.0, 99.0), "timeout")])
def test_a_worker_that_was_stopped(journal: Journal, paper: Paper, cap: Cap | None, cause: str) -> None:
    paper.answer, paper.reply = None, replace(REPLY, code=None, timed_out=True)
    record = sampler(journal, paper).sample(CELL, "race", block=0, cap=cap)
    assert isinstance(record, Failure)
    assert (record.cause, record.stage, record.block) == (cause, "race", 0)
    assert journal.records[-1] == record


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not JSON",
        b"[]",
        b'{"other": 1}',
        b"\xff",
        b"[" * 200_000,
        b'{"cause": "error", "message": 3}',
        b'{"cause": "error", "details": null}',
        b'{"cause": "invented"}',
    ],
    ids=range(9),
)
def test_a_result_that_a_task_has_overwritten_is_none(journal: Journal, paper: Paper, answer: bytes) -> None:
    paper.answer = answer
    record = sampler(journal, paper).sample(CELL, "race", block=0)
    assert isinstance(record, Failure)
    assert record.cause == "no-result"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(),
        Answer(suite={"benchmarks": []}),
        Answer(suite={"benchmarks": [{"runs": [{"values": [math.inf]}]}]}),
        Answer(suite={"benchmarks": [{"runs": [{"values": [-1.0]}]}]}),
        Answer(suite={"benchmarks": [{"runs": [{"values": ["long"]}]}]}),
        Answer(suite={"benchmarks": [{"runs": 3}]}),
        Answer(suite=SUITE, facts={"first_s": math.nan}),
        Answer(suite=SUITE, observations=(("lost", math.inf, "updates", "", "", None),)),
        Answer(suite=SUITE, observations=(("lost", 1.0, 7, "", "", None),)),
        Answer(suite=SUITE, observations=(("lost",),)),
    ],
)
def test_an_answer_that_cannot_be_true_is_a_failure_and_the_journal_stays_whole(
    journal: Journal, paper: Paper, answer: Answer
) -> None:
    paper.answer = answer
    record = sampler(journal, paper).sample(CELL, "race", block=0)
    assert isinstance(record, Failure)
    assert record.cause == "wrong-result"
    assert record.message.startswith("the worker's answer cannot be true: ")
    assert load(journal.path).failures == (record,)


@pytest.mark.parametrize("facts", [None, {}, {**EVIDENCE, "tasks": -1}, {**EVIDENCE, "wall_s": math.nan}, {"x": 1}])
def test_evidence_that_cannot_be_true_is_a_failure(
    journal: Journal, paper: Paper, facts: dict[str, ParameterValue] | None
) -> None:
    paper.answer = Answer(facts=facts)
    record = sampler(journal, paper).evidence(CELL)
    assert isinstance(record, Failure)
    assert load(journal.path).failures == (record,)


def test_the_clock_learns_and_ends_the_run(journal: Journal, paper: Paper) -> None:
    clock = Clock(0.0, 10.0, lambda: 0.0)
    sampler(journal, paper, clock=clock).sample(CELL, "pilot")
    assert clock.sample_s == REPLY.elapsed_s
    late = sampler(journal, paper, clock=Clock(9.9, 10.0, lambda: 0.0))
    with pytest.raises(OutOfTime):
        late.sample(CELL, "race", block=0)
    with pytest.raises(OutOfTime):
        late.evidence(CELL)
    assert len(paper.commands) == 1
    assert isinstance(late.sample(CELL, "pilot"), Sample)  # what is known needs no time


@pytest.mark.parametrize(
    "ask",
    [
        lambda one, paper: one.sample(CELL, "race", block=0),
        lambda one, paper: one.evidence(CELL),
        lambda one, paper: one.preflight(CELL, paper.run),
        lambda one, paper: one.capacity(2),
    ],
    ids=["sample", "evidence", "preflight", "capacity"],
)
def test_a_worker_runs_until_the_runs_time_is_up_and_no_longer(
    journal: Journal, paper: Paper, ask: Callable[[Sampler, Paper], object]
) -> None:
    paper.answer, paper.reply = None, replace(REPLY, code=None, timed_out=True)
    before = list(journal.records)
    with pytest.raises(OutOfTime):
        ask(sampler(journal, paper, clock=Clock(7.0, 10.0, lambda: 0.0)), paper)
    assert paper.deadlines == [3.0]
    assert list(journal.records) == before  # it was stopped for the run's sake: that is no failure of the cell


def test_a_preflight_is_tiny_keeps_what_was_given_and_is_recorded_later(journal: Journal, paper: Paper) -> None:
    paper.answer = Answer()
    one = sampler(journal, paper)
    record = one.preflight(CELL, paper.run)
    assert paper.assignments[-1]["errand"] == "preflight"
    assert paper.assignments[-1]["preset"] == "tiny"
    assert paper.assignments[-1]["workload_parameters"] == {}
    assert len(journal.records) == 1
    assert one.tried(CELL) is None
    assert record() == Preflight(CELL, REPLY.elapsed_s) == one.tried(CELL)
    given = replace(CELL, workload=replace(CELL.workload, parameters=(("count", 77),), given=(("count", 77),)))
    one.preflight(given, paper.run)
    assert paper.assignments[-1]["workload_parameters"] == {"count": 77}


def test_worker_counts_and_phases_share_a_preflight(journal: Journal, paper: Paper) -> None:
    paper.answer = Answer(cause="error", message="KeyError: 1")
    one = sampler(journal, paper)
    failure = one.preflight(CELL, paper.run)()
    assert isinstance(failure, Failure)
    assert one.tried(COLD.cell(THREADS, 8)) is failure
    assert one.tried(COMPARISON.cell(SERIAL, 1)) is None


def test_evidence_that_fails(journal: Journal, paper: Paper) -> None:
    paper.answer = Answer(cause="wrong-result", message="sum")
    record = sampler(journal, paper).evidence(CELL)
    assert isinstance(record, Failure)
    assert (record.stage, record.cause, record.block) == ("evidence", "wrong-result", -1)


def test_a_calibration_is_done_once_and_used_from_then_on(journal: Journal, paper: Paper) -> None:
    paper.answer = Answer(facts={"count": 12})
    one = sampler(journal, paper)
    one.calibrate(CELL)
    one.calibrate(COLD.cell(SERIAL, 1))
    assert paper.assignments[-1]["errand"] == "calibrate"
    assert len(paper.commands) == 1
    assert journal.records[-1] == Calibration("noop", "3.11", (("count", 12),))
    paper.answer = VALUE
    one.sample(CELL, "pilot")
    sampler(journal, paper).sample(CELL, "race", block=0)
    assert [asked["workload_parameters"] for asked in paper.assignments[1:]] == [{"count": 12}] * 2


def test_a_calibration_that_changes_nothing_is_recorded_as_such(journal: Journal, paper: Paper) -> None:
    paper.answer = Answer(facts={"count": 10})
    sampler(journal, paper).calibrate(CELL)
    assert journal.records[-1] == Calibration("noop", "3.11", ())


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Answer(cause="error", message="no"),
        Answer(),
        Answer(facts={"other": 1}),
        Answer(facts={"count": math.nan}),
    ],
)
def test_a_calibration_that_fails_leaves_it_to_the_cells(journal: Journal, paper: Paper, answer: Answer | None) -> None:
    paper.answer = answer
    sampler(journal, paper).calibrate(CELL)
    assert len(journal.records) == 1


def test_a_capacity_that_cannot_be_measured_is_left_out(journal: Journal, paper: Paper) -> None:
    paper.answer = None
    assert sampler(journal, paper).capacity(2) is None
    assert len(journal.records) == 1
    (command,) = paper.commands
    assert list(command) == [sys.executable, "-P", "-m", "comparators.worker.parallel_capacity", "2"]


def test_workers_find_the_programs_own_folders_but_not_the_interpreters(
    journal: Journal, paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard = [*site.getsitepackages(), sysconfig.get_path("stdlib")]
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), str(tmp_path / "missing"), *standard])
    sampler(journal, paper).sample(CELL, "pilot")
    assert paper.assignments[-1]["path"] == [str(tmp_path)]


def test_who_begins_a_race_is_recorded_once(journal: Journal, paper: Paper) -> None:
    serial, cold = COMPARISON.cell(SERIAL, 1), COLD.cell(SERIAL, 1)
    first = sampler(journal, paper)
    assert first.race((CELL, serial)) == (CELL, serial)
    assert first.race((cold,)) == (cold,)
    resumed = sampler(journal, paper)
    assert resumed.race((serial,)) == (CELL, serial)  # what began it, whatever the pilot would choose now
    assert journal.run().races == (Race((CELL, serial)), Race((cold,)))


def test_a_recipe_is_recorded_once_with_the_calibrated_parameters(journal: Journal, paper: Paper) -> None:
    journal.append(Calibration("noop", "3.11", (("count", 3),)))
    asked: list[tuple[WorkloadSpec, RunnerSpec, int]] = []

    def snippet(workload: WorkloadSpec, runner: RunnerSpec, workers: int) -> str:
        asked.append((workload, runner, workers))
        return "code"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "snippet", snippet)
        for _ in range(2):
            sampler(journal, paper).recipe(CELL)
    assert asked == [(replace(CELL.workload, parameters=(("count", 3),)), CELL.runner, 2)]
    assert journal.run().recipes == (CellRecipe(CELL, "code"),)
    assert paper.commands == []


@pytest.mark.parametrize(
    ("answer", "recorded"),
    [
        (Answer(facts={"source": "code"}), ["code"]),
        (Answer(facts={"source": 1}), []),
        (Answer(facts={}), []),
        (Answer(cause="error", message="no"), []),
        (None, []),
    ],
)
def test_for_a_recipe_what_is_not_ours_is_asked_in_a_worker(
    journal: Journal, paper: Paper, answer: Answer | None, recorded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.answer = answer
    monkeypatch.setattr(recipes, "snippet", lambda *_: pytest.fail("third-party code was asked in this process"))
    monkeypatch.setattr("comparators.campaign.sampler.OURS", "elsewhere.")
    sampler(journal, paper).recipe(CELL)
    assert [(one["errand"], one["workload"]) for one in paper.assignments] == [("recipe", CELL.workload.target)]
    assert [command[0] for command in paper.commands] == ["/opt/python"]
    assert [one.source for one in journal.run().recipes] == recorded


def test_a_recipe_that_cannot_be_written_is_left_out(journal: Journal, paper: Paper) -> None:
    nowhere = replace(CELL, workload=replace(CELL.workload, target="comparators.nowhere:Nothing"))
    sampler(journal, paper).recipe(nowhere)
    assert journal.run().recipes == ()


def test_a_recipe_that_cannot_be_stored_is_an_error(
    journal: Journal, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(record: Record) -> None:
        raise OutputError("no room")

    monkeypatch.setattr(journal, "append", fail)
    with pytest.raises(OutputError):
        sampler(journal, paper).recipe(CELL)


@dataclass
class Several(Paper):
    """Replies differently each time."""

    replies: list[Reply] = field(default_factory=list)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float
    ) -> tuple[Reply, bytes | None]:
        _, result = super().run(arguments, environment, deadline_s)
        reply = self.replies.pop(0)
        return reply, None if reply.unsupervised or reply.timed_out else result


DISTURBED = replace(REPLY, disturbances=["the machine slept for 9.0 s"])
UNSUPERVISED = Reply.never_ran("the supervisor process was killed", unsupervised=True)


@pytest.mark.parametrize("first", [DISTURBED, UNSUPERVISED])
def test_a_value_that_was_disturbed_is_discarded_and_taken_again(journal: Journal, first: Reply) -> None:
    paper = Several(replies=[first, first, REPLY])
    record = sampler(journal, paper).sample(CELL, "race")
    assert isinstance(record, Sample)
    assert "comparators_disturbance" not in record.metadata
    assert len(paper.commands) == 3
    assert [one for one in journal.records if isinstance(one, Sample | Failure)] == [record]


def test_what_is_always_disturbed_is_kept_and_marked(journal: Journal) -> None:
    paper = Several(replies=[DISTURBED] * 9)
    record = sampler(journal, paper).sample(CELL, "race")
    assert isinstance(record, Sample)
    assert record.metadata["comparators_disturbance"] == "the machine slept for 9.0 s"
    assert len(paper.commands) == 3


def test_a_worker_that_kills_its_supervisor_each_time_has_failed(journal: Journal) -> None:
    paper = Several(replies=[UNSUPERVISED] * 9)
    record = sampler(journal, paper).sample(CELL, "race")
    assert isinstance(record, Failure)
    assert (record.cause, record.message) == ("crashed", "the supervisor process was killed")
    assert len(paper.commands) == 3


def test_a_preflight_without_a_supervisor_is_tried_again(journal: Journal) -> None:
    paper = Several(replies=[UNSUPERVISED, REPLY])
    assert isinstance(sampler(journal, paper).preflight(CELL, paper.run)(), Preflight)


def test_a_failure_in_a_disturbed_sample_stands(journal: Journal) -> None:
    paper = Several(replies=[replace(DISTURBED, code=None, timed_out=True)])
    record = sampler(journal, paper).sample(CELL, "race")
    assert isinstance(record, Failure)
    assert "the machine slept" in record.message


def test_the_pilots_samples_look_at_the_memory(journal: Journal, paper: Paper) -> None:
    one = sampler(journal, paper)
    one.sample(CELL, "pilot", block=-1)
    one.sample(CELL, "race", block=0)
    assert [asked["count_resources"] for asked in paper.assignments] == [True, False]
