"""Recipes are run as people would run them: copied into a file, in a fresh process."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from comparators.errors import UsageError
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.recipes import script, snippet
from comparators.registry.catalogue import load_workload
from tests.runners.variants import VARIANTS, Variant

OWN_WORK = Path(__file__).with_name("own_work.py")
NOOP = WorkloadSpec("noop", "comparators.workloads.noop:Noop", (("count", 9),))
SERIAL = RunnerSpec("serial", "comparators.runners.serial:Serial", "loop")
PRINTING = """

if __name__ == "__main__":
    import json
    print(json.dumps(run({items})))
"""


def spec_of(variant: Variant) -> RunnerSpec:
    return RunnerSpec(variant.name, variant.target, variant.info.model, tuple(variant.parameters.items()))


def own_work(name: str, folder: Path) -> WorkloadSpec:
    """Return the workload of a function in a file, and put a copy where the program will be."""
    shutil.copy(OWN_WORK, folder)
    return WorkloadSpec(name, f"{OWN_WORK}:{name}", ())


def output_of(source: str, folder: Path) -> str:
    program = folder / "program.py"
    program.write_text(source, encoding="utf-8")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def restored_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, OWN_WORK.stem, raising=False)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_copied_recipe_gives_what_the_runner_gives(variant: Variant, tmp_path: Path) -> None:
    workers = 9 if variant.name == "anyio" else 2  # with 9 there is nothing to limit
    name = "main" if variant.info.asynchronous else "run"
    workload = own_work(name, tmp_path)
    source = snippet(workload, spec_of(variant), variant.workers(workers))
    assert f"from own_work import {name}" in source
    found = json.loads(output_of(source + PRINTING.format(items=list(range(7))), tmp_path))
    tasks = load_workload(workload.target)().tasks()
    work = load_workload(workload.target).work
    with variant.make(work, tasks, variant.workers(workers)) as runner:
        assert found == list(runner.run(1).results) == [3 * item for item in range(7)]


@pytest.mark.parametrize("name", ["serial", "multiprocessing", "anyio"])
def test_a_script_verifies_its_own_result(name: str, tmp_path: Path) -> None:
    variant = Variant(name, {})
    source = script(NOOP, spec_of(variant), variant.workers(2))
    assert "from comparators.workloads.noop import Noop" in source
    assert output_of(source, tmp_path) == "verified: 9 tasks\n"


def test_a_script_for_ones_own_function_lies_beside_it(tmp_path: Path) -> None:
    source = script(own_work("run", tmp_path), SERIAL, 1)
    assert output_of(source, tmp_path) == "verified: 7 tasks\n"


def test_a_snippet_is_the_models_own_code_only() -> None:
    variant = Variant("futures-processes", {"chunksize": 4, "start": "spawn"})
    assert snippet(NOOP, spec_of(variant), 3) == (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "\n"
        "from comparators.workloads.noop import answer\n"
        "\n"
        "\n"
        "def run(tasks):\n"
        '    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as executor:\n'
        "        return list(executor.map(answer, tasks, chunksize=4))\n"
    )


DYING = """\
import os

ITEMS = [0, 1, 2]


def die(item):
    if item == 1:
        os._exit(3)
    return item
"""


@pytest.mark.parametrize("channel", ["queue", "pipe"])
def test_processes_by_hand_do_not_wait_for_one_that_died(channel: str, tmp_path: Path) -> None:
    file = tmp_path / f"dying_by_{channel}.py"
    file.write_text(DYING, encoding="utf-8")
    workload = WorkloadSpec("die", f"{file}:die", ())
    source = snippet(workload, spec_of(Variant("multiprocessing", {"channel": channel})), 2)
    program = tmp_path / "program.py"
    program.write_text(
        source + PRINTING.format(items=[bytes(70_000)] * 3 + [1] + [bytes(70_000)] * 9), encoding="utf-8"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert ("a worker process died" if channel == "queue" else "EOFError") in done.stderr


def test_a_limit_is_written_only_where_it_limits() -> None:
    asyncio = spec_of(Variant("asyncio", {}))
    assert "Semaphore(8)" in snippet(NOOP, asyncio, 8)
    assert "Semaphore" not in snippet(NOOP, asyncio, 9)


def test_work_without_coroutine_form() -> None:
    hashing = WorkloadSpec("hash", "comparators.workloads.hash:Hash", ())
    with pytest.raises(UsageError, match="'hash' has no coroutine form for 'asyncio'"):
        snippet(hashing, spec_of(Variant("asyncio", {})), 2)


@pytest.mark.parametrize("variant", VARIANTS)
def test_recipes_can_be_written_where_the_model_is_missing(variant: Variant) -> None:
    source = snippet(NOOP, spec_of(variant), variant.workers(4))
    compile(source, "recipe", "exec")
    assert len(source.splitlines()) <= 42
