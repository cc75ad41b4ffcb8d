"""A run as a pyperf suite: one benchmark per cell, one pyperf run per sample."""

import io
import itertools
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from comparators.errors import OutputError
from comparators.journal.atomic_io import replace_file
from comparators.journal.records import Run, Sample
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell

__all__ = ["FILE_NAME", "write_results"]

FILE_NAME = "results.json"


def write_results(run: Run, path: Path) -> bool:
    """Write what was measured as a pyperf file; without any sample there is none to write, and any old one goes.

    A cell's benchmark holds its samples of the sequential tests, or else those of costs, or else those of the pilot;
    the metadata `comparators_stage` and `comparators_level` say which. Cells with a single sample are left out, unless
    there are only such: pyperf's statistics need two.

    Returns:
        Whether there is a file now.

    Raises:
        OutputError: it could not be written; an older file is left as it was.
    """
    by_cell = _samples_by_cell(run.samples)
    try:
        suite = _suite(by_cell)
        if suite is None:
            path.unlink(missing_ok=True)
            return False
        text = io.StringIO()
        suite.dump(text)
        replace_file(path, text.getvalue().encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(
            f"cannot write '{path}': {error.strerror or error}",
            tip=f"the measurements are kept; make room, then 'comparators report {path.parent}'",
        ) from error
    return True


def _samples_by_cell(samples: Iterable[Sample]) -> dict[Cell, list[Sample]]:
    found: dict[Cell, list[Sample]] = {}
    for stage in ("test", "cost", "pilot"):
        known = set(found)
        for sample in samples:
            if sample.stage == stage and sample.cell not in known:
                found.setdefault(sample.cell, []).append(sample)
    repeated = {cell: group for cell, group in found.items() if len(group) > 1}
    return repeated or found


def _suite(by_cell: dict[Cell, list[Sample]]) -> Any:
    """Return the suite; None when pyperf takes none of the samples."""
    import pyperf

    benchmarks: dict[str, Any] = {}
    for cell, group in by_cell.items():
        name = _name(cell, benchmarks)
        runs = [run for sample in group if (run := _run(sample, name)) is not None]
        for run in runs:
            if name not in benchmarks:
                benchmarks[name] = pyperf.Benchmark([run])
                continue
            with suppress(ValueError):  # of a run that another machine measured, for one
                benchmarks[name].add_run(run)
    return pyperf.BenchmarkSuite(list(benchmarks.values())) if benchmarks else None


def _name(cell: Cell, taken: Container[str]) -> str:
    """Return a cell's key as pyperf takes it: on one line, and unlike all others."""
    plain = _plain(cell.key)
    return next(name for name in _numbered(str(plain)) if name not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} ({number})" for number in itertools.count(2))


def _plain(value: ParameterValue) -> ParameterValue:
    """Return a text on one line and not empty, as pyperf demands it of metadata."""
    return " ".join(value.split()) or "-" if isinstance(value, str) else value


def _run(sample: Sample, name: str) -> Any:
    """Return a sample as pyperf's run, without its metadata where pyperf takes them for wrong; None without any use."""
    import pyperf

    cell = sample.cell
    ours: dict[str, ParameterValue] = {
        "comparators_stage": sample.stage,
        "comparators_level": sample.level or "-",
        "comparators_block": sample.block,
        "comparators_workload": cell.workload.label,
        "comparators_runner": cell.runner.label,
        "comparators_workers": cell.workers,
        "comparators_phase": cell.phase,
        **{f"observed_{seen.name}": f"{seen.value:g} {seen.unit}" for seen in sample.observations},
    }
    for found in (sample.metadata, {}):
        metadata = {key: _plain(value) for key, value in {**found, **ours, "name": name, "loops": sample.loops}.items()}
        with suppress(ValueError, TypeError):
            return pyperf.Run(
                [sample.seconds],
                warmups=None if sample.warmup_s is None else [(sample.loops, sample.warmup_s)],
                metadata=metadata,
                collect_metadata=False,
            )
    return None
