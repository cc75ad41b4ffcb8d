"""Go through a recorded race again, look by look, with the same rule that judged it while it ran."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.plan.model import Settings
from comparators.plan.selection import representatives, screened_out
from comparators.stats.intervals import logs
from comparators.verdict.history import History
from comparators.verdict.sequential import Decision, judge

__all__ = ["Replay", "fastest_first", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """How a race went.

    Attributes:
        candidates: labels that began the race; without a race those that the pilot would let into it, fastest first.
        decision: of the last look; None without a complete block.
        alive: labels still in the race at its end.
        left: after how many blocks a label proved slower.
        blocks: numbers of the blocks that count: those in which every runner still in the race has a value.
        incomplete: how many blocks were begun and do not count, the last one excepted.
    """

    candidates: tuple[str, ...]
    decision: Decision | None
    remaining: tuple[str, ...]
    left: dict[str, int]
    blocks: tuple[int, ...]
    incomplete: int

    @property
    def raced(self) -> bool:
        """Whether there is at least one block to judge by."""
        return bool(self.blocks)


def replay(history: History, settings: Settings) -> Replay:
    """Judge a comparison's blocks at the planned looks, and at their end when that came before a verdict."""
    looks = settings.looks_of(history.comparison.phase)
    candidates = _candidates(history, settings)
    remaining, left, counted = list(candidates), dict[str, int](), list[int]()
    decision: Decision | None = None

    def look(*, last: bool) -> Decision:
        values = [{label: history.blocks[number][label].seconds for label in remaining} for number in counted]
        found = judge(values, tuple(remaining), len(candidates), settings.margin, looks, last=last)
        left.update({label: len(counted) for label in remaining if label not in found.remaining})
        return found

    numbers = sorted(history.blocks) if looks else []  # blocks that no plan asked for come from a foreign journal
    for number in numbers:
        remaining = [label for label in remaining if not _breaks(history, label, number)]
        if not remaining:
            break
        if any(label not in history.blocks[number] for label in remaining):
            continue
        counted.append(number)
        if len(counted) in looks:
            decision = look(last=False)
            remaining = list(decision.remaining)
            if decision.outcome == "win" or (decision.outcome is not None and number == numbers[-1]):
                break
            decision = None  # where the race went on, its margin was not yet raised to the host's noise: so does this
    if counted and remaining and (decision is None or decision.outcome is None):
        # Whoever is alone before the first look may be so because the run ended before the others' turn.
        early = len(remaining) == 1 and len(counted) < looks[0]
        decision = Decision("unresolved", tuple(remaining), None) if early else look(last=True)
        remaining = list(decision.remaining)
    begun = [number for number in numbers[:-1] if not counted or number < counted[-1]]
    incomplete = sum(number not in set(counted) for number in begun)
    return Replay(candidates, decision if remaining else None, tuple(remaining), left, tuple(counted), incomplete)


def fastest_first(history: History, labels: Sequence[str], blocks: Sequence[int]) -> list[str]:
    """Order labels by their geometric mean over blocks that all of them have; without blocks leave them as they are."""
    if not blocks:
        return list(labels)
    means = {label: float(logs([history.blocks[b][label].seconds for b in blocks]).mean()) for label in labels}
    return sorted(labels, key=means.__getitem__)


def _breaks(history: History, label: str, number: int) -> bool:
    return history.broke.get(label) == number and label not in history.blocks[number]


def _candidates(history: History, settings: Settings) -> tuple[str, ...]:
    """Return who races as the journal has it; without a race whoever the pilot would let into it.

    A journal whose line about it is damaged still has the first block.
    """
    if history.racers:
        return tuple(history.racers)
    if history.blocks:
        first = min(history.blocks)
        broken = (label for label in history.broke if _breaks(history, label, first))
        return tuple(dict.fromkeys((*history.blocks[first], *broken)))
    if not history.piloted:
        return ()
    best = min(history.piloted.values())
    chosen = [
        cell.runner.label
        for cell in representatives(history.piloted).values()
        if not screened_out(history.piloted[cell], best, history.pilot_samples[cell], settings)
    ]
    return tuple(chosen[: settings.racers_maximum] if settings.looks_of(history.comparison.phase) else chosen)
