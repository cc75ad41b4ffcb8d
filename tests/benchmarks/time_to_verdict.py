"""How long each tool takes until it says which model is fastest, and whether that is so, on a fixed list of comparisons.

    python -m tests.benchmarks.time_to_verdict [--output DIR] [--tool NAME …] [--comparisons N]

The list has 16 comparisons, 40 cells: eight workloads under three models, six pairs whose true ratio is below 1.10, and
two pairs of the same thing. The tools are this program, pyperf with its defaults and with `--fast`, hyperfine and
pytest-benchmark where they are installed, and `gold`: this program with up to 40 blocks. This program's time ends when
the verdict is printed; `whole` has the pictures, too. Results are kept in DIR/times.jsonl: the same command goes on
where it ended; DIR/table.md has the table, DIR/figure.png wrong answers against time. Budget: a median of at most a
fifth of pyperf's time and 1/2.5 of that of `--fast`, no comparison above 1.1 times; the same answer as gold where its lead
is 10 % or more. Takes about 40 minutes.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS, Stored

LARGER = str(Path(__file__).with_name("larger.py")) + ":Larger"
MODELS = ("serial", "threading", "futures-processes")
NEAR = ("count=200", "buffers=15")
NORMAL_95 = 1.96
CLEAR = 1.10
"""A lead that every tool should find."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runners on one workload; `truth` is how many times longer the second takes, where that is known."""

    name: str
    workload: str
    parameters: tuple[str, ...]
    runners: tuple[str, ...] = MODELS
    truth: float | None = None


COMPARISONS = (
    Comparison("integrate", "integrate", ("steps=1000000",)),
    Comparison("integrate-numpy", "integrate-numpy", ("steps=80000000",)),
    Comparison("hash", "hash", ("buffers=150",)),
    Comparison("sleep", "sleep", ("count=20",)),
    Comparison("mixed", "mixed", ("count=20", "cpu_s=0.002", "wait_s=0.008", "spins=20000")),
    Comparison("noop", "noop", ("count=1000",)),
    Comparison("transfer", "transfer", ("size=250000",)),
    Comparison("uneven", "uneven", ("count=16", "shortest=6000")),
    *(
        Comparison(f"{n} % more", "hash", NEAR, ("threading", f"{LARGER}[extra={2 * n}]"), 1 + n / 100)
        for n in (2, 3, 4, 5, 7, 9)
    ),
    Comparison("the same", "hash", NEAR, ("threading", LARGER), 1.0),
    Comparison("the same, waiting", "sleep", ("count=20",), ("threading", LARGER), 1.0),
)


def main() -> None:
    """Measure what is missing and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("reports/time-to-verdict"), help="its folder")
    parser.add_argument("--tool", action="append", choices=list(TOOLS), help="default: all that are installed")
    parser.add_argument("--comparisons", type=int, default=len(COMPARISONS), help="only the last so many of the list")
    asked = parser.parse_args()
    stored = Stored(asked.output / "times.jsonl")
    tools = asked.tool or [name for name in TOOLS if installed(name)]
    work = [(comparison, tool) for comparison in COMPARISONS[-asked.comparisons :] for tool in tools]
    for comparison, tool in random.Random(1).sample(work, len(work)):  # a busy hour shall not hit one tool alone
        key = f"{tool}/{comparison.name}"
        if key not in stored.results:
            stored.add(key, comparison=comparison.name, truth=comparison.truth, tool=tool, **TOOLS[tool](comparison))
    results = list(stored.results.values())
    with io.StringIO() as text:
        with contextlib.redirect_stdout(text):
            print_results(results)
        (asked.output / "table.md").write_text(text.getvalue(), encoding="utf-8")
        print(text.getvalue(), end="")
    draw(results, asked.output / "figure.png")


def installed(tool: str) -> bool:
    """Say whether a tool can be used here."""
    if tool == "hyperfine":
        return shutil.which(tool) is not None
    return tool != "pytest-benchmark" or importlib.util.find_spec("pytest_benchmark") is not None


def ours(preset: str) -> Callable[[Comparison], dict[str, Any]]:
    """Return a comparison by this program."""

    def compare(comparison: Comparison) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder, "run")
            command = [
                *COMPARATORS,
                "run",
                comparison.workload,
                "--workers",
                "2",
                "--phase",
                "warm",
                "--preset",
                preset,
            ]
            for runner in comparison.runners:
                command += ["--runner", runner]
            for assignment in comparison.parameters:
                command += ["--param", assignment]
            seconds, whole_s = until_it_speaks([*command, "--output", str(output)])
            (found,) = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))["comparisons"]
        won = found["outcome"] == "win"
        lead = (found["lead"] or {}).get("ratio")
        return {
            "seconds": seconds,
            "whole": whole_s,
            "fastest": place(found["winners"][0], comparison) if won else None,
            "lead": lead,
            "outcome": found["outcome"],
            "blocks": found["blocks"],
        }

    return compare


def until_it_speaks(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; return the seconds to its first line of output and to its end."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        first_s = time.perf_counter() - started
        process.stdout.read()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    return first_s, time.perf_counter() - started


def pyperf(*options: str) -> Callable[[Comparison], dict[str, Any]]:
    """Return a comparison by pyperf: one after the other, and its t test over all values of the best two."""

    def compare(comparison: Comparison) -> dict[str, Any]:
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            series = []
            for number, runner in enumerate(comparison.runners):
                file = str(Path(folder, f"{number}.json"))
                call([*bench(comparison, runner), *options, "-o", file])
                series.append(_values(json.loads(Path(file).read_text(encoding="utf-8"))))
        first, second = sorted(series, key=fmean)[:2]
        error = math.sqrt(stdev(first) ** 2 / len(first) + stdev(second) ** 2 / len(second))
        sure = fmean(second) - fmean(first) > NORMAL_95 * error
        return _said(started, [fmean(one) for one in series], sure=sure)

    return compare


def hyperfine(comparison: Comparison) -> dict[str, Any]:
    """Compare whole commands: that is what it measures."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "times.json")
        commands = [" ".join(f"'{word}'" for word in once(comparison, runner)) for runner in comparison.runners]
        call(["hyperfine", "--style", "none", "--export-json", str(file), *commands])
        found = json.loads(file.read_text(encoding="utf-8"))["results"]
    return _said(started, [one["mean"] for one in found], sure=True)


def pytest_benchmark(comparison: Comparison) -> dict[str, Any]:
    """Compare whole commands by the lowest time, which is how its table is sorted."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "times.json")
        body = "import subprocess\n"
        for number, runner in enumerate(comparison.runners):
            body += f"def test_{number}(benchmark):\n"
            body += (
                f"    benchmark(subprocess.run, {once(comparison, runner)!r}, check=True, stdout=subprocess.DEVNULL)\n"
            )
        test = Path(folder, "test_comparison.py")
        test.write_text(body, encoding="utf-8")
        call([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--benchmark-json={file}", str(test)])
        found = {one["name"]: one["stats"]["min"] for one in json.loads(file.read_text("utf-8"))["benchmarks"]}
    return _said(started, [found[f"test_{number}"] for number in range(len(comparison.runners))], sure=True)


TOOLS: Mapping[str, Callable[[Comparison], dict[str, Any]]] = {
    "comparators": ours("default"),
    "pyperf": pyperf(),
    "pyperf --fast": pyperf("--fast"),
    "hyperfine": hyperfine,
    "pytest-benchmark": pytest_benchmark,
    "gold": ours("rigorous"),
}


def bench(comparison: Comparison, runner: str) -> list[str]:
    """Return the command that measures one cell as a pyperf script."""
    command = [*COMPARATORS, "bench", comparison.workload, runner, "--workers", "1" if runner == "serial" else "2"]
    for assignment in comparison.parameters:
        command += ["--param", assignment]
    return command


def once(comparison: Comparison, runner: str) -> list[str]:
    """Return the command that does the work once."""
    return [*bench(comparison, runner), "--debug-single-value"]


def call(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def place(label: str, comparison: Comparison) -> int:
    """Return the place of a runner in the comparison by its label; -1 for the loop that this program adds by itself."""
    labels = [runner.replace(LARGER, "larger") for runner in comparison.runners]
    return labels.index(label) if label in labels else -1


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each tool."""
    print("Time to a verdict. Ratios are of this program's time to the tool's, comparison by comparison.\n")
    times = {(one["tool"], one["comparison"]): one["seconds"] for one in results}
    rows = []
    for tool in dict.fromkeys(one["tool"] for one in results):
        own = [one for one in results if one["tool"] == tool]
        shares = [times["comparators", one["comparison"]] / one["seconds"] for one in own if _compared(one, times)]
        ratios = (f"{median(shares):.2f}", f"{max(shares):.2f}") if shares else ("", "")
        wrong, known = errors(own)
        agree, clear = agreement(own, results)
        seconds = f"{median(one['seconds'] for one in own):.0f}"
        rows.append((tool, str(len(own)), seconds, *ratios, f"{wrong} of {known}", f"{agree} of {clear}"))
    print_table(
        ("tool", "comparisons", "median seconds", "median ratio", "worst ratio", "wrong", "agrees with gold"), rows
    )
    print("This program and gold, comparison by comparison:\n")
    mine = [one for one in results if one["tool"] in ("comparators", "gold")]
    mine.sort(key=lambda one: ([comparison.name for comparison in COMPARISONS].index(one["comparison"]), one["tool"]))
    print_table(
        ("comparison, tool", "seconds", "whole", "outcome", "lead", "blocks"),
        [
            (
                f"{one['comparison']}, {one['tool']}",
                f"{one['seconds']:.1f}",
                f"{one['whole']:.1f}",
                one["outcome"],
                f"{one['lead']:.2f}" if one["lead"] else "",
                str(one["blocks"]),
            )
            for one in mine
        ],
    )


def errors(own: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Count the wrong answers, and the comparisons in which the right one is known."""
    known = [one for one in own if one["truth"] is not None]
    return sum(one["fastest"] is not None if one["truth"] == 1 else one["fastest"] == 1 for one in known), len(known)


def agreement(own: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Count the answers that are those of gold, and the comparisons in which its lead is clear."""
    gold = {one["comparison"]: one for one in results if one["tool"] == "gold" and (one["lead"] or 0) >= CLEAR}
    clear = [one for one in own if one["comparison"] in gold and gold[one["comparison"]]["fastest"] is not None]
    return sum(one["fastest"] == gold[one["comparison"]]["fastest"] for one in clear), len(clear)


def draw(results: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the share of wrong answers where the right one is known against the median time, a point per tool."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import ScalarFormatter

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    spots = {}
    for tool in dict.fromkeys(one["tool"] for one in results if one["tool"] != "gold"):
        own = [one for one in results if one["tool"] == tool]
        wrong, known = errors(own)
        if known:
            spots[tool] = (median(one["seconds"] for one in own), 100 * wrong / known)
    for number, (tool, spot) in enumerate(sorted(spots.items(), key=lambda one: one[1])):
        axes.plot(*spot, "o")
        place = (0, 8 + 12 * (number % 2))  # neighbours on two levels
        axes.annotate(tool, spot, textcoords="offset points", xytext=place, fontsize=8, ha="center")
    fastest, slowest = min(x for x, _ in spots.values()), max(x for x, _ in spots.values())
    axes.set(xscale="log", ylim=(-4, 108), xlim=(fastest / 1.5, slowest * 1.5))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(ScalarFormatter())
    axes.set(xlabel="median seconds to a verdict, logarithmic", ylabel="wrong where the truth is known, %")
    axes.set_title("Lower left is better: six differences below 10 %, and two of none", fontsize=10)
    axes.grid(alpha=0.3)
    FigureCanvasAgg(figure).print_png(str(path))


def _compared(one: Mapping[str, Any], times: Mapping[tuple[str, str], float]) -> bool:
    return ("comparators", one["comparison"]) in times


def _values(document: Mapping[str, Any]) -> list[float]:
    (benchmark,) = document["benchmarks"]
    return [value for run in benchmark["runs"] for value in run.get("values", ())]


def _said(started: float, means: Sequence[float], *, sure: bool) -> dict[str, Any]:
    order = sorted(means)
    fastest = list(means).index(order[0]) if sure else None
    return {"seconds": time.perf_counter() - started, "fastest": fastest, "lead": order[1] / order[0]}


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled: nobody compiles it every time
    main()
