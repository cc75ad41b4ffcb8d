"""What each worker count gives: gain over the plain loop by count, a line per runner."""

from collections.abc import Mapping, Sequence

from comparators.report.figures.drawing import Drawing, label_ends
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import FAINT, INK, MARKERS, MODEL_COLOURS, SMALL
from comparators.report.lessons import brief, place_of, positive, time_of, workers_lesson
from comparators.verdict.analysis import Analysis, CountResult, Verdict
from comparators.verdict.text_format import count, rough

__all__ = ["draw_workers"]

_MOST_LINES = 6
"""Runners that have a line, the fastest ones."""

_WIDE = 8
"""Counts that differ by more than this factor have logarithmic axes."""

_FEWEST_FOR_CAPACITY = 2
"""Counts of parallel capacity that make a line."""

Points = list[tuple[float, float]]


def draw_workers(analysis: Analysis, verdict: Verdict, name: str) -> Picture | None:
    """Draw the gain by worker count; None without two counts of one runner."""
    lines = _lines(verdict)
    if not lines:
        return None
    title = f"{place_of(verdict, analysis)}: {workers_lesson(verdict)}"
    drawing = Drawing(title, _subtitle(verdict), height=210, right=122, bottom=40)
    axes = drawing.axes
    xs = sorted({x for points in lines.values() for x, _ in points})
    ys = [y for points in lines.values() for _, y in points]
    wide = xs[-1] / xs[0] > _WIDE
    _limits(drawing, xs, ys, wide=wide)
    ideal = _reference(drawing, analysis, xs, wide=wide) if verdict.loop_s else []
    ends = []
    for runner, points in lines.items():
        results = [one for one in verdict.counts if one.runner == runner]
        _line(drawing, results, points)
        ends.append((*points[-1], brief(runner, 18), MODEL_COLOURS[results[0].model]))
    _mark_choice(drawing, verdict, lines)
    label_ends(axes, [*ends, *ideal])
    return drawing.finish(name=name, alt=_alt(title, lines), comparison=verdict.comparison)


def _subtitle(verdict: Verdict) -> str:
    base = "the plain loop" if verdict.loop_s else "the smallest count"
    ringed = " Ringed: enough." if verdict.workers else ""
    return f"Times faster than {base} by worker count, with intervals.{ringed}"


def _lines(verdict: Verdict) -> dict[str, Points]:
    """Return count and gain of every runner with several counts, the fastest runners, fastest first."""
    times: dict[str, dict[int, float]] = {}
    for one in verdict.counts:
        if (time := time_of(one)) and one.workers > 0:
            times.setdefault(one.runner, {})[one.workers] = time
    several = {runner: found for runner, found in times.items() if len(found) > 1}
    fastest = sorted(several, key=lambda runner: min(several[runner].values()))[:_MOST_LINES]
    return {runner: _gains(verdict, runner, several[runner]) for runner in fastest}


def _gains(verdict: Verdict, runner: str, times: Mapping[int, float]) -> Points:
    told = {one.workers: one.gain.ratio for one in verdict.counts if one.runner == runner and one.gain}
    base = positive(verdict.loop_s) or times[min(times)]
    return [(workers, positive(told.get(workers)) or base / time) for workers, time in sorted(times.items())]


def _limits(drawing: Drawing, xs: Sequence[float], ys: Sequence[float], *, wide: bool) -> None:
    axes = drawing.axes
    shown = xs if len(xs) <= 10 else [xs[round(place * (len(xs) - 1) / 9)] for place in range(10)]
    if wide:
        axes.set_xscale("log", base=2)
        axes.set_xlim(xs[0] / 1.15, xs[-1] * 1.15)
        axes.set_yscale("log", base=2)
        axes.set_ylim(min(*ys, 1) / 1.25, max(*ys, 1) * 1.45)
        axes.set_yticks(_doublings(min(*ys, 1), max(*ys, 1)))
    else:
        axes.set_xlim(xs[0] - 0.04 * (xs[-1] - xs[0]), xs[-1] + 0.04 * (xs[-1] - xs[0]))
        axes.set_ylim(0, max(*ys, 1) * 1.3)
    axes.set_xticks(shown, [count(int(one)) for one in shown])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.grid(axis="y", linewidth=0.6, alpha=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.set_xlabel("workers")


def _doublings(low: float, high: float) -> list[float]:
    """Return at most seven powers of two between two values, or around them."""
    powers = [2.0**power for power in range(-20, 21) if low / 1.5 <= 2.0**power <= high * 1.5]
    step = -(-len(powers) // 7) or 1
    return powers[::step]


def _reference(
    drawing: Drawing, analysis: Analysis, xs: Sequence[float], *, wide: bool
) -> list[tuple[float, float, str, str]]:
    """Draw the ideal and the parallel capacity of the host; return what is to be labelled at the right."""
    axes = drawing.axes
    low, high = axes.get_ylim()
    axes.plot((xs[0], xs[-1]), (xs[0], xs[-1]), color=FAINT, linewidth=1, linestyle=(0, (5, 3)), zorder=1)
    labels = []
    if xs[-1] <= high:
        labels.append((xs[-1], xs[-1], "ideal", FAINT))
    else:
        at = high / (1.12 if wide else 1.06)
        axes.annotate(
            "ideal", (at, at), xytext=(9, -3), textcoords="offset points", fontsize=SMALL, color=FAINT, va="center"
        )
    capacities = [(float(x), y) for x, y in _capacities(analysis) if xs[0] <= x <= xs[-1] and low <= y <= high]
    if len(capacities) >= _FEWEST_FOR_CAPACITY:
        last = capacities[-1]
        capacities += [(xs[-1], last[1])] if last[0] < xs[-1] else []
        axes.plot(*zip(*capacities, strict=True), color=INK, linewidth=1.2, linestyle=(0, (1, 2)), zorder=1)
        labels.append((*capacities[-1], "CPUs of this host", FAINT))
    return labels


def _capacities(analysis: Analysis) -> list[tuple[int, float]]:
    found = [(workers, speedup) for workers, speedup in analysis.capacities if workers > 0 and positive(speedup)]
    return sorted({1: 1.0, **dict(found)}.items()) if found else []


def _line(drawing: Drawing, results: Sequence[CountResult], points: Points) -> None:
    colour, marker = MODEL_COLOURS[results[0].model], MARKERS[results[0].model]
    drawing.axes.plot(*zip(*points, strict=True), color=colour, marker=marker, markersize=5.5, linewidth=1.8, zorder=3)
    for one in results:
        low, high = (positive(one.gain.low), positive(one.gain.high)) if one.gain else (None, None)
        if low and high and time_of(one):
            drawing.axes.plot((one.workers, one.workers), (low, high), color=colour, linewidth=1.2, zorder=2)


def _mark_choice(drawing: Drawing, verdict: Verdict, lines: Mapping[str, Points]) -> None:
    """Ring the count that is enough."""
    chosen = verdict.workers.choice if verdict.workers else ""
    best = next((one.runner for one in verdict.models if one.status == "best"), "")
    for x, y in lines.get(best, ()):
        if f"{x:.0f}" == chosen:
            drawing.axes.plot(
                (x,), (y,), marker="o", markersize=13, markerfacecolor="none", markeredgecolor=INK, zorder=4
            )


def _alt(title: str, lines: Mapping[str, Points]) -> str:
    parts = [
        f"{brief(runner)}: {', '.join(f'{rough(y)} times with {count(int(x))}' for x, y in points)}"
        for runner, points in lines.items()
    ]
    return f"Line chart of gain by worker count. {title}. {'; '.join(parts)}."
