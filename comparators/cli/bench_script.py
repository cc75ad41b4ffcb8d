"""One cell as an ordinary pyperf script, with all of pyperf's options: what `comparators bench` runs."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from comparators.errors import ComparatorsError, NothingSelected, UnknownName, UsageError
from comparators.parameters import parameters_of, parse_parameters
from comparators.plan.build import make_plan
from comparators.plan.model import Candidate, Comparison
from comparators.plan.names import choose_runners, choose_workloads
from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.applicability import unavailable
from comparators.registry.suites import SUITES
from comparators.request import parsing
from comparators.request.request import Request
from comparators.worker.timing import Timed, timed
from comparators.workload import Workload

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = ["script"]

PROGRAM = ("-m", "comparators", "bench")
"""What pyperf puts behind the interpreter to start its workers."""

_EXAMPLES = """\
examples:
  comparators bench integrate futures-threads --workers 2
  comparators bench integrate serial -o serial.json
  comparators bench sleep asyncio --fast --append all.json
  comparators bench hash threading --python python3.14t --compare-to python3.14
"""


def script(arguments: Sequence[str]) -> None:
    """Be a pyperf script for one cell: the manager that starts workers, or, with `--worker`, one of them.

    Raises:
        UsageError: an argument is unknown or wrong, or the output cannot be written.
        NothingSelected: the runner cannot do the workload here.
        ComparatorsError: a worker failed; it has said why.
        SystemExit: from `--help`, and from pyperf.
    """
    import pyperf

    parser = _parser()
    runner = pyperf.Runner(_argparser=parser, program_args=PROGRAM, add_cmdline_args=_pass_on)
    parser.description = "Measure one workload under one runner with pyperf; every value's result is verified."
    options = runner.parse_args(list(arguments))
    _check_no_suite(options.workload)
    _check_file(options.output or options.append)
    if options.worker:
        _work(runner, options)
    else:
        _manage(runner, options)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are ours."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print.

        Raises:
            UsageError: always.
        """
        unknown = re.match(r"unrecognized arguments: (-[^\s=]*)", message)
        if unknown:
            actions = self._option_string_actions.items()
            known = [name for name, one in actions if name.startswith("--") and one.help != argparse.SUPPRESS]
            raise UnknownName("option", unknown[1], known)
        raise UsageError(message, tip="comparators bench --help")

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        """Write what argparse would, and hear of a reader that has gone, which argparse keeps to itself."""
        (file or sys.stdout).write(self.format_help())


def _parser() -> _Parser:
    parser = _Parser(
        prog="comparators bench",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_EXAMPLES,
    )
    ours = parser.add_argument_group("what to measure")
    ours.add_argument(
        "workload",
        metavar="WORKLOAD",
        help="a name, 'package.module:Class' or 'my_file.py:function', with parameters 'guarded[guard=rlock]'",
    )
    ours.add_argument("runner", metavar="RUNNER", help="a name, with parameters 'mp-pool[method=imap]'")
    ours.add_argument("--workers", metavar="N", type=_one_count, help="tasks in progress at once (default: as fits)")
    ours.add_argument("--param", metavar="K=V", action="append", default=[], help="a workload's parameter; repeat it")
    ours.add_argument("--preset", metavar="quick|default|full", default="default", help="how much work")
    ours.add_argument(
        "--phase",
        metavar="warm|cold",
        type=_phase,
        default="warm",
        help="cold: starting and stopping the workers is timed, too (default: warm)",
    )
    ours.add_argument("--calibrated", action="append", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _one_count(text: str) -> int:
    counts, _ = parsing.worker_counts(text, option="--workers", above_limits=True)
    if len(counts) != 1:
        raise UsageError(f"invalid value '{text}' for '--workers': must be one number here", tip="'--workers 2'")
    return counts[0]


def _phase(text: str) -> str:
    if text not in ("warm", "cold"):
        raise UnknownName("phase", text, ("warm", "cold"), where="for '--phase'")
    return text


def _pass_on(command: list[str], options: argparse.Namespace) -> None:
    """Add our own options to the command line of a pyperf worker."""
    command += [options.workload, options.runner, f"--workers={options.workers}"]
    command += [f"--preset={options.preset}", f"--phase={options.phase}"]
    command += [f"--param={assignment}" for assignment in options.param]
    command += [f"--calibrated={assignment}" for assignment in options.calibrated]


def _manage(runner: Any, options: argparse.Namespace) -> None:
    """Check everything and calibrate once, then let pyperf start its workers."""
    options.workers = _planned_workers(options)
    calibrated = _workload(options)[1]
    options.calibrated = [
        f"{declared.name}={getattr(calibrated, declared.name)}" for declared in parameters_of(type(calibrated))
    ]
    try:
        runner.bench_time_func("managed", _only_in_workers)
    except RuntimeError as error:  # pyperf's word for a worker that failed; the worker has said why
        raise ComparatorsError(f"a pyperf worker failed: {error}", tip="its own message is above") from error


def _check_no_suite(name: str) -> None:
    if name in SUITES:
        raise UsageError(
            f"'{name}' is a suite: one workload is measured here",
            tip=f"'comparators list {name}' shows its workloads",
        )


def _check_file(text: str | None) -> None:
    """Find a file that cannot be written before measuring; pyperf itself would find it afterwards.

    Raises:
        UsageError: its folder does not exist or cannot be written.
    """
    folder = Path(text or "").absolute().parent
    if text and not folder.is_dir():
        raise UsageError(f"cannot write '{text}': the folder '{folder}' does not exist", tip=f"mkdir -p '{folder}'")
    if text and (Path(text).is_dir() or not os.access(folder, os.W_OK | os.X_OK)):
        raise UsageError(f"cannot write '{text}'", tip="name a file in a folder that you may write to")


def _only_in_workers(loops: int) -> float:
    raise AssertionError(f"the manager measures nothing, asked for {loops} loops")


def _work(runner: Any, options: argparse.Namespace) -> None:
    """Measure in a process that pyperf, or a person, started with `--worker`."""
    if options.workers is None:
        options.workers = _planned_workers(options)
    label, workload = _workload(options)
    chosen = next(one for one in choose_runners([options.runner]) if not one.baseline_only)
    reason = unavailable(chosen.cls.info)
    if reason:
        raise NothingSelected(f"'{chosen.spec.label}' does not apply: {reason}", tip="comparators list runners")
    name = f"{label}/{chosen.spec.label}/{options.workers}/{options.phase}"
    with ExitStack() as stack:

        @cache
        def opened() -> Timed:
            """Start the workers."""
            return stack.enter_context(
                timed(workload, chosen.cls, dict(chosen.spec.parameters), options.workers, options.phase)
            )

        def time_func(loops: int) -> float:
            """Start the workers with the first value: pyperf sets the affinity just before, and they inherit it."""
            return opened()(loops)

        runner.bench_time_func(name, time_func)


def _workload(options: argparse.Namespace) -> tuple[str, Workload[Any, Any]]:
    """Return the label and the workload, calibrated: by the manager when that has passed the values on."""
    assignments = parsing.parameter_assignments(options.param, option="--param")
    (chosen,) = choose_workloads([options.workload], options.preset, assignments)
    spec, workload = chosen.spec, chosen.workload
    if not options.calibrated:
        return spec.label, workload.calibrate()
    filled_in = dict(parsing.parameter_assignments(options.calibrated, option="--calibrated"))
    return spec.label, type(workload)(**parse_parameters(type(workload), filled_in, owner=spec.name))


def _planned_workers(options: argparse.Namespace) -> int:
    """Let the plan check that the cell applies under every Python that measures, and choose the number of workers."""
    pythons = dict.fromkeys(python for python in (options.python, options.compare_to) if python)
    request = Request(
        workloads=(options.workload,),
        runners=(options.runner,),
        workers=() if options.workers is None else (options.workers,),
        parameters=parsing.parameter_assignments(options.param, option="--param"),
        preset=options.preset,
        phases=(options.phase,),
        pythons=tuple(pythons),
    )
    label = next(one.spec.label for one in choose_runners(request.runners) if not one.baseline_only)
    counts = []
    for comparison in make_plan(request).comparisons:
        for one in comparison.not_applicable:
            if one.runner.label == label:
                raise NothingSelected(f"'{label}' does not apply under Python {comparison.python}: {one.reason}")
        counts += [_usual_workers(one, comparison) for one in comparison.candidates if one.runner.label == label]
    return counts[0]


def _usual_workers(candidate: Candidate, comparison: Comparison) -> int:
    """Return the count asked for, or else as many as there are tasks where these wait, and CPUs where they compute."""
    if candidate.counts:
        return candidate.counts[0]
    usual = comparison.tasks if comparison.waits else len(usable_cpus())
    return max(candidate.fewest, min(usual, candidate.limit))
