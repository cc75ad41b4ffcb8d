"""The winner map: every runner on every workload, as times faster than serial."""

from collections.abc import Iterator, Sequence

from comparators.plan.model import RunnerSpec
from comparators.report.figures.canvas import Canvas
from comparators.report.figures.facts import Facts
from comparators.report.figures.letters import shorten, wide
from comparators.report.figures.map_cells import CELL_HEIGHT, draw_cell, kind_of
from comparators.report.figures.map_legend import draw_legend
from comparators.report.figures.picture import Picture
from comparators.report.figures.style import MODEL_COLOURS, TEXT, WIDTH
from comparators.report.figures.text_format import finding, plain, summarise
from comparators.runner import MODELS
from comparators.verdict.model import Verdict
from comparators.verdict.text_format import plural

__all__ = ["draw_winner_maps"]

_COLUMNS = 10
_MOST_PAGES = 6
_MOST_ROWS = 32
_LEFT, _RIGHT = 146.0, WIDTH - 40.0
_SLANT = 60.0
"""Of the column heads, in degrees; the room right of the last column is what half a head of the widest takes."""
_WIDEST_CELL = 62.0
_WITHOUT_SERIAL = "Where serial has no time: seconds, their colour against the winner."
_SUBTITLE = "Numbers: times faster than serial on the same total work; below 1 is slower."


def draw_winner_maps(facts: Facts, verdicts: Sequence[Verdict], note: str) -> Iterator[Picture]:
    """Draw a map for each phase, so that warm and cold never mix, in pages of ten comparisons."""
    for phase in facts.phases:
        comparisons = _by_workload(verdicts, phase)
        pages = [comparisons[start : start + _COLUMNS] for start in range(0, len(comparisons), _COLUMNS)]
        title = summarise(comparisons)
        if len(facts.phases) > 1 and len(comparisons) > 1:
            title = f"{phase.capitalize()}: {title}"
        for number, page in enumerate(pages[:_MOST_PAGES], start=1):
            name = "winner-map" if phase == facts.phases[0] else f"winner-map-{phase}"
            name += f"-{number}" if number > 1 else ""
            yield _page(facts, page, name, title, _remark(number, pages, comparisons, note))


def _by_workload(verdicts: Sequence[Verdict], phase: str) -> list[Verdict]:
    """Return the comparisons of a phase with those of one workload side by side."""
    order = {workload: place for place, workload in enumerate(dict.fromkeys(one.workload for one in verdicts))}
    return sorted((one for one in verdicts if one.phase == phase), key=lambda one: order[one.workload])


def _remark(number: int, pages: Sequence[Sequence[Verdict]], comparisons: Sequence[Verdict], note: str) -> str:
    if len(pages) == 1:
        return note
    drawn = min(len(pages), _MOST_PAGES)
    page = f"Map {number} of {drawn}."
    if len(pages) > _MOST_PAGES and number == _MOST_PAGES:
        page += f" {plural(len(comparisons) - drawn * _COLUMNS, 'more comparison')} not drawn."
    return f"{page} {note}".strip()


def _page(facts: Facts, comparisons: Sequence[Verdict], name: str, title: str, remark: str) -> Picture:
    canvas = Canvas()
    runners = _runners(comparisons)
    hidden = len(runners) - _MOST_ROWS
    if hidden > 0:
        remark = f"{remark} {plural(hidden, 'more runner')} not drawn.".strip()
    runners = runners[:_MOST_ROWS]
    subtitle = [_SUBTITLE, _WITHOUT_SERIAL if any(map(_lacks_serial, comparisons)) else "", remark]
    top = canvas.heading(title, " ".join(filter(None, subtitle)))
    width = min(_WIDEST_CELL, (_RIGHT - _LEFT) / len(comparisons))
    top = _column_heads(canvas, facts, comparisons, width, top)
    bottom = _grid(canvas, comparisons, runners, width, top)
    kinds = {
        kind_of(one, comparison) for comparison in comparisons for one in comparison.standings if one.runner in runners
    }
    bottom = draw_legend(canvas, bottom + 14, kinds)
    alt = f"Map of {plural(len(comparisons), 'comparison')} against {plural(len(runners), 'runner')}. {remark} "
    alt += " ".join(f"{finding(comparison, where=facts.where(comparison))}." for comparison in comparisons)
    return canvas.finish(bottom, name=name, title=title, alt=alt)


def _lacks_serial(comparison: Verdict) -> bool:
    timed = [one for one in comparison.standings if one.seconds is not None]
    return bool(timed) and all(one.to_serial is None for one in timed)


def _runners(comparisons: Sequence[Verdict]) -> list[RunnerSpec]:
    """Return the runners of all comparisons, model by model."""
    found = {one.runner.label: one.runner for comparison in comparisons for one in comparison.standings}
    return sorted(found.values(), key=lambda runner: (MODELS.index(runner.model), runner.label))


def _column_heads(canvas: Canvas, facts: Facts, comparisons: Sequence[Verdict], width: float, top: float) -> float:
    shown = [_column_head(facts, comparison) for comparison in comparisons]
    bottom = top + 14 + 0.87 * max(wide(words, TEXT) for words in shown)
    for place, (words, comparison) in enumerate(zip(shown, comparisons, strict=True)):
        x = _LEFT + width * (place + 0.5)
        hover = finding(comparison, where=facts.where(comparison))
        canvas.text(x + 3, bottom - 4, words, rotation=_SLANT, hover=hover)
    return bottom


def _column_head(facts: Facts, comparison: Verdict) -> str:
    python = f" · {comparison.python}" if len(facts.pythons) > 1 else ""
    return shorten(plain(comparison.workload), 112 - wide(python, TEXT), TEXT) + python


def _grid(
    canvas: Canvas, comparisons: Sequence[Verdict], runners: Sequence[RunnerSpec], width: float, top: float
) -> float:
    standings = [{one.runner.label: one for one in comparison.standings} for comparison in comparisons]
    y = top
    for row, runner in enumerate(runners):
        if row and runner.model != runners[row - 1].model:
            y += 4
        canvas.box(14, y + 1.5, 4, CELL_HEIGHT - 3, fill=MODEL_COLOURS[runner.model], hover=runner.model)
        middle = y + CELL_HEIGHT / 2 + TEXT * 0.36
        canvas.text(_LEFT - 6, middle, runner.label, align="right", room=_LEFT - 28, hover=runner.label)
        for place, comparison in enumerate(comparisons):
            standing = standings[place].get(runner.label)
            if standing is not None:
                draw_cell(canvas, _LEFT + width * place, y, width, standing, comparison)
        y += CELL_HEIGHT
    return y
