"""Why something that other runners have was not measured under a runner."""

from collections.abc import Mapping

from comparators.journal.records import Run
from comparators.plan.model import Cell, Comparison, RunnerSpec

__all__ = ["NOT_SEEN", "Place", "failures_of", "place_of", "runners_of", "why_not_measured"]

NOT_SEEN = "not measured, or it did not happen in any sample"

Place = tuple[str, str, str, str]
"""Labels of workload, phase, Python and runner."""


def place_of(cell: Cell) -> Place:
    """Return what a cell is about, without its worker count."""
    return cell.workload.label, cell.phase, cell.python, cell.runner.label


def failures_of(run: Run) -> dict[Place, str]:
    """Return the first message of what failed, by place; an instrumented pass measures nothing."""
    found: dict[Place, str] = {}
    for one in run.failures:
        if one.stage != "evidence":
            found.setdefault(place_of(one.cell), one.message)
    return found


def why_not_measured(comparison: Comparison, runner: RunnerSpec, failures: Mapping[Place, str]) -> str:
    """Return why a comparison has no value of a runner, without repeating the workload's name."""
    label = comparison.workload.label
    refused = next((one.reason for one in comparison.not_applicable if one.runner == runner), "")
    own = refused.removeprefix(f"'{comparison.workload.name}'").lstrip(": ")
    return own or failures.get((label, comparison.phase, comparison.python, runner.label), NOT_SEEN)


def runners_of(comparison: Comparison) -> tuple[RunnerSpec, ...]:
    """Return every runner that a comparison knows, including those that are not applicable."""
    refused = (one.runner for one in comparison.not_applicable)
    return tuple(dict.fromkeys((*(one.runner for one in comparison.candidates), *refused)))
