"""What a sample costs beside the work it measures, against pyperf's own worker and `python -c "import pyperf"`.

    python -m tests.benchmarks.sample_cost [--rounds N]

One sample is one fresh process with a warm-up and a value. Here the work is a single task that does nothing, so that
all of its time is the fixed cost. No sample can be cheaper than the worker mode of pyperf, with its metadata, in a
process that also imports the workload. Budget for `serial`: at most 1.2 × that. Beside it stands the import of pyperf.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.catalogue import find
from comparators.worker.job import Assignment
from tests.benchmarks.interleaved import FRESH, print_table, ratio, time_commands

IMPORT = 'python -c "import pyperf"'
BARE = "pyperf's worker with the workload imported"
BARE_CODE = """
import sys
import pyperf
import comparators.workloads.noop
runner = pyperf.Runner()
runner.parse_args(["--worker", "--quiet", "--loops=1", "--warmups=1", "--values=1", "--output", sys.argv[1]])
runner.bench_time_func("nothing", lambda loops: 1e-6)
"""
RUNNERS = ("serial", "threading", "futures-threads", "asyncio", "mp-pool")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="default: 25")
    rounds: int = parser.parse_args().rounds
    samples = {f"a sample of `{runner}`": sample(runner) for runner in RUNNERS}
    for command in samples.values():
        check(command)
    theirs = {
        IMPORT: [sys.executable, "-c", "import pyperf"],
        BARE: [sys.executable, "-c", BARE_CODE, f"{FRESH}/suite.json"],
    }
    timings = time_commands({**theirs, **samples}, rounds)
    rows = [
        (
            name,
            f"{statistics.median(timings[name]) * 1000:.0f}",
            f"{ratio(timings, name, BARE):.2f}",
            f"{ratio(timings, name, IMPORT):.2f}",
        )
        for name in timings
    ]
    print(f"Fixed cost of a sample, medians of {rounds} rounds. Budget of `serial` ÷ pyperf's worker: 1.20.\n")
    print_table(("process", "ms", "÷ pyperf's worker", "÷ import pyperf"), rows)


def sample(runner: str) -> list[str]:
    """Return the command that takes one sample of a task that does nothing."""
    assignment = Assignment(
        errand="sample",
        workload=find("workload", "noop").target,
        workload_parameters={"count": 1},
        runner=find("runner", runner).target,
        runner_parameters={},
        workers=1,
        phase="warm",
        loops=1,
        warmups=1,
        name="noop",
        cpus=usable_cpus(),
        path=(),
    )
    text = json.dumps(asdict(assignment))
    return [sys.executable, "-P", "-m", "comparators.worker.main", text, f"{FRESH}/answer.json"]


def check(command: list[str]) -> None:
    """Make sure that the sample is one: a worker that fails early is fast."""
    with tempfile.TemporaryDirectory() as folder:
        argv = [argument.replace(FRESH, folder) for argument in command]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        answer = json.loads(Path(folder, "answer.json").read_text(encoding="utf-8"))
    assert answer["cause"] is None, answer["message"]


if __name__ == "__main__":
    main()
