"""How long it takes from Enter until the model is named for a function of one's own, and how often it is the wrong one.

    python -m tests.benchmarks.answer_time [--runs N] [--preset NAME] [--output DIR]

Three functions whose right model is known on a host with two CPUs or more: one that computes in Python, one that waits,
one that does nothing. The whole command runs, in random order: start, planning, profile, blocks. The time is that of
the first line that names a model; `whole` is that of the end, reports included. What is judged is the verdict
in `verdicts.json`: an undecided one is not wrong, it is counted on its own. Results are kept in DIR/answers.jsonl: the
same command goes on where it ended. Budget: a median of at most 5 s, at most 2 % wrong.
"""

import argparse
import json
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS, Stored

BUDGET_S = 5.0
WRONG_AT_MOST = 0.02
NAMES_A_MODEL = re.compile(r": (use |leave the LOOP|the LOOP so far|[A-Z]{4,} so far)")
"""What the headline of an answer begins with, behind the name of the work."""

SOURCE = """
import time

STEPS = 400_000  # about 20 ms


def compute(task):
    total = 0
    for number in range(STEPS):
        total += number * task
    return total


def wait(task):
    time.sleep(0.02)
    return task


def nothing(task):
    return task


ITEMS = list(range({count}))
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A function, its number of tasks, and the models that are right for it."""

    name: str
    function: str
    count: int
    right: Collection[str]


CASES = (
    Case("8 tasks of 20 ms in Python", "compute", 8, ("processes", "interpreters")),
    Case("40 tasks that wait for 20 ms", "wait", 40, ("threads",)),
    Case("8 tasks with nothing to do", "nothing", 8, ("loop",)),
)


def main() -> None:
    """Measure what is missing and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="of each function; default: 20")
    parser.add_argument("--preset", default="quick", help="default: quick")
    parser.add_argument("--output", type=Path, default=Path("reports/answer-time"), help="its folder")
    asked = parser.parse_args()
    stored = Stored(asked.output / "answers.jsonl")
    work = [(number, case) for number in range(asked.runs) for case in CASES]
    for number, case in random.Random(1).sample(work, len(work)):  # a busy hour shall not hit one function alone
        key = f"{asked.preset}/{case.function}/{number}"
        if key not in stored.results:
            stored.add(key, case=case.name, **answer(case, asked.preset))
    print_results([one for key, one in stored.results.items() if key.startswith(f"{asked.preset}/")])


def answer(case: Case, preset: str) -> dict[str, Any]:
    """Run the command once; return when it named a model, when it ended, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "own_work.py"), Path(folder, "run")
        source.write_text(SOURCE.format(count=case.count), encoding="utf-8")
        command = [*COMPARATORS, "run", f"{source}:{case.function}", "--preset", preset, "--output", str(output)]
        named_s, whole_s = seconds_until_named(command)
        (verdict,) = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    model = verdict["model"]
    right = model["choice"] in case.right or (model["status"] == "equal" and bool({*model["equals"]} & {*case.right}))
    return {
        "seconds": named_s,
        "whole": whole_s,
        "status": model["status"],
        "choice": model["choice"],
        "wrong": model["status"] != "undecided" and not right,
    }


def seconds_until_named(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; return the seconds to the first line that names a model, and to its end."""
    started = time.perf_counter()
    named_s = None
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if named_s is None and NAMES_A_MODEL.search(line):
                named_s = time.perf_counter() - started
    whole_s = time.perf_counter() - started
    if process.returncode or named_s is None:
        raise SystemExit(f"'{' '.join(command)}' ended with {process.returncode} and named no model")
    return named_s, whole_s


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each function, and whether the budgets are kept."""
    rows = []
    for case in CASES:
        mine = [one for one in results if one["case"] == case.name]
        if mine:
            rows.append([case.name, *_figures(mine)])
    print_table(["function", "runs", "named, s", "slowest", "whole, s", "undecided", "wrong"], rows)
    middle_s = median(one["seconds"] for one in results)
    wrong = sum(one["wrong"] for one in results) / len(results)
    kept = "kept" if middle_s <= BUDGET_S and wrong <= WRONG_AT_MOST else "NOT kept"
    print(f"Median {middle_s:.1f} s, {wrong:.1%} wrong. Budget: {BUDGET_S:g} s, {WRONG_AT_MOST:.0%}: {kept}.")


def _figures(results: Sequence[Mapping[str, Any]]) -> list[str]:
    seconds = [one["seconds"] for one in results]
    return [
        str(len(results)),
        f"{median(seconds):.1f}",
        f"{max(seconds):.1f}",
        f"{median(one['whole'] for one in results):.1f}",
        str(sum(one["status"] == "undecided" for one in results)),
        str(sum(one["wrong"] for one in results)),
    ]


if __name__ == "__main__":
    main()
