"""Recipes for tasks that share something are programs like any other: written for every runner, run, and verified."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from comparators.coordination.kit import missing_reason
from comparators.errors import UsageError
from comparators.parameters import parameters_of
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.plan.names import workload_parameters
from comparators.recipes import script, snippet
from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS, WORKLOADS
from comparators.registry.catalogue import load_runner, load_workload
from comparators.runner import RunnerInfo
from comparators.workload import Workload
from comparators.workloads.coordination.race import Race

IN_ONE_PROCESS = {"serial", "threads", "async", "interpreters"}
"""Models whose programs can be run one after the other by one Python; workers of the others import the program."""

ONE_OF_EACH_KIT = {"threading", "mp-pool", "anyio", "futures-interpreters"}
"""Runners that try every choice of a workload; the others try its defaults."""

RUN_ALL = """
import runpy, sys
from comparators.coordination.kit import install
for path in sys.argv[1:]:
    install(None)
    runpy.run_path(path, run_name="__main__")
"""


LOST = {("futures-interpreters", "guarded[guard=queue]")}
"""Programs that cannot be verified: what interpreters have put into a queue is gone when they are."""


class Case(NamedTuple):
    """A workload, and a runner that can do it."""

    spec: WorkloadSpec
    runner: RunnerSpec
    workers: int

    @property
    def file_name(self) -> str:
        chosen = [f"{key}-{value}" for key, value in self.spec.given]
        return "_".join([self.spec.name, *chosen]).replace("-", "_") + ".py"


def works() -> Iterator[tuple[WorkloadSpec, Workload[Any, Any]]]:
    """Yield every workload that coordinates, small, and again with each choice that lets it share something else."""
    for one in WORKLOADS:
        name, target = one.name, one.target
        cls = load_workload(target)
        if cls.nature != "coordination":
            continue
        choices = [{one.name: choice} for one in parameters_of(cls) for choice in one.choices]
        seen = set()
        for given in [{}, *choices]:
            work = cls.from_preset("tiny", **given)
            if work.primitives not in seen:
                seen.add(work.primitives)
                yield WorkloadSpec(name, target, workload_parameters(work), tuple(given.items())), work


def suits(work: Workload[Any, Any], info: RunnerInfo) -> bool:
    """Tell whether a model has what a workload needs."""
    if work.unsupported_on.get(info.model) or any(missing_reason(info.kit, primitive) for primitive in work.primitives):
        return False
    if info.asynchronous and work.work_async is None:
        return False
    return info.workers_maximum is None or info.workers_maximum >= work.min_concurrency


WORKS = list(works())
TARGETS = {one.name: one.target for one in RUNNERS}


def cases_of(name: str) -> list[Case]:
    info = load_runner(TARGETS[name]).info
    spec = RunnerSpec(name, TARGETS[name], info.model)
    return [
        Case(workload, spec, min(max(2, work.min_concurrency), info.workers_maximum or work.min_concurrency + 1))
        for workload, work in WORKS
        if suits(work, info) and (name in ONE_OF_EACH_KIT or not workload.given) and (name, workload.label) not in LOST
    ]


def run_all(programs: list[Path], *, together: bool) -> str:
    """Run programs and return what they print."""
    batches = [programs] if together else [[program] for program in programs]
    said = ""
    for batch in batches:
        command = [sys.executable, *(["-c", RUN_ALL] if together else []), *map(str, batch)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, f"{batch}\n{done.stderr}"
        said += done.stdout
    return said


@pytest.mark.parametrize("name", TARGETS)
def test_every_recipe_for_work_that_coordinates_is_a_program_that_verifies_itself(name: str, tmp_path: Path) -> None:
    info = load_runner(TARGETS[name]).info
    reason = unavailable(info)
    if reason:
        pytest.skip(reason)
    programs = []
    for case in cases_of(name):
        programs.append(tmp_path / case.file_name)
        programs[-1].write_text(script(*case), encoding="utf-8")
    assert programs
    said = run_all(programs, together=info.model in IN_ONE_PROCESS)
    assert said.count("verified: ") == len(programs)


def test_every_workload_that_coordinates_is_tried_with_all_that_it_can_share() -> None:
    tried = {case.spec.name for name in TARGETS for case in cases_of(name)}
    assert tried == {one.name for one in WORKLOADS if load_workload(one.target).nature == "coordination"}
    shared = {primitive for _, work in WORKS for primitive in work.primitives}
    assert {"lock", "rlock", "semaphore", "condition", "queue", "counter", "array", "barrier"} <= shared


@pytest.mark.parametrize("name", TARGETS)
def test_every_recipe_can_be_written_where_the_model_is_missing(name: str) -> None:
    for case in cases_of(name):
        compile(snippet(*case), case.file_name, "exec")


def recipe_of(workload: str, runner: str, *, write: Callable[..., str] = snippet, **parameters: Any) -> str:
    target = {one.name: one.target for one in WORKLOADS}[workload]
    work = load_workload(target).from_preset("tiny", **parameters)
    spec = WorkloadSpec(workload, target, workload_parameters(work), tuple(parameters.items()))
    return write(spec, RunnerSpec(runner, TARGETS[runner], load_runner(TARGETS[runner]).info.model), 2)


def test_a_recipe_is_written_with_the_models_own_primitives() -> None:
    assert recipe_of("writer", "mp-pool", guard="semaphore") == (
        "from multiprocessing import get_context\n"
        "\n"
        "from comparators.coordination.kit import install\n"
        "from comparators.workloads.coordination.writer import write\n"
        "\n"
        "\n"
        "def make_shared():\n"
        "    # before each use, Writer(...).reset(shared) brings it to its beginning\n"
        '    context = get_context("forkserver")\n'
        "    return context.Semaphore(2)\n"
        "\n"
        "\n"
        "def run(tasks, shared):\n"
        '    with get_context("forkserver").Pool(2, install, (shared,)) as pool:\n'
        "        parts = pool.map(write, tasks)\n"
        "        pool.close()\n"
        "        pool.join()  # a stopped process loses what it put but has not sent yet\n"
        "    return parts\n"
    )


def test_a_recipe_says_what_its_model_loses() -> None:
    assert "    # an item is gone when the interpreter is that put it there: take it out before\n" in recipe_of(
        "guarded", "futures-interpreters", guard="queue"
    )


def test_threads_find_what_they_share_in_their_own_process() -> None:
    source = recipe_of("race", "futures-threads")
    assert "from types import SimpleNamespace\n" in source
    assert "    return SimpleNamespace(value=0)\n" in source
    assert "def run(tasks, shared):\n    install(shared)  # where burst looks for it\n" in source


def test_primitives_of_an_event_loop_are_made_inside_one() -> None:
    assert "async def make_shared():\n" in recipe_of("guarded", "anyio")


def test_what_cannot_be_written_as_plain_code_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Race, "share", lambda self, kit: object())
    source = recipe_of("race", "mp-pool")
    assert "# No plain code for what the tasks share: part of it is of the type 'object'." in source
    assert "`Race.share`" in source
    assert "def run(tasks, shared):" in source
    compile(source, "recipe", "exec")
    with pytest.raises(UsageError, match="'race' has no program"):
        recipe_of("race", "mp-pool", write=script)


def test_a_model_that_can_share_nothing_has_no_recipe() -> None:
    with pytest.raises(UsageError, match="'race' needs a counter, which 'anyio-processes' lacks: its workers take"):
        recipe_of("race", "anyio-processes")
