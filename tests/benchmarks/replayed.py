"""What the rules of several tools say of the same recorded noise.

    python -m tests.benchmarks.replayed [--output DIR] [--blocks N] [--preset NAME] [--buffers N]

First a trace is recorded: N blocks of the plain loop and of the same threads under four names, in random order, in
fresh processes (DIR/run is an ordinary run directory; the same command goes on where it ended; DIR/trace.csv is the
trace). Then each rule is asked, again and again along the trace, which of two is faster: two that are equal, and the
same two with the second made slower by a known share. Tools that measure in turn get values of the same blocks, the
others the values of one after those of the other. DIR/table.md and DIR/figure.png show error rate and evaluations. The
default of 300 blocks takes about 15 minutes.
"""

import argparse
import contextlib
import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from comparators.verdict.sequential import Decision

from comparators.campaign.campaign import measure
from comparators.journal.records import Run
from comparators.plan.build import make_plan
from comparators.request.request import Request
from tests.benchmarks.interleaved import print_table
from tests.benchmarks.rules import RULES, Rule

LARGER = str(Path(__file__).with_name("larger.py"))
SHARES = (0.0, 0.02, 0.05, 0.10, 0.30)
TASKS = 200
TWINS = 3
STEP = 3
"""Blocks from one start along the trace to the next."""

Trace = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Score:
    """How a rule did at one true share: how often right, wrong, neither, and its evaluations on average."""

    rule: str
    share: float
    asked: int
    right: int
    wrong: int
    evaluations: float


def main() -> None:
    """Record what is missing, replay and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("reports/replayed"), help="default: reports/replayed")
    parser.add_argument("--blocks", type=int, default=300, help="default: 300")
    parser.add_argument("--preset", default="default", help="default: default")
    parser.add_argument("--buffers", type=int, default=15, help="size of a task; default: 15")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    trace = record(asked.output, asked.blocks, asked.preset, asked.buffers)
    write_trace(trace, asked.output / "trace.csv")
    labels = [label for label in trace if label != "serial"]
    pairs = list(itertools.combinations(labels, 2))
    scores = [score for rule in RULES for share in SHARES if (score := score_of(rule, share, trace, pairs)) is not None]
    with io.StringIO() as text:
        with contextlib.redirect_stdout(text):
            print_scores(scores)
        (asked.output / "table.md").write_text(text.getvalue(), encoding="utf-8")
        print(text.getvalue(), end="")
    draw(scores, asked.output / "figure.png")


def record(output: Path, blocks: int, preset: str, buffers: int) -> Trace:
    """Measure runners that are equal, block by block; nothing ends the race but the number of blocks."""
    request = Request(
        workloads=("hash",),
        runners=("threading", *(f"{LARGER}:Larger[twin={number}]" for number in range(TWINS))),
        workers=(2,),
        parameters=(("count", str(TASKS)), ("buffers", str(buffers))),
        preset=preset,
        phases=("warm",),
        seed=1,
    )
    plan = make_plan(request)
    settings = replace(plan.settings, looks=(blocks,), drop_above=1e9, certain_above=1e9, maximum_time_s=None)
    return trace_of(measure(replace(plan, settings=settings), output / "run", undecided))


def undecided(
    blocks: Sequence[Mapping[str, float]],
    remaining: Sequence[str],
    candidates: int,
    margin: float,
    looks: Sequence[int],
    *,
    last: bool = False,
) -> Decision:
    """Keep everybody in the race to its end."""
    return Decision("unresolved" if last else None, tuple(remaining), None)


def trace_of(run: Run) -> Trace:
    """Return the seconds of each runner, block by block, of blocks that all of them have."""
    found: dict[str, dict[int, float]] = {}
    for sample in run.samples:
        if sample.stage == "race":
            found.setdefault(sample.cell.runner.label, {})[sample.block] = sample.seconds
    common = sorted(set.intersection(*(set(values) for values in found.values())))
    return {label: [values[block] for block in common] for label, values in found.items()}


def write_trace(trace: Trace, path: Path) -> None:
    """Write the trace as a table, a row per block."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["block", *trace])
        writer.writerows([number, *row] for number, row in enumerate(zip(*trace.values(), strict=True)))


def score_of(rule: Rule, share: float, trace: Trace, pairs: Sequence[tuple[str, str]]) -> Score | None:
    """Ask a rule along the trace, each of a pair in both places; the second is slower by the share."""
    answers = []
    for one, other in pairs:
        for first, second in ((one, other), (other, one)):
            for fast, slow in _windows(rule, trace[first], trace[second]):
                answers.append(rule.decide(fast, [value * (1 + share) for value in slow]))
    if not answers:
        return None
    named = [answer.faster for answer in answers]
    right = named.count("neither") if share == 0 else named.count("first")
    wrong = len(named) - named.count("neither") if share == 0 else named.count("second")
    cost = sum(answer.evaluations for answer in answers) / len(answers)
    return Score(rule.name, share, len(answers), right, wrong, cost)


def _windows(rule: Rule, first: Sequence[float], second: Sequence[float]) -> Iterator[tuple[list[float], list[float]]]:
    """Yield values of both: of the same blocks, or those of the second after those of the first."""
    later = 0 if rule.interleaved else rule.needs
    for start in range(0, len(first) - rule.needs - later + 1, STEP):
        yield list(first[start : start + rule.needs]), list(second[start + later : start + later + rule.needs])


def print_scores(scores: Sequence[Score]) -> None:
    """Print a row for each rule: wrong answers at each share, and those that find it."""
    print("The same recorded noise under each rule: wrong answers, and right ones, by the true difference.\n")
    headings = (
        "rule",
        "evaluations",
        *(f"wrong at {share:.0%}" for share in SHARES),
        *(f"found at {s:.0%}" for s in SHARES[1:]),
    )
    rows = []
    for name in dict.fromkeys(score.rule for score in scores):
        own = {score.share: score for score in scores if score.rule == name}
        cells = [f"{own[share].wrong / own[share].asked:.1%}" for share in SHARES]
        cells += [f"{own[share].right / own[share].asked:.1%}" for share in SHARES[1:]]
        rows.append((name, f"{own[0.0].evaluations:.0f}", *cells))
    print_table(headings, rows)


def draw(scores: Sequence[Score], path: Path) -> None:
    """Draw false winners of equal things against evaluations, a point per rule."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import ScalarFormatter

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    equal = [score for score in scores if score.share == 0]
    for score in equal:
        place = (score.evaluations, 100 * score.wrong / score.asked)
        axes.plot(*place, "o")
        axes.annotate(score.rule, place, textcoords="offset points", xytext=(0, 6), fontsize=8, ha="center")
    evaluations = [score.evaluations for score in equal]
    axes.set(xscale="log", xlim=(min(evaluations) / 2, max(evaluations) * 2), ylim=(-4, 108))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.set(xlabel="evaluations of the work, logarithmic", ylabel="equal things told apart, %")
    axes.set_title("Lower left is better: the same recorded noise under each rule", fontsize=10)
    axes.grid(alpha=0.3)
    FigureCanvasAgg(figure).print_png(str(path))


if __name__ == "__main__":
    main()
