"""`comparators run`: plan, measure, judge, report."""

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
from comparators.plan.model import Phase
from comparators.plan.presets import EFFORTS
from comparators.request import parsing
from comparators.request.request import Request

if TYPE_CHECKING:  # loaded when there is something to measure
    from comparators.journal.records import Run

__all__ = ["run"]

SOME_FAILED = 1
SCALINGS = ("strong", "weak")
PRESETS = tuple(EFFORTS)
_PHASES: dict[str, tuple[Phase, ...]] = {"warm": ("warm",), "cold": ("cold",), "both": ("warm", "cold")}


@click.command(cls=Command)
@click.argument("workloads", nargs=-1, metavar="[WORKLOAD]...")
@click.option(
    "--runner",
    "runners",
    multiple=True,
    metavar="NAME",
    help="A model; repeat it for more. Default: all, or a suite's.",
)
@click.option(
    "--model",
    "models",
    metavar="NAME",
    callback=read_by(parsing.models),
    help="Only runners of these models, beside the loop: threads,processes. Default: all.",
)
@click.option("--workers", metavar="auto|1,2,4", default="auto", help="Worker counts. Default: search for the best.")
@click.option("--param", "parameters", multiple=True, metavar="K=V", help="A workload's parameter; repeat it for more.")
@click.option("--first", metavar="N", callback=read_by(parsing.count), help="Only N items of your own function.")
@click.option("--star", is_flag=True, help="Unpack the items of your own function into its arguments.")
@click.option(
    "--preset",
    metavar="|".join(PRESETS),
    default="default",
    callback=one_of("preset", PRESETS),
    help="How many samples, and with full how much work. Default: default.",
)
@click.option(
    "--phase",
    metavar="|".join(_PHASES),
    callback=one_of("phase", tuple(_PHASES)),
    help="Workers already started, started within the time, or both. Default: both, or what a suite says.",
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
    default="5",
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
@click.option("--json", "as_json", is_flag=True, help="Print verdicts.json, and nothing else, on standard output.")
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be measured and how long it would take.")
def run(directory: Path | None, *, as_json: bool, plan_only: bool, **asked: Any) -> int:
    """Measure which model does a WORKLOAD best, judge, and write a report.

    A WORKLOAD is a name from 'comparators list', 'package.module:Class', or a function in a file of yours,
    'my_file.py:function', with its coroutine form 'my_file.py:get+aget'. Its parameters may follow in brackets,
    'NAME[KEY=VALUE]', and the same workload may take part several times with different ones. It may also be a suite.
    Without one, the suite 'models' is measured.

    Ctrl-C ends a run with a report of what is there; the same command goes on from that point.

    \b
    Examples:
      comparators run --preset quick
      comparators run coordination --preset quick
      comparators run 'guarded[guard=rlock]' 'guarded[guard=queue]'
      comparators run integrate sleep --runner threading --runner asyncio
      comparators run integrate --workers 1,2,4 --param steps=1e6
      comparators run integrate --scaling strong --workers 1,2,4,8
      comparators run hash --runner 'mp-pool[method=imap,chunksize=4]' --phase warm
      comparators run my_file.py:resize --max-time 5m --output resize-run
      comparators run my_file.py:fetch+afetch --model threads,async --first 100
      comparators run integrate --python python3.13 --python python3.14t
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    if as_json and plan_only:
        raise UsageError("'--json' and '--plan' exclude each other", tip="a plan has no verdicts")
    request, warnings = _request(**asked)
    job = pipeline.prepare(request, directory, tell=output.note)
    for warning in (*warnings, *job.warnings):
        output.warn(warning)
    _print_plan(job, sys.stdout if plan_only else sys.stderr)
    return 0 if plan_only else _measure_and_report(job, as_json=as_json)


def _request(**asked: Any) -> tuple[Request, tuple[str, ...]]:
    counts, warnings = parsing.worker_counts(asked["workers"], option="--workers", above_limits=asked["above_limits"])
    request = Request(
        workloads=asked["workloads"],
        runners=split_names(asked["runners"]),
        workers=counts,
        models=asked["models"] or (),
        parameters=tuple(_parameters(asked)),
        preset=asked["preset"],
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


def _print_plan(job: pipeline.Job, stream: Any) -> None:
    from comparators.plan.estimate import expected_seconds
    from comparators.report.terminal import print_plan

    print_plan(job.plan, expected_seconds(job.plan), output.console(stream))


def _measure_and_report(job: pipeline.Job, *, as_json: bool) -> int:
    with interruptible() as interruption:
        with watching(sys.stderr) as observe:
            measured = pipeline.measure_job(job, observe)
        outcome = _report(job, measured, as_json=as_json)
    if measured.finished is not None and measured.finished.reason == "interrupted":
        output.note("interrupted: the report shows what was measured so far")
        output.note("tip: the same command goes on from here")
        return interruption.exit_code or INTERRUPTED
    if pipeline.cells_missing(outcome):
        output.note("the time was up: the report says what is missing")
        output.note("tip: the same command with a longer '--max-time' goes on from here")
        return SOME_FAILED
    return SOME_FAILED if pipeline.cells_failed(measured) else 0


def _report(job: pipeline.Job, measured: "Run", *, as_json: bool) -> pipeline.Outcome:
    """Write and print what follows from a run."""
    from comparators.report.terminal import print_summary

    for warning in measured.warnings:
        output.warn(warning)
    outcome = pipeline.judged(measured)
    try:
        if not as_json:  # the verdicts first: drawing takes longer than judging
            print_summary(outcome.run, outcome.verdicts, output.console(sys.stdout))
            sys.stdout.flush()
    finally:  # a report is wanted also where nobody reads on
        outcome = pipeline.write_reports(outcome, job.directory)
    if as_json:
        output.say((job.directory / "verdicts.json").read_text(encoding="utf-8").rstrip("\n"))
    output.note(f"report: {job.directory / 'report.html'}")
    return outcome
