"""Facts about a run as a whole: settings, host, Pythons, and what the samples' metadata say; names and values."""

from collections.abc import Iterator

from comparators.journal.records import Run
from comparators.parameters import ParameterValue
from comparators.plan.model import Interpreter
from comparators.verdict.analysis import Noise
from comparators.verdict.text_format import bytes_size, count, duration, named, percent, plural, ratio, seconds

__all__ = ["facts_of", "interpreter_words"]

MOST_SEEN = 8
"""Values of one kind of metadata that are listed."""

_ENDINGS = {"complete": "complete", "interrupted": "interrupted", "out-of-time": "its time was used up"}

_SEEN = {
    "comparators_start_method": "start methods",
    "comparators_blas_threads": "BLAS threads",
    "comparators_gil": "GIL in the workers",
    "cpu_affinity": "CPU affinity of the workers",
    "timer": "clock",
}
"""Metadata of samples whose values are listed, with what they are called."""

_TAKEN = {
    "comparators_steal_s": "CPU time taken by other guests of the machine",
    "comparators_throttled_s": "CPU time kept back by a quota",
}
"""Metadata of samples in seconds that are added up, with what they are called."""


def facts_of(run: Run, noise: Noise | None) -> tuple[tuple[str, str], ...]:
    """Return the facts of a run in the order in which documents show them."""
    return (*_settings(run), *_pythons(run), *_host(run), *_reached(run, noise), *_samples(run), *_end(run))


def interpreter_words(interpreter: Interpreter) -> str:
    """Name an interpreter: `CPython 3.13.1 without the GIL`."""
    return f"{interpreter.implementation} {interpreter.version} {'with' if interpreter.gil else 'without'} the GIL"


def _settings(run: Run) -> Iterator[tuple[str, str]]:
    settings = run.header.plan.settings
    thresholds = settings.thresholds
    limit = "none" if settings.maximum_time_s is None else duration(settings.maximum_time_s)
    memory = "nine tenths of what was free" if settings.memory_bytes is None else bytes_size(settings.memory_bytes)
    yield "preset", settings.preset
    yield "seed of every random order", str(settings.seed)
    yield "each sample", "a process of its own" if settings.fresh else "a process forked from a warm interpreter"
    yield "a test is judged after", ", ".join(map(count, thresholds.looks)) + " rounds"
    yield "probability of a wrong decision", f"at most {percent(thresholds.error)} per question"
    yield "differences that count as none", f"below {percent(thresholds.margin)}"
    yield "a difference between models is worth more rounds", f"from {percent(thresholds.model_worth)} on"
    yield "one value takes at least", seconds(thresholds.minimum_value_s)
    yield "a value is stopped at", f"{thresholds.cap_factor:g} times the best, from the second round on"
    yield "deadline of one sample", duration(settings.timeout_s)
    yield "memory of one sample", memory
    yield "time limit of the run", limit
    yield "CPUs used", ", ".join(map(str, settings.cpus))


def _pythons(run: Run) -> Iterator[tuple[str, str]]:
    for one in run.header.plan.interpreters:
        libraries = "".join(f", {name} {version}" for name, version in one.libraries)
        yield f"Python {one.label}", f"{interpreter_words(one)}, comparators {one.package}{libraries}"


def _host(run: Run) -> Iterator[tuple[str, str]]:
    for name, value in run.header.host.items():
        yield f"host: {name.removesuffix('_bytes').replace('_', ' ')}", _value(name, value)


def _reached(run: Run, noise: Noise | None) -> Iterator[tuple[str, str]]:
    several = [one for one in run.capacities if one.workers > 1]
    if several:
        reached = ", ".join(f"{count(one.workers)} do {ratio(one.speedup)} times" for one in several)
        yield "parallel capacity", f"independent busy processes: {reached} the work of one"
    if noise is not None:
        floor = f": differences up to {percent(round(noise.floor, 3))} are noise here" if noise.floor else ""
        pairs = plural(noise.blocks, "pair")
        yield (
            "A/A control",
            f"{named(noise.runner)} against its own copy, {pairs}: ratio {ratio(noise.ratio.ratio)}{floor}",
        )


def _samples(run: Run) -> Iterator[tuple[str, str]]:
    yield "samples", count(len(run.samples) + len(run.controls))
    for calibration in run.calibrations:
        if calibration.parameters:
            pairs = ", ".join(f"{name}={value}" for name, value in calibration.parameters)
            yield f"calibrated for {calibration.workload} on {calibration.python}", pairs
    for name, words in _SEEN.items():
        listed = sorted({str(one.metadata[name]) for one in run.samples if name in one.metadata})
        if listed:
            yield words, ", ".join(listed[:MOST_SEEN]) + (", …" if len(listed) > MOST_SEEN else "")
    for name, words in _TAKEN.items():
        amounts = [float(one.metadata[name]) for one in run.samples if one.metadata.get(name)]
        if amounts:
            yield words, f"{seconds(sum(amounts))} in {plural(len(amounts), 'sample')} of {count(len(run.samples))}"
    disturbed = sum("comparators_disturbance" in one.metadata for one in run.samples)
    if disturbed:
        yield "disturbed each time they were taken", plural(disturbed, "sample")


def _end(run: Run) -> Iterator[tuple[str, str]]:
    if run.finished is not None:
        yield "the run took", f"{duration(run.finished.elapsed_s)}, ended: {_ENDINGS[run.finished.reason]}"


def _value(name: str, value: ParameterValue) -> str:
    if name.endswith("_bytes") and isinstance(value, int | float):
        return bytes_size(value)
    return value if isinstance(value, str) else f"{value:,}"
