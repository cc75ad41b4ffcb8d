"""A person's own function as a workload: `def work(item)` with a list `ITEMS` beside it."""

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from comparators.errors import UsageError, WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count
from comparators.workloads._support.equality import same

__all__ = ["FunctionWorkload", "workload_of"]


@dataclass(frozen=True)
class FunctionWorkload(Workload[Any, Any]):
    """Call a function once for each item of a list in the same module.

    What is verified: there is one result per item, and one item, in the middle of the list, is done again outside
    the clock and must give the same. A function whose results differ by nature (they hold a time, or something
    random) names a `check` instead. It receives all results and raises, or returns False, when they are wrong.
    """

    summary = "a function over a list"
    nature = "mixed"
    presets: ClassVar = {
        "tiny": {"first": 2},
        "quick": {},
        "default": {},
        "full": {},
    }

    items: str = parameter("ITEMS", "name of the list of items beside the function, or of a function that returns it")
    check: str = parameter("", "name of a function beside it that checks the list of results")
    first: int = parameter(0, "only so many items from the beginning of the list, without check; 0: all", minimum=0)

    def tasks(self) -> Sequence[Any]:
        """Return the items.

        Raises:
            UsageError: there is no such list, it is no list, or it is empty.
        """
        name = self.items
        found = getattr(self.module(), name, None)
        if found is None:
            raise UsageError(
                f"'{self.module().__name__}' has no list '{name}' of items for '{self.name}'",
                tip=f"write {name} = [...] beside the function, or name another list with items=NAME",
            )
        if callable(found):
            found = found()
        elif isinstance(found, Iterator):
            raise UsageError(f"'{name}' can be read only once", tip=f"write {name} = list(...), or a function")
        if not isinstance(found, Iterable) or isinstance(found, str | bytes | Mapping):
            raise UsageError(f"'{name}' must be a list of items for '{self.name}', not {type(found).__name__}")
        items = list(found)
        if not items:
            raise UsageError(f"the list '{name}' of items for '{self.name}' is empty")
        return items[: self.first or None]

    def verify(self, result: object) -> Observations:
        """Check the number of results, then what they are.

        Raises:
            WrongResult: with what was expected and what was found.
            UsageError: there is no function of the name given as `check`.
        """
        items = self.tasks()
        results = check_count(result, len(items), "results")
        if not self.check:
            self._check_one(items, results)
        elif not self.first:
            self._check_all(results)
        return ()

    def _check_one(self, items: Sequence[Any], results: Sequence[Any]) -> None:
        index = len(items) // 2
        expected = self._done_again(items[index])
        if same(expected, results[index]):
            return
        wrong = WrongResult(f"'{self.name}' of item {index}, done again", expected=expected, found=results[index])
        wrong.tip = "if its results differ by nature, name a function that checks them: check=NAME"
        raise wrong

    def _check_all(self, results: Sequence[Any]) -> None:
        checker = getattr(self.module(), self.check, None)
        if not callable(checker):
            raise UsageError(
                f"'{self.module().__name__}' has no function '{self.check}' to check the results of '{self.name}'",
                tip=f"write def {self.check}(results) beside the function",
            )
        if checker(list(results)) is False:
            raise WrongResult(f"'{self.check}'", expected="True, or None", found=False)

    def _done_again(self, item: Any) -> Any:
        if self.work_async is None:
            return type(self).work(item)
        import asyncio

        return asyncio.run(type(self).work(item))

    def module(self) -> Any:
        """Return the module of the function."""
        return sys.modules[type(self).work.__module__]


@functools.cache
def workload_of(function: Callable[[Any], Any]) -> type[FunctionWorkload]:
    """Return the workload class of a module-level function of one argument.

    A coroutine function is work for asynchronous runners only: it is `work_async`, and `work` as it stands.

    Raises:
        UsageError: worker processes could not import it by name, or it does not take one argument.
    """
    _require_importable(function)
    _require_one_argument(function)
    waits = inspect.iscoroutinefunction(function)
    first_line, _, _ = (inspect.getdoc(function) or FunctionWorkload.summary).partition("\n")
    attributes = {
        "__doc__": function.__doc__,
        "__module__": function.__module__,
        "name": function.__name__,
        "summary": first_line,
        "nature": "wait" if waits else "mixed",
        "work": staticmethod(function),
        "work_async": staticmethod(cast(Callable[..., Coroutine[Any, Any, Any]], function)) if waits else None,
    }
    return type(function.__name__, (FunctionWorkload,), attributes)


def _require_importable(function: Callable[[Any], Any]) -> None:
    name, module = getattr(function, "__qualname__", None), getattr(function, "__module__", None)
    if name is None or module is None:
        raise UsageError(f"{function!r:.80} is not a function", tip="define one with def, at the top level of a module")
    if module == "__main__":
        raise UsageError(
            f"worker processes cannot import '{name}' from the program that is running",
            tip="put it into a file of its own, with its list, and import it from there",
        )
    if getattr(sys.modules.get(module), name, None) is not function:
        raise UsageError(
            f"worker processes cannot import '{name}' from '{module}' by that name",
            tip="define it with def, at the top level of a module, not inside a function or class and not with lambda",
        )


def _require_one_argument(function: Callable[[Any], Any]) -> None:
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions written in C do not say
        return
    try:
        signature.bind(None)
    except TypeError:
        raise UsageError(
            f"'{function.__name__}' cannot be called with one item: its arguments are {signature}",
            tip="give it one argument; pass several values as a tuple",
        ) from None
