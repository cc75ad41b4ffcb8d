"""Pictures of a run: what was saved goes in, PNG and SVG come out. Nothing is measured and no file is written."""

from collections.abc import Iterator, Sequence

from comparators.journal.records import Run
from comparators.report.figures.picture import Picture
from comparators.verdict.model import Verdict

__all__ = ["Picture", "draw_figures"]

MOST_WORKLOADS = 12
"""So many workloads have pictures of their own; the winner map shows more."""

MOST_PANELS = 6
"""So many comparisons of one workload (phases, Pythons) fit into one picture."""


def draw_figures(run: Run, verdicts: Sequence[Verdict]) -> tuple[Picture, ...]:
    """Draw a run: what coordination costs, winner maps, then pictures of each workload that was not only surveyed.

    These are its speedup, its growth with the workers where the run looks at that, its samples, cold against warm, and
    time against memory. The same run and verdicts give the
    same bytes. What a large run leaves out is said in its pictures.
    """
    from comparators.report.figures.style import drawing_style

    if not verdicts:
        return ()
    with drawing_style():
        return tuple(_draw(run, verdicts))


def _draw(run: Run, verdicts: Sequence[Verdict]) -> Iterator[Picture]:
    from comparators.coordination.costs import costs_of
    from comparators.coordination.report.costs_figure import draw_costs
    from comparators.report.figures.cold_warm import draw_cold_warm
    from comparators.report.figures.facts import gather
    from comparators.report.figures.pareto import draw_pareto
    from comparators.report.figures.samples import draw_samples
    from comparators.report.figures.scaling import draw_scaling
    from comparators.report.figures.speedup import draw_speedup
    from comparators.report.figures.winner_map import draw_winner_maps

    facts = gather(run, verdicts)
    costs = draw_costs(costs_of(run), facts.pythons)
    if costs is not None:
        yield costs
    surveyed = {comparison.key for comparison in run.header.plan.comparisons if comparison.survey}
    raced = [one for one in facts.topics if any(verdict.comparison not in surveyed for verdict in one.verdicts)]
    left_out = len(raced) - MOST_WORKLOADS
    note = f"Only the first {MOST_WORKLOADS} workloads have further pictures." if left_out > 0 else ""
    yield from draw_winner_maps(facts, verdicts, note)
    for topic in raced[:MOST_WORKLOADS]:
        shown = topic.verdicts[:MOST_PANELS]
        hidden = len(topic.verdicts) - len(shown)
        note = f"{hidden} more comparisons of this workload not drawn." if hidden else ""
        kinds = (draw_speedup, draw_scaling, draw_samples, draw_cold_warm, draw_pareto)
        pictures = (draw(facts, topic, shown, note) for draw in kinds)
        yield from (picture for picture in pictures if picture is not None)
