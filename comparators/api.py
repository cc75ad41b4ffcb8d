"""The library's one verb."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from comparators.parameters import ParameterValue, parameters_of
from comparators.request import validation
from comparators.workload import Workload

if TYPE_CHECKING:  # `import comparators` is light
    from comparators.campaign.progress import Observer
    from comparators.journal.records import Run
    from comparators.request.variants import Variant
    from comparators.runner import Model
    from comparators.verdict.analysis import Analysis, Verdict
    from comparators.workload import Phase

__all__ = ["Comparison", "compare"]

AnyWorkload = Workload[Any, Any]
_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found out.

    Attributes:
        analysis: everything, computed once; the same that every report shows.
        run: everything that was measured, as the journal holds it.
        directory: the run directory, with the journal, the report and the figures.
        warnings: what else was noticed, one line each.
    """

    analysis: "Analysis"
    run: "Run"
    directory: Path
    warnings: tuple[str, ...] = ()

    @property
    def verdicts(self) -> "tuple[Verdict, ...]":
        """One verdict per workload, phase and Python, in the order of the plan."""
        return self.analysis.verdicts

    @property
    def model(self) -> str:
        """The recommended model of the first verdict: `threads`, `loop` and so on; empty without one."""
        first = self.verdicts[0].model if self.verdicts else None
        return first.choice if first is not None else ""

    @property
    def workers(self) -> int | None:
        """The recommended number of workers of the first verdict; None without one."""
        if not self.verdicts:
            return None
        return next((one.workers for one in self.verdicts[0].models if one.model == self.model), None)

    def __str__(self) -> str:
        lines = [verdict.headline for verdict in self.verdicts] or ["nothing was measured"]
        return "\n".join([*lines, f"report: {self.directory / 'report.html'}"])


def compare(
    *workloads: str | AnyWorkload | type[AnyWorkload] | Callable[[Any], Any],
    runners: Iterable[str] = (),
    models: "Iterable[Model] | None" = None,
    workers: Literal["auto"] | int | Sequence[int] = "auto",
    preset: str = "quick",
    phases: "Iterable[Phase] | None" = None,
    parameters: Mapping[str, ParameterValue] | None = None,
    python: Iterable[str] = (),
    seed: int | None = None,
    margin: float | None = None,
    max_time: float | str | None = None,
    timeout: float | str | None = None,
    memory: int | str | None = None,
    isolate: bool = False,
    output: str | PathLike[str] | None = None,
    progress: "Observer | None" = None,
    above_limits: bool = False,
) -> Comparison:
    """Measure which concurrency model does a piece of work best, and say why.

        from comparators import compare

        if __name__ == "__main__":
            print(compare("integrate", runners=["serial", "threading", "futures-processes"], preset="quick"))

    Args:
        *workloads: names (`"integrate"`), with parameters in brackets where wanted (`"guarded[guard=rlock]"`), suites,
            targets (`"my_module:resize"`), workload classes or instances, or plain module-level functions with a list
            of their tasks beside them; nothing for the suite `models`.
        runners: names, with parameters in brackets where wanted: `"mp-pool[method=imap]"`; nothing for all, or those
            of a suite.
        models: only runners of these, beside the loop: `["threads", "processes"]`; None for all.
        workers: worker counts, or "auto" to search for each runner's best.
        preset: "quick" (the model and enough workers, in seconds), "default" (the API, too), "rigorous" or "full".
        phases: "warm", "cold" or both; None for warm, or those of a suite.
        parameters: workload parameters, `{"steps": 1000}` or `{"integrate.steps": 1000}`.
        python: interpreters that measure; nothing for the one that runs this.
        seed: of every random order; None for a fresh one, which is recorded.
        margin: differences below it count as none; 0.05 is 5 %; None for the preset's own.
        max_time: for everything, in seconds or as `"10m"`.
        timeout: for one sample, in seconds or as `"30s"`.
        memory: for all processes of one sample together, in bytes or as `"2G"`.
        isolate: run workers in a process-id namespace; Linux only.
        output: the run directory; `reports/<date>-<host>/` by default. An unfinished run of the same plan resumes.
        progress: called with each step; None for silence.
        above_limits: allow worker counts that would strain the host.

    Raises:
        UsageError: something asked for is unknown, out of range or cannot be done.
        NothingSelected: no runner applies.
        OutputError: a result could not be written; says what was kept, and where.
    """
    from comparators import pipeline
    from comparators.campaign.progress import ignore
    from comparators.request import parsing
    from comparators.request.request import Request

    preset = validation.preset(preset)
    above_limits = validation.flag(above_limits, "above_limits")
    if progress is not None and not callable(progress):
        raise validation.invalid(progress, "progress", "must be callable, or None")
    counts, warnings = validation.worker_counts(workers, above_limits=above_limits)
    duration_s = partial(_read, parsing.duration, "must be a number of seconds, or a text such as '90s'")
    request = Request(
        workloads=tuple(_as_asked(workload, preset) for workload in workloads),
        runners=validation.texts(runners, "runners"),
        models=validation.models(models),
        workers=counts,
        parameters=validation.assignments(parameters),
        preset=preset,
        phases=cast("tuple[Phase, ...]", validation.phases(phases)),
        pythons=validation.texts(python, "python"),
        seed=validation.seed(seed),
        margin=None if margin is None else validation.margin(margin),
        maximum_time_s=duration_s(max_time, "max_time"),
        timeout_s=duration_s(timeout, "timeout"),
        isolate=isolate,
        memory_bytes=_read(parsing.size, "must be a number of bytes, or a text such as '2G'", memory, "memory"),
        above_limits=above_limits,
    )
    prepared = pipeline.prepare(request, validation.run_directory(output), ahead=True)
    run = pipeline.measure(prepared, progress or ignore)
    analysis = pipeline.analyse_run(run, prepared.directory)
    pipeline.write_reports(run, analysis, prepared.directory)
    return Comparison(analysis, run, prepared.directory, (*warnings, *prepared.warnings))


def _as_asked(workload: object, preset: str) -> "str | Variant":
    """Return a name or target; of an instance with those parameters that differ from the preset's."""
    from comparators.registry.object_references import target_of
    from comparators.request.presets import effort_of
    from comparators.request.variants import Variant

    if isinstance(workload, str):
        return workload
    if not isinstance(workload, Workload):
        return Variant(target_of(workload))
    usual = type(workload).from_preset(effort_of(preset).size)
    values = {each.name: getattr(workload, each.name) for each in parameters_of(type(workload))}
    own = tuple((name, str(each)) for name, each in values.items() if each != getattr(usual, name))
    return Variant(target_of(type(workload)), own)


def _read(read: "Callable[..., _Number]", must: str, given: object, name: str) -> "_Number | None":
    """Read a duration or a size as the command does."""
    text = validation.quantity(given, name, must)
    return None if text is None else read(text, option=name)
