"""How often a verdict is right: the same thing twice, and differences of a known size, through the whole program.

    python -m tests.benchmarks.error_rate [--output DIR] [--repeats N] [--extra PERCENT …] [--load KIND …] [--rivals N]

A runner races against one that does PERCENT more of the same tasks; with 0 it is the same runner under a second name,
with more rivals under several. A run has ten comparisons and a seed of its own, and the plain loop takes part, too.
Results are kept in DIR/runs.jsonl: the same command goes on where it ended, and DIR/table.md has the table. The load
`other` starts nothing: it is for a host on which somebody else works. Budget: no more than 1 of 100 false winners, 4 of
200; no winner of the wrong sign; 93 % of the intervals hold the true ratio; beside the load `square` an interval of
differences within blocks is at most 0.6 times as wide as one that takes the samples for independent. A run takes two to
four minutes.
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

import numpy as np
from scipy import stats

from comparators.journal.journal import load as load_journal
from comparators.journal.records import Run
from tests.benchmarks.interleaved import print_table
from tests.benchmarks.stored import COMPARATORS, LOADS, Stored, load

TASKS = 200
COMPARISONS = 10
PLAIN = "threading"
LARGER = str(Path(__file__).with_name("larger.py")) + ":Larger"


def main() -> None:
    """Measure what is missing and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("reports/error-rate"), help="default: reports/error-rate")
    parser.add_argument("--repeats", type=int, default=10, help="runs of ten comparisons of each kind; default: 10")
    parser.add_argument("--extra", type=int, nargs="+", default=[0, 2, 5, 10, 30], help="default: 0 2 5 10 30")
    parser.add_argument("--load", nargs="+", choices=LOADS, default=["none"], help="default: none")
    parser.add_argument("--rivals", type=int, default=1, help="so many beside the plain one; default: 1")
    parser.add_argument("--preset", default="default", help="default: default")
    parser.add_argument("--buffers", type=int, default=15, help="size of a task; default: 15, 50 ms for all of them")
    asked = parser.parse_args()
    stored = Stored(asked.output / "runs.jsonl")
    for number in range(asked.repeats):
        for kind in asked.load:
            for extra in asked.extra:
                key = f"{asked.preset}/{kind}/{extra}/{asked.rivals}/{number}"
                if key not in stored.results:
                    with load(kind):
                        found = one_run(extra, asked.rivals, number, asked.preset, asked.buffers)
                    stored.add(key, load=kind, extra=extra, rivals=asked.rivals, **found)
    with io.StringIO() as text:
        with contextlib.redirect_stdout(text):
            print_results(list(stored.results.values()))
        (asked.output / "table.md").write_text(text.getvalue(), encoding="utf-8")
        print(text.getvalue(), end="")


def one_run(extra: int, rivals: int, seed: int, preset: str, buffers: int) -> dict[str, Any]:
    """Compare once; return what the verdicts are worth and what they cost."""
    tasks = TASKS * extra // 100
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "run")
        command = [
            *COMPARATORS,
            "run",
            *(f"hash[count={TASKS + more},buffers={buffers}]" for more in range(COMPARISONS)),
        ]
        command += ["--runner", PLAIN, "--workers", "2", "--phase", "warm", "--preset", preset, "--seed", str(seed)]
        for twin in range(rivals):
            command += ["--runner", f"{LARGER}[extra={tasks},twin={twin}]"]
        started = time.perf_counter()
        subprocess.run([*command, "--output", str(output)], check=True, stdin=subprocess.DEVNULL, capture_output=True)
        seconds = time.perf_counter() - started
        document = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))
        run = load_journal(output)
    noise = (document["control"] or {}).get("noise")
    verdicts = [{**judged(one, tasks), "narrowed": narrowed(run, one["workload"])} for one in document["comparisons"]]
    return {"seconds": seconds, "noise": noise, "verdicts": verdicts}


def narrowed(run: Run, workload: str) -> float | None:
    """Return how wide the interval of a comparison is when its samples are paired by block, as a share of Welch's."""
    lanes: dict[str, dict[int, float]] = {}
    for one in run.samples:
        if one.stage == "race" and one.cell.workload.label == workload and one.cell.runner.name != "serial":
            lanes.setdefault(one.cell.runner.label, {})[one.block] = float(np.log(one.seconds))
    rivals = [lane for label, lane in lanes.items() if label != PLAIN]
    plain, rival = lanes.get(PLAIN, {}), rivals[0] if rivals else {}
    blocks = sorted(plain.keys() & rival.keys())
    if len(blocks) < 2:
        return None
    first, second = (np.array([lane[block] for block in blocks]) for lane in (plain, rival))
    paired = stats.ttest_rel(first, second).confidence_interval()
    unpaired = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    return float((paired.high - paired.low) / (unpaired.high - unpaired.low))


def judged(comparison: Mapping[str, Any], tasks: int) -> dict[str, Any]:
    """Say whether a verdict is right, and whether the interval of the ratio holds the true one.

    Args:
        comparison: of `verdicts.json`.
        tasks: that the rivals did a second time.
    """
    rows = {row["runner"]["label"]: row for row in comparison["standings"]}
    rival = next(label for label in rows if label.startswith("larger"))
    outcome = comparison["outcome"]
    if outcome == "win" and comparison["winners"] != ["serial"]:
        outcome = (
            "false winner" if tasks == 0 else "right winner" if comparison["winners"] == [PLAIN] else "wrong winner"
        )
    interval = rows[rival]["to_winner"]
    if comparison["winners"][:1] != [PLAIN]:  # the ratio to the plain one is the other way round
        interval = turned(rows[PLAIN]["to_winner"]) if comparison["winners"][:1] == [rival] else None
    low, high = (interval or {}).get("low"), (interval or {}).get("high")
    truth = 1 + tasks / int(comparison["workload"].partition("count=")[2].partition(",")[0])
    covered = None if low is None or high is None or low == high else low <= truth <= high
    return {"outcome": outcome, "blocks": comparison["blocks"], "low": low, "high": high, "covered": covered}


def turned(interval: Mapping[str, Any] | None) -> dict[str, float] | None:
    """Return the interval of the ratio's inverse."""
    if not interval or not interval["low"]:
        return None
    return {"low": 1 / interval["high"], "high": 1 / interval["low"]}


def print_results(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each load, number of rivals and difference."""
    print("Verdicts on differences that are known. False winners: at most 1 of 100, 4 of 200.\n")
    headings = ("load, rivals, difference", "comparisons", "right", "false or wrong", "tie", "unresolved", "covered")
    print_table((*headings, "blocks", "noise", "paired ÷ not", "seconds"), list(_rows(results)))


def _rows(results: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    kinds = {(LOADS.index(one["load"]), one["rivals"], one["extra"]) for one in results}
    for place, rivals, extra in sorted(kinds):
        runs = [one for one in results if (one["load"], one["rivals"], one["extra"]) == (LOADS[place], rivals, extra)]
        some = [verdict for one in runs for verdict in one["verdicts"]]
        found = Counter(one["outcome"] for one in some)
        held = [one["covered"] for one in some if one["covered"] is not None]
        widths = [one["narrowed"] for one in some if one.get("narrowed") is not None]
        noise = [one["noise"] for one in runs if one["noise"] is not None]
        yield (
            f"{LOADS[place]}, {rivals}, {extra} %",
            str(len(some)),
            str(found["right winner"] if extra else len(some) - found["false winner"]),
            str(found["false winner"] + found["wrong winner"]),
            str(found["tie"]),
            str(found["unresolved"]),
            f"{sum(held)} of {len(held)}",
            f"{median(one['blocks'] for one in some):g}",
            f"{median(noise):.1%}" if noise else "",
            f"{median(widths):.2f}" if widths else "",
            f"{sum(one['seconds'] for one in runs) / len(some):.0f}",
        )


if __name__ == "__main__":
    main()
