"""How near `--workers auto` comes to the best worker count, and with how many samples.

    python -m tests.benchmarks.worker_count [--noise PERCENT …] [--repeats N]
    python -m tests.benchmarks.worker_count --live [WORKLOAD/RUNNER …]

Ten made-up curves of seconds by worker count, with a peak, a plateau or a cliff, go through the pilot as real runners
do, with a noise on each sample. An exhaustive sweep takes one sample of each of the 32 counts. Budget, with a noise of
2 %: within 5 % of the best count on at least 9 of the 10 curves, with at most a third of the sweep's samples.

With `--live` this host is measured instead: each runner once with `--workers auto` and once with every count. There
are few counts on a host with few CPUs, and a third of those may be fewer than the three that any search needs.
"""

import argparse
import random
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.campaign.curves import CURVES, LIMIT, STARTS, Found, search

from comparators.journal.journal import load
from comparators.plan.build import make_plan
from comparators.plan.usable_cpus import usable_cpus
from comparators.request.request import Request
from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS

LOSS = 0.05
"""Slower than the best count by at most this counts as having found it."""
LIVE = ("integrate/futures-processes", "integrate/threading", "sleep/futures-threads", "mixed/mp-pool")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise", type=float, nargs="+", default=[0, 2, 5], help="in %%; default: 0 2 5")
    parser.add_argument("--repeats", type=int, default=100, help="of each curve; default: 100")
    parser.add_argument("--live", nargs="*", metavar="CELL", help=f"default: {' '.join(LIVE)}")
    arguments = parser.parse_args()
    if arguments.live is not None:
        live(arguments.live or LIVE)
        return
    for noise in arguments.noise:
        made_up(noise / 100, arguments.repeats)


def made_up(noise: float, repeats: int) -> None:
    """Search every curve from several starts and print what was found."""
    rng = random.Random(1)
    rounds = [
        {name: search(curve, start, noise, rng) for name, curve in CURVES.items()}
        for start in STARTS
        for _ in range(repeats)
    ]
    print(f"Noise of a sample {noise:.0%}, starts {', '.join(map(str, STARTS))}, {repeats} repeats of each.\n")
    headings = (
        "curve",
        "best of sweep",
        "chosen",
        "loss, median",
        "loss, worst of 95 %",
        "within 5 %",
        "samples",
        "sweep",
    )
    print_table(headings, [_row(name, [one[name] for one in rounds]) for name in CURVES])
    kept = sum(sum(found.loss <= LOSS for found in one.values()) >= 9 for one in rounds)
    most = max(found.samples for one in rounds for found in one.values())
    print(
        f"Within 5 % on at least 9 of {len(CURVES)} curves in {kept} of {len(rounds)} rounds; "
        f"at most {most} of {LIMIT} samples, {most / LIMIT:.2f} of a sweep.\n"
    )


def _row(name: str, found: Sequence[Found]) -> tuple[str, ...]:
    curve = CURVES[name]
    losses = sorted(one.loss for one in found)
    return (
        name,
        str(min(range(1, LIMIT + 1), key=lambda count: (curve(count), count))),
        str(statistics.mode(one.workers for one in found)),
        f"{statistics.median(losses):.1%}",
        f"{losses[int(0.95 * (len(losses) - 1))]:.1%}",
        f"{sum(loss <= LOSS for loss in losses) / len(losses):.0%}",
        f"{statistics.mean(one.samples for one in found):.1f}",
        str(LIMIT),
    )


@dataclass(frozen=True)
class Counted:
    """What a run measured of one runner: its seconds by count, and the samples that took."""

    seconds: Mapping[int, float]
    samples: int


def live(cells: Sequence[str]) -> None:
    """Compare search and sweep on this host and print what was found."""
    print(f"On this host, with {len(usable_cpus())} CPUs.\n")
    rows = []
    for cell in cells:
        workload, _, runner = cell.partition("/")
        searched = counted(workload, runner)
        limit = search_limit(workload, runner)
        swept = counted(workload, runner, "--scaling", "strong", "--workers", ",".join(map(str, range(1, limit + 1))))
        chosen, best = (min(one.seconds, key=one.seconds.__getitem__) for one in (searched, swept))
        loss = swept.seconds[chosen] / swept.seconds[best] - 1
        rows.append((cell, str(best), str(chosen), f"{loss:.1%}", str(searched.samples), str(len(swept.seconds))))
    print_table(("cell", "best of sweep", "chosen", "loss", "samples", "sweep"), rows)
    print("A sweep counts one sample for each count here; it took three, to know the best.\n")


def search_limit(workload: str, runner: str) -> int:
    """Return the most workers that a search would try."""
    plan = make_plan(Request(workloads=(workload,), runners=(runner,), preset="quick", phases=("warm",)))
    return next(one.limit for one in plan.comparisons[0].candidates if one.runner.name == runner)


def counted(workload: str, runner: str, *options: str) -> Counted:
    """Measure one runner with a quick preset; returns what the pilot saw of it."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "run")
        command = [*COMPARATORS, "run", workload, "--runner", runner, "--preset", "quick", "--phase", "warm"]
        subprocess.run([*command, *options, "--output", str(directory)], check=True, stdout=subprocess.DEVNULL)
        run = load(directory)
    piloted = [one for one in run.samples if one.stage == "pilot" and one.cell.runner.name == runner]
    seconds: dict[int, float] = {}
    for one in piloted:
        taken = min(one.seconds, one.warmup_s or one.seconds)
        seconds[one.cell.workers] = min(taken, seconds.get(one.cell.workers, taken))
    return Counted(seconds, len(piloted))


if __name__ == "__main__":
    main()
