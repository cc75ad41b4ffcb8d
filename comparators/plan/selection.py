"""From pilot times to the race: each runner's best cell, and which runners are worth racing."""

from collections.abc import Mapping

from comparators.plan.model import Cell, RunnerSpec, Settings

__all__ = ["representatives", "screened_out"]


def representatives(piloted: Mapping[Cell, float]) -> dict[RunnerSpec, Cell]:
    """Return each runner's fastest cell, fastest runner first. Cells that failed are not in `measured in the pilot`."""
    fastest: dict[RunnerSpec, Cell] = {}
    for cell in sorted(piloted, key=lambda cell: (piloted[cell], cell.workers)):
        fastest.setdefault(cell.runner, cell)
    return fastest


def screened_out(seconds: float, best: float, samples: int, settings: Settings) -> bool:
    """Say whether a runner is too slow to race: far behind in one sample, or clearly behind in each of two.

    Args:
        seconds: the runner's fastest time in the pilot.
        best: the fastest time of any runner in the pilot.
        samples: how many samples of the runner's best cell there are.
        settings: the ratios that count as far and as clearly behind.
    """
    ratio = seconds / best
    return ratio > settings.certain_above or (ratio > settings.drop_above and samples >= 2)
