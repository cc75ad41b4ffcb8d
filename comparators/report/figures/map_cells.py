"""The cells of the winner map: each outcome has its own shape, so that the map reads without its colours."""

from typing import Literal

from comparators.report.figures.canvas import Canvas
from comparators.report.figures.letters import wide
from comparators.report.figures.style import INK, SMALL, TEXT, ratio_colours
from comparators.report.figures.text_format import cell_ratio, describe
from comparators.stats.interval import Interval
from comparators.verdict.model import Standing, Status, Verdict
from comparators.verdict.text_format import at_least, seconds

__all__ = ["CELL_HEIGHT", "Kind", "draw_cell", "draw_kind", "kind_of"]

Kind = Literal["win", "tie", "unresolved", "slower", "about", "capped", "failed", "not-applicable", "not-reached"]

_KINDS: dict[Status, Kind] = {
    "raced": "slower",
    "eliminated": "slower",
    "piloted": "about",
    "capped": "capped",
    "failed": "failed",
    "not-applicable": "not-applicable",
    "not-reached": "not-reached",
}

CELL_HEIGHT = 25.0
_GAP = 1.5
_GREY = "#8b929b"
"""Of hatching: visible on white and on black."""


def kind_of(standing: Standing, verdict: Verdict) -> Kind:
    """Return how a runner's cell is to look."""
    if standing.runner.label in verdict.winners and verdict.outcome != "none":
        winning: dict[str, Kind] = {"win": "win", "tie": "tie"}
        return winning.get(verdict.outcome, "unresolved")
    return _KINDS[standing.status]


def draw_cell(canvas: Canvas, x: float, y: float, width: float, standing: Standing, verdict: Verdict) -> None:
    """Draw one runner on one workload."""
    kind = kind_of(standing, verdict)
    ratio = None if kind == "capped" else standing.to_serial
    words = _number_or_word(kind, standing, ratio)
    fill = _fill(kind, standing, ratio)
    draw_kind(canvas, x, y, width, kind, words=words, fill=fill, hover=describe(standing, verdict))


def _number_or_word(kind: Kind, standing: Standing, ratio: Interval | None) -> str:
    match kind:
        case "capped":
            return "≥3×" if standing.at_least is None else f"≥{at_least(standing.at_least)}×"
        case "failed" | "not-applicable" | "not-reached":
            return {"failed": "failed", "not-applicable": "n/a", "not-reached": "not run"}[kind]
    if ratio is None:
        return "" if standing.seconds is None else seconds(standing.seconds)
    return cell_ratio(ratio)


def _fill(kind: Kind, standing: Standing, ratio: Interval | None) -> float | None:
    """Return the ratio that a cell's colour shows; against the winner where serial has no time."""
    if kind in {"capped", "failed", "not-applicable", "not-reached"}:
        return None
    if ratio is not None:
        return ratio.ratio
    return 1 / standing.to_winner.ratio if standing.to_winner is not None else None


def draw_kind(
    canvas: Canvas, x: float, y: float, width: float, kind: Kind, *, words: str, fill: float | None, hover: str = ""
) -> None:
    """Draw a cell of a kind, in the map or in its legend."""
    inset = _GAP + (3.5 if kind == "about" else 0.0)
    box = (x + _GAP, y + inset, width - 2 * _GAP, CELL_HEIGHT - 2 * inset)
    colour = None
    if fill is not None:
        background, colour = ratio_colours(fill)
        canvas.box(*box, fill=background, line=0, hover=hover)
    _frame(canvas, box, kind, words, hover)
    raised = _symbol(canvas, x + width / 2, y + 7.5, kind, colour)
    canvas.text(
        x + width / 2,
        y + (CELL_HEIGHT - 5 if raised else CELL_HEIGHT / 2 + TEXT * 0.36),
        words,
        size=TEXT if len(words) < 6 else SMALL,
        align="center",
        bold=kind == "win",
        faint=kind in {"not-applicable", "not-reached"},
        colour=colour or INK,
        hover=hover,
    )


def _frame(canvas: Canvas, box: tuple[float, float, float, float], kind: Kind, words: str, hover: str) -> None:
    match kind:
        case "win":
            canvas.box(*box, edge=INK, line=2.2)
        case "tie":
            canvas.box(*box, edge=INK, line=1.8, dashes=(4, 2))
        case "unresolved":
            canvas.box(*box, edge=INK, line=1.8, dashes=(1, 1.6))
        case "capped":
            x, y, width, height = box
            side = max(2.0, (width - wide(words, TEXT)) / 2 - 2)
            for left in (x, x + width - side):  # the number between them stays legible
                canvas.box(left, y, side, height, edge=_GREY, hatch="//////")
            canvas.box(*box, edge=_GREY, line=0.8, hover=hover)
        case "failed":
            canvas.box(*box, edge=_GREY, line=0.8, hover=hover)
        case "not-applicable" | "not-reached":
            canvas.box(*box, edge=_GREY, line=0.5, dashes=(1, 2), hover=hover)


def _symbol(canvas: Canvas, x: float, y: float, kind: Kind, colour: str | None) -> bool:
    """Draw the symbol that stands above a cell's number or word; return whether it has one."""
    ink = colour or INK
    match kind:
        case "win":
            canvas.marks((x,), (y,), marker="*", size=6.5, colour=ink)
        case "failed":
            canvas.marks((x,), (y,), marker="x", size=5.5, colour=ink)
        case "tie" | "unresolved":
            canvas.text(x, y + 3.5, "=" if kind == "tie" else "?", size=SMALL, align="center", bold=True, colour=ink)
        case _:
            return False
    return True
