"""How long it takes from Enter to the printed answer for a function of one's own, and whether the model is right.

    python -m tests.benchmarks.time_to_answer [--rounds N]

Two functions of 20 ms a task: one that waits and one that computes. The answer is the first line on standard output.
Budget: at most 5 s, the median of 20 rounds, and at most 2 % wrong. What is right follows from the work: waiting needs
threads or async, computing in Python needs processes where there is more than one CPU.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from comparators.plan.usable_cpus import usable_cpus
from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS

WORK = """
import time

ITEMS = list(range(40))


def wait(item):
    time.sleep(0.02)
    return item


def compute(item):
    until = time.thread_time() + 0.02
    while time.thread_time() < until:
        pass
    return item
"""
BUDGET_S = 5.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="default: 20")
    rounds: int = parser.parse_args().rounds
    right = {"wait": ("THREADS",), "compute": ("PROCESSES",) if len(usable_cpus()) > 1 else ("LOOP",)}
    rows = []
    for name, models in right.items():
        found = [answered(name) for _ in range(rounds)]
        wrong = sum(not any(model in answer for model in models) for _, answer in found)
        seconds = sorted(one for one, _ in found)
        rows.append((name, f"{median(seconds):.1f}", f"{seconds[0]:.1f}", f"{seconds[-1]:.1f}", f"{wrong} of {rounds}"))
    print(f"From Enter to the answer. Budget: a median of {BUDGET_S:g} s, at most 2 % wrong.\n")
    print_table(("function", "median, s", "least", "most", "wrong"), rows)


def answered(name: str) -> tuple[float, str]:
    """Ask about one function; return the seconds to the first line of the answer, and that line."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "work.py").write_text(WORK, encoding="utf-8")
        command = [*COMPARATORS, "run", f"work.py:{name}", "--output", "out"]
        started = time.perf_counter()
        with subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            answer = process.stdout.readline()
            seconds = time.perf_counter() - started
            process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    return seconds, answer


if __name__ == "__main__":
    main()
