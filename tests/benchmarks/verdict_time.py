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
    rows, ours_s, theirs_s = [], 0.0, 0.0
    for workload in workloads:
        same = ["--workers", asked.workers, "--preset", asked.preset, "--phase", "warm"]
        seconds, outcome = verdict(workload, runners, same)
        pyperf_s = sum(bench(workload, runner, same) for runner in runners)
        ours_s, theirs_s = ours_s + seconds, theirs_s + pyperf_s
        rows.append((f"`{workload}`", outcome, f"{seconds:.0f}", f"{pyperf_s:.0f}", f"{seconds / pyperf_s:.2f}"))
    rows.append(("all", "", f"{ours_s:.0f}", f"{theirs_s:.0f}", f"{ours_s / theirs_s:.2f}"))
    print(f"Time to verdict, {len(runners)} runners: {', '.join(runners)}. Budget: 0.20.\n")
    print_table(("workload", "verdict", "comparators, s", "pyperf, s", "ratio"), rows)


def verdict(workload: str, runners: Sequence[str], same: list[str]) -> tuple[float, str]:
    """Return the seconds that a comparison takes, from the command to the report, and its outcome."""
    chosen = [word for runner in runners if runner != "serial" for word in ("--runner", runner)]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "run")
        seconds = timed([*COMPARATORS, "run", workload, *chosen, *same, "--output", str(output)])
        document = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))
    return seconds, ", ".join(contest["outcome"] for contest in document["contests"])


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
