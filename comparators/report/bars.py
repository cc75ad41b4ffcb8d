"""Bars on a terminal: of the models, and of the worker counts of one model."""

from collections.abc import Iterator, Sequence

from comparators.report.layout import COLOURS, NARROWEST, Layout, Line, Span, cells
from comparators.report.values import MODEL_NAMES, WITHOUT_TIME, duration_or_status, note_of, short_gain, times
from comparators.verdict.analysis import CountResult, ResultStatus, Verdict
from comparators.verdict.text_format import count

__all__ = ["NAME", "bar", "bar_width", "count_lines", "model_lines"]

NAME = 12
"""Cells of a model's name: the longest is `interpreters`."""

GAIN = 4
"""Cells of a gain at least: ` 17×`."""

API = 27
"""Cells of the API in code where there is room for a note beside it."""

USUAL, LONG = 18, 36
"""Cells of the longest bar on a terminal of 80 and of 120 cells."""

MOST_COUNTS = 40
"""Worker counts that a terminal shows; the report has all."""

_WITH_API: tuple[ResultStatus, ...] = ("best", "equal", "open")
"""What might be used, so that its code is worth a look."""


def bar_width(layout: Layout) -> int:
    """Return how long the longest bar is: longer on a wide terminal, short on a narrow one."""
    if layout.width >= 120:
        return LONG
    return USUAL if layout.width >= 72 else 8


def bar(layout: Layout, share: float, width: int) -> str:
    """Draw a bar for a share of the longest; at least one block, so that what was measured is seen."""
    length = max(1, min(width, round(width * share)))
    return layout.text("█" * length)


def model_lines(layout: Layout, verdict: Verdict, *, every: bool = False) -> Iterator[Line]:
    """Yield a bar for each model that took part, best first; with `every`, or when only one did, for all of them."""
    part = [one for one in verdict.models if one.status != "not-applicable"]
    shown = list(verdict.models) if every or len(part) < 2 else part
    shares = _shares(verdict)
    gains = {one.model: layout.text(short_gain(one, verdict).text) for one in shown}
    column = max(GAIN, *(cells(gain) for gain in gains.values())) if gains else GAIN
    longest = bar_width(layout)
    apis = {one.model: layout.text(one.api) if one.status in _WITH_API else "" for one in shown}
    for one in shown:
        share = shares.get(one.model)
        drawn = bar(layout, share, longest) if share is not None else ""
        head = (
            Span(f"  {layout.padded(layout.text(MODEL_NAMES[one.model]), NAME)}"),
            Span(layout.padded(gains[one.model], column, "right"), COLOURS.get(one.status, "")),
            Span(f"  {layout.padded(drawn, longest)}  ", COLOURS.get(one.status, "dim")),
        )
        yield from _with_notes(layout, head, apis[one.model], layout.text(note_of(one)))


def _shares(verdict: Verdict) -> dict[str, float]:
    """Return the length of each model's bar as a share of the longest: speeds, whether there is a plain loop or not."""
    measured = {one.model: one.seconds for one in verdict.models if one.seconds and one.status not in WITHOUT_TIME}
    fastest = min(measured.values(), default=0.0)
    return {model: fastest / seconds for model, seconds in measured.items()}


def _with_notes(layout: Layout, head: Sequence[Span], api: str, note: str) -> Iterator[Line]:
    """Yield a bar's line with API and note; where there is no room for the note, it goes on below."""
    start = sum(cells(one.text) for one in head)
    room = layout.width - start
    if api and note:
        column = API + 2 if cells(api) <= API and room - API - 2 >= cells(note) else cells(api) + 2
        if column + cells(note) <= room:
            yield (*_stripped(head, api), Span(layout.padded(api, column)), Span(note, "dim"))
            return
    parts = [part for part in (api, note) if part]
    lines = [line for part in parts for line in layout.wrapped(part, max(NARROWEST, room))]
    if room < NARROWEST or not lines:
        yield _stripped(head, "")
        start = min(start, 6)
    else:
        yield (*head, Span(lines.pop(0), "" if api else "dim"))
    yield from ((Span(" " * start), Span(line, "dim")) for line in lines)


def _stripped(spans: Sequence[Span], text: str) -> Line:
    """Return spans without spaces at the end of the line where no text follows."""
    if text:
        return tuple(spans)
    last = len(spans) - 1
    while last > 0 and not spans[last].text.strip():
        last -= 1
    return (*spans[:last], Span(spans[last].text.rstrip(), spans[last].style))


def count_lines(layout: Layout, counts: Sequence[CountResult]) -> Iterator[Line]:
    """Yield a bar for each worker count by model: seconds, how many times faster, what limits it."""
    fastest = min((one.seconds for one in counts if one.seconds and one.status not in WITHOUT_TIME), default=0.0)
    longest = bar_width(layout)
    before = ""
    for one in counts[:MOST_COUNTS]:
        name, before = (one.runner if one.runner != before else ""), one.runner
        timed = one.seconds is not None and one.status not in WITHOUT_TIME
        gain = times(one.gain.ratio) if timed and one.gain is not None else ""
        drawn = bar(layout, fastest / one.seconds, longest) if timed and one.seconds else ""
        head = (
            Span(f"  {layout.padded(layout.text(MODEL_NAMES[one.model] if name else ''), NAME)}"),
            Span(f"{one.workers:>6,}  "),
            Span(layout.padded(layout.text(duration_or_status(one).text), 8, "right")),
            Span(layout.padded(layout.text(gain), 7, "right"), COLOURS.get(one.status, "")),
            Span(f"  {layout.padded(drawn, longest)}  ", COLOURS.get(one.status, "dim")),
        )
        yield from _with_notes(layout, head, "", layout.text(one.reason))
    if len(counts) > MOST_COUNTS:
        yield (Span(f"  and {count(len(counts) - MOST_COUNTS)} more in the report", "dim"),)
