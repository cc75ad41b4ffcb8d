"""`comparators run`: plan, measure, analyse, report."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from comparators import pipeline
from comparators.cli import output
from comparators.cli.entry import INTERRUPTED
from comparators.cli.group import Command
from comparators.cli.interruption import interruptible
from comparators.cli.options import one_of, read_by, split_names
from comparators.cli.progress import watching
from comparators.errors import UsageError
from comparators.request import parsing
from comparators.request.presets import EFFORTS
from comparators.request.request import Request
from comparators.workload import Phase

if TYPE_CHECKING:  # loaded when there is something to measure
    from collections.abc import Sequence

    from comparators.journal.records import Run
    from comparators.verdict.analysis import Analysis

__all__ = ["run"]

SOME_FAILED = 1
SCALINGS = ("strong", "weak")
PRESETS = tuple(EFFORTS)
_PHASES: dict[str, tuple[Phase, ...]] = {"warm": ("warm",), "cold": ("cold",), "both": ("warm", "cold")}


@click.command(cls=Command)
@click.argument("workloads", nargs=-1, metavar="[WORK]...")
@click.option(
    "--model",
    "models",
    metavar="NAME,…",
    callback=read_by(parsing.models),
    help="threads, processes, async or interpreters, always beside a plain loop. Default: all that apply.",
)
@click.option(
    "--runner",
    "runners",
    multiple=True,
    metavar="NAME",
    help="An API of a model, see 'comparators list'; repeat it for more. Default: all, or a suite's.",
)
@click.option("--workers", metavar="auto|1,2,4", default="auto", help="Worker counts. Default: search for enough.")
@click.option("--param", "parameters", multiple=True, metavar="K=V", help="A workload's parameter; repeat it for more.")
@click.option("--first", metavar="N", callback=read_by(parsing.count), help="Only N items of your own function.")
@click.option("--star", is_flag=True, help="Unpack the items of your own function into its arguments.")
@click.option(
    "--preset",
    metavar="|".join(PRESETS),
    callback=one_of("preset", PRESETS),
    help="quick: the model and enough workers, in seconds. default: the API, too, in about a minute. "
    "rigorous: within 5 %. full: larger work. Default: quick for a function of yours, default otherwise.",
)
@click.option(
    "--phase",
    metavar="|".join(_PHASES),
    callback=one_of("phase", tuple(_PHASES)),
    help="warm: workers are there already. cold: starting them is timed. Default: warm, with the cost of a start.",
)
@click.option(
    "--scaling",
    metavar="|".join(SCALINGS),
    callback=one_of("scaling", SCALINGS),
    help="How speed grows with the workers: the same work in all, or for each. Default: compare only.",
)
@click.option("--python", "pythons", multiple=True, metavar="EXE", help="A Python that measures; repeat it for more.")
@click.option("--seed", metavar="N", callback=read_by(parsing.seed), help="Seed of every random order. Default: fresh.")
@click.option(
    "--max-time", metavar="DURATION", callback=read_by(parsing.duration), help="For everything: 90s, 1m30s, 1h."
)
@click.option("--timeout", metavar="DURATION", callback=read_by(parsing.duration), help="Deadline of one sample.")
@click.option("--memory", metavar="SIZE", callback=read_by(parsing.size), help="Limit of one sample: 512M, 2G.")
@click.option(
    "--margin",
    metavar="PERCENT",
    callback=read_by(parsing.percentage),
    help="Differences below it count as none. Default: 5.",
)
@click.option(
    "--output",
    "directory",
    callback=read_by(parsing.folder),
    metavar="RUN",
    help="The run directory. Default: reports/<date>-<host>.",
)
@click.option("--isolate", is_flag=True, help="Run workers in a process-id namespace (Linux).")
@click.option("--above-limits", is_flag=True, help="Allow worker counts that strain the host.")
@click.option("-v", "--verbose", is_flag=True, help="Print APIs, worker counts, evidence and facts, too.")
@click.option("--json", "as_json", is_flag=True, help="Print verdicts.json, and nothing else, on standard output.")
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be measured and how long it would take.")
def run(directory: Path | None, *, verbose: bool, as_json: bool, plan_only: bool, **asked: Any) -> int:
    """Say which of threads, processes, async, interpreters and a plain loop does WORK fastest here, and why.

    WORK is a function in a file of yours, 'my_file.py:function', with a list ITEMS beside it; a name from
    'comparators list'; or 'package.module:Class'. 'my_file.py:get+aget' names both forms of one function. Parameters
    may follow in brackets, 'NAME[KEY=VALUE]'. Without any WORK, the suite 'models' is measured: nine classic kinds.

    Ctrl-C ends a run with the best answer so far; the same command goes on from that point.

    \b
    Examples:
      comparators run my_file.py:resize
      comparators run my_file.py:fetch --model threads,async --workers 1,10,100
      comparators run --preset quick
      comparators run integrate sleep --runner threading --runner asyncio
      comparators run integrate --workers 1,2,4 --param steps=1e6
      comparators run hash --runner 'mp-pool[method=imap,chunksize=4]'
      comparators run my_file.py:resize --max-time 5m --output resize-run
      comparators run my_file.py:fetch+afetch --model threads,async --first 100
      comparators run integrate --python python3.13 --python python3.14t
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    if as_json and plan_only:
        raise UsageError("'--json' and '--plan' exclude each other", tip="a plan has no verdicts")
    request, warnings = _request(**asked)
    prepared = pipeline.prepare(request, directory, tell=output.note, ahead=not plan_only)
    for warning in (*warnings, *prepared.warnings):
        output.warn(warning)
    if plan_only:
        _print_plan(prepared)
        return 0
    return _measure_and_report(prepared, as_json=as_json, verbose=verbose)


def _request(**asked: Any) -> tuple[Request, tuple[str, ...]]:
    counts, warnings = parsing.worker_counts(asked["workers"], option="--workers", above_limits=asked["above_limits"])
    request = Request(
        workloads=asked["workloads"],
        runners=split_names(asked["runners"]),
        workers=counts,
        models=asked["models"] or (),
        parameters=tuple(_parameters(asked)),
        preset=asked["preset"] or _usual_preset(asked["workloads"]),
        phases=() if asked["phase"] is None else _PHASES[asked["phase"]],
        pythons=asked["pythons"],
        seed=asked["seed"],
        margin=asked["margin"],
        maximum_time_s=asked["max_time"],
        timeout_s=asked["timeout"],
        memory_bytes=asked["memory"],
        isolate=asked["isolate"],
        above_limits=asked["above_limits"],
        scaling=asked["scaling"] or "",
    )
    return request, warnings


def _parameters(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield workload parameters; `--first` and `--star` are those of functions."""
    yield from parsing.parameter_assignments(asked["parameters"], option="--param")
    if asked["first"] is not None:
        yield "first", str(asked["first"])
    if asked["star"]:
        yield "star", "yes"


def _usual_preset(workloads: "Sequence[str]") -> str:
    """Return the preset where none is asked for: an answer in seconds for a person's own function."""
    return "quick" if workloads and all(":" in name for name in workloads) else "default"


def _print_plan(prepared: pipeline.Prepared) -> None:
    from comparators.plan.estimate import expected_seconds
    from comparators.report.terminal_plan import print_plan

    print_plan(prepared.plan, expected_seconds(prepared.plan), output.console(sys.stdout))


def _measure_and_report(prepared: pipeline.Prepared, *, as_json: bool, verbose: bool) -> int:
    with interruptible() as interruption:
        with watching(sys.stderr, prepared) as observe:
            measured = pipeline.measure(prepared, observe)
        analysis = _report(prepared, measured, as_json=as_json, verbose=verbose)
    if analysis.finished == "interrupted":
        output.note("interrupted: this is the best answer so far")
        output.note("tip: the same command goes on from here")
        return interruption.exit_code or INTERRUPTED
    if analysis.missing and analysis.finished == "out-of-time":
        output.note("the time was up: the report says what is missing")
        output.note("tip: the same command with a longer '--max-time' goes on from here")
        return SOME_FAILED
    return SOME_FAILED if analysis.failed else 0


def _report(prepared: pipeline.Prepared, measured: "Run", *, as_json: bool, verbose: bool) -> "Analysis":
    """Write and print what follows from a run."""
    from comparators.report.terminal import print_summary

    for warning in measured.warnings:
        output.warn(warning)
    analysis = pipeline.analyse_run(measured, prepared.directory)
    try:
        if not as_json:  # the answer first: drawing takes longer
            print_summary(analysis, output.console(sys.stdout), verbose=verbose)
            sys.stdout.flush()
    finally:  # a report is wanted also where the reader has gone
        pipeline.write_reports(measured, analysis, prepared.directory)
    if as_json:
        output.say((prepared.directory / "verdicts.json").read_text(encoding="utf-8").rstrip("\n"))
    return analysis
