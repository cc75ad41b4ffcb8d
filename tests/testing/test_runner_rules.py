"""Every rule of runners catches a runner that breaks it."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Self

import pytest

from comparators.coordination.kit import install
from comparators.errors import ContractViolation, UsageError
from comparators.parameters import parameter
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.testing import (
    RUNNER_RULES,
    check_runner,
    check_runner_rule,
    probes,
    runner_rules,
)

RECIPE = "[{work}(item) for item in items]"


@dataclass(kw_only=True, eq=False)
class Pool(Runner):
    """A good runner."""

    info = RunnerInfo(name="pool", model="threads", summary="a pool of threads")

    share: float = parameter(0.5, "does nothing", minimum=0, maximum=1)

    def __enter__(self) -> Self:
        self.pool = ThreadPoolExecutor(self.size())
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.pool.shutdown()

    def size(self) -> int:
        return self.workers

    def run(self, loops: int) -> Timing:
        started = perf_counter()
        for _ in range(loops):
            results = list(self.pool.map(self.work, self.tasks))
        return Timing(perf_counter() - started, results)

    def recipe(self) -> Recipe:
        return Recipe((), "", "", RECIPE)


def changed(change: Callable[[Timing], Timing]) -> Callable[[Pool, int], Timing]:
    return lambda self, loops: change(Pool.run(self, loops))


def always_one_loop(self: Pool, loops: int) -> Timing:
    return Pool.run(self, 1)


def only_once(self: Pool, loops: int) -> Timing:
    self.pool.shutdown()
    return Timing(1.0, [self.work(task) for task in self.tasks])


def silent(self: Pool, loops: int) -> Timing:
    try:
        return Pool.run(self, loops)
    except ValueError:
        return Timing(1.0, [])


def wordless(self: Pool, loops: int) -> Timing:
    try:
        return Pool.run(self, loops)
    except ValueError:
        raise RuntimeError("a worker broke") from None


def fails_the_second_time(self: Pool, loops: int) -> Timing:
    if loops > 1:
        raise OSError("the workers are gone")
    return Pool.run(self, loops)


@dataclass(kw_only=True, eq=False)
class DefaultOutOfRange(Pool):
    share: float = parameter(2.0, "above the maximum", maximum=1)


def share_nothing(self: Pool, loops: int) -> Timing:
    install(None)
    return Pool.run(self, loops)


BROKEN_RUNNERS: list[tuple[str, str, dict[str, Any]]] = [
    ("described", "the name 'my pool'", {"info": replace(Pool.info, name="my pool")}),
    ("described", "the summary", {"info": replace(Pool.info, summary="")}),
    ("described", "the model 'fibres' is none of", {"info": replace(Pool.info, model="fibres")}),  # type: ignore[arg-type]  # wrong on purpose
    ("described", "interface version 99", {"info": replace(Pool.info, interface=99)}),
    ("results", "the results of 23 tasks are", {"run": changed(lambda timing: Timing(1.0, timing.results[::-1]))}),
    ("results", "the results of 1 tasks are []", {"run": changed(lambda timing: Timing(1.0, timing.results[1:]))}),
    ("results", "run returns a tuple", {"run": lambda self, loops: (1.0, [])}),
    ("results", "the first result is -1.0", {"run": changed(lambda timing: timing._replace(first_s=-1.0))}),
    ("results", "the first result is 9.0", {"run": changed(lambda timing: Timing(1.0, timing.results, 9.0))}),
    ("results", "the time of 1 loops is 0.0", {"run": changed(lambda timing: Timing(0.0, timing.results))}),
    ("results", "the time of 1 loops is nan", {"run": changed(lambda timing: Timing(float("nan"), timing.results))}),
    ("results", "OSError: the workers are gone", {"run": fails_the_second_time}),
    ("every-task", "3 loops of 23 tasks did 23 tasks, not 69", {"run": always_one_loop}),
    ("no-more-than-workers", "3 tasks were in progress at once with 2", {"size": lambda self: 3}),
    ("as-many-as-workers", "no 2 tasks were in progress at once", {"size": lambda self: 1}),
    ("failure", "nothing came out", {"run": silent}),
    ("failure", "came out as: ", {"run": wordless}),
    ("initializer", "a task began before the initializer was called", {"info": replace(Pool.info, initializer=True)}),
    ("kit", "lock: AttributeError", {"run": share_nothing}),
    ("recipe", "returns a NoneType", {"recipe": lambda self: None}),
    ("recipe", "does not call {work}", {"recipe": lambda self: Recipe((), "", "", "[]")}),
    ("recipe", "the recipe returns []", {"recipe": lambda self: Recipe((), "# {work}", "", "[]")}),
    ("recipe", "No module named 'nothing'", {"recipe": lambda self: Recipe(("import nothing",), "", "", RECIPE)}),
]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "MEETING_S", 0.01)
    monkeypatch.setattr(runner_rules, "SETTLE_S", 0.01)


def test_a_good_runner_keeps_every_rule() -> None:
    check_runner(Pool)
    check_runner(Pool, share=0.25)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("rule", "said", "attributes"), BROKEN_RUNNERS)
def test_a_runner_that_breaks_a_rule_is_caught(rule: str, said: str, attributes: dict[str, Any]) -> None:
    cls = type("Variant", (Pool,), attributes)
    with pytest.raises(ContractViolation) as raised:
        check_runner_rule(rule, cls)
    assert raised.value.rule == rule
    assert said in raised.value.message


def test_a_default_out_of_range_is_caught() -> None:
    with pytest.raises(ContractViolation, match="'DefaultOutOfRange' breaks the rule 'parameters': InvalidParameter"):
        check_runner_rule("parameters", DefaultOutOfRange)


@pytest.mark.usefixtures("impatient")
def test_a_thread_left_behind_is_caught() -> None:
    end = threading.Event()
    left: list[threading.Thread] = []

    def leave_a_thread(self: Pool, *exc_info: object) -> None:
        Pool.__exit__(self)
        left.append(threading.Thread(target=end.wait, name="leftover"))
        left[-1].start()

    try:
        with pytest.raises(ContractViolation, match="after the end there is still the thread leftover"):
            check_runner_rule("nothing-left", type("Variant", (Pool,), {"__exit__": leave_a_thread}))
    finally:
        end.set()
        for thread in left:
            thread.join()


@pytest.mark.usefixtures("impatient")
def test_a_process_left_behind_after_a_failure_is_caught() -> None:
    left: list[subprocess.Popen[bytes]] = []

    def leave_a_process(self: Pool, *exc_info: object) -> None:
        Pool.__exit__(self)
        if any(exc_info):
            left.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

    try:
        with pytest.raises(ContractViolation, match="after a failure there is still the process"):
            check_runner_rule("nothing-left", type("Variant", (Pool,), {"__exit__": leave_a_process}))
    finally:
        for process in left:
            process.communicate()


def test_every_rule_of_runners_is_shown_to_catch_something() -> None:
    assert {rule for rule, _, _ in BROKEN_RUNNERS} | {"parameters", "nothing-left"} == set(RUNNER_RULES)


def test_a_runner_that_this_python_cannot_have_is_not_checked() -> None:
    cls = type("Variant", (Pool,), {"info": replace(Pool.info, python=(9, 9))})
    with pytest.raises(UsageError, match=r"'pool' cannot be checked here: needs Python 9\.9"):
        check_runner(cls)
