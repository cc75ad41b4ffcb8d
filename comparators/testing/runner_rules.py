"""The rules of runners."""

import math
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comparators.errors import UsageError
from comparators.parameters import ParameterValue
from comparators.recipes import assemble
from comparators.recipes.work import Work
from comparators.registry.applicability import unavailable
from comparators.runner import MODELS, Recipe, Runner, RunnerInfo, Timing
from comparators.testing import probes
from comparators.testing.kit_rules import check_primitive, offered
from comparators.testing.rules import applied, require, require_name, require_readable_parameters
from comparators.workload import API_VERSION

__all__ = ["RUNNER_RULES", "RunnerCase", "RunnerRule", "check_runner", "check_runner_rule"]

WORKERS = 2
TASKS = 23
"""No multiple of the workers, and enough for several chunks each."""

MANY_TASKS = 8 * TASKS
"""Enough that one worker's chunk does not take them all."""

SETTLE_S = 5.0
"""How long the system may take to take away a worker that has ended."""

RECIPE_S = 120.0

ROUNDING = 1 + 1e-9
"""How much a mean, times its number, may exceed the sum."""


@dataclass(frozen=True, slots=True)
class RunnerCase:
    """A runner class and the parameters that it is checked with."""

    cls: type[Runner]
    parameters: Mapping[str, ParameterValue]

    @property
    def workers(self) -> int:
        """As many workers as the checks use, or as the runner can have."""
        return min(WORKERS, self.cls.info.workers_maximum or WORKERS)

    @property
    def max_concurrency(self) -> int:
        """As many tasks as are in progress at once with these workers."""
        return self.make("square", range(MANY_TASKS)).max_concurrency

    def make(self, probe: str, tasks: Sequence[Any]) -> Runner:
        """Return a runner of one of `probes` over tasks."""
        make: Any = self.cls  # a subclass's own fields are its parameters
        runner: Runner = make(work=self.work(probe), tasks=tasks, workers=self.workers, **self.parameters)
        return runner

    def work(self, probe: str) -> Callable[[Any], Any]:
        """Return the probe in the form that the runner calls."""
        work: Callable[[Any], Any] = getattr(probes, f"{probe}_async" if self.cls.info.asynchronous else probe)
        return work


RunnerRule = Callable[[RunnerCase], None]


def check_runner(cls: type[Runner], **parameters: ParameterValue) -> None:
    """Check a runner class against every rule, with its defaults or the parameters given.

    Raises:
        ContractViolation: the first rule that is broken, and how.
        UsageError: this Python cannot have the runner.
    """
    for rule in RUNNER_RULES:
        check_runner_rule(rule, cls, **parameters)


def check_runner_rule(rule: str, cls: type[Runner], **parameters: ParameterValue) -> None:
    """Check a runner class against one rule of `RUNNER_RULES`.

    Raises:
        ContractViolation: the rule is broken, and how.
        UsageError: this Python cannot have the runner.
    """
    reason = unavailable(cls.info)
    if reason:
        raise UsageError(f"'{cls.info.name}' cannot be checked here: {reason}")
    with applied(rule, cls):
        RUNNER_RULES[rule](RunnerCase(cls, parameters))


def _described(case: RunnerCase) -> None:
    info: Any = case.cls.info  # whatever somebody put there
    require(isinstance(info, RunnerInfo), "info is no RunnerInfo")
    require_name(info.name, info.summary)
    require(info.model in MODELS, f"the model '{info.model}' is none of {', '.join(MODELS)}")
    require(
        info.interface == API_VERSION, f"it was written for interface version {info.interface}, this is {API_VERSION}"
    )


def _parameters(case: RunnerCase) -> None:
    require_readable_parameters(case.make("square", [1]))


def _results(case: RunnerCase) -> None:
    for tasks in (range(1), range(TASKS)):
        expected = [number * number for number in tasks]
        with case.make("square", tasks) as runner:
            for loops in (1, 2):
                timing: Any = runner.run(loops)  # whatever somebody returns
                require(isinstance(timing, Timing), f"run returns a {type(timing).__name__}, not a Timing")
                results, seconds, first_s = list(timing.results), timing.seconds, timing.first_s
                require(results == expected, f"the results of {len(tasks)} tasks are {results!r:.200}, not {expected}")
                require(_is_time(seconds) and seconds > 0, f"the time of {loops} loops is {seconds!r}")
                require(
                    first_s is None or (_is_time(first_s) and 0 <= first_s * loops <= seconds * ROUNDING),
                    f"the time to the first result is {first_s!r}, and {loops} loops took {seconds!r}",
                )


def _is_time(seconds: object) -> bool:
    return isinstance(seconds, float) and math.isfinite(seconds)


def _every_task(case: RunnerCase) -> None:
    loops = 3
    with _trace() as path, case.make("mark", [path] * TASKS) as runner:
        runner.run(loops)
        done = len(_marks(path))
    require(done == loops * TASKS, f"{loops} loops of {TASKS} tasks did {done} tasks, not {loops * TASKS}")


def _no_more_than_workers(case: RunnerCase) -> None:
    with _trace() as path, case.make("overlap", [path] * TASKS) as runner:
        runner.run(1)
        running = most = 0
        for mark in _marks(path):
            running += 1 if mark == "+" else -1
            most = max(most, running)
    require(most <= case.max_concurrency, f"{most} tasks were in progress at once with {case.workers} workers")


def _as_many_as_workers(case: RunnerCase) -> None:
    with _trace() as path, case.make("meet", [(path, case.max_concurrency)] * MANY_TASKS) as runner:
        results = runner.run(1).results
    require(all(results), f"no {case.max_concurrency} tasks were in progress at once with {case.workers} workers")


def _failure(case: RunnerCase) -> None:
    said = ""
    try:
        with case.make("fail", range(5)) as runner:
            runner.run(1)
    except Exception as error:  # noqa: BLE001  each model wraps a task's exception in its own way
        said = "".join(traceback.format_exception(error))
    require(said, "a task raised ValueError, and nothing came out")
    require("ValueError" in said and probes.FAILURE in said, f"a task's ValueError came out as: {said[-300:]}")


def _nothing_left(case: RunnerCase) -> None:
    for probe in ("meet", "meet_and_fail"):
        before = _alive()
        try:
            with _trace() as path, case.make(probe, [(path, case.max_concurrency)] * MANY_TASKS) as runner:
                runner.run(1)
        except Exception:  # noqa: BLE001, S110  whether it comes out is another rule
            pass
        left = _left_after_settling(before)
        require(not left, f"after {'the end' if probe == 'meet' else 'a failure'} there is still {', '.join(left)}")


def _initializer(case: RunnerCase) -> None:
    if not case.cls.info.initializer:
        return
    with _trace() as path:
        runner = case.make("marked", [(path, case.max_concurrency)] * MANY_TASKS)
        runner.initializer = (probes.leave_mark, (path,))
        with runner:
            results = runner.run(1).results
        called = _marks(path).count("i")
    require(all(results), "a task began before the initializer was called")
    require(called >= case.max_concurrency, f"{case.max_concurrency} workers called the initializer {called} times")


def _kit(case: RunnerCase) -> None:
    for primitive in offered(case.cls):
        check_primitive(case.cls, case.parameters, primitive)


def _recipe(case: RunnerCase) -> None:
    import ast
    import subprocess

    work = case.work("square").__name__
    recipe = case.make("square", range(TASKS)).recipe()
    require(isinstance(recipe, Recipe), f"recipe() returns a {type(recipe).__name__}")
    require("{work}" in recipe.functions + recipe.call, "the recipe does not call {work}")
    source = assemble(
        "A recipe", Work(work, own_imports=(f"from {probes.__name__} import {work}",), items=f"range({TASKS})"), recipe
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "contract_recipe.py")
        script.write_text(f"{source}    print(list(results))\n", encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, script], capture_output=True, text=True, timeout=RECIPE_S, check=False, cwd=folder
        )
    require(ran.returncode == 0, f"the recipe fails: {ran.stderr[-300:]}")
    expected = [number * number for number in range(TASKS)]
    found = ran.stdout.splitlines()[-1]
    require(ast.literal_eval(found) == expected, f"the recipe returns {found:.200}, not {expected}")


@contextmanager
def _trace() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trace")
        path.touch()
        yield str(path)


def _marks(path: str) -> str:
    return Path(path).read_text(encoding="ascii")


def _alive() -> set[str]:
    """Name the threads and child processes that there are now."""
    import psutil

    found = {f"the thread {thread.name} ({thread.ident})" for thread in threading.enumerate()}
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            ended = child.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            continue
        if not ended and "multiprocessing.forkserver" not in command and "resource_tracker" not in command:
            found.add(f"the process {child.pid} ({command:.60})")
    return found


def _left_after_settling(before: set[str]) -> list[str]:
    deadline = time.monotonic() + SETTLE_S
    while (left := _alive() - before) and time.monotonic() < deadline:
        time.sleep(0.005)
    return sorted(left)


RUNNER_RULES: Mapping[str, RunnerRule] = {
    "described": _described,
    "parameters": _parameters,
    "results": _results,
    "every-task": _every_task,
    "no-more-than-workers": _no_more_than_workers,
    "as-many-as-workers": _as_many_as_workers,
    "failure": _failure,
    "nothing-left": _nothing_left,
    "initializer": _initializer,
    "kit": _kit,
    "recipe": _recipe,
}
"""Every rule by name:

described: name, summary, model and interface version are what reports and plans expect.
parameters: every parameter is in its range and survives being written as text.
results: one result per task, in task order, and a time above zero, in which the first result came; also for one task,
    and when repeated.
every-task: each loop does every task once.
no-more-than-workers: never more tasks in progress than workers, or than the runner's `max_concurrency`.
as-many-as-workers: as many tasks in progress as that, so that tasks may wait for each other.
failure: a task's exception comes out, as itself or inside another, with its own words.
nothing-left: leaving takes every thread and process away, also after a failure.
initializer: where `info` says so, every worker calls `Runner.initializer` before its first task.
kit: every primitive that the model can share reaches the workers and behaves.
recipe: the recipe is a program that gives the same results.
"""
