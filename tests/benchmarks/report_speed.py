"""How long it takes to analyse a large stored run and to make its report, and how that grows with the run.

    python -m tests.benchmarks.report_speed [--cells N …]

`comparators report` reads the journal, analyses it, draws every figure and writes every document. The analysis alone is
timed in a process that has imported what it needs, from the journal's file to the verdicts. Budget, for 10,000 cells:
an analysis in 2 s; a report in 5 s and 300 MB, growing no faster than the cells. On a busy host the seconds of CPU time
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

from comparators.journal.journal import load, opened
from comparators.journal.records import Record, Run
from comparators.verdict.analyse import analyse
from tests.benchmarks.interleaved import print_table
from tests.verdict.builder import make_run, merge_runs, times


@dataclass(frozen=True)
class Measured:
    """What one run took."""

    cells: int
    samples: int
    analysis_s: float
    analysis_cpu_s: float
    report_s: float
    report_cpu_s: float
    peak_bytes: int
    page_bytes: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[100, 1_000, 10_000], help="default: 100 1000 10000")
    parser.add_argument("--analyse", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.analyse is not None:
        print(*analysis_s(asked.analyse))
        return
    found = [measured(cells) for cells in sorted(asked.cells)]
    print("A stored run. Budget for 10,000 cells: an analysis in 2 s after imports, a report in 5 s and 300 MB.\n")
    headings = (
        "cells",
        "samples",
        "analysis, s",
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
        f"{one.analysis_s:.2f}",
        f"{one.analysis_cpu_s:.2f}",
        f"{one.report_s:.1f}",
        f"{one.report_cpu_s:.1f}",
        f"{1000 * one.report_s / one.cells:.2f}",
        f"{one.peak_bytes / 1e6:.0f}",
        f"{one.page_bytes / 1e6:.1f}",
    )


def measured(cells: int) -> Measured:
    """Store a made-up run, analyse it and report on it, each in a process of its own."""
    run = large_run(cells)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "run")
        store(run, directory)
        command = [sys.executable, "-m", "tests.benchmarks.report_speed", "--analyse", str(directory)]
        analysed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        report_s, report_cpu_s, peak_bytes = report(directory)
        page_bytes = (directory / "report.html").stat().st_size
    different = len({sample.cell for sample in run.samples})
    return Measured(
        different,
        len(run.samples),
        float(analysed[0]),
        float(analysed[1]),
        report_s,
        report_cpu_s,
        peak_bytes,
        page_bytes,
    )


def large_run(cells: int) -> Run:
    """Make a run of about so many cells: comparisons of four models with two more counts, five blocks each."""
    found = []
    for number in range(max(1, cells // CELLS)):
        scale = 1 + number / 1000
        tested = {"serial": 0.8, "futures-threads/2": 0.41, "futures-processes/2": 0.45, "asyncio/8": 0.9}
        model = {name: times(seconds * scale) for name, seconds in tested.items()}
        counts = {f"futures-threads/{workers}": times(0.4 * scale) for workers in (2, 4, 8)}
        found.append(make_run(model=model, workers=counts, workload=f"w{number}"))
    return merge_runs(*found)


CELLS = 6
"""Of each comparison."""


def analysis_s(directory: Path) -> tuple[float, float]:
    """Return the seconds from a journal to its verdicts, on the clock and of CPU time; imports come before."""
    analyse(large_run(1))
    started_s, spent_s = time.perf_counter(), time.process_time()
    analyse(load(directory))
    return time.perf_counter() - started_s, time.process_time() - spent_s


def store(run: Run, directory: Path) -> None:
    """Write a run's journal as measuring would."""
    with opened(directory, run.header.plan, dict(run.header.host)) as journal:
        records: list[Record] = [*run.profiles, *run.tests, *run.samples, *run.failures, *run.evidence]
        for record in records:
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
