"""The worked examples of CONTRIBUTING.md survive being moved into the package exactly as it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(language: str, begins: str) -> str:
    """Return the fenced block that begins with a text."""
    found = re.search(rf"^```{language}\n({re.escape(begins)}.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package with both examples moved in."""
    folder = tmp_path_factory.mktemp("checkout")
    package = folder / "comparators"
    shutil.copytree(ROOT / "comparators", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "workloads" / "primes.py").write_text(block("python", "# primes.py"), encoding="utf-8")
    (package / "runners" / "submitting.py").write_text(block("python", "# submitting.py"), encoding="utf-8")
    built_in = package / "registry" / "built_in.py"
    source = built_in.read_text(encoding="utf-8")
    for table, line in (
        ("WORKLOADS", block("text", "    WorkloadEntry(")),
        ("RUNNERS", block("text", "    RunnerEntry(")),
    ):
        before, head, rest = source.partition(f"{table}: tuple[")
        entries, end, after = rest.partition("\n)\n")
        source = f"{before}{head}{entries}\n{line.rstrip()}{end}{after}"
    built_in.write_text(source, encoding="utf-8")
    return folder


def run(checkout: Path, *arguments: str) -> str:
    command = [sys.executable, "-P", *arguments]
    environment = {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_lists_have_both(checkout: Path) -> None:
    lines = run(checkout, "-m", "comparators", "list").splitlines()
    words = [line.split(maxsplit=1) for line in lines]
    assert ["primes", "computing in Python      count the primes below a limit by trial division"] in words
    assert any(each[0] == "submitting" and "once per task" in each[1] for each in words if len(each) == 2)
    assert any("primes" in line for line in run(checkout, "-m", "comparators", "list", "models").splitlines())
    assert "Count primes, each task among a range of its own." in run(checkout, "-m", "comparators", "list", "primes")


CONTRACT = """
from comparators.registry.built_in import RUNNERS, WORKLOADS
from comparators.registry.catalogue import load_runner, load_workload
from comparators.testing import check_runner, check_workload

workload, runner = load_workload(WORKLOADS[-1].target), load_runner(RUNNERS[-1].target)
assert (workload.name, workload.summary) == (WORKLOADS[-1].name, WORKLOADS[-1].summary)
assert (runner.info.name, runner.info.summary, runner.info.model) == (
    RUNNERS[-1].name, RUNNERS[-1].summary, RUNNERS[-1].model
)
check_workload(workload)
check_runner(runner)
print(workload.__module__, runner.__module__)
"""


def test_both_keep_their_contracts(checkout: Path) -> None:
    said = run(checkout, "-c", f"if __name__ == '__main__':\n    exec({CONTRACT!r})")
    assert said.split() == ["comparators.workloads.primes", "comparators.runners.submitting"]
