"""Recipes for a person's own function call it as it is called, and do what it does."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comparators.plan.names import choose_runners, choose_workloads
from comparators.recipes import recipe_file
from tests.third_party import forgotten

SOURCE = """
import contextlib
PAIRS = [(1, 2), (3, 4), (5, 6)]
ITEMS = [1, 2, 3]
DICTS = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
def add(a, b): return a + b
def named(*, a, b): return a - b
def wants(n, made): return n * made
def two(): yield 2
def three(): return 3
managed = contextlib.contextmanager(two)
async def atwo(): yield 2
async def athree(): return 3
async def awants(n, made): return n * made
async def aadd(a, b): return a + b
class Scorer:
    def __call__(self, item): return item * 3
    def score(self, n): return n + 1
models = [Scorer()]
bound = Scorer().score
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "own_recipe_work.py"
    path.write_text(SOURCE, encoding="utf-8")
    with forgotten(tmp_path):
        yield path


@pytest.mark.parametrize(
    ("text", "runner", "expected"),
    [
        ("add[items=PAIRS]", "serial", [3, 7, 11]),
        ("add+aadd[items=PAIRS]", "asyncio", [3, 7, 11]),
        ("named[items=DICTS]", "futures-threads", [-1, -1]),
        ("wants[worker_setup=two]", "futures-threads", [2, 4, 6]),
        ("wants[worker_setup=managed]", "threading", [2, 4, 6]),
        ("wants[worker_setup=three]", "serial", [3, 6, 9]),
        ("awants[worker_setup=atwo]", "asyncio", [2, 4, 6]),
        ("awants[worker_setup=athree]", "anyio", [3, 6, 9]),
        ("Scorer", "serial", [3, 6, 9]),
        ("Scorer.score", "threadpool", [2, 3, 4]),
        ("bound", "serial", [2, 3, 4]),
    ],
)
def test_a_recipe_does_the_work(own: Path, text: str, runner: str, expected: list[int]) -> None:
    (workload,) = choose_workloads([f"{own}:{text}"], "quick", ())
    (chosen,) = [one for one in choose_runners([runner]) if one.spec.name == runner]
    source = recipe_file(workload.spec, chosen.spec, 2)
    namespace: dict[str, object] = {}
    exec(source, namespace)
    main = namespace["main"]
    assert callable(main)
    assert main(workload.workload.tasks()) == expected
    assert "import comparators" not in source
    assert "from comparators" not in source
    assert own.stem in sys.modules
