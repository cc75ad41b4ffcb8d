"""Recipes are run as people would run them: written to a file, as a script, in a fresh process."""

import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import UsageError
from comparators.parameters import parameters_of
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.recipes import recipe_file
from comparators.registry.catalogue import load_workload
from comparators.workload import Phase
from tests.recipes.workloads import CORE, DETERMINISTIC
from tests.runners.variants import DEFAULTS, VARIANTS, Variant

OWN_WORK = Path(__file__).with_name("own_work.py")
KEEPING = """    import pickle, sys
    with open(sys.argv[1], "wb") as file:
        pickle.dump(results, file)
"""


def spec_of(variant: Variant) -> RunnerSpec:
    return RunnerSpec(variant.name, variant.target, variant.info.model, tuple(variant.parameters.items()))


def tiny(name: str) -> WorkloadSpec:
    workload = load_workload(CORE[name]).from_preset("tiny").calibrate()
    values = tuple((one.name, getattr(workload, one.name)) for one in parameters_of(type(workload)))
    return WorkloadSpec(name, CORE[name], values)


def own_work(name: str, folder: Path) -> WorkloadSpec:
    """Return the workload of a function in a file, and put a copy where the program will be."""
    shutil.copy(OWN_WORK, folder)
    return WorkloadSpec(name, f"{OWN_WORK}:{name}", (("items", "ITEMS"),))


def results_of(source: str, folder: Path) -> tuple[Any, str]:
    """Run a program; return its results and what it printed."""
    program, kept = folder / "program.py", folder / "results"
    program.write_text(source + KEEPING, encoding="utf-8")
    done = subprocess.run([sys.executable, program, kept], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return pickle.loads(kept.read_bytes()), done.stdout


def check(variant: Variant, name: str, folder: Path) -> None:
    """Run a recipe of a built-in workload and hold its results to the workload's own check."""
    spec = tiny(name)
    source = recipe_file(spec, spec_of(variant), variant.workers(2))
    assert source.startswith(f'"""{name} with ')
    results, printed = results_of(source, folder)
    workload = load_workload(spec.target)(**dict(spec.parameters))
    assert printed.startswith(f"{len(workload.tasks())} results in ")
    if name != "echo":  # its replies carry numbers of requests only
        workload.verify(workload.combine(results))
    if name in DETERMINISTIC:
        assert list(results) == [type(workload).work(task) for task in workload.tasks()]


@pytest.fixture(autouse=True)
def restored_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, OWN_WORK.stem, raising=False)


@pytest.mark.parametrize("variant", DEFAULTS)
def test_a_recipe_of_each_runner_gives_the_results(variant: Variant, tmp_path: Path) -> None:
    check(variant, "mixed", tmp_path)


@pytest.mark.parametrize("name", CORE)
def test_a_recipe_of_each_workload_gives_the_results(name: str, tmp_path: Path) -> None:
    check(Variant("futures-processes", {}), name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", CORE)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_recipe_gives_the_results(variant: Variant, name: str, tmp_path: Path) -> None:
    workload = load_workload(CORE[name])
    if variant.info.asynchronous and workload.work_async is None:
        pytest.skip("no coroutine form")
    if reason := workload.from_preset("tiny").not_applicable(variant.info):
        pytest.skip(reason)
    check(variant, name, tmp_path)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_recipe_for_ones_own_function_imports_it(variant: Variant, tmp_path: Path) -> None:
    workers = 9 if variant.name == "anyio" else 2  # with 9 there is nothing to limit
    name = "main" if variant.info.asynchronous else "serve"
    source = recipe_file(own_work(name, tmp_path), spec_of(variant), variant.workers(workers))
    assert "from own_work import ITEMS, " in source
    assert "comparators." not in source.partition('"""\n')[2]
    results, _ = results_of(source, tmp_path)
    assert list(results) == [3 * item for item in range(7)]


@pytest.mark.parametrize(
    ("phase", "lines"),
    [
        ("warm", ["    with ThreadPoolExecutor(3) as pool:", "        begun = time.perf_counter()"]),
        ("cold", ["    begun = time.perf_counter()", "    with ThreadPoolExecutor(3) as pool:"]),
    ],
)
def test_the_pool_starts_outside_the_clock_when_warm(phase: Phase, lines: list[str]) -> None:
    source = recipe_file(tiny("noop"), spec_of(Variant("futures-threads", {})), 3, phase)
    assert "\n".join(lines) in source


def test_a_small_recipe_whole() -> None:
    variant = Variant("futures-processes", {"chunksize": 4, "start": "spawn"})
    assert recipe_file(tiny("noop"), spec_of(variant), 3) == (
        '"""noop with ProcessPoolExecutor(3). Written by comparators."""\n'
        "\n"
        "import time\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "\n"
        "\n"
        "def answer(number: int) -> int:\n"
        '    """Return the task\'s own number."""\n'
        "    return number\n"
        "\n"
        "\n"
        "ITEMS = range(10)\n"
        "\n"
        "\n"
        "def main(items):\n"
        "    # keep it open as long as there is work: starting the workers takes time\n"
        '    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:\n'
        "        begun = time.perf_counter()\n"
        "        results = list(pool.map(answer, items, chunksize=4))\n"
        "        seconds = time.perf_counter() - begun\n"
        '    print(f"{len(results)} results in {seconds:.3g} s")\n'
        "    return results\n"
        "\n"
        "\n"
        'if __name__ == "__main__":\n'
        "    results = main(ITEMS)\n"
    )


OTHER_ITEMS = """\
ITEMS = [1, 2, 3]


def urls():
    return iter("abc")


def same(item):
    return item
"""


@pytest.mark.parametrize(
    ("parameters", "expected"), [((("items", "urls"),), ["a", "b", "c"]), ((("first", 2),), [1, 2])]
)
def test_items_of_any_name_and_number(parameters: Any, expected: list[Any], tmp_path: Path) -> None:
    file = tmp_path / f"own_{parameters[0][0]}.py"
    file.write_text(OTHER_ITEMS, encoding="utf-8")
    source = recipe_file(WorkloadSpec("same", f"{file}:same", parameters), spec_of(Variant("serial", {})), 1)
    assert results_of(source, tmp_path)[0] == expected


FAILING = """\
import os

ITEMS = [bytes(70_000)] * 3 + [b"!"] + [bytes(70_000)] * 9


def fail(item):
    if item == b"!":
        raise ValueError("this task fails on purpose")
    return item


async def fail_async(item):
    return fail(item)


def die(item):
    if item == b"!":
        os._exit(3)
    return item
"""


@pytest.mark.parametrize("variant", DEFAULTS)
def test_an_error_reaches_the_caller_as_it_is(variant: Variant, tmp_path: Path) -> None:
    file = tmp_path / f"failing_under_{variant.name.replace('-', '_')}.py"
    file.write_text(FAILING, encoding="utf-8")
    name = "fail_async" if variant.info.asynchronous else "fail"
    source = recipe_file(WorkloadSpec(name, f"{file}:{name}", ()), spec_of(variant), variant.workers(2))
    catching = source.replace(
        "    results = main(ITEMS)",
        "    try:\n        main(ITEMS)\n    except ValueError as error:\n        results = error",
    )
    assert str(results_of(catching, tmp_path)[0]) == "this task fails on purpose"


@pytest.mark.parametrize("channel", ["queue", "pipe"])
def test_processes_by_hand_do_not_wait_for_one_that_died(channel: str, tmp_path: Path) -> None:
    file = tmp_path / f"dying_by_{channel}.py"
    file.write_text(FAILING, encoding="utf-8")
    workload = WorkloadSpec("die", f"{file}:die", ())
    program = tmp_path / "program.py"
    source = recipe_file(workload, spec_of(Variant("multiprocessing", {"channel": channel})), 2)
    program.write_text(source, encoding="utf-8")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert ("a worker process died" if channel == "queue" else "EOFError") in done.stderr


def test_a_limit_is_written_only_where_it_limits() -> None:
    asyncio = spec_of(Variant("asyncio", {}))
    assert "Semaphore(9)" in recipe_file(tiny("noop"), asyncio, 9)
    assert "Semaphore" not in recipe_file(tiny("noop"), asyncio, 10)


def test_work_without_coroutine_form() -> None:
    with pytest.raises(UsageError, match="'hash' has no coroutine form for 'asyncio'"):
        recipe_file(tiny("hash"), spec_of(Variant("asyncio", {})), 2)


def test_work_that_shares_something_is_explained_in_words() -> None:
    race = WorkloadSpec("race", "comparators.workloads.coordination.race:Race", (("count", 2),))
    source = recipe_file(race, spec_of(Variant("threading", {})), 2)
    assert all(line.startswith("# ") for line in source.splitlines())
    assert "comparators.workloads.coordination.race" in source


@pytest.mark.parametrize("variant", VARIANTS)
def test_recipes_can_be_written_where_the_model_is_missing(variant: Variant) -> None:
    source = recipe_file(tiny("noop"), spec_of(variant), variant.workers(4))
    compile(source, "recipe", "exec")
    assert len(source.splitlines()) <= 75
