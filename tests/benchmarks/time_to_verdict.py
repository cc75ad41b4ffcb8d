"""How long each tool takes until it says which of two is faster, and whether that is so, on a fixed list of pairs.

    python -m tests.benchmarks.time_to_verdict [--output DIR] [--preset NAME] [--tool NAME …] [--pairs N]

The list has 24 pairs: sixteen of two models on the built-in work, six whose true ratio is below 1.10, and two of the
same thing twice. The tools are this program, pyperf with its defaults and with `--fast`, hyperfine and pytest-benchmark
where they are installed, and `gold`: this program with up to 40 blocks. Results are kept in DIR/times.jsonl: the same
command goes on where it ended; DIR/table.md has the table. Budget: a median of at most a fifth of pyperf's time and
1/2.5 of that of `--fast`, no pair above 1.1 times; the same answer as gold where its ratio is 1.10 or more. Takes about
two hours.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import math
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
NEAR = ("--param", "count=200", "--param", "buffers=60")
NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runners on one workload; `truth` is how many times longer the second takes, where that is known."""

    workload: str
    first: str
    second: str
    parameters: tuple[str, ...] = ()
    truth: float | None = None

    @property
    def key(self) -> str:
        """Name in the results."""
        return f"{self.workload}: {self.first}, {Path(self.second).name}"


MODELS = ("integrate", "integrate-numpy", "hash", "sleep", "mixed", "noop", "transfer", "uneven")
PAIRS = (
    *(Pair(name, "threading", "mp-pool") for name in MODELS),
    *(Pair(name, "serial", "futures-processes") for name in MODELS),
    *(Pair("hash", "threading", f"{LARGER}[extra={2 * n}]", NEAR, 1 + n / 100) for n in (2, 3, 4, 5, 7, 9)),
    Pair("hash", "threading", LARGER, NEAR, 1.0),
    Pair("sleep", "threading", LARGER, (), 1.0),
)


def main() -> None:
    """Measure what is missing and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("reports/time-to-verdict"), help="its folder")
    parser.add_argument("--preset", default="default", help="size of the work and samples of ours; default: default")
    parser.add_argument("--tool", action="append", choices=list(TOOLS), help="default: all that are installed")
    parser.add_argument("--pairs", type=int, default=len(PAIRS), help="only the last so many of the list")
    asked = parser.parse_args()
    stored = Stored(asked.output / "times.jsonl")
    tools = asked.tool or [name for name in TOOLS if installed(name)]
    work = [(pair, tool) for pair in PAIRS[-asked.pairs :] for tool in tools]
    for pair, tool in random.Random(1).sample(work, len(work)):  # a busy hour shall not hit one tool alone
        key = f"{asked.preset}/{tool}/{pair.key}"
        if key not in stored.results:
            started = time.perf_counter()
            found = TOOLS[tool](pair, asked.preset)
            seconds = time.perf_counter() - started
            stored.add(key, pair=pair.key, truth=pair.truth, tool=tool, seconds=seconds, **found)
    with io.StringIO() as text:
        with contextlib.redirect_stdout(text):
            print_results(list(stored.results.values()))
        (asked.output / "table.md").write_text(text.getvalue(), encoding="utf-8")
        print(text.getvalue(), end="")


def installed(tool: str) -> bool:
    """Say whether a tool can be used here."""
    if tool == "hyperfine":
        return shutil.which(tool) is not None
    return tool != "pytest-benchmark" or importlib.util.find_spec("pytest_benchmark") is not None


def ours(pair: Pair, preset: str) -> dict[str, Any]:
    """Compare with this program."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "run")
        command = [*COMPARATORS, "run", pair.workload, "--runner", pair.first, "--runner", pair.second]
        command += ["--workers", "2", "--phase", "warm", "--preset", preset, *pair.parameters, "--output", str(output)]
        call(command, accept=(0, 1))
        (contest,) = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))["contests"]
    rows = {row["runner"]["label"]: row for row in contest["standings"]}
    first, second = _row(rows, pair.first), _row(rows, pair.second)
    ratio = second["seconds"] / first["seconds"] if first["seconds"] and second["seconds"] else None
    faster = "neither"
    if contest["outcome"] == "win":
        faster = {first["runner"]["label"]: "first", second["runner"]["label"]: "second"}.get(
            contest["winners"][0], "neither"
        )
    elif second["status"] in ("eliminated", "capped", "scouted") and first["status"] == "raced":
        faster = "first"
    elif first["status"] in ("eliminated", "capped", "scouted") and second["status"] == "raced":
        faster = "second"
    return {"faster": faster, "ratio": ratio, "blocks": contest["blocks"]}


def gold(pair: Pair, preset: str) -> dict[str, Any]:
    """Compare with up to 40 blocks."""
    return ours(pair, "rigorous" if preset == "default" else preset)


def pyperf(*options: str) -> Callable[[Pair, str], dict[str, Any]]:
    """Return a comparison by pyperf: both measured, one after the other, and its t test over all values."""

    def compare(pair: Pair, preset: str) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            series = []
            for name, runner in (("first", pair.first), ("second", pair.second)):
                file = str(Path(folder, name + ".json"))
                call([*bench(pair, runner, preset), *options, "-o", file])
                series.append(_values(json.loads(Path(file).read_text(encoding="utf-8"))))
        first, second = series
        error = math.sqrt(stdev(first) ** 2 / len(first) + stdev(second) ** 2 / len(second))
        apart = abs(fmean(first) - fmean(second)) > NORMAL_95 * error
        return _said(fmean(first), fmean(second), sure=apart)

    return compare


def hyperfine(pair: Pair, preset: str) -> dict[str, Any]:
    """Compare whole commands: that is what it measures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "times.json")
        commands = [" ".join(map(_quoted, once(pair, runner, preset))) for runner in (pair.first, pair.second)]
        call(["hyperfine", "--style", "none", "--export-json", str(file), *commands])
        first, second = json.loads(file.read_text(encoding="utf-8"))["results"]
    return _said(first["mean"], second["mean"], sure=True)


def pytest_benchmark(pair: Pair, preset: str) -> dict[str, Any]:
    """Compare whole commands by the lowest time, which is how its table is sorted."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "times.json")
        body = "import subprocess\n"
        for name, runner in (("first", pair.first), ("second", pair.second)):
            command = list(once(pair, runner, preset))
            body += f"def test_{name}(benchmark):\n"
            body += f"    benchmark(subprocess.run, {command!r}, check=True, stdout=subprocess.DEVNULL)\n"
        test = Path(folder, "test_pair.py")
        test.write_text(body, encoding="utf-8")
        call([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--benchmark-json={file}", str(test)])
        found = {one["name"]: one["stats"]["min"] for one in json.loads(file.read_text("utf-8"))["benchmarks"]}
    return _said(found["test_first"], found["test_second"], sure=True)


TOOLS: Mapping[str, Callable[[Pair, str], dict[str, Any]]] = {
    "comparators": ours,
    "pyperf": pyperf(),
    "pyperf --fast": pyperf("--fast"),
    "hyperfine": hyperfine,
    "pytest-benchmark": pytest_benchmark,
    "gold": gold,
}


def bench(pair: Pair, runner: str, preset: str) -> list[str]:
    """Return the command that measures one cell as a pyperf script."""
    workers = "1" if runner == "serial" else "2"
    size = "default" if preset == "rigorous" else preset
    return [*COMPARATORS, "bench", pair.workload, runner, "--workers", workers, "--preset", size, *pair.parameters]


def once(pair: Pair, runner: str, preset: str) -> list[str]:
    """Return the command that does the work once."""
    return [*bench(pair, runner, preset), "--debug-single-value"]


def call(command: Sequence[str], accept: Sequence[int] = (0,)) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode not in accept:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each tool."""
    times = {(one["tool"], one["pair"]): one["seconds"] for one in results}
    gold_says = {one["pair"]: one for one in results if one["tool"] == "gold"}
    print("Time to a verdict. Ratios are of this program's time to the tool's, pair by pair.\n")
    rows = []
    for tool in dict.fromkeys(one["tool"] for one in results):
        own = [one for one in results if one["tool"] == tool]
        shares = [
            times["comparators", one["pair"]] / one["seconds"] for one in own if ("comparators", one["pair"]) in times
        ]
        near = [one for one in own if one["truth"] is not None]
        wrong = sum(one["faster"] != "neither" if one["truth"] == 1 else one["faster"] == "second" for one in near)
        clear = [one for one in own if _is_clear(gold_says.get(one["pair"]))]
        agree = sum(one["faster"] == gold_says[one["pair"]]["faster"] for one in clear)
        seconds = f"{median(one['seconds'] for one in own):.0f}"
        ratios = (f"{median(shares):.2f}", f"{max(shares):.2f}") if shares else ("", "")
        rows.append((tool, str(len(own)), seconds, *ratios, f"{wrong} of {len(near)}", f"{agree} of {len(clear)}"))
    print_table(("tool", "pairs", "median seconds", "median ratio", "worst ratio", "wrong", "agrees with gold"), rows)


def _is_clear(found: Mapping[str, Any] | None) -> bool:
    if found is None or not found["ratio"] or found["faster"] == "neither":
        return False
    return bool(max(found["ratio"], 1 / found["ratio"]) >= 1.10)


def _row(rows: Mapping[str, Mapping[str, Any]], runner: str) -> Mapping[str, Any]:
    """Find a runner by what was typed: a class in a file has its own name."""
    label = runner.replace(LARGER, "larger")
    return rows[label]


def _values(document: Mapping[str, Any]) -> list[float]:
    (benchmark,) = document["benchmarks"]
    return [value for run in benchmark["runs"] for value in run.get("values", ())]


def _said(first: float, second: float, *, sure: bool) -> dict[str, Any]:
    faster = ("first" if first < second else "second") if sure else "neither"
    return {"faster": faster, "ratio": second / first}


def _quoted(word: str) -> str:
    return f"'{word}'"


if __name__ == "__main__":
    main()
