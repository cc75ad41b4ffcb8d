"""What a picture or a page teaches, in one line: its title. The same names and numbers as everywhere in the reports."""

from collections import Counter
from collections.abc import Sequence

from comparators.report.escaping import one_line
from comparators.report.values import WITHOUT_TIME, where
from comparators.verdict.analysis import Analysis, CountResult, ModelResult, RunnerResult, SampleSeries, Verdict
from comparators.verdict.text_format import bytes_size, rough
from comparators.workload import Model

__all__ = [
    "brief",
    "memory_lesson",
    "models_lesson",
    "place_of",
    "positive",
    "run_lesson",
    "samples_lesson",
    "time_of",
    "workers_lesson",
]

_LEAST, _MOST = 1e-12, 1e18
"""Seconds, bytes and ratios that can be: no clock ticks faster, no machine has more."""

_LONGEST_NAME = 40
"""Letters of a name from outside; the middle of a longer one is left out."""


def brief(name: str, longest: int = _LONGEST_NAME) -> str:
    """Return a name on one line, its middle left out where it is longer than `longest` letters."""
    line = one_line(name).replace("\ufffe", "?").replace("\uffff", "?")  # no XML parser takes these two
    return line if len(line) <= longest else f"{line[: longest - 12]}…{line[-11:]}"


def positive(value: float | None) -> float | None:
    """Return a value that an axis has a place for; None for any other, which only a damaged journal has."""
    return value if value is not None and _LEAST <= value <= _MOST else None


def time_of(result: ModelResult | RunnerResult | CountResult) -> float | None:
    """Return the seconds of a result that was tested; None for what failed, was stopped or only looked at once."""
    return None if result.status in WITHOUT_TIME else positive(result.seconds)


def place_of(verdict: Verdict, analysis: Analysis) -> str:
    """Return the name of a comparison's work, with phase and Python where the run has several."""
    return where(verdict, analysis.verdicts, brief(verdict.workload))


def models_lesson(verdict: Verdict) -> str:
    """Say which model to use and how many times faster than the plain loop it is."""
    timed = [one for one in verdict.models if time_of(one)]
    if not verdict.timed:
        return brief(verdict.observations[0], 90) if verdict.observations else "no verdict on time"
    if not timed:
        return "nothing could be measured"
    if verdict.model is None:
        return f"only the {_either([one.model for one in timed])} could be measured"
    leaders = list(verdict.model.equals) or [timed[0].model]
    if verdict.model.status == "undecided":
        return f"{_either(leaders)}, not told apart yet"
    return _fastest(verdict, leaders)


def _fastest(verdict: Verdict, leaders: list[str]) -> str:
    gain = positive(verdict.gain.ratio) if verdict.gain else None
    verb = "is" if leaders == ["async"] else "are"
    if leaders == ["loop"]:
        return "a plain loop is fastest"
    if leaders[0] == "loop" or gain is None:
        return f"{_either(leaders)} {verb} fastest" if len(leaders) == 1 else f"{_either(leaders)} do equally well"
    return f"{_either(leaders)} {verb} {rough(gain).removesuffix('.0')} times faster than a loop"


def _either(models: Sequence[str]) -> str:
    """Join models: `threads`, `threads or async`."""
    names = ["plain loop" if one == "loop" else one for one in models]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def workers_lesson(verdict: Verdict) -> str:
    """Say how many workers are enough."""
    level = verdict.workers
    if level is None or not level.choice:
        return "what each worker count gives"
    model = verdict.model.choice if verdict.model else ""
    noun = {"": "workers", "loop": "workers", "async": "tasks at once"}.get(model, model)
    if level.status == "undecided":
        return f"{' or '.join(level.equals or (level.choice,))} {noun}, not told apart yet"
    return "more than one worker does not help" if level.choice == "1" else f"{level.choice} {noun} are enough"


def memory_lesson(results: Sequence[ModelResult]) -> str:
    """Say what the fastest model needs in memory beside the leanest of the others.

    Args:
        results: with a time and a memory each.
    """
    fastest = min(results, key=lambda one: one.seconds or 0)
    least = min(one.memory_bytes or 0 for one in results)
    own = fastest.memory_bytes or 0
    verb = "is" if fastest.model in {"async", "loop"} else "are"
    found, needed = f"{_named(fastest.model)} {verb} fastest", bytes_size(own)
    if own <= least:
        return f"{found}, and nothing needs less memory ({needed})"
    leanest = next(one for one in results if one.memory_bytes == least)
    return (
        f"{found}, with {needed}: {rough(own / least).removesuffix('.0')} times the memory of {_named(leanest.model)}"
    )


def samples_lesson(series: Sequence[SampleSeries]) -> str:
    """Say whether the samples of the two fastest cells lie apart.

    Args:
        series: with samples each, fastest first.
    """
    if len(series) == 1:
        return f"all {len(series[0].seconds)} samples of {_cell(series[0])}"
    first, second = series[0], series[1]
    names = [_cell(one) if first.model == second.model else _named(one.model) for one in (first, second)]
    if max(value for _, value in first.seconds) < min(value for _, value in second.seconds):
        return f"every sample of {names[0]} is faster than any of {names[1]}"
    return f"the samples of {names[0]} and {names[1]} overlap"


def _cell(series: SampleSeries) -> str:
    if series.model == "loop":
        return _named("loop")
    return f"{brief(series.runner, 24) if series.level == 'api' else series.model} with {series.workers:,}"


def _named(model: Model) -> str:
    return "the plain loop" if model == "loop" else model


def run_lesson(analysis: Analysis) -> str:
    """Say what a run of several comparisons found: for how many of them each model is the one to use."""
    chosen = [_either(one.model.equals or (one.model.choice,)) if one.model else "" for one in analysis.verdicts]
    wins = Counter(_named(one.model.choice) for one in analysis.verdicts if one.model and one.model.choice)  # type: ignore[arg-type]  # the choice of this level is a model
    work = {one.workload for one in analysis.verdicts}
    if len(analysis.pythons) == 1 and len(work) == 1:
        return f"{brief(analysis.verdicts[0].workload)}: {one_line(analysis.pythons[0].text)}"
    if len(work) == 1:
        places = zip(chosen, analysis.verdicts, strict=True)
        parts = [where(one, analysis.verdicts, choice or "nothing") for choice, one in places]
        return f"{brief(analysis.verdicts[0].workload)}: {', '.join(parts)}"
    total = f"all {len(analysis.verdicts)} kinds of work"
    if not wins:
        return f"No model stands out for any of {len(analysis.verdicts)} kinds of work"
    if len(wins) == 1:
        return f"One model for {total}: {next(iter(wins))}"
    parts = [f"{name} for {number}" for name, number in wins.most_common()]
    return f"No model suits {total}: {', '.join(parts[:-1])} and {parts[-1]}"
