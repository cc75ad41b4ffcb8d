"""How long it takes to compare, against pyperf with its defaults on the same cells.

    python -m tests.benchmarks.verdict_time [--workload NAME …] [--runner NAME …] [--preset NAME] [--workers N]

Both measure the same workloads, parameters, runners and worker count, warm. pyperf takes 20 processes of 3 values for
each cell, and compares nothing. Budget: the verdicts are there in at most a fifth of pyperf's time. The cells of the
default take about ten minutes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from tests.benchmarks.interleaved import print_table

COMPARATORS = [sys.executable, "-P", "-m", "comparators"]
WORKLOADS = ("integrate", "hash", "sleep", "noop")
RUNNERS = ("serial", "threading", "futures-processes", "mp-pool")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workload", action="append", default=[], help=f"default: {' '.join(WORKLOADS)}")
    parser.add_argument("--runner", action="append", default=[], help=f"default: {' '.join(RUNNERS)}")
    parser.add_argument("--preset", default="quick", help="default: quick")
    parser.add_argument("--workers", default="2", help="default: 2")
    asked = parser.parse_args()
    workloads, runners = asked.workload or WORKLOADS, asked.runner or RUNNERS
    same = ["--workers", asked.workers, "--preset", asked.preset, "--phase", "warm"]
    ours_s, outcomes = verdicts(workloads, runners, same)
    theirs_s = sum(bench(workload, runner, same) for workload, runner in product(workloads, runners))
    cells = len(workloads) * len(runners)
    print(f"Time to verdict, {cells} cells: {', '.join(workloads)} under {', '.join(runners)}. Budget: 0.20.\n")
    rows = [
        ("comparators", f"{ours_s:.0f}", f"{ours_s / cells:.1f}", f"{ours_s / theirs_s:.2f}", ", ".join(outcomes)),
        ("pyperf", f"{theirs_s:.0f}", f"{theirs_s / cells:.1f}", "1.00", "none"),
    ]
    print_table(("tool", "seconds", "seconds a cell", "÷ pyperf", "verdicts"), rows)


def verdicts(workloads: Sequence[str], runners: Sequence[str], same: list[str]) -> tuple[float, list[str]]:
    """Return the seconds that a comparison takes, from the command to the report, and the status of each answer."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "run")
        command = [*COMPARATORS, "run", *workloads, "--runner", ",".join(runners), *same, "--output", str(output)]
        seconds = timed(command)
        document = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))
    return seconds, [one["model"]["status"] for one in document["verdicts"]]


def bench(workload: str, runner: str, same: list[str]) -> float:
    """Return the seconds that pyperf takes for one cell, with its defaults."""
    own = [word if runner != "serial" or place != 1 else "1" for place, word in enumerate(same)]
    with tempfile.TemporaryDirectory() as folder:
        return timed([*COMPARATORS, "bench", workload, runner, *own, "-o", str(Path(folder, "cell.json"))])


def timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
