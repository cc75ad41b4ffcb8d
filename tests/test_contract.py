"""Every registered workload and runner keeps every rule, and every rule catches who does not."""

import asyncio
import itertools
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, ClassVar, Self

import pytest

from comparators.contract import (
    RUNNER_RULES,
    WORKLOAD_RULES,
    check_runner,
    check_runner_rule,
    check_workload,
    check_workload_rule,
    probes,
    runner_rules,
)
from comparators.errors import ContractViolation, UsageError, WrongResult
from comparators.parameters import parameter
from comparators.plan.applicability import unavailable
from comparators.registry import RUNNERS, WORKLOADS, load_runner, load_workload
from comparators.runner import Recipe, Runner, RunnerInfo, Timing
from comparators.workload import Observation, Observations, Workload


@pytest.mark.parametrize("rule", WORKLOAD_RULES)
@pytest.mark.parametrize("target", [target for _, target in WORKLOADS], ids=[name for name, _ in WORKLOADS])
def test_built_in_workloads_keep_every_rule(target: str, rule: str) -> None:
    check_workload_rule(rule, load_workload(target))


@pytest.mark.parametrize("rule", RUNNER_RULES)
@pytest.mark.parametrize("target", [target for _, target in RUNNERS], ids=[name for name, _ in RUNNERS])
def test_built_in_runners_keep_every_rule(target: str, rule: str) -> None:
    cls = load_runner(target)
    reason = unavailable(cls.info)
    if reason:
        pytest.skip(f"{cls.info.name} {reason}")
    check_runner_rule(rule, cls)


@pytest.mark.parametrize("module", [probes, runner_rules])
def test_what_is_public_is_there(module: Any) -> None:
    assert all(hasattr(module, name) for name in module.__all__)


# Workloads


def square(number: int) -> int:
    return number * number


async def square_later(number: int) -> int:
    return number * number


@dataclass(frozen=True)
class Squares(Workload[int, int]):
    name = "squares"
    summary = "squares of the first integers"
    nature = "cpu"
    presets: ClassVar = {"quick": {"count": 5}, "default": {}, "full": {"count": 20}}
    work = staticmethod(square)
    work_async = staticmethod(square_later)

    count: int = parameter(10, "how many", minimum=1)
    share: float = parameter(0.1, "another kind", minimum=0)
    kind: str = parameter("plain", "another kind", choices=("plain", "fancy"))
    loud: bool = parameter(default=False, help="another kind")

    def tasks(self) -> Sequence[int]:
        return range(self.count)

    def verify(self, result: object) -> Observations:
        expected = [number * number for number in range(self.count)]
        if result != expected:
            raise WrongResult("squares", expected=expected, found=result)
        return (Observation("squares", float(self.count), ""),)


class Undecorated(Squares):
    depth: int = parameter(1, "never becomes one")


class Assignable(Squares):
    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


@dataclass(frozen=True)
class OutOfRange(Squares):
    depth: int = parameter(0, "the default is below the minimum", minimum=1)


@dataclass(frozen=True)
class NoText(Squares):
    depth: complex = parameter(0, "a type that no text can be read as")


def sum_of(self: Squares, parts: Sequence[int]) -> int:
    return sum(parts)


def check_nothing(self: Squares, result: object) -> Observations:
    return ()


def check_number(self: Squares, result: Sequence[int]) -> Observations:
    if len(result) != self.count:
        raise WrongResult("number", expected=self.count, found=len(result))
    return ()


def check_set(self: Squares, result: Sequence[int]) -> Observations:
    if set(result) != {number * number for number in range(self.count)}:
        raise WrongResult("squares", expected=self.count, found=result)
    return ()


def check_by_arithmetic(self: Squares, result: Sequence[int]) -> Observations:
    check_number(self, result)
    if any(found - number * number for number, found in enumerate(result)):
        raise WrongResult("squares", expected=self.count, found=result)
    return ()


def observe_nan(self: Squares, result: object) -> Observations:
    return (Observation("share", float("nan"), ""),)


@contextmanager
def opened_as_nothing(self: Squares) -> Iterator[None]:
    yield None


def other_tasks_every_time(self: Squares) -> Sequence[float]:
    return [random.random() for _ in range(self.count)]


async def square_wrongly(number: int) -> int:
    return number


async def square_in_asyncio_only(number: int) -> int:
    await asyncio.sleep(0)
    return number * number


lasting = itertools.count(11)

BROKEN_WORKLOADS: list[tuple[str, str, dict[str, Any]]] = [
    ("described", "the name 'my/squares'", {"name": "my/squares"}),
    ("described", "the name '-squares'", {"name": "-squares"}),
    ("described", "the summary", {"summary": "two\nlines"}),
    ("described", "the nature 'wild' is none of", {"nature": "wild"}),
    ("described", "interface version 99", {"api": 99}),
    ("presets", "there is no preset 'full'", {"presets": {"quick": {}, "default": {}}}),
    ("presets", "InvalidParameter", {"presets": {"quick": {}, "default": {}, "full": {"count": 0}}}),
    ("tasks", "there are no tasks", {"tasks": lambda self: []}),
    ("tasks", "returns a generator, not a sequence", {"tasks": lambda self: (n for n in range(3))}),
    ("tasks", "another list the second time", {"tasks": other_tasks_every_time}),
    ("tasks", "tasks cannot be pickled: ", {"tasks": lambda self: [check_nothing, lambda: 0]}),
    ("tasks", "in_flight is 6, with 5 tasks", {"in_flight": 6}),
    ("tasks", "in_flight is 0, with 5 tasks", {"in_flight": 0}),
    ("importable", "work cannot be imported as", {"work": staticmethod(lambda number: number)}),
    ("importable", "work_async cannot be imported as", {"work_async": staticmethod(lambda number: number)}),
    ("ready-to-run", "calibrated() returns a NoneType", {"calibrated": lambda self: None}),
    (
        "ready-to-run",
        "changes what is calibrated already",
        {"calibrated": lambda self: replace(self, count=next(lasting))},
    ),
    ("ready-to-run", "opened() yields a NoneType", {"opened": opened_as_nothing}),
    ("right-results", "WrongResult: squares: expected [0, 1, 4, 9, 16]", {"work": staticmethod(abs)}),
    ("right-results", "verify returns a NoneType", {"verify": lambda self, result: None}),
    ("right-results", "is no Observation of a finite number", {"verify": observe_nan}),
    ("wrong-results", "no parts: no WrongResult is raised", {"verify": check_nothing}),
    ("wrong-results", "a part is something else: no WrongResult", {"verify": check_number}),
    ("wrong-results", "a part came twice: no WrongResult", {"verify": check_set}),
    ("wrong-results", "TypeError is raised, not WrongResult", {"verify": check_number, "combine": sum_of}),
    ("async-agrees", "work_async is not a coroutine function", {"work_async": staticmethod(square)}),
    ("async-agrees", "under asyncio: WrongResult", {"work_async": staticmethod(square_wrongly)}),
    ("async-agrees", "under trio: ", {"work_async": staticmethod(square_in_asyncio_only)}),
]


def test_a_good_workload_keeps_every_rule() -> None:
    check_workload(Squares)
    check_workload(Squares, preset="full")
    check_workload(type("Variant", (Squares,), {"verify": check_by_arithmetic}))


@pytest.mark.parametrize(("rule", "said", "attributes"), BROKEN_WORKLOADS)
def test_a_workload_that_breaks_a_rule_is_caught(rule: str, said: str, attributes: dict[str, Any]) -> None:
    cls = type("Variant", (Squares,), attributes)
    with pytest.raises(ContractViolation) as raised:
        check_workload_rule(rule, cls)
    assert raised.value.rule == rule
    assert raised.value.message.startswith(f"'Variant' breaks the rule '{rule}': ")
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("cls", "rule", "said"),
    [
        (Undecorated, "frozen", "depth needs the class to be a dataclass"),
        (Assignable, "frozen", "'count' can be assigned to"),
        (OutOfRange, "parameters", "invalid value '0' for 'depth'"),
        (NoText, "parameters", "must be int, float, str or bool"),
    ],
)
def test_parameters_that_are_none_are_caught(cls: type[Squares], rule: str, said: str) -> None:
    with pytest.raises(ContractViolation, match=said) as raised:
        check_workload_rule(rule, cls)
    assert raised.value.rule == rule


def test_every_rule_of_workloads_is_shown_to_catch_something() -> None:
    assert {rule for rule, _, _ in BROKEN_WORKLOADS} | {"frozen", "parameters"} == set(WORKLOAD_RULES)


def test_the_whole_suite_stops_at_the_first_broken_rule() -> None:
    with pytest.raises(ContractViolation, match="breaks the rule 'described'"):
        check_workload(type("Variant", (Squares,), {"name": "", "verify": check_nothing}))


meeting = threading.Barrier(3)


def meet_others(number: int) -> int:
    meeting.wait(timeout=10)
    return number * number


def test_tasks_that_need_each_other_are_done_at_the_same_time() -> None:
    attributes = {"work": staticmethod(meet_others), "work_async": None, "in_flight": 3}
    cls = type("Variant", (Squares,), {**attributes, "presets": {**Squares.presets, "quick": {"count": 3}}})
    check_workload(cls)


# Runners

RECIPE = """\
def run(tasks):
    return [{work}(task) for task in tasks]
"""


@dataclass(kw_only=True, eq=False)
class Pool(Runner):
    """A good runner."""

    info = RunnerInfo(name="pool", family="threads", summary="a pool of threads")

    share: float = parameter(0.5, "does nothing", minimum=0, maximum=1)

    def __enter__(self) -> Self:
        self.pool = ThreadPoolExecutor(self.size())
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.pool.shutdown()

    def size(self) -> int:
        return self.workers

    def repeat(self, loops: int) -> Timing:
        started = perf_counter()
        for _ in range(loops):
            parts = list(self.pool.map(self.work, self.tasks))
        return Timing(perf_counter() - started, parts)

    def recipe(self) -> Recipe:
        return Recipe((), RECIPE)


def changed(change: Callable[[Timing], Timing]) -> Callable[[Pool, int], Timing]:
    return lambda self, loops: change(Pool.repeat(self, loops))


def always_one_loop(self: Pool, loops: int) -> Timing:
    return Pool.repeat(self, 1)


def only_once(self: Pool, loops: int) -> Timing:
    self.pool.shutdown()
    return Timing(1.0, [self.work(task) for task in self.tasks])


def silent(self: Pool, loops: int) -> Timing:
    try:
        return Pool.repeat(self, loops)
    except ValueError:
        return Timing(1.0, [])


def wordless(self: Pool, loops: int) -> Timing:
    try:
        return Pool.repeat(self, loops)
    except ValueError:
        raise RuntimeError("a worker broke") from None


def fails_the_second_time(self: Pool, loops: int) -> Timing:
    if loops > 1:
        raise OSError("the workers are gone")
    return Pool.repeat(self, loops)


@dataclass(kw_only=True, eq=False)
class DefaultOutOfRange(Pool):
    share: float = parameter(2.0, "above the maximum", maximum=1)


BROKEN_RUNNERS: list[tuple[str, str, dict[str, Any]]] = [
    ("described", "the name 'my pool'", {"info": replace(Pool.info, name="my pool")}),
    ("described", "the summary", {"info": replace(Pool.info, summary="")}),
    ("described", "the family 'fibres' is none of", {"info": replace(Pool.info, family="fibres")}),  # type: ignore[arg-type]  # wrong on purpose
    ("described", "interface version 99", {"info": replace(Pool.info, api=99)}),
    ("results", "the parts of 23 tasks are", {"repeat": changed(lambda timing: Timing(1.0, timing.parts[::-1]))}),
    ("results", "the parts of 1 tasks are []", {"repeat": changed(lambda timing: Timing(1.0, timing.parts[1:]))}),
    ("results", "the time of 1 loops is 0.0", {"repeat": changed(lambda timing: Timing(0.0, timing.parts))}),
    ("results", "the time of 1 loops is nan", {"repeat": changed(lambda timing: Timing(float("nan"), timing.parts))}),
    ("results", "OSError: the workers are gone", {"repeat": fails_the_second_time}),
    ("every-task", "3 loops of 23 tasks did 23 tasks, not 69", {"repeat": always_one_loop}),
    ("no-more-than-workers", "3 tasks were in progress at once with 2", {"size": lambda self: 3}),
    ("as-many-as-workers", "no 2 tasks were in progress at once", {"size": lambda self: 1}),
    ("failure", "nothing came out", {"repeat": silent}),
    ("failure", "came out as: ", {"repeat": wordless}),
    ("recipe", "returns a NoneType", {"recipe": lambda self: None}),
    ("recipe", "does not call {work}", {"recipe": lambda self: Recipe((), "def run(tasks): return []")}),
    ("recipe", "does not define run(tasks)", {"recipe": lambda self: Recipe((), "result = {work}(1)")}),
    ("recipe", "the recipe returns []", {"recipe": lambda self: Recipe((), "def run(tasks): return []  # {work}")}),
    ("recipe", "No module named 'nothing'", {"recipe": lambda self: Recipe(("import nothing",), RECIPE)}),
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
