import asyncio
import functools
import math
import textwrap
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import UsageError, WrongResult
from comparators.registry.catalogue import load_workload
from comparators.workload import Workload
from comparators.workloads.function import workload_of

names = count()


class Written:
    """Makes modules of given source; each has a name of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, source: str, name: str = "work") -> type[Workload[Any, Any]]:
        path = self.folder / f"own_module_{next(names)}.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return load_workload(f"{path}:{name}")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.syspath_prepend(tmp_path)
    return Written(tmp_path)


def test_a_function_and_the_list_beside_it(written: Written) -> None:
    cls = written(
        """
        ITEMS = [1, 2, 3]
        def work(item):
            '''Double an item.

            Nothing else.
            '''
            return 2 * item
        """
    )
    workload = cls()
    assert (cls.name, cls.summary, cls.nature) == ("work", "Double an item.", "mixed")
    assert cls.work_async is None
    assert workload.tasks() == [1, 2, 3]
    assert workload.verify([2, 4, 6]) == ()
    assert cls.work(5) == 10
    assert cls.work.__name__ == "work"  # the function itself, not wrapped


def test_every_preset_is_the_whole_list_but_the_first_try(written: Written) -> None:
    cls = written("ITEMS = [1, 2, 3]\ndef work(item): return item")
    assert [len(cls.from_preset(preset).tasks()) for preset in ("tiny", "quick", "default", "full")] == [2, 3, 3, 3]


def test_another_list_or_a_function_that_returns_one(written: Written) -> None:
    cls = written("FILES = ('a', 'b')\ndef numbers(): yield from range(4)\ndef work(item): return item")
    assert cls(items="FILES").tasks() == ["a", "b"]  # type: ignore[call-arg]  # a parameter of functions only
    assert cls(items="numbers").tasks() == [0, 1, 2, 3]  # type: ignore[call-arg]  # as above


def test_a_coroutine_function_is_work_without_blocking(written: Written) -> None:
    cls = written("ITEMS = [1, 2]\nasync def work(item): return item + 1")
    assert cls.nature == "wait"
    assert cls.work_async is not None
    assert asyncio.run(cls.work_async(1)) == 2
    assert cls().verify([2, 3]) == ()
    with pytest.raises(WrongResult):
        cls().verify([2, 4])


def test_the_same_function_is_the_same_class() -> None:
    assert workload_of(math.sqrt) is workload_of(math.sqrt)


def test_too_few_results_are_wrong(written: Written) -> None:
    cls = written("ITEMS = [1, 2, 3]\ndef work(item): return item")
    with pytest.raises(WrongResult, match="number of results: expected 3, found 2"):
        cls().verify([1, 2])


def test_one_item_is_done_again_and_compared(written: Written) -> None:
    cls = written("import numpy\nITEMS = [1, 2, 3]\ndef work(item): return numpy.full(3, item / 10)")
    results = [cls.work(item) for item in (1, 2, 3)]
    assert cls().verify(results) == ()
    with pytest.raises(WrongResult, match="'work' of item 1, done again: expected") as raised:
        cls().verify([results[0], results[0], results[2]])
    assert raised.value.tip is not None
    assert "check=NAME" in raised.value.tip


def test_a_check_takes_the_place_of_doing_again(written: Written) -> None:
    cls = written(
        """
        import random
        ITEMS = [1, 2, 3]
        def work(item): return random.random()
        def below_one(results): return all(0 <= result < 1 for result in results)
        def loud(results): raise ArithmeticError("no good")
        """
    )
    checked = cls.from_preset("default", check="below_one")
    assert checked.verify([0.1, 0.2, 0.3]) == ()
    with pytest.raises(WrongResult, match="'below_one': expected True, or None, found False"):
        checked.verify([0.1, 2.0, 0.3])
    with pytest.raises(ArithmeticError, match="no good"):
        cls.from_preset("default", check="loud").verify([1, 2, 3])
    assert cls.from_preset("tiny", check="loud").verify([1, 2]) == ()  # part of a list is not for the check


@pytest.mark.parametrize(
    ("source", "said", "tip"),
    [
        ("", "has no list 'ITEMS' of items for 'work'", "write ITEMS = [...] beside the function"),
        ("ITEMS = []", "the list 'ITEMS' of items for 'work' is empty", None),
        ("ITEMS = 5", "'ITEMS' must be a list of items for 'work', not int", None),
        ("ITEMS = 'abc'", "'ITEMS' must be a list of items for 'work', not str", None),
        ("ITEMS = {'a': 1}", "'ITEMS' must be a list of items for 'work', not dict", None),
        ("ITEMS = iter([1])", "'ITEMS' can be read only once", "write ITEMS = list(...)"),
    ],
)
def test_what_is_no_list_of_items_is_said(written: Written, source: str, said: str, tip: str | None) -> None:
    workload = written(f"{source}\ndef work(item): return item")()
    with pytest.raises(UsageError) as raised:
        workload.tasks()
    assert said in raised.value.message
    assert (raised.value.tip or "").startswith(tip or "")


def test_a_missing_check_is_said(written: Written) -> None:
    cls = written("ITEMS = [1]\ndef work(item): return item")
    with pytest.raises(UsageError, match="has no function 'right' to check the results of 'work'"):
        cls.from_preset("default", check="right").verify([1])


def nested() -> Any:
    def inner(item: int) -> int:
        return item

    return inner


class InMain:
    @staticmethod
    def make() -> Any:
        def work(item: int) -> int:
            return item

        work.__module__, work.__qualname__ = "__main__", "work"
        return work


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda item: item, "by that name"),
        (nested(), "by that name"),
        (InMain.make(), "from the program that is running"),
        (functools.partial(max, 1), "is not a function"),
    ],
)
def test_what_workers_cannot_import_is_rejected_with_a_tip(function: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        workload_of(function)
    assert raised.value.tip is not None


@pytest.mark.parametrize("arguments", ["", "one, two", "*, item"])
def test_a_function_takes_one_item(written: Written, arguments: str) -> None:
    with pytest.raises(UsageError, match="'work' cannot be called with one item"):
        written(f"ITEMS = [1]\ndef work({arguments}): return 1")
