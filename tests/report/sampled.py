"""Samples for analyses made by hand: a few blocks around each model's time, always the same."""

from dataclasses import replace

from comparators.verdict.analysis import Analysis, SampleSeries, Verdict

__all__ = ["with_samples"]

WOBBLE = (1.0, 0.97, 1.04, 0.99, 1.01)
"""Each block's share of a model's time."""


def with_samples(analysis: Analysis) -> Analysis:
    """Return an analysis with samples of every model and the parallel capacity of two CPUs."""
    answers = tuple(replace(one, samples=_series(one)) for one in analysis.verdicts)
    return replace(analysis, verdicts=answers, capacities=((1, 1.0), (2, 1.9)))


def _series(verdict: Verdict) -> tuple[SampleSeries, ...]:
    found = []
    for place, one in enumerate(verdict.models):
        if one.seconds is not None:
            shares = WOBBLE[place:] + WOBBLE[:place]
            seconds = tuple((block, one.seconds * share) for block, share in enumerate(shares))
            found.append(SampleSeries("model", one.runner, one.model, one.workers or 1, seconds))
        elif one.at_least and verdict.best_s:
            capped = ((0, verdict.best_s * one.at_least),)
            found.append(SampleSeries("model", one.runner, one.model, one.workers or 1, (), capped))
    return tuple(found)
