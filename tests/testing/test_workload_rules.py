"""Every rule of workloads catches a workload that breaks it."""

import asyncio
import itertools
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import ContractViolation, WrongResult
from comparators.parameters import parameter
from comparators.runner import RunnerInfo
from comparators.testing import (
    WORKLOAD_RULES,
    check_workload,
    check_workload_rule,
)
from comparators.workload import Observation, Observations, Workload


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
    portion: float = parameter(0.1, "another kind", minimum=0)
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


def sum_of(self: Squares, results: Sequence[int]) -> int:
    return sum(results)


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


def observe_a_cost_of_nothing(self: Squares, result: object) -> Observations:
    return (Observation("each", 1.0, "ns", primitive="latch", operation="uncontended"),)


def observe_a_cost_without_act(self: Squares, result: object) -> Observations:
    return (Observation("each", 1.0, "ns", primitive="lock"),)


def observe_a_cost_in_money(self: Squares, result: object) -> Observations:
    return (Observation("each", 1.0, "€", primitive="lock", operation="contended"),)


@contextmanager
def opened_as_nothing(self: Squares) -> Iterator[None]:
    yield None


def other_tasks_every_time(self: Squares) -> Sequence[float]:
    return [random.random() for _ in range(self.count)]


def fewer_when_large(self: Squares) -> int:
    return 2 if self.count == 20 else 3


async def square_wrongly(number: int) -> int:
    return number


async def square_in_asyncio_only(number: int) -> int:
    await asyncio.sleep(0)
    return number * number


lasting = itertools.count(11)


def reason_of_two_lines(self: Squares, runner: RunnerInfo) -> str | None:
    return "no\nloop" if runner.asynchronous else None


BROKEN_WORKLOADS: list[tuple[str, str, dict[str, Any]]] = [
    ("described", "the name 'my/squares'", {"name": "my/squares"}),
    ("described", "the name '-squares'", {"name": "-squares"}),
    ("described", "the summary", {"summary": "two\nlines"}),
    ("described", "the nature 'wild' is none of", {"nature": "wild"}),
    ("described", "interface version 99", {"interface": 99}),
    ("presets", "there is no preset 'full'", {"presets": {"quick": {}, "default": {}}}),
    ("presets", "InvalidParameter", {"presets": {"quick": {}, "default": {}, "full": {"count": 0}}}),
    ("presets", "'tiny' needs 3 tasks in progress, 'full' only 2", {"min_concurrency": property(fewer_when_large)}),
    ("applicable", "no model of runners is left for 'quick'", {"not_applicable": lambda self, runner: "too late"}),
    ("applicable", "the reason for what is not applicable is not one line", {"not_applicable": reason_of_two_lines}),
    ("tasks", "there are no tasks", {"tasks": lambda self: []}),
    ("tasks", "returns a generator, not a sequence", {"tasks": lambda self: (n for n in range(3))}),
    ("tasks", "another list the second time", {"tasks": other_tasks_every_time}),
    ("tasks", "tasks cannot be pickled: ", {"tasks": lambda self: [check_nothing, lambda: 0]}),
    ("tasks", "min_concurrency is 6, with 5 tasks", {"min_concurrency": 6}),
    ("tasks", "min_concurrency is 0, with 5 tasks", {"min_concurrency": 0}),
    ("importable", "work cannot be imported as", {"work": staticmethod(lambda number: number)}),
    ("importable", "work_async cannot be imported as", {"work_async": staticmethod(lambda number: number)}),
    ("ready-to-run", "calibrate() returns a NoneType", {"calibrate": lambda self: None}),
    (
        "ready-to-run",
        "changes what is calibrated already",
        {"calibrate": lambda self: replace(self, count=next(lasting))},
    ),
    ("ready-to-run", "setup() yields a NoneType", {"setup": opened_as_nothing}),
    ("right-results", "WrongResult: squares: expected [0, 1, 4, 9, 16]", {"work": staticmethod(abs)}),
    ("right-results", "verify returns a NoneType", {"verify": lambda self, result: None}),
    ("right-results", "is no Observation of a finite number", {"verify": observe_nan}),
    ("right-results", "is the cost of what no kit has", {"verify": observe_a_cost_of_nothing}),
    ("right-results", "does not say what was done with the lock", {"verify": observe_a_cost_without_act}),
    ("right-results", "is a cost in '€', not in ns, µs, ms, s", {"verify": observe_a_cost_in_money}),
    ("wrong-results", "no results: no WrongResult is raised", {"verify": check_nothing}),
    ("wrong-results", "a result is something else: no WrongResult", {"verify": check_number}),
    ("wrong-results", "a result came twice: no WrongResult", {"verify": check_set}),
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
    assert {rule for rule, _, _ in BROKEN_WORKLOADS} | {"frozen", "parameters", "primitives"} == set(WORKLOAD_RULES)


def test_the_whole_suite_stops_at_the_first_broken_rule() -> None:
    with pytest.raises(ContractViolation, match="breaks the rule 'described'"):
        check_workload(type("Variant", (Squares,), {"name": "", "verify": check_nothing}))


meeting = threading.Barrier(3)


def meet_others(number: int) -> int:
    meeting.wait(timeout=10)
    return number * number


def test_tasks_that_need_each_other_are_done_at_the_same_time() -> None:
    attributes = {"work": staticmethod(meet_others), "work_async": None, "min_concurrency": 3}
    cls = type("Variant", (Squares,), {**attributes, "presets": {**Squares.presets, "quick": {"count": 3}}})
    check_workload(cls)


def square_and_count(number: int) -> int:
    shared().value += 1
    return number * number


async def square_and_count_async(number: int) -> int:
    return square_and_count(number)


@dataclass(frozen=True)
class Counted(CoordinatedWorkload[int, int]):
    """Squares whose tasks count themselves."""

    name = "counted"
    summary = "squares of the first integers, counted"
    presets: ClassVar = {"quick": {"count": 5}, "default": {}, "full": {"count": 20}}
    work = staticmethod(square_and_count)
    work_async = staticmethod(square_and_count_async)

    @property
    def primitives(self) -> tuple[str, ...]:
        return ("counter",)

    count: int = parameter(10, "how many", minimum=1)

    def make_shared(self, kit: Kit) -> Any:
        return kit.make("counter", 99)

    def reset(self, shared: Any) -> None:
        shared.value = 0

    def tasks(self) -> Sequence[int]:
        return range(self.count)

    def finalize(self, results: Sequence[int], shared: Any) -> object:
        return list(results), shared.value

    def verify(self, result: object) -> Observations:
        expected = [number * number for number in range(self.count)], self.count
        if result != expected:
            raise WrongResult("squares and count", expected=expected, found=result)
        return ()


def test_work_that_does_not_suit_event_loops_is_not_tried_in_one() -> None:
    attributes = {
        "work_async": staticmethod(square_wrongly),
        "not_applicable": lambda self, runner: "no loop" if runner.asynchronous else None,
    }
    check_workload(type("Variant", (Squares,), attributes))


def share_no_counter(self: Counted, kit: Kit) -> Any:
    return None


def test_what_tasks_share_is_made_brought_to_its_beginning_and_looked_at() -> None:
    check_workload(Counted)
    assert shared() is None


@pytest.mark.parametrize(
    ("rule", "said", "attributes"),
    [
        ("primitives", "it needs 'mutex', which no kit has", {"primitives": ("mutex",)}),
        ("right-results", "WrongResult: squares and count", {"reset": lambda self, shared: None}),
        ("right-results", "AttributeError", {"make_shared": share_no_counter}),
        ("async-agrees", "under asyncio: WrongResult: squares and count", {"reset": lambda self, shared: None}),
        ("wrong-results", "no results: no WrongResult", {"finalize": lambda *_: ([0, 1, 4, 9, 16], 5)}),
    ],
)
def test_a_workload_that_shares_wrongly_is_caught(rule: str, said: str, attributes: dict[str, Any]) -> None:
    with pytest.raises(ContractViolation) as raised:
        check_workload_rule(rule, type("Variant", (Counted,), attributes))
    assert said in raised.value.message


def test_what_threads_do_not_have_comes_from_processes() -> None:
    check_workload_rule("right-results", type("Variant", (Counted,), {"primitives": ("counter", "manager")}))
    check_workload_rule("async-agrees", type("Variant", (Counted,), {"primitives": ("counter", "manager")}))
