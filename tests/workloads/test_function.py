import asyncio
import math
import sys
import textwrap
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import UsageError, WrongResult
from comparators.parameters import ParameterValue
from comparators.registry.catalogue import load_workload
from comparators.runner import MISSING, RunnerInfo
from comparators.runners.serial import Serial
from comparators.workload import MODELS, Workload
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
    assert workload_of(math, "sqrt") is workload_of(math, "sqrt")


def test_too_few_results_are_wrong(written: Written) -> None:
    cls = written("ITEMS = [1, 2, 3]\ndef work(item): return item")
    with pytest.raises(WrongResult, match="number of results: expected 3, found 2"):
        cls().verify([1, 2])


def test_items_are_done_again_and_compared(written: Written) -> None:
    cls = written("import numpy\nITEMS = [1, 2, 3]\ndef work(item): return numpy.full(3, item / 10)")
    results = [cls.work(item) for item in (1, 2, 3)]
    assert cls().verify(results) == ()
    with pytest.raises(WrongResult, match="'work' of item 1, done again: expected") as raised:
        cls().verify([results[0], results[0], results[2]])
    assert "check=NAME" in str(raised.value.tip)


def test_results_that_are_not_numbers_equal_themselves(written: Written) -> None:
    workload = written("ITEMS = range(100)\ndef work(item): return float('nan') if item == 7 else item")()
    assert workload.verify([math.nan if item == 7 else item for item in range(100)]) == ()
    with pytest.raises(WrongResult, match="'work' of item 7, done again: expected nan, found 7"):
        workload.verify(list(range(100)))


def test_a_result_that_is_missing_is_not_none(written: Written) -> None:
    workload = written("ITEMS = [1, 2]\ndef work(item): return None")()
    assert workload.verify([None, None]) == ()
    with pytest.raises(WrongResult, match="result of item 1: expected one, found none: the task was cancelled"):
        workload.verify([None, MISSING])


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
        ("ITEMS = iter([])", "the list 'ITEMS' of items for 'work' is empty", None),
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


def test_what_can_be_read_only_once_is_read_once(written: Written) -> None:
    cls = written("ITEMS = (2 * n for n in range(3))\ndef work(item): return item")
    assert cls().tasks() == cls().tasks() == [0, 2, 4]


def reasons_of(workload: Workload[Any, Any]) -> dict[str, str]:
    """Return why a workload is not applicable, by model."""
    infos = [RunnerInfo("any", model, "for tests") for model in MODELS]
    return {info.model: reason for info in infos if (reason := workload.not_applicable(info))}


CALLABLES = """
import functools

ITEMS = [(1, 2), (3, 4)]
ONES = [1, 2]
DICTS = [{"one": 1, "two": 2}, {"one": 3, "two": 4}]

def add(one, two, *, more=0): return one + two + more
def apart(*, one, two): return two - one
def pair(item): return item[0]
def scaled(item, factor=10): return (item, factor)
def every(*items): return len(items)

class Model:
    def __init__(self, factor=5): self.factor = factor
    def __call__(self, item): return self.factor * item
    def score(self, item): return self.factor + item
    def own(self): return self.factor
    @staticmethod
    def fixed(item): return -item

class Needy:
    def __init__(self, factor): self.factor = factor
    def score(self, item): return self.factor + item

MODELS = [Model(1), Model(2)]
NEEDY = [Needy(3)]
bound = Needy(7).score
part = functools.partial(add, two=100)
anonymous = lambda item: item + 1
def _make(number):
    def inner(item): return item + number
    return inner
closure = _make(11)
"""


@pytest.mark.parametrize(
    ("name", "parameters", "first"),
    [
        ("add", {}, 3),
        ("pair", {}, 1),
        ("scaled", {}, ((1, 2), 10)),
        ("scaled", {"star": "yes"}, (1, 2)),
        ("every", {}, 1),
        ("every", {"star": "yes"}, 2),
        ("apart", {"items": "DICTS"}, 1),
        ("add", {"items": "DICTS"}, 3),
        ("Model", {"items": "ONES"}, 5),
        ("Model.score", {"items": "ONES"}, 6),
        ("Model.own", {"items": "MODELS"}, 1),
        ("Model.fixed", {"items": "ONES"}, -1),
        ("bound", {"items": "ONES"}, 8),
        ("part", {"items": "ONES"}, 101),
        ("anonymous", {"items": "ONES"}, 2),
        ("closure", {"items": "ONES"}, 12),
    ],
)
def test_anything_that_can_be_called_is_work(
    written: Written, name: str, parameters: dict[str, ParameterValue], first: object
) -> None:
    cls = written(CALLABLES, name)
    workload = cls.from_preset("quick", **parameters)
    assert cls.name == name
    assert workload.work(workload.tasks()[0]) == first
    assert workload.verify([workload.work(item) for item in workload.tasks()]) == ()


@pytest.mark.parametrize(
    ("name", "items", "reason"),
    [
        ("anonymous", "ONES", "a lambda cannot be sent to another process; write 'def call_anonymous(item): return "),
        ("closure", "ONES", "a function or class that is made inside another function ('_make.<locals>.inner') cannot"),
    ],
)
def test_what_cannot_be_pickled_has_the_reason_for_processes_only(
    written: Written, name: str, items: str, reason: str
) -> None:
    reasons = reasons_of(written(CALLABLES, name).from_preset("quick", items=items))
    assert set(reasons) == {"processes", "interpreters"}
    assert reasons["processes"].startswith(reason)


@pytest.mark.parametrize("name", ["add", "bound", "part", "Model.score"])
def test_what_can_be_pickled_applies_everywhere(written: Written, name: str) -> None:
    items = "ITEMS" if name == "add" else "ONES"
    assert reasons_of(written(CALLABLES, name).from_preset("quick", items=items)) == {}


def test_items_that_cannot_be_pickled_have_the_reason(written: Written) -> None:
    source = "import threading\nITEMS = [threading.Lock()]\ndef work(item): return item.locked()"
    reason = reasons_of(written(source)())["processes"]
    assert reason == "the items of 'ITEMS' cannot travel: a lock cannot be sent to another process"


@pytest.mark.parametrize(
    ("name", "items", "said", "tip"),
    [
        (
            "apart",
            "ITEMS",
            "its arguments are (*, one, two), the first item is a tuple of 2: (1, 2)",
            "name a list that fits: 'items=DICTS'",
        ),
        ("add", "ONES", "the first item is of type int: 1", "name a list that fits: 'items=ITEMS' or 'items=DICTS'"),
        (
            "Needy.score",
            "ONES",
            "'Needy.score' is a method, and 'Needy' cannot be made without arguments",
            "write 'score = Needy(...).score' at the top level, and name 'score'",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_what_does(written: Written, name: str, items: str, said: str, tip: str) -> None:
    workload = written(CALLABLES, name).from_preset("quick", items=items)
    with pytest.raises(UsageError) as refused:
        _ = workload.work
    assert said in refused.value.message
    assert refused.value.tip == tip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ITEMS", "'ITEMS' cannot be called: its type is list"),
        ("Needy", ":Needy' is not a workload"),
        ("missing", "unknown name 'missing'"),
        ("add+apart", "'add+apart' must name a function and its coroutine form"),
    ],
)
def test_what_cannot_be_called_is_said(written: Written, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("+", r"\+")):
        written(CALLABLES, name)


FORMS = """
import asyncio
ITEMS = [1, 2, 3]
def get(item): return item
async def aget(item): return item
async def fetch_async(item): return 2 * item
def fetch(item): return 2 * item
async def alone(item): return item
"""


@pytest.mark.parametrize("name", ["get+aget", "aget+get", "get", "fetch"])
def test_two_forms_are_one_workload(written: Written, name: str) -> None:
    workload = written(FORMS, name)()
    assert workload.nature == "wait"
    assert workload.work_async is not None
    assert workload.work(2) == asyncio.run(workload.work_async(2))
    with pytest.raises(WrongResult, match="of item 1, done again") as raised:
        workload.verify([workload.work(1), -1, workload.work(3)])
    assert "must return the same" in str(raised.value.tip)


def test_a_coroutine_function_alone_is_awaited_item_by_item_in_a_loop(written: Written) -> None:
    workload = written(FORMS, "alone")()
    with Serial(work=workload.work, tasks=workload.tasks(), workers=1) as runner:
        timing = runner.run(2)
        assert list(timing.results) == [1, 2, 3]
        assert timing.first_s is not None
        recipe = runner.recipe()
        names: dict[str, Any] = {"alone": workload.work, "items": [1, 2]}
        exec("\n".join([*recipe.imports, recipe.functions.format(work="alone")]), names)
        assert eval(recipe.call, names) == [1, 2]


def test_reset_is_called_only_where_there_is_one(written: Written) -> None:
    with_reset = written("seen = []\ndef RESET(): seen.append(1)\nITEMS = [1]\ndef work(item): return item")
    workload = with_reset()
    with workload.attach(Serial(work=workload.work, tasks=workload.tasks(), workers=1)) as hooks:
        assert hooks.reset is not None
        hooks.reset()
    assert sys.modules[with_reset.__module__].seen == [1]
    plain = written("ITEMS = [1]\ndef work(item): return item")()
    with plain.attach(Serial(work=plain.work, tasks=plain.tasks(), workers=1)) as hooks:
        assert hooks.reset is None


@pytest.mark.parametrize("star", [None, "ITEMS", "AITEMS"])
def test_a_module_in_a_package_has_its_relative_imports(tmp_path: Path, star: str | None) -> None:
    folder = tmp_path / f"own_package_{next(names)}" / "inner"
    folder.mkdir(parents=True)
    for place in (folder, folder.parent):
        (place / "__init__.py").touch()
    (folder.parent / "helper.py").write_text("FACTOR = 3\n", encoding="utf-8")
    source = "from ..helper import FACTOR\nITEMS = AITEMS = [1, 2]\ndef work(item): return FACTOR * item\n"
    (folder / "mine.py").write_text(source, encoding="utf-8")
    workload = load_workload(f"{folder / 'mine.py'}:work").from_preset("quick", items=star or "ITEMS")
    assert workload.work(2) == 6
    assert type(workload).__module__ == f"{folder.parent.name}.inner.mine"
