"""Why something that others have was not measured under a runner."""

from collections.abc import Mapping

from comparators.journal.records import Run
from comparators.plan.model import Comparison, RunnerSpec

__all__ = ["NOT_SEEN", "absences_of", "runners_of", "why_absent"]

NOT_SEEN = "not measured, or it did not happen in any sample"

Place = tuple[str, str, str, str]
"""Labels of workload, phase, Python and runner."""


def absences_of(run: Run) -> dict[Place, str]:
    """Return the first message of what failed, by comparison and runner; an instrumented look measures nothing."""
    found: dict[Place, str] = {}
    for one in run.failures:
        cell = one.cell
        for phase in ("warm", "cold") if one.stage == "preflight" else (cell.phase,):  # both phases share a preflight
            if one.stage != "evidence":
                found.setdefault((cell.workload.label, phase, cell.python, cell.runner.label), one.message)
    return found


def why_absent(comparison: Comparison, runner: RunnerSpec, failures: Mapping[Place, str]) -> str:
    """Say why a comparison has no value of a runner; the workload, which a reason may begin with, is known."""
    label = comparison.workload.label
    refused = next((one.reason for one in comparison.not_applicable if one.runner == runner), "")
    own = refused.removeprefix(f"'{label}'").lstrip(": ") if refused.startswith(f"'{label}'") else refused
    return own or failures.get((label, comparison.phase, comparison.python, runner.label), NOT_SEEN)


def runners_of(comparison: Comparison) -> tuple[RunnerSpec, ...]:
    """Return every runner that a comparison knows, also those that cannot take part."""
    refused = (one.runner for one in comparison.not_applicable)
    return tuple(dict.fromkeys((*(one.runner for one in comparison.candidates), *refused)))
