"""How each runner of a comparison did: from its values to a `Standing`."""

from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np

from comparators.journal.records import Sample
from comparators.plan.model import Candidate, Cell, NotApplicable, Settings
from comparators.plan.names import BASELINE
from comparators.plan.selection import representatives, screened_out
from comparators.stats.intervals import CONFIDENCE, Array, Interval, logs, ratio_interval
from comparators.verdict.history import Entry, History
from comparators.verdict.model import Standing, Status
from comparators.verdict.replay import Replay, fastest_first
from comparators.verdict.text_format import plural, rough

__all__ = ["Standings"]

_ORDER: Mapping[Status, int] = {
    "raced": 0,
    "eliminated": 0,
    "piloted": 0,
    "capped": 1,
    "not-reached": 2,
    "failed": 3,
    "not-applicable": 4,
}
_CAUSES = {
    "error": "",
    "wrong-result": "wrong result: ",
    "crashed": "crashed: ",
    "memory": "",
    "timeout": "timeout: ",
    "no-result": "no result: ",
    "capped": "",
}
_SAME = Interval(1.0, 1.0, 1.0, CONFIDENCE)


class Standings:
    """Makes the standings of one comparison.

    Args:
        history: what was measured.
        race: how the race went.
        settings: of the plan.
    """

    def __init__(self, history: History, race: Replay, settings: Settings) -> None:
        self._history = history
        self._race = race
        self._settings = settings
        self._chosen = {spec.label: cell for spec, cell in representatives(history.piloted).items()}
        self._entries = self._entries_by_label()
        self._cells: dict[str, list[Cell]] = {}
        for cell in history.samples:
            self._cells.setdefault(cell.runner.label, []).append(cell)
        self.leaders = fastest_first(history, race.remaining, race.blocks)
        """Labels still in the race, fastest first."""

    @property
    def best(self) -> str | None:
        """Label that the others are compared with: the fastest still in the race."""
        return self.leaders[0] if self.leaders else None

    def all(self) -> tuple[Standing, ...]:
        """Return the standing of every runner of the comparison, best first."""
        comparison = self._history.comparison
        found = [self._standing(one) for one in comparison.candidates]
        known = {one.runner for one in comparison.candidates}
        refused = {one.runner: one for one in comparison.not_applicable if one.runner not in known}
        return (*sorted(found, key=self._place), *map(_not_applicable, refused.values()))

    def logs_of(self, first: str, second: str) -> tuple[Array, Array, Sequence[int]]:
        """Return the logs of two labels in the blocks that both have, and the numbers of those blocks."""
        mine, other = self._entries.get(first, {}), self._entries.get(second, {})
        common = [number for number in mine if number in other]
        return logs([mine[b].seconds for b in common]), logs([other[b].seconds for b in common]), common

    def capped_samples(self, label: str) -> int:
        """Return how many of a label's race samples were stopped at a limit."""
        return sum(entry.capped for entry in self._entries.get(label, {}).values())

    def was_dropped(self, label: str) -> bool:
        """Return whether the pilot left a label out of the race because it was too slow."""
        cell = self._chosen.get(label)
        if cell is None or label in self._race.candidates or label in self._history.broke:
            return False
        piloted, samples = self._history.piloted, self._history.pilot_samples
        return screened_out(piloted[cell], min(piloted.values()), samples[cell], self._settings)

    def _entries_by_label(self) -> dict[str, dict[int, Entry]]:
        found: dict[str, dict[int, Entry]] = {}
        for number in self._race.blocks:
            for label, entry in self._history.blocks[number].items():
                found.setdefault(label, {})[number] = entry
        return found

    def _cell(self, label: str) -> Cell | None:
        return self._history.raced.get(label) or self._chosen.get(label)

    def _seconds(self, label: str) -> tuple[float | None, int]:
        """Return the geometric mean of a label's race, else its fastest time in the pilot, and the number of samples.

        Limits do not count. A runner that failed in the race has none: nobody knows what its other values are worth.
        """
        if label in self._history.broke:
            return None, 0
        values = [entry.seconds for entry in self._entries.get(label, {}).values() if not entry.capped]
        cell = self._cell(label)
        if values:
            return float(np.exp(logs(values).mean())), len(values)
        history = self._history
        return (history.piloted[cell], history.pilot_samples[cell]) if cell in history.piloted else (None, 0)

    def _standing(self, candidate: Candidate) -> Standing:
        label = candidate.runner.label
        status = self._status(label)
        cell = self._cell(label)
        seconds, samples = self._seconds(label)
        memory = _memory(self._history.samples.get(cell, ()) if cell is not None else ())
        to_winner = None if status == "capped" or self.best is None else self._ratio(label, self.best)
        return Standing(
            runner=candidate.runner,
            status=status,
            cell=cell,
            seconds=seconds,
            samples=samples,
            to_serial=self._ratio(BASELINE, label),
            to_winner=to_winner,
            at_least=self._at_least(label) if status == "capped" else None,
            by_workers=self._by_workers(label),
            reason=self._reason(label, status),
            flat_workers=self._flat(label, cell),
            first_s=_first_s(self._history.samples.get(cell, ()), seconds) if cell is not None else None,
            startup_s=None,
            cpu_s=_cpu_s(self._history.samples.get(cell, ())) if cell is not None else None,
            memory_bytes=memory[0],
            memory_kind=memory[1],
        )

    def _status(self, label: str) -> Status:
        history, race = self._history, self._race
        if label in history.broke:
            return "failed"
        if self.capped_samples(label) and label != self.best:
            return "capped"
        if label in race.remaining and race.raced:
            return "raced"
        if label in race.left:
            return "eliminated"
        return "piloted" if label in self._chosen else self._status_without_values(label)

    def _status_without_values(self, label: str) -> Status:
        if label in self._history.stopped:
            return "capped"
        return "failed" if label in self._history.failed else "not-reached"

    def _reason(self, label: str, status: Status) -> str:
        match status:
            case "failed":
                failure = self._history.failed[label]
                return _CAUSES[failure.cause] + failure.message
            case "eliminated":
                return f"slower for sure after {plural(self._race.left[label], 'block')}"
            case "piloted":
                return self._piloted_reason(label)
            case "capped":
                return self._capped_reason(label)
            case "not-reached":
                return "the run ended before it was measured"
            case _:
                return ""

    def _capped_reason(self, label: str) -> str:
        stopped = self.capped_samples(label)
        if not stopped:
            return self._history.stopped[label].message
        return f"stopped at the limit in {stopped} of {plural(len(self._entries[label]), 'block')}"

    def _piloted_reason(self, label: str) -> str:
        piloted, cell = self._history.piloted, self._chosen[label]
        seen = plural(self._history.pilot_samples[cell], "sample")
        if self.was_dropped(label):
            slower = rough(piloted[cell] / min(piloted.values()))
            return f"dropped by the pilot: took about {slower} times the best's seconds in {seen}"
        if label in self._race.candidates:
            return f"{seen} in the pilot"
        return f"not raced: only the {self._settings.racers_maximum} fastest of the pilot race"

    def _ratio(self, above: str, below: str) -> Interval | None:
        """Return the seconds of one label over those of another: paired by block, else "about", None when stopped.

        Without a common block both sides come from the pilot, so that they were measured at about the same time.
        """
        if above == below:
            return _SAME if self._seconds(above)[0] is not None else None
        if any(label in self._history.broke or self.capped_samples(label) for label in (above, below)):
            return None
        first, second, common = self.logs_of(above, below)
        if common:
            return ratio_interval(first, second)
        if above not in self._chosen or below not in self._chosen:
            return None
        piloted = self._history.piloted
        return Interval(piloted[self._chosen[above]] / piloted[self._chosen[below]], None, None, CONFIDENCE)

    def _at_least(self, label: str) -> float | None:
        """Return how many times the best's seconds a stopped label takes at the very least, within one stage."""
        if self.best is None:
            return None
        slow, fast, common = self.logs_of(label, self.best)
        if common:
            return float(np.exp((slow - fast).mean()))
        best, stopped = self._chosen.get(self.best), self._history.stopped.get(label)
        if best is None or stopped is None or stopped.limit_s is None:
            return None
        return stopped.limit_s / self._history.piloted[best]

    def _by_workers(self, label: str) -> tuple[tuple[int, float], ...]:
        piloted = self._history.piloted
        return tuple(sorted((cell.workers, piloted[cell]) for cell in self._cells.get(label, ()) if cell in piloted))

    def _flat(self, label: str, cell: Cell | None) -> tuple[int, int] | None:
        """Return the neighbouring worker counts around the best that are within the margin of it, in the pilot."""
        times_of = self._history.piloted
        piloted = self._by_workers(label)
        if cell not in times_of or len(piloted) < 2:
            return None
        limit = times_of[cell] * (1 + self._settings.margin)
        place = [workers for workers, _ in piloted].index(cell.workers)
        low = high = place
        while low > 0 and piloted[low - 1][1] <= limit:
            low -= 1
        while high < len(piloted) - 1 and piloted[high + 1][1] <= limit:
            high += 1
        return piloted[low][0], piloted[high][0]

    def _place(self, standing: Standing) -> tuple[float, ...]:
        """Sort what has a ratio by it, winners first, then by how far it came."""
        label = standing.runner.label
        ahead = self.leaders.index(label) if label in self.leaders else len(self.leaders)
        ratio = standing.to_winner.ratio if standing.to_winner else standing.at_least or np.inf
        return _ORDER[standing.status], ahead, ratio


def _first_s(samples: Sequence[Sample], seconds: float | None) -> float | None:
    """Return when the first result came, given the runner's seconds: by its share of each sample's, median."""
    shares = [one.first_s / one.seconds for one in samples if one.first_s is not None and one.seconds]
    return seconds * median(shares) if seconds is not None and shares else None


def _memory(samples: Sequence[Sample]) -> tuple[int | None, str]:
    """Return the most memory of some samples and how it was counted."""
    found = [
        (one.metadata["comparators_memory_bytes"], str(one.metadata.get("comparators_memory_kind", "")))
        for one in samples
        if "comparators_memory_bytes" in one.metadata
    ]
    weighed = [(used, kind) for used, kind in found if isinstance(used, int) and used > 0]
    return max(weighed, default=(None, ""))


def _cpu_s(samples: Sequence[Sample]) -> float | None:
    """Return the CPU seconds per loop, median of the samples that counted them."""
    counted = [one.metadata["comparators_cpu_s"] for one in samples if "comparators_cpu_s" in one.metadata]
    known = [float(spent) for spent in counted if isinstance(spent, int | float) and spent >= 0]
    return median(known) if known else None


def _not_applicable(refused: NotApplicable) -> Standing:
    return Standing(
        runner=refused.runner,
        status="not-applicable",
        cell=None,
        seconds=None,
        samples=0,
        to_serial=None,
        to_winner=None,
        at_least=None,
        by_workers=(),
        reason=refused.reason,
        flat_workers=None,
        first_s=None,
        startup_s=None,
        cpu_s=None,
    )
