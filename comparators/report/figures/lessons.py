"""What a picture teaches, in one line: its title. The same names and numbers as everywhere in the report."""

from collections.abc import Sequence

from comparators.report.figures.drawing import brief, positive
from comparators.report.figures.style import
from comparators.verdict.analysis import Analysis, ModelResult, SampleSeries, Verdict
from comparators.verdict.text_format import bytes_size, rough
from comparators.workload import Model

__all__ = ["either", "memory_lesson", "models_lesson", "place_of", "samples_lesson", "suite_lesson", "workers_lesson"]


def place_of(verdict: Verdict, analysis: Analysis) -> str:
    """Return the name of a comparison's work, with phase and Python where the run has several."""
    remarks = []
    if len({one.phase for one in analysis.verdicts}) > 1:
        remarks.append(verdict.phase)
    if len({one.python for one in analysis.verdicts}) > 1:
        remarks.append(f"Python {verdict.python}")
    name = brief(verdict.workload)
    return f"{name} ({', '.join(remarks)})" if remarks else name


def either(models: Sequence[str]) -> str:
    """Join models: `threads`, `threads or async`."""
    names = [MODEL_NAMES[one] for one in models]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def models_lesson(verdict: Verdict) -> str:
    """Say which model to use and how many times faster than the plain loop it is."""
    if not verdict.timed:
        return brief(verdict.observations[0], 90) if verdict.observations else "no verdict on time"
    timed = [one for one in verdict.models if positive(one.seconds)]
    if not timed:
        return "nothing could be measured"
    leaders = verdict.model.equals if verdict.model and verdict.model.equals else (timed[0].model,)
    if verdict.model is None:
        return f"only {either([one.model for one in timed])} measured"
    if verdict.model.status == "undecided":
        return f"{either(leaders)}, not told apart yet"
    if leaders[0] == "loop":
        return "a plain loop is fastest" if len(leaders) == 1 else f"{either(leaders)} do equally well"
    gain = positive(verdict.gain.ratio) if verdict.gain else None
    verb = "is" if leaders == ("async",) else "are"
    if gain is None:
        return f"{either(leaders)} {verb} fastest"
    return f"{either(leaders)} {verb} {rough(gain)} times faster than a loop"


def workers_lesson(verdict: Verdict) -> str:
    """Say how many workers are enough."""
    level = verdict.workers
    if level is None or not level.choice:
        return "what each worker count gives"
    model = verdict.model.choice if verdict.model else ""
    noun = {"": "workers", "loop": "workers", "async": "tasks at once"}.get(model, model)
    if level.choice == "1":
        return "more than one worker does not help"
    if level.status == "undecided":
        return f"{' or '.join(level.equals)} {noun}, not told apart yet"
    return f"{level.choice} {noun} are enough"


def memory_lesson(results: Sequence[ModelResult]) -> str:
    """Say what the fastest model costs in memory beside the leanest of the others."""
    fastest = min(results, key=lambda one: one.seconds or 0)
    leanest = min(results, key=lambda one: one.memory_bytes or 0)
    needed = bytes_size(fastest.memory_bytes or 0).replace(" ", "\N{NO-BREAK SPACE}")
    if fastest is leanest:
        return f"{MODEL_NAMES[fastest.model]} fastest, and nothing needs less memory ({needed})"
    times = rough((fastest.memory_bytes or 0) / (leanest.memory_bytes or 1))
    return (
        f"{MODEL_NAMES[fastest.model]} fastest, with {needed}: {times} times the memory of {MODEL_NAMES[leanest.model]}"
    )


def samples_lesson(series: Sequence[SampleSeries]) -> str:
    """Say whether the samples of the two fastest cells lie apart.

    Args:
        series: with samples each, fastest first.
    """
    if len(series) == 1:
        return f"all {len(series[0].seconds)} samples of {_cell(series[0])}"
    first, second = series[0], series[1]
    names = [_cell(one) if first.model == second.model else _model(one.model) for one in (first, second)]
    if max(value for _, value in first.seconds) < min(value for _, value in second.seconds):
        return f"every sample of {names[0]} is faster than any of {names[1]}"
    return f"the samples of {names[0]} and {names[1]} overlap"


def _cell(series: SampleSeries) -> str:
    if series.model == "loop":
        return _model("loop")
    return f"{brief(series.runner, 24) if series.level == 'api' else series.model} with {series.workers:,}"


def _model(model: Model) -> str:
    return "the plain loop" if model == "loop" else model


def suite_lesson(analysis: Analysis) -> str:
    """Say for how many kinds of work each model is the one to use."""
    wins: dict[str, int] = {}
    for verdict in analysis.verdicts:
        choice = verdict.model.choice if verdict.model else ""
        if choice:
            wins[choice] = wins.get(choice, 0) + 1
    if not wins:
        return "No model could be recommended for any kind of work"
    if len(wins) == 1:
        return f"One model for all kinds of work: {(next(iter(wins)))}"
    ranked = sorted(wins.items(), key=lambda item: -item[1])
    parts = [f"{MODEL_NAMES[model]} for {number}" for model, number in ranked]
    total = len(analysis.verdicts)
    return f"No model suits all {total} kinds of work: {', '.join(parts[:-1])} and {parts[-1]}"
