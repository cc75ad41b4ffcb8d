"""All samples: one strip per runner, each mark one fresh process."""

from collections.abc import Sequence
from statistics import median

from comparators.journal.records import Sample
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.facts import Facts, Measured, Topic
from comparators.report.figures.picture import Picture
from comparators.report.figures.rows import MOST_ROWS, ROW, Panel, Row, draw_footnote, draw_panel
from comparators.report.figures.style import MODEL_COLOURS
from comparators.report.figures.text_format import brief, describe, names
from comparators.report.table_rows import STATUSES
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import plural, seconds

__all__ = ["draw_samples"]

_SUBTITLE = (
    "Each mark is one fresh process. Filled: the race, its first block at the top of the row. Hollow: the pilot. "
    "Bar: median of the race. Triangle: stopped there."
)
_BAND = ROW * 0.7


def draw_samples(facts: Facts, topic: Topic, verdicts: Sequence[Verdict], note: str) -> Picture | None:
    """Draw the samples of one workload, a panel per phase and Python; None where there are none."""
    shown = [verdict for verdict in verdicts if _times(facts, verdict)]
    if not shown:
        return None
    canvas = Canvas()
    title = _finding(facts, shown[0])
    bottom = canvas.heading(title, f"{_SUBTITLE} {note}".strip())
    headings = [facts.where(shown[0]) if len(shown) > 1 else "", *(_finding(facts, one) for one in shown[1:])]
    for verdict, heading in zip(shown, headings, strict=True):
        bottom = _panel(canvas, bottom + 8, facts, verdict, heading)
    alt = f"Strip plot of the seconds of every sample on {topic.workload}. "
    alt += " ".join(f"{_finding(facts, verdict)}. {_medians(facts, verdict)}" for verdict in shown)
    return canvas.finish(bottom, name=f"samples-{topic.slug}", title=title, alt=alt, workload=topic.workload)


def _finding(facts: Facts, verdict: Verdict) -> str:
    """Say whether the samples of the two fastest runners of the race lie apart."""
    place = f"On {brief(verdict.workload)}" + (f" ({where})" if (where := facts.where(verdict)) else "")
    raced = {one.runner.label: [sample.seconds for sample in facts.of(one.cell).race] for one in verdict.standings}
    fastest = sorted((label for label in raced if raced[label]), key=lambda label: median(raced[label]))[:2]
    match fastest:
        case [first, second] if max(raced[first]) < min(raced[second]):
            return f"{place} every race sample of {brief(first)} is faster than any of {brief(second)}"
        case [first, second]:
            return f"{place} the race samples of {brief(first)} and {brief(second)} overlap"
        case [only]:
            return f"{place} only {brief(only)} raced, with {plural(len(raced[only]), 'sample')}"
    return f"{place} no runner raced"


def _times(facts: Facts, verdict: Verdict) -> list[float]:
    found = [facts.of(one.cell) for one in verdict.standings]
    return [sample.seconds for one in found for sample in (*one.race, *one.pilot)] + [
        failure.limit_s for one in found for failure in one.capped if failure.limit_s is not None
    ]


def _panel(canvas: Canvas, top: float, facts: Facts, verdict: Verdict, heading: str) -> float:
    taking_part = [one for one in verdict.standings if one.status != "not-applicable"]
    standings = taking_part[:MOST_ROWS]
    rows = [_row(standing, facts.of(standing.cell), verdict) for standing in standings]
    panel = draw_panel(canvas, top, rows, _times(facts, verdict), heading=heading, value_heading="median")
    blocks = 1 + max((sample.block for one in standings for sample in facts.of(one.cell).race), default=0)
    for standing, middle in zip(standings, panel.middles, strict=True):
        _strip(canvas, panel, middle, standing, facts.of(standing.cell), blocks)
    return _footnote(canvas, panel.bottom, verdict, len(taking_part) - len(standings))


def _row(standing: Standing, measured: Measured, verdict: Verdict) -> Row:
    value, note = "–", ""
    if measured.race:
        value = seconds(median(sample.seconds for sample in measured.race))
    elif measured.pilot:
        value = f"≈ {seconds(median(sample.seconds for sample in measured.pilot))}"
    elif not measured.capped:
        said = standing.reason or STATUSES[standing.status]
        note = f"failed: {said}" if standing.status == "failed" else said
    workers = "" if standing.cell is None else f"{standing.cell.workers:,}"
    return Row(standing.runner.label, standing.runner.model, workers, value, describe(standing, verdict), note)


def _strip(canvas: Canvas, panel: Panel, middle: float, standing: Standing, measured: Measured, blocks: int) -> None:
    colour = MODEL_COLOURS[standing.runner.model]
    at = panel.scale.at

    def height(block: int) -> float:
        return middle + _BAND * ((block + 0.5) / blocks - 0.5)

    if measured.race:
        xs = [at(sample.seconds) for sample in measured.race]
        ys = [height(sample.block) for sample in measured.race]
        canvas.marks(xs, ys, colour=colour, size=3.6, alpha=0.85, hover=_hover("race", measured.race))
        x = at(median(sample.seconds for sample in measured.race))
        canvas.line((x, x), (middle - ROW * 0.42, middle + ROW * 0.42), width=1.6)
    if measured.pilot:
        xs = [at(sample.seconds) for sample in measured.pilot]
        canvas.marks(
            xs, [middle] * len(xs), colour=colour, size=4.5, hollow=True, hover=_hover("pilot", measured.pilot)
        )
    for failure in measured.capped[:20]:
        if failure.limit_s is not None:
            words = f"stopped at {seconds(failure.limit_s)}"
            canvas.marks((at(failure.limit_s),), (height(failure.block),), marker=">", colour=colour, hover=words)


def _hover(stage: str, samples: Sequence[Sample]) -> str:
    times = [sample.seconds for sample in samples]
    return f"{plural(len(times), 'sample')} of the {stage}, {seconds(min(times))} to {seconds(max(times))}"


def _footnote(canvas: Canvas, bottom: float, verdict: Verdict, hidden: int) -> float:
    refused = [one.runner.label for one in verdict.standings if one.status == "not-applicable"]
    return draw_footnote(canvas, bottom, hidden, f"Not applicable: {names(refused)}." if refused else "")


def _medians(facts: Facts, verdict: Verdict) -> str:
    raced = [(one.runner.label, facts.of(one.cell).race) for one in verdict.standings if facts.of(one.cell).race]
    parts = [f"{label} {seconds(median(sample.seconds for sample in race))}" for label, race in raced[:6]]
    more = f" and {len(raced) - 6} more" if len(raced) > 6 else ""
    return f"Medians of the race: {', '.join(parts)}{more}." if parts else "No sample of a race."
