"""What the benchmarks share: commands timed in turn, in random order, and a Markdown table."""

import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["FRESH", "Timings", "print_table", "ratio", "time_commands"]

Timings = Mapping[str, Sequence[float]]
"""Seconds by name, one per round; the same place in each list is the same round."""

FRESH = "{fresh}"
"""In an argument of a command: a new empty folder for each time it runs."""


def time_commands(commands: Mapping[str, Sequence[str | Path]], rounds: int, seed: int = 1) -> Timings:
    """Time each command once per round, after a round that does not count, in an order drawn from the seed."""
    order = random.Random(seed)
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled: nobody compiles it every time
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name in order.sample(list(commands), len(commands)):
            with tempfile.TemporaryDirectory() as folder:
                argv = [str(argument).replace(FRESH, folder) for argument in commands[name]]
                started = time.perf_counter()
                subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment)
                elapsed_s = time.perf_counter() - started
            if number:
                seconds[name].append(elapsed_s)
    return seconds


def ratio(timings: Timings, one: str, other: str) -> float:
    """Return the median over the rounds of the first's seconds divided by the second's."""
    return statistics.median(a / b for a, b in zip(timings[one], timings[other], strict=True))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table; the first column is text, the others are numbers."""
    print(f"| {' | '.join(headings)} |")
    print(f"|---|{'---:|' * (len(headings) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()
