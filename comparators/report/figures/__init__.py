"""Pictures of a run: one analysis goes in, PNG and SVG come out. Nothing is measured and no file is written."""

import re
from collections.abc import Callable, Iterator
from itertools import count

from comparators.report.figures.picture import Picture
from comparators.verdict.analysis import Analysis, Verdict

__all__ = ["MOST_DETAILED", "MOST_DRAWN", "Picture", "draw"]

Draw = Callable[[Analysis, Verdict, str], Picture | None]

MOST_DETAILED = 4
"""Comparisons up to which each has all its pictures: models, workers, memory, samples."""

MOST_DRAWN = 20
"""Comparisons up to which each has pictures of worker counts and samples. A picture takes about 0.1 s; of a larger run
only the whole is drawn."""


def draw(analysis: Analysis) -> tuple[Picture, ...]:
    """Draw a run: kinds of work and models where there are several comparisons, then pictures of each.

    The same analysis gives the same bytes. What has no data has no picture; odd data never raise.
    """
    return tuple(_pictures(analysis))


def _pictures(analysis: Analysis) -> Iterator[Picture]:
    from comparators.report.figures.memory import draw_memory
    from comparators.report.figures.models import draw_models
    from comparators.report.figures.samples import draw_samples
    from comparators.report.figures.style import drawing_style
    from comparators.report.figures.suite import draw_suite
    from comparators.report.figures.workers import draw_workers

    number = len(analysis.verdicts)
    if number > 1:
        with drawing_style("suite"):
            suite = draw_suite(analysis, "suite")
        yield from _there(suite)
    if number > MOST_DRAWN:
        return
    kinds: dict[str, Draw] = {"workers": draw_workers, "samples": draw_samples}
    if number <= MOST_DETAILED:
        kinds = {"models": draw_models, "workers": draw_workers, "memory": draw_memory, "samples": draw_samples}
    for verdict, slug in zip(analysis.verdicts, _slugs(analysis.verdicts), strict=True):
        for kind, draw_kind in kinds.items():
            name = f"{kind}-{slug}"
            with drawing_style(name):
                picture = draw_kind(analysis, verdict, name)
            yield from _there(picture)


def _there(picture: Picture | None) -> tuple[Picture, ...]:
    return () if picture is None else (picture,)


def _slugs(verdicts: tuple[Verdict, ...]) -> Iterator[str]:
    """Yield a name for each comparison that is safe in file names and ids, and that no other has."""
    several = len({(one.phase, one.python) for one in verdicts}) > 1
    taken: set[str] = set()
    for verdict in verdicts:
        text = verdict.comparison if several else verdict.workload
        slug = "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:60].strip("-") or "unnamed"
        candidates = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
        found = next(one for one in candidates if one not in taken)
        taken.add(found)
        yield found
