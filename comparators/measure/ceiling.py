"""What this host can give at most: how much more independent busy processes do than one.

    python -P -m comparators.measure.ceiling WORKERS RESULT

Two virtual CPUs may be two threads of one core, or shared with other machines; the ideal line of a speedup figure is
then out of reach for everybody. The processes do nothing but count, share nothing and do not talk to each other.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["main"]

SPIN_S = 0.1
START_S = 0.1  # seconds until all processes have been started and begin together
ROUNDS = 3


def main() -> None:
    """Write the speedup of the given number of processes, the middle of several rounds, as JSON."""
    workers, result = int(sys.argv[1]), Path(sys.argv[2])
    speedups = sorted(_count(workers) / _count(1) for _ in range(ROUNDS))
    result.write_text(json.dumps({"speedup": speedups[len(speedups) // 2]}), encoding="utf-8")


def spin() -> None:
    """Count until the time is up and print how far it came; the loop looks at the clock every 1,000 steps."""
    begin = float(sys.argv[2])
    while time.perf_counter() < begin:
        pass
    steps, end = 0, begin + SPIN_S
    while time.perf_counter() < end:
        for _ in range(1000):
            pass
        steps += 1
    sys.stdout.write(str(steps))


def _count(workers: int) -> int:
    begin = time.perf_counter() + START_S + 0.02 * workers
    command = [sys.executable, "-P", "-S", __file__, "spin", repr(begin)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(workers)]
    return sum(int(process.communicate()[0]) for process in processes)


if __name__ == "__main__":
    if sys.argv[1] == "spin":
        spin()
    else:
        main()
