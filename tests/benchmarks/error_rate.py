"""How often a verdict is right: the same thing twice, and differences of a known size, through the whole program.

    python -m tests.benchmarks.error_rate [--output DIR] [--repeats N] [--extra PERCENT …] [--load KIND …]

A runner races against one that does PERCENT more of the same tasks; with 0 it is the same runner under a second name.
Every repeat is a run of its own with its own seed. Results are kept in DIR/runs.jsonl: the same command goes on where
it ended, and DIR/table.md has the table. Budget: no more than 1 of 100 false winners, 4 of 200; no winner of the wrong
sign; 93 % of the intervals hold the true ratio. The defaults take some hours; `--repeats 1` about four minutes.
"""

import argparse
import contextlib
import io
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS, Stored, load

TASKS = 200
PLAIN = "threading"
LARGER = str(Path(__file__).with_name("larger.py"))
LOADS = ("none", "steady", "square")


def main() -> None:
    """Measure what is missing and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("reports/error-rate"), help="default: reports/error-rate")
    parser.add_argument("--repeats", type=int, default=100, help="runs of each kind; default: 100")
    parser.add_argument("--extra", type=int, nargs="+", default=[0, 2, 5, 10, 30], help="default: 0 2 5 10 30")
    parser.add_argument("--load", nargs="+", choices=LOADS, default=["none"], help="default: none")
    parser.add_argument("--preset", default="default", help="default: default")
    parser.add_argument("--buffers", type=int, default=60, help="size of a task; default: 60, a value of about 0.2 s")
    asked = parser.parse_args()
    stored = Stored(asked.output / "runs.jsonl")
    for number in range(asked.repeats):
        for kind in asked.load:
            for extra in asked.extra:
                key = f"{asked.preset}/{kind}/{extra}/{number}"
                if key not in stored.results:
                    with load(kind):
                        stored.add(key, load=kind, extra=extra, **one_run(extra, number, asked.preset, asked.buffers))
    with io.StringIO() as text:
        with contextlib.redirect_stdout(text):
            print_results(list(stored.results.values()))
        (asked.output / "table.md").write_text(text.getvalue(), encoding="utf-8")
        print(text.getvalue(), end="")


def one_run(extra: int, seed: int, preset: str, buffers: int) -> dict[str, Any]:
    """Compare once; return the outcome, the interval of the ratio and what it cost."""
    rival = f"{LARGER}:Larger[extra={TASKS * extra // 100}]" if extra else f"{LARGER}:Larger"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "run")
        command = [*COMPARATORS, "run", "hash", "--runner", PLAIN, "--runner", rival, "--workers", "2"]
        command += ["--phase", "warm", "--preset", preset, "--seed", str(seed), "--output", str(output)]
        command += ["--param", f"count={TASKS}", "--param", f"buffers={buffers}"]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        seconds = time.perf_counter() - started
        document = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))
    return {"seconds": seconds, **judged(document, extra)}


def judged(document: Mapping[str, Any], extra: int) -> dict[str, Any]:
    """Say whether a verdict is right, and whether the interval of the ratio holds the true one."""
    (contest,) = document["contests"]
    rows = {row["runner"]["name"]: row for row in contest["standings"]}
    winners = {label.partition("[")[0] for label in contest["winners"]}
    outcome = contest["outcome"]
    if outcome == "win":
        wrong = "false winner" if extra == 0 else "wrong winner"
        outcome = "right winner" if winners == {PLAIN} and extra else wrong if winners & {PLAIN, "larger"} else "win"
    interval = rows["larger"]["to_winner"]
    if interval and contest["winners"][:1] != [PLAIN]:  # the ratio to the plain one is the other way round
        other = rows[PLAIN]["to_winner"]
        interval = {"low": 1 / other["high"], "high": 1 / other["low"]} if other and other["low"] else None
    low, high = (interval or {}).get("low"), (interval or {}).get("high")
    covered = None if low is None or high is None or low == high else low <= 1 + extra / 100 <= high
    noise = (document["control"] or {}).get("noise")
    return {
        "outcome": outcome,
        "blocks": contest["blocks"],
        "low": low,
        "high": high,
        "covered": covered,
        "noise": noise,
    }


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each load and difference."""
    print("Verdicts on differences that are known. False winners: at most 1 of 100, 4 of 200.\n")
    headings = (
        "load, difference",
        "runs",
        "right",
        "false or wrong",
        "tie",
        "unresolved",
        "covered",
        "blocks",
        "seconds",
    )
    print_table(headings, list(_rows(results)))


def _rows(results: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for kind in LOADS:
        for extra in sorted({one["extra"] for one in results}):
            some = [one for one in results if (one["load"], one["extra"]) == (kind, extra)]
            if not some:
                continue
            found = Counter(one["outcome"] for one in some)
            held = [one["covered"] for one in some if one["covered"] is not None]
            yield (
                f"{kind}, {extra} %",
                str(len(some)),
                str(found["right winner"] if extra else len(some) - found["false winner"]),
                str(found["false winner"] + found["wrong winner"]),
                str(found["tie"]),
                str(found["unresolved"]),
                f"{sum(held)} of {len(held)}",
                f"{median(one['blocks'] for one in some):g}",
                f"{median(one['seconds'] for one in some):.0f}",
            )


if __name__ == "__main__":
    main()
