"""How long the command line takes to start, against pyperf's and against Python itself.

    python -m tests.benchmarks.startup [--rounds N]

Budget: `comparators --help` and `comparators list` take at most 0.7 × `python -m pyperf --help` and at most
5 × `python -c pass`, and import none of the heavy modules.
"""

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.interleaved import print_table, ratio, time_commands

COMPARATORS = Path(sys.executable).parent / "comparators"
OURS = {"comparators --help": ["--help"], "comparators list": ["list"]}
THEIRS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -m pyperf --help": [sys.executable, "-m", "pyperf", "--help"],
}
HEAVY = {"anyio", "asyncio", "jinja2", "matplotlib", "multiprocessing", "numpy", "pyperf", "rich", "scipy", "trio"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="default: 25")
    rounds: int = parser.parse_args().rounds
    commands: dict[str, list[str | Path]] = {name: [COMPARATORS, *arguments] for name, arguments in OURS.items()}
    timings = time_commands({**commands, **THEIRS}, rounds)
    rows = [
        (
            f"`{name}`",
            f"{statistics.median(timings[name]) * 1000:.0f}",
            *(f"{ratio(timings, name, other):.2f}" for other in ("python -m pyperf --help", "python -c pass")),
            ", ".join(heavy_modules(OURS[name])) if name in OURS else "",
        )
        for name in timings
    ]
    print(f"Start of the command line, medians of {rounds} interleaved rounds. Budget: 0.70 and 5.00, no module.\n")
    print_table(("command", "ms", "÷ pyperf --help", "÷ python -c pass", "heavy modules"), rows)


def heavy_modules(arguments: list[str]) -> list[str]:
    """Return the heavy modules that a command imports."""
    code = "import sys; from comparators.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code, *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return sorted(HEAVY & set(answer.stderr.split())) or ["none"]


if __name__ == "__main__":
    main()
