"""A person's own work as a workload: anything that can be called, with a list `ITEMS` beside it.

`my.py:get` is one function, `my.py:get+aget` a function and its coroutine form; a form called `aget` or `get_async` is
found by its name. `SETUP` runs once per worker, `RESET` before each loop.
"""

import functools
import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from types import FunctionType, ModuleType
from typing import Any, ClassVar, Literal, Self

from comparators.errors import UsageError, WrongResult
from comparators.parameters import parameter
from comparators.runner import MISSING, Runner, RunnerInfo
from comparators.workload import LoopHooks, Observations, Workload, is_coroutine_function
from comparators.workloads._support.checks import check_count
from comparators.workloads._support.equality import same
from comparators.workloads._support.own.calls import call_of, fit, misfit
from comparators.workloads._support.own.items import items_in
from comparators.workloads._support.own.setups import SetUp, setup_in
from comparators.workloads._support.own.travel import cannot_travel

__all__ = ["FunctionWorkload", "workload_of"]

RESET = "RESET"
SETUP = "SETUP"

REPEAT_S = 0.02
"""Seconds for doing items again to compare them, where there are no results of a loop to compare with."""

Form = Literal["work", "work_async"]


class _Adapted:
    """The work of a function: on the class the function itself, on an instance what takes the instance's items."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def __get__(self, instance: "FunctionWorkload | None", owner: "type[FunctionWorkload]") -> Any:
        raw = owner.forms[self._form]
        return raw if instance is None or raw is None else _adapted(instance, self._form)


@dataclass(frozen=True)
class FunctionWorkload(Workload[Any, Any]):
    """Call a function once for each item of a list in the same module.

    A tuple is unpacked, and a dict gives keywords, where the function takes no single argument; `star` decides it. What
    is verified: there is one result per item, and each is what a plain loop returned. A function whose results differ
    by nature (they hold a time, or something random) names a `check` instead. It receives all results and raises, or
    returns False, when they are wrong.
    """

    summary = "a function over a list"
    own = True
    nature = "mixed"
    presets: ClassVar = {"tiny": {"first": 2}, "quick": {}, "default": {}, "full": {}}
    forms: ClassVar[Mapping[Form, Callable[..., Any] | None]]
    names: ClassVar[Mapping[Form, str]]
    module: ClassVar[ModuleType]
    attribute: ClassVar[str]
    owner: ClassVar[type | None] = None
    plain: ClassVar[Callable[..., Any] | None] = None

    items: str = parameter("ITEMS", "name of the list of items beside the function, or of a function that returns it")
    check: str = parameter("", "name of a function beside it that checks the list of results")
    first: int = parameter(0, "only this many items from the beginning of the list, without check; 0: all", minimum=0)
    star: str = parameter(
        "auto", "whether items are unpacked into arguments; auto: where they fit", choices=("auto", "yes", "no")
    )
    worker_setup: str = parameter(
        SETUP, "name of a function beside it that each worker runs once, before its first item"
    )

    def tasks(self) -> Sequence[Any]:
        """Return the items, the same list every time.

        Raises:
            UsageError: there is no such list, it is no list, it is empty or has no end.
        """
        return items_in(self.module, self.items, self.name, self.first)

    def not_applicable(self, runner: RunnerInfo) -> str | None:
        """Exclude runners whose workers cannot be sent the function or its items."""
        return self._cannot_travel() if runner.model in {"processes", "interpreters"} else None

    def _cannot_travel(self) -> str | None:
        work: Any = self.work
        if is_coroutine_function(work):
            return None
        reason = cannot_travel(work)
        if reason:
            reason += f"; write 'def call_{self.name.replace('.', '_')}(item): return {self.attribute}(item)' beside it"
        else:
            reason = cannot_travel(self.tasks()[0])
            reason = f"the items of '{self.items}' cannot travel: {reason}" if reason else ""
        return reason or None

    @contextmanager
    def setup(self) -> Iterator[Self]:
        """Close in the end what the set-up made in this thread; the other workers have closed theirs."""
        try:
            yield self
        finally:
            if (setup := self.setup_used()) is not None:
                setup.close()

    def setup_used(self) -> SetUp | None:
        """Return the set-up; None where there is none."""
        return setup_in(self.module, self.worker_setup, required=self.worker_setup != SETUP)

    def verify(self, result: object) -> Observations:
        """Check the number of results, that none is missing, then what they are.

        Raises:
            WrongResult: with what was expected and what was found.
            UsageError: there is no function of the name given as `check`.
        """
        items = self.tasks()
        results = check_count(result, len(items), "results")
        for index, one in enumerate(results):
            if one is MISSING:
                raise WrongResult(f"result of item {index}", expected="one", found="none: the task was cancelled")
        if self.check:
            if not self.first:
                self._check_all(results)
        else:
            self._repeat_some(items, results)
        return ()

    def _repeat_some(self, items: Sequence[Any], results: Sequence[Any]) -> None:
        """Do items again and compare: the one in the middle, then others as long as they are quick."""
        middle, until = len(items) // 2, time.perf_counter() + REPEAT_S
        for index in (middle, *range(len(items))):
            self._compare(index, self._done_again(items[index]), results[index])
            if time.perf_counter() > until:
                return

    def _compare(self, index: int, expected: Any, found: Any) -> None:
        if same(expected, found):
            return
        wrong = WrongResult(f"'{self.name}' of item {index}, done again", expected=expected, found=found)
        wrong.tip = "if its results differ by nature, name a function that checks them: check=NAME"
        if None not in self.forms.values():
            wrong.tip = f"the two forms, '{self.attribute}', must return the same; {wrong.tip}"
        raise wrong

    def _check_all(self, results: Sequence[Any]) -> None:
        checker = getattr(self.module, self.check, None)
        if not callable(checker):
            raise UsageError(
                f"'{self.module.__name__}' has no function '{self.check}' to check the results of '{self.name}'",
                tip=f"write def {self.check}(results) beside the function",
            )
        if checker(list(results)) is False:
            raise WrongResult(f"'{self.check}'", expected="True, or None", found=False)

    def _done_again(self, item: Any) -> Any:
        work: Any = self.work
        if not is_coroutine_function(work):
            return work(item)
        import asyncio

        return asyncio.run(work(item))


class _WithReset(FunctionWorkload):
    """With a function that is called before every loop; apart, because resetting costs a call per loop."""

    @contextmanager
    def attach(self, runner: Runner) -> Iterator[LoopHooks]:  # noqa: ARG002  of the interface
        """Call `RESET` before each loop."""
        yield LoopHooks(self.combine, reset=getattr(self.module, RESET))


@functools.cache
def _adapted(workload: FunctionWorkload, form: Form) -> Callable[[Any], Any]:
    """Return what does one of the workload's items.

    Raises:
        UsageError: the function does not take such items, or its set-up needs an event loop and it has none.
    """
    function = workload.forms[form]
    item, setup = workload.tasks()[0], workload.setup_used()
    if workload.owner is not None and isinstance(item, workload.owner):
        function = workload.plain  # the items are the instances
    assert function is not None
    _require_instance(workload, function)
    if setup is not None and setup.asynchronous and not is_coroutine_function(function):
        raise UsageError(
            f"the set-up '{setup.name}' needs an event loop, and '{workload.name}' is no coroutine function",
            tip=f"write 'async def {workload.name}', or a set-up without async",
        )
    found = fit(function, item, star=workload.star, with_setup=setup is not None)
    if found is None:
        raise misfit(workload.name, function, item, workload.items, list(_lists_that_fit(workload, function)))
    return call_of(function, found, setup)


def _require_instance(workload: FunctionWorkload, function: Callable[..., Any]) -> None:
    owner, item = workload.owner, workload.tasks()[0]
    if owner is not None and isinstance(function, FunctionType) and not isinstance(item, owner):
        name, method = owner.__name__, workload.attribute.rpartition(".")[2]
        raise UsageError(
            f"'{workload.attribute}' is a method, and '{name}' cannot be made without arguments",
            tip=f"write '{method} = {name}(...).{method}' at the top level, and name '{method}'",
        )


def _lists_that_fit(workload: FunctionWorkload, function: Callable[..., Any]) -> Iterator[str]:
    """Yield the names of lists in the module whose items the function takes."""
    setup = workload.setup_used() is not None
    for name, value in vars(workload.module).items():
        other = isinstance(value, list | tuple) and value and not name.startswith("_") and name != workload.items
        if other and fit(function, value[0], star=workload.star, with_setup=setup) is not None:
            yield name


@functools.cache
def workload_of(module: ModuleType, attribute: str) -> type[FunctionWorkload]:
    """Return the workload class of a function, or of a function and its coroutine form.

    A coroutine function alone is both forms: a plain loop awaits one item after the other.

    Args:
        module: where it is.
        attribute: its name, with dots for what is within a class; or two names joined by `+`.

    Raises:
        UsageError: it cannot be called, or the two are not a function and a coroutine function.
        AttributeError: the module has no such name.
    """
    first, *others = attribute.split("+")
    function, owner = _callable(module, first)
    other = others[0] if others else _twin(module, first, function)
    twin = _callable(module, other)[0] if other else None
    (sync, function), (coroutine, twin) = _in_order((first, function), (other, twin), attribute, pairs=len(others))
    first_line, _, _ = (inspect.getdoc(function) or "").partition("\n")
    attributes: dict[str, Any] = {
        "__doc__": getattr(function, "__doc__", None),
        "__module__": module.__name__,
        "__qualname__": attribute,
        "name": first,
        "summary": first_line or FunctionWorkload.summary,
        "nature": "wait" if coroutine else "mixed",
        "forms": {"work": function, "work_async": twin},
        "names": {"work": sync, "work_async": coroutine},
        "work": _Adapted("work"),
        "work_async": _Adapted("work_async"),
        "module": module,
        "attribute": attribute,
        "owner": owner,
        "plain": None if owner is None else staticmethod(attrgetter(first)(module)),
    }
    base = _WithReset if callable(getattr(module, RESET, None)) else FunctionWorkload
    return type(first, (base,), attributes)


_Named = tuple[str, Any]


def _in_order(one: _Named, other: _Named, attribute: str, *, pairs: int) -> tuple[_Named, _Named]:
    """Return the sync form and the coroutine form, or a coroutine function as both.

    Raises:
        UsageError: they are of one kind, or there are more than two.
    """
    waits = is_coroutine_function(one[1])
    if pairs == 0:
        return (one, one) if waits else (one, other)
    if pairs > 1 or waits == is_coroutine_function(other[1]):
        raise UsageError(
            f"'{attribute}' must name a function and its coroutine form", tip="write 'my_file.py:get+aget'"
        )
    return (other, one) if waits else (one, other)


def _twin(module: ModuleType, name: str, function: Any) -> str:
    """Return the name of the coroutine form that a module has by one of the usual names; empty where it has none."""
    if is_coroutine_function(function):
        return ""
    for other in (f"a{name}", f"{name}_async", f"async_{name}"):
        found = vars(module).get(other)
        if found is not None and callable(found) and is_coroutine_function(found):
            return other
    return ""


def _callable(module: ModuleType, name: str) -> tuple[Callable[..., Any], type | None]:
    """Return what a name stands for as something to call, and the class where it is a method.

    A class with `__call__` is called through an instance, and a method too, where the class takes no arguments.

    Raises:
        UsageError: it cannot be called, or the class needs arguments.
    """
    found: Any = attrgetter(name)(module)
    if isinstance(found, type):
        instance = _instance(found)
        if instance is None:
            raise UsageError(
                f"'{name}' cannot be made without arguments",
                tip=f"write 'work = {name}(...)' at the top level, and name 'work'",
            )
        return instance, None
    if not callable(found):
        raise UsageError(f"'{name}' cannot be called: its type is {type(found).__name__}")
    outer, dot, method = name.rpartition(".")
    owner: object = attrgetter(outer)(module) if dot else None
    if isinstance(owner, type) and isinstance(inspect.getattr_static(owner, method), FunctionType):
        instance = _instance(owner)
        return (found if instance is None else getattr(instance, method)), owner
    return found, None


def _instance(cls: type) -> Any:
    """Make an instance; None where that needs arguments."""
    try:
        inspect.signature(cls).bind()
    except (TypeError, ValueError):
        return None
    return cls()
