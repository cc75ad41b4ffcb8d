"""What a long journal costs: to append to, to load, and in memory.

    python -m tests.benchmarks.journal_size [--samples N]

The journal is written as a run does it, one line per sample, and only the first and the last samples wait for the disk:
the others would take minutes. It is loaded by a process of its own. Budget for 100,000 samples: the last cost as much
CPU time as the first, loading takes at most 2 s and 300 MB.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from comparators.journal.journal import FILE_NAME, opened
from comparators.journal.records import Run, Sample
from tests.benchmarks.interleaved import print_table
from tests.verdict import builder

ENDS = 500
"""So many samples at the beginning and at the end are timed."""
LOAD = """
import json, resource, sys, time
from pathlib import Path
import comparators.journal.codec  # imports are not timed
from comparators.journal.journal import load
began, cpu = time.perf_counter(), time.process_time()
run = load(Path(sys.argv[1]))
seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"samples": len(run.samples), "seconds": seconds, "cpu_s": cpu, "peak_bytes": peak}))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=100_000, help="default: 100000")
    count: int = parser.parse_args().samples
    run = builder.make_run(
        model={name: builder.times(0.5) for name in ("serial", "futures-threads/2", "mp-pool/2")}, workload="noop"
    )
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "run")
        times = append(run, directory, count)
        size_bytes = (directory / FILE_NAME).stat().st_size
        found = json.loads(subprocess.check_output([sys.executable, "-P", "-c", LOAD, str(directory)]))
    assert found["samples"] == count
    first_cpu, last_cpu = (statistics.median(cpu for _, cpu in part) for part in (times[:ENDS], times[-ENDS:]))
    first, last = (statistics.median(wall for wall, _ in part) for part in (times[:ENDS], times[-ENDS:]))
    row = (
        f"{count:,}",
        f"{size_bytes / 1e6:.0f}",
        f"{first * 1e6:.0f} ({first_cpu * 1e6:.0f})",
        f"{last * 1e6:.0f} ({last_cpu * 1e6:.0f})",
        f"{last_cpu / first_cpu:.2f}",
        f"{found['seconds']:.2f} ({found['cpu_s']:.2f})",
        f"{found['peak_bytes'] / 1e6:.0f}",
    )
    print("A long journal. Budget for 100,000 samples: last ÷ first 1.1; loading 2 s and 300 MB.\n")
    print("In brackets: seconds of a CPU.\n")
    headings = ("samples", "MB", "µs to append, first", "last", "last ÷ first, CPU", "s to load", "memory in MB")
    print_table(headings, [row])


def append(run: Run, directory: Path, count: int) -> list[tuple[float, float]]:
    """Write a journal of so many samples; return the seconds and the CPU seconds that each took."""
    times = []
    with opened(directory, run.header.plan, dict(run.header.host)) as journal:
        for number, sample in enumerate(itertools.islice(_endless(run), count)):
            patient = ENDS <= number < count - ENDS
            with _without_waiting() if patient else nullcontext():
                began, cpu = time.perf_counter(), time.thread_time()
                journal.append(sample)
                times.append((time.perf_counter() - began, time.thread_time() - cpu))
    return times


@contextmanager
def _without_waiting() -> Iterator[None]:
    with patch.object(os, "fsync", lambda descriptor: None):
        yield


def _endless(run: Run) -> Iterator[Sample]:
    for round_ in itertools.count():
        for sample in run.samples:
            yield replace(sample, block=sample.block + 100 * round_)


if __name__ == "__main__":
    main()
