"""From a request to a report in named steps; the command line and the library both go this way.

prepare(request) -> Prepared     plan, run directory, warnings; nothing is written
measure(prepared) -> Run         everything the run directory holds
analyse_run(run) -> Analysis     what it found out; see `comparators.verdict.analyse`
write_reports(run, analysis)     every derived file
"""

import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from comparators.errors import OutputError, UnreadableInput, UsageError
from comparators.plan.model import Plan
from comparators.registry.entry_points import IN_SANDBOX
from comparators.request.request import Request

if TYPE_CHECKING:  # loaded when there is something to measure
    from comparators.campaign.progress import Observer
    from comparators.journal.records import Run
    from comparators.verdict.analysis import Analysis

__all__ = ["Prepared", "analyse_run", "load_run", "measure", "prepare", "write_reports"]

STRAIN = 4
"""Processes per usable CPU above which the scheduler is measured rather than the work."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, the run directory it goes to, and what is worth a warning before it starts."""

    plan: Plan
    directory: Path
    warnings: tuple[str, ...] = ()


def prepare(
    request: Request, output: Path | None, tell: Callable[[str], object] | None = None, *, ahead: bool = False
) -> Prepared:
    """Plan a request and choose the run directory; nothing is written yet.

    Without `output` the directory is a new one below `reports/`, or one of today's that holds an unfinished run of
    the same plan on this host.

    Args:
        request: what is asked for.
        output: the run directory.
        tell: called from another thread, with a line for people, when planning takes long.
        ahead: import what measuring needs in the meantime.

    Raises:
        UsageError: the request cannot be done as asked, or `output` cannot hold a run.
        NothingSelected: no cell applies.
    """
    from comparators.plan.third_party import plan_with_third_party

    if output is not None:
        _check_output(output)
    if ahead:
        threading.Thread(target=_import_ahead, daemon=True).start()
    with _not_within_itself():
        plan, left_out = plan_with_third_party(request, tell)
    if request.isolate:
        from comparators.supervision.isolation import require

        require()
    warnings = (*left_out, *_strain_warnings(plan))
    return Prepared(plan, output or _default_directory(plan), warnings)


def measure(prepared: Prepared, observe: "Observer") -> "Run":
    """Measure a plan, or go on with it.

    Raises:
        UsageError: the directory holds a run of another plan or host, or is in use; or the code was changed.
        OutputError: the journal could not be written.
    """
    from comparators.campaign import campaign

    try:
        prepared.directory.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make '{prepared.directory.parent}': {error.strerror}") from error
    return campaign.measure(prepared.plan, prepared.directory, observe)


def analyse_run(run: "Run", directory: Path) -> "Analysis":
    """Analyse a run; nothing is written.

    Args:
        run: what was measured.
        directory: its run directory, for the commands that are shown.
    """
    from comparators.verdict.analyse import analyse

    return replace(analyse(run), directory_hint=str(directory))


def write_reports(run: "Run", analysis: "Analysis", directory: Path) -> tuple[Path, ...]:
    """Write every file that follows from a run: pyperf's results, verdicts, report, figures; return their paths.

    Raises:
        OutputError: a file could not be written; the journal is kept.
    """
    from comparators.campaign.pyperf_results import write_results
    from comparators.report.documents import write_documents

    results = directory / "results.json"
    measured = write_results(run, results)
    files = write_documents(analysis, directory)
    return (results, *files) if measured else files


def load_run(directory: Path) -> "Run":
    """Read a run directory; nothing is written.

    Raises:
        UsageError: there is no run, or its journal cannot be understood.
    """
    if not directory.exists():
        raise UsageError(
            f"no run directory '{directory}'", tip="'comparators run' makes them, in 'reports/' by default"
        )
    from comparators.journal.journal import load

    return load(directory)


def _import_ahead() -> None:
    """Import what measuring and analysing need, while planning waits for a child process: about half a second."""
    for name in ("comparators.campaign.campaign", "comparators.verdict.analyse"):
        with suppress(Exception):  # the import that needs it will fail again and say so
            importlib.import_module(name)


_preparing: list[bool] = []


@contextmanager
def _not_within_itself() -> Iterator[None]:
    """Stop a module that compares at its top level: planning imports it, and so does each worker process.

    Raises:
        UsageError: this is such a call.
    """
    main = getattr(sys.modules["__main__"], "__spec__", None)
    if _preparing or IN_SANDBOX in os.environ or (main is not None and main.name.startswith("comparators.worker.")):
        raise UsageError(
            "a module compares at its top level, and is imported to be compared",
            tip="put the call under: if __name__ == '__main__':",
        )
    _preparing.append(True)
    try:
        yield
    finally:
        _preparing.clear()


def _check_output(output: Path) -> None:
    """Find a directory that cannot be written before the first measurement, not after the last."""
    where = f"invalid value '{output}' for '--output'"
    if output.exists() and not output.is_dir():
        raise UsageError(f"{where}: is a file", tip="name a folder; it is made when it does not exist")
    if output.is_dir() and not (output / "journal.jsonl").exists() and any(output.iterdir()):
        raise UsageError(
            f"{where}: the folder is not empty and holds no run",
            tip="name a new folder, or that of a run to go on with",
        )
    parent = next(path for path in (output.absolute(), *output.absolute().parents) if path.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"{where}: '{parent}' cannot be written", tip="name a folder that you may write to")


def _default_directory(plan: Plan) -> Path:
    """Return today's first directory that is new, or holds an unfinished run of the same plan and host."""
    return next(path for path in _default_directories() if not path.exists() or _can_go_on(path, plan))


def _default_directories() -> Iterator[Path]:
    """Yield `reports/<date>-<host>`, then the same with `-2`, `-3` and so on."""
    import itertools
    import platform
    import re
    from datetime import date

    host = re.sub(r"[^A-Za-z0-9-]+", "-", platform.node().partition(".")[0])[:40].strip("-").lower() or "host"
    first = Path("reports") / f"{date.today().isoformat()}-{host}"
    yield first
    for number in itertools.count(2):
        yield first.with_name(f"{first.name}-{number}")


def _can_go_on(directory: Path, plan: Plan) -> bool:
    from comparators.journal.journal import load
    from comparators.plan.host import host_difference, host_facts

    try:
        run = load(directory)
    except UnreadableInput:  # this directory was not asked for: what it holds is in no one's way
        return False
    if run.header.plan.fingerprint != plan.fingerprint or host_difference(run.header.host, host_facts()):
        return False
    return not _is_over(run, plan.settings.maximum_time_s)


def _is_over(run: "Run", limit_s: float | None) -> bool:
    """Say whether a run has come to its end, which one that ran out of time has unless it gets more of it now."""
    ended = run.finished
    if ended is None or ended.reason == "interrupted":
        return False
    if ended.reason == "complete" or limit_s is None:
        return ended.reason == "complete"
    return limit_s <= max(run.header.plan.settings.maximum_time_s or 0.0, ended.elapsed_s)


def _strain_warnings(plan: Plan) -> Iterator[str]:
    most = STRAIN * len(plan.settings.cpus)
    strained = {
        candidate.runner.label: max(candidate.counts)
        for comparison in plan.comparisons
        for candidate in comparison.candidates
        if candidate.runner.model == "processes" and max(candidate.counts, default=0) > most
    }
    for label, count in strained.items():
        yield f"'{label}' with {count} workers on {len(plan.settings.cpus)} usable CPUs strains this host"
