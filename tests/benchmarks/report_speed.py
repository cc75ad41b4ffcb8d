"""How long it takes to make the report of a large stored run.

    python -m tests.benchmarks.report_speed [--cells N …]

`comparators report` reads the journal, judges, draws every figure and writes every document. Budget: 1,000 cells in at
most 5 s, 10,000 cells in at most 20 s and 300 MB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from comparators.measure.journal import opened
from comparators.measure.records import Run
from tests.benchmarks.interleaved import print_table
from tests.examples import large_run


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[1_000, 10_000], help="default: 1000 10000")
    rows = [row_of(cells) for cells in parser.parse_args().cells]
    print("Report of a stored run. Budget: 1,000 cells in 5 s; 10,000 cells in 20 s and 300 MB.\n")
    print_table(("cells", "samples", "seconds", "memory in MB", "report.html in MB"), rows)


def row_of(cells: int) -> tuple[str, ...]:
    """Store a made-up run and report on it."""
    run = large_run(cells)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "run")
        store(run, directory)
        seconds, peak_bytes = report(directory)
        page_bytes = (directory / "report.html").stat().st_size
    measured = len({sample.cell for sample in run.samples})
    return (
        f"{measured:,}",
        f"{len(run.samples):,}",
        f"{seconds:.1f}",
        f"{peak_bytes / 1e6:.0f}",
        f"{page_bytes / 1e6:.1f}",
    )


def store(run: Run, directory: Path) -> None:
    """Write a run's journal as measuring would."""
    with opened(directory, run.header.plan, dict(run.header.host)) as journal:
        parts = (run.ceilings, run.calibrations, run.preflights, run.samples, run.failures, run.evidence)
        for record in (record for part in parts for record in part):
            journal.append(record)
        if run.finished is not None:
            journal.append(run.finished)


def report(directory: Path) -> tuple[float, int]:
    """Return the seconds and the largest memory in bytes that `comparators report` takes."""
    command = [sys.executable, "-P", "-m", "comparators", "report", str(directory)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
