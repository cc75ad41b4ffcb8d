"""How often the recommended model is wrong, where the difference is known, through the whole program.

    python -m tests.benchmarks.error_rate [--output DIR] [--repeats N] [--extra PERCENT …] [--load KIND …]

Threads are compared with threads that pass for another model and do PERCENT more of the same tasks; with 0 both are the
same, and each model that is called the faster one is an error. A run has ten comparisons and a seed of its own; the
plain loop takes part, too, and is slower. Results are kept in DIR/runs.jsonl: the same command goes on where it ended,
and DIR/table.md has the table. The load `other` starts nothing: it is for a host on which somebody else works.

Budget: with `quick` at most 2 of 100 wrong, with `default` 1 of 100; no winner of the wrong sign.
"""

import argparse
import contextlib
import io
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS, LOADS, Stored, load

TASKS = 200
COMPARISONS = 10
PLAIN, LARGER = "threads", "processes"
RUNNERS = ("threading", str(Path(__file__).with_name("larger.py")) + ":Larger")
"""Plain threads, and those that pass for processes."""


def main() -> None:
    """Measure what is missing and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("reports/error-rate"), help="default: reports/error-rate")
    parser.add_argument("--repeats", type=int, default=10, help="runs of ten comparisons of each kind; default: 10")
    parser.add_argument("--extra", type=int, nargs="+", default=[0, 2, 5, 10, 30], help="default: 0 2 5 10 30")
    parser.add_argument("--load", nargs="+", choices=LOADS, default=["none"], help="default: none")
    parser.add_argument("--preset", default="quick", help="default: quick")
    parser.add_argument("--buffers", type=int, default=15, help="size of a task; default: 15, 50 ms for all of them")
    asked = parser.parse_args()
    stored = Stored(asked.output / "runs.jsonl")
    for number in range(asked.repeats):
        for kind in asked.load:
            for extra in asked.extra:
                key = f"{asked.preset}/{kind}/{extra}/{number}"
                if key not in stored.results:
                    with load(kind):
                        found = one_run(extra, number, asked.preset, asked.buffers)
                    stored.add(key, preset=asked.preset, load=kind, extra=extra, **found)
    with io.StringIO() as text:
        with contextlib.redirect_stdout(text):
            print_results(list(stored.results.values()))
        (asked.output / "table.md").write_text(text.getvalue(), encoding="utf-8")
        print(text.getvalue(), end="")


def one_run(extra: int, seed: int, preset: str, buffers: int) -> dict[str, Any]:
    """Compare ten times in one run; return what the answers are worth and what they cost."""
    tasks = TASKS * extra // 100
    workloads = [f"hash[count={TASKS + more},buffers={buffers}]" for more in range(COMPARISONS)]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "run")
        command = [*COMPARATORS, "run", *workloads, "--workers", "2", "--preset", preset, "--seed", str(seed)]
        command += ["--runner", RUNNERS[0], "--runner", f"{RUNNERS[1]}[extra={tasks}]", "--output", str(output)]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        seconds = time.perf_counter() - started
        document = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))
    return {"seconds": seconds, "answers": [judged(one["model"], extra) for one in document["verdicts"]]}


def judged(answer: Mapping[str, Any], extra: int) -> dict[str, Any]:
    """Say whether the answer to the question of the model is right.

    Args:
        answer: the model's level in `verdicts.json`.
        extra: how many percent more the larger one does.
    """
    outcome = answer["status"]
    if outcome == "decided":
        if {PLAIN, LARGER} <= set(answer["equals"]):
            outcome = "equal"  # both before the loop
        else:
            outcome = "right" if extra and answer["choice"] == PLAIN else "wrong"
    return {"outcome": outcome, "blocks": answer["blocks"]}


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each preset, load and difference."""
    print("Models whose difference is known. Wrong: at most 2 of 100 with quick, 1 of 100 with default.\n")
    headings = ("preset, load, difference", "comparisons", "right", "wrong", "equal", "undecided", "blocks", "seconds")
    print_table(headings, list(_rows(results)))


def _rows(results: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for kind in sorted({(one["preset"], LOADS.index(one["load"]), one["extra"]) for one in results}):
        preset, place, extra = kind
        runs = [one for one in results if (one["preset"], LOADS.index(one["load"]), one["extra"]) == kind]
        answers = [answer for one in runs for answer in one["answers"]]
        found = Counter(one["outcome"] for one in answers)
        yield (
            f"{preset}, {LOADS[place]}, {extra} %",
            str(len(answers)),
            *(str(found[outcome]) for outcome in ("right", "wrong", "equal", "undecided")),
            f"{median(one['blocks'] for one in answers):g}",
            f"{sum(one['seconds'] for one in runs) / len(answers):.1f}",
        )


if __name__ == "__main__":
    main()
