"""How long it takes to judge a large stored run and to make its report, and how that grows with the run.

    python -m tests.benchmarks.report_speed [--cells N …]

`comparators report` reads the journal, judges, draws every figure and writes every document. Verdicts alone are timed
in a process that has imported what they need, from the journal's file to the verdicts. Budget, for 10,000 cells:
verdicts in 2 s; a report in 20 s and 300 MB, growing no faster than the cells. On a busy host the seconds of CPU time
say more than the others.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from comparators.verdict.verdicts import verdicts_of

from comparators.journal.journal import load, opened
from comparators.journal.records import Run
from tests.benchmarks.interleaved import print_table
from tests.examples import example_run, large_run


@dataclass(frozen=True)
class Measured:
    """What one run took."""

    cells: int
    samples: int
    verdicts_s: float
    verdicts_cpu_s: float
    report_s: float
    report_cpu_s: float
    peak_bytes: int
    page_bytes: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[100, 1_000, 10_000], help="default: 100 1000 10000")
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.judge is not None:
        print(*judged_s(asked.judge))
        return
    found = [measured(cells) for cells in sorted(asked.cells)]
    print("A stored run. Budget for 10,000 cells: verdicts in 2 s after imports, a report in 20 s and 300 MB.\n")
    headings = (
        "cells",
        "samples",
        "verdicts, s",
        "CPU, s",
        "report, s",
        "CPU, s",
        "ms a cell",
        "memory, MB",
        "page, MB",
    )
    print_table(headings, [row_of(one) for one in found])
    for one, next_one in pairwise(found):
        more, longer = next_one.cells / one.cells, next_one.report_cpu_s / one.report_cpu_s
        print(f"From {one.cells:,} to {next_one.cells:,} cells, {more:.1f} times: {longer:.1f} times the CPU time.")


def row_of(one: Measured) -> tuple[str, ...]:
    """Return a row of the table."""
    return (
        f"{one.cells:,}",
        f"{one.samples:,}",
        f"{one.verdicts_s:.2f}",
        f"{one.verdicts_cpu_s:.2f}",
        f"{one.report_s:.1f}",
        f"{one.report_cpu_s:.1f}",
        f"{1000 * one.report_s / one.cells:.2f}",
        f"{one.peak_bytes / 1e6:.0f}",
        f"{one.page_bytes / 1e6:.1f}",
    )


def measured(cells: int) -> Measured:
    """Store a made-up run, judge it and report on it, each in a process of its own."""
    run = large_run(cells)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "run")
        store(run, directory)
        command = [sys.executable, "-m", "tests.benchmarks.report_speed", "--judge", str(directory)]
        judged = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        report_s, report_cpu_s, peak_bytes = report(directory)
        page_bytes = (directory / "report.html").stat().st_size
    different = len({sample.cell for sample in run.samples})
    return Measured(
        different, len(run.samples), float(judged[0]), float(judged[1]), report_s, report_cpu_s, peak_bytes, page_bytes
    )


def judged_s(directory: Path) -> tuple[float, float]:
    """Return the seconds from a journal to its verdicts, on the clock and of CPU time; imports come before."""
    verdicts_of(example_run(workloads=("integrate",)))
    started_s, spent_s = time.perf_counter(), time.process_time()
    verdicts_of(load(directory))
    return time.perf_counter() - started_s, time.process_time() - spent_s


def store(run: Run, directory: Path) -> None:
    """Write a run's journal as measuring would."""
    with opened(directory, run.header.plan, dict(run.header.host)) as journal:
        parts = (run.capacities, run.calibrations, run.preflights, run.samples, run.failures, run.evidence)
        for record in (record for part in parts for record in part):
            journal.append(record)
        if run.finished is not None:
            journal.append(run.finished)


def report(directory: Path) -> tuple[float, float, int]:
    """Return the seconds, those of CPU time, and the largest memory in bytes that `comparators report` takes."""
    command = [sys.executable, "-P", "-m", "comparators", "report", str(directory)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return seconds, usage.ru_utime + usage.ru_stime, peak_bytes


if __name__ == "__main__":
    main()
