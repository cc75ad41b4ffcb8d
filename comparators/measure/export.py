"""A run as a pyperf suite: one benchmark per cell, one pyperf run per sample."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from comparators.durable import replace_file
from comparators.errors import OutputError
from comparators.measure.records import Run, Sample
from comparators.plan.model import Cell

__all__ = ["FILE_NAME", "write_results"]

FILE_NAME = "results.json"


def write_results(run: Run, path: Path) -> bool:
    """Write what was measured as a pyperf file; without any sample there is none to write, and any old one goes.

    A cell's benchmark holds its race samples, or those of the scout when it did not race; the metadata
    `comparators_stage` says which. Cells with a single sample are left out, unless there are only such: pyperf's
    statistics need two.

    Returns:
        Whether there is a file now.

    Raises:
        OutputError: it could not be written; an older file is left as it was.
    """
    by_cell = _samples_by_cell(run.samples)
    try:
        if not by_cell:
            path.unlink(missing_ok=True)
            return False
        text = io.StringIO()
        _suite(by_cell).dump(text)
        replace_file(path, text.getvalue().encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(
            f"cannot write '{path}': {error.strerror or error}",
            tip=f"the measurements are kept; make room, then 'comparators report {path.parent}'",
        ) from error
    return True


def _samples_by_cell(samples: Iterable[Sample]) -> dict[Cell, list[Sample]]:
    found: dict[Cell, list[Sample]] = {}
    for stage in ("race", "scout"):
        raced = set(found)
        for sample in samples:
            if sample.stage == stage and sample.cell not in raced:
                found.setdefault(sample.cell, []).append(sample)
    repeated = {cell: group for cell, group in found.items() if len(group) > 1}
    return repeated or found


def _suite(by_cell: dict[Cell, list[Sample]]) -> Any:
    import pyperf

    return pyperf.BenchmarkSuite([pyperf.Benchmark([_run(sample) for sample in group]) for group in by_cell.values()])


def _run(sample: Sample) -> Any:
    import pyperf

    cell = sample.cell
    ours = {
        "comparators_stage": sample.stage,
        "comparators_block": sample.block,
        "comparators_workload": cell.workload.label,
        "comparators_runner": cell.runner.label,
        "comparators_workers": cell.workers,
        "comparators_phase": cell.phase,
        **{f"observed_{seen.name}": f"{seen.value:g} {seen.unit}" for seen in sample.observations},
    }
    return pyperf.Run(
        [sample.seconds],
        warmups=None if sample.warmup_s is None else [(sample.loops, sample.warmup_s)],
        metadata={**sample.metadata, **ours, "name": cell.key, "loops": sample.loops},
        collect_metadata=False,
    )
