"""What this host can give at most: how much more independent busy processes do than one.

    python -P -m comparators.worker.parallel_capacity WORKERS RESULT

Two virtual CPUs may be two threads of one core, or shared with other machines; the ideal line of a speedup figure is
then out of reach for everybody. The processes do nothing but count, share nothing and do not talk to each other.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main", "speedup"]

SPIN_S = 0.1
START_S = 0.01  # seconds until all processes, which are there and wait, have heard when they begin together
ROUNDS = 4


def main() -> None:
    """Write the speedup of the given number of processes as JSON."""
    workers, result = int(sys.argv[1]), Path(sys.argv[2])
    rounds = [(_count(workers), _count(1)) for _ in range(ROUNDS)] if workers > 1 else [(1, 1)]
    result.write_text(json.dumps({"speedup": speedup(rounds, min(workers, _cpus()))}), encoding="utf-8")


def speedup(rounds: Sequence[tuple[int, int]], bound: int) -> float:
    """Return the best count of several processes as multiples of the best count of one, at most `bound`.

    What else runs on the host can only lower a count, so the best of each is nearest to what the host can give. A
    ratio above the number of CPUs is an error of measurement: one process alone was disturbed in every round.

    Args:
        rounds: how far several processes came together, and how far one came, in each round.
        bound: the number of processes or of CPUs, whichever is smaller.
    """
    return min(max(several for several, _ in rounds) / max(one for _, one in rounds), float(bound))


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spin() -> None:
    """Wait for the word to begin, count until the time is up and print how far it came.

    The loop looks at the clock every 1,000 steps.
    """
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    begin = float(sys.stdin.readline())
    while time.perf_counter() < begin:
        pass
    steps, end = 0, begin + SPIN_S
    while time.perf_counter() < end:
        for _ in range(1000):
            pass
        steps += 1
    sys.stdout.write(str(steps))


def _count(workers: int) -> int:
    command = [sys.executable, "-P", "-S", __file__, "spin"]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(workers)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    begin = repr(time.perf_counter() + START_S)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(begin + "\n")
        process.stdin.flush()
    return sum(int(process.communicate()[0]) for process in processes)


if __name__ == "__main__":
    if sys.argv[1] == "spin":
        spin()
    else:
        main()
