"""Go through a recorded race again, look by look, with the same rule that judged it while it ran."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.plan.model import Settings
from comparators.plan.selection import hopeless, representatives
from comparators.verdict.history import History
from comparators.stats.intervals import logs
from comparators.verdict.sequential import Decision, judge

__all__ = ["Replay", "fastest_first", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """How a race went.

    Attributes:
        contenders: labels that began the race; without a race those that the scout would let into it, fastest first.
        decision: of the last look; None without a complete block.
        alive: labels still in the race at its end.
        left: after how many blocks a label proved slower.
        blocks: numbers of the blocks that count: those in which every runner still in the race has a value.
        incomplete: how many blocks were begun and do not count, the last one excepted.
    """

    contenders: tuple[str, ...]
    decision: Decision | None
    alive: tuple[str, ...]
    left: dict[str, int]
    blocks: tuple[int, ...]
    incomplete: int

    @property
    def raced(self) -> bool:
        """Whether there is at least one block to judge by."""
        return bool(self.blocks)


def replay(history: History, settings: Settings) -> Replay:
    """Judge a contest's blocks at the planned looks, and at their end when that came before a verdict."""
    looks = settings.looks_of(history.contest.phase)
    contenders = _contenders(history, settings)
    alive, left, counted = list(contenders), dict[str, int](), list[int]()
    decision: Decision | None = None

    def look(*, last: bool) -> Decision:
        values = [{label: history.blocks[number][label].seconds for label in alive} for number in counted]
        found = judge(values, tuple(alive), len(contenders), settings.margin, looks, last=last)
        left.update({label: len(counted) for label in alive if label not in found.survivors})
        return found

    numbers = sorted(history.blocks) if looks else []  # blocks that no plan asked for come from a foreign journal
    for number in numbers:
        alive = [label for label in alive if not _breaks(history, label, number)]
        if not alive:
            break
        if any(label not in history.blocks[number] for label in alive):
            continue
        counted.append(number)
        if len(counted) in looks:
            decision = look(last=False)
            alive = list(decision.survivors)
            if decision.outcome == "win" or (decision.outcome is not None and number == numbers[-1]):
                break
            decision = None  # where the race went on, its margin was not yet raised to the host's noise: so does this
    if counted and alive and (decision is None or decision.outcome is None):
        # Whoever is alone before the first look may be so because the run ended before the others' turn.
        early = len(alive) == 1 and len(counted) < looks[0]
        decision = Decision("unresolved", tuple(alive), None) if early else look(last=True)
        alive = list(decision.survivors)
    begun = [number for number in numbers[:-1] if not counted or number < counted[-1]]
    incomplete = sum(number not in set(counted) for number in begun)
    return Replay(contenders, decision if alive else None, tuple(alive), left, tuple(counted), incomplete)


def fastest_first(history: History, labels: Sequence[str], blocks: Sequence[int]) -> list[str]:
    """Order labels by their geometric mean over blocks that all of them have; without blocks leave them as they are."""
    if not blocks:
        return list(labels)
    means = {label: float(logs([history.blocks[b][label].seconds for b in blocks]).mean()) for label in labels}
    return sorted(labels, key=means.__getitem__)


def _breaks(history: History, label: str, number: int) -> bool:
    return history.broke.get(label) == number and label not in history.blocks[number]


def _contenders(history: History, settings: Settings) -> tuple[str, ...]:
    """Return who races as the journal has it; without a race whoever the scout would let into it.

    A journal whose line about it is damaged still has the first block.
    """
    if history.racers:
        return tuple(history.racers)
    if history.blocks:
        first = min(history.blocks)
        broken = (label for label in history.broke if _breaks(history, label, first))
        return tuple(dict.fromkeys((*history.blocks[first], *broken)))
    if not history.scouted:
        return ()
    best = min(history.scouted.values())
    chosen = [
        cell.runner.label
        for cell in representatives(history.scouted).values()
        if not hopeless(history.scouted[cell], best, history.scout_samples[cell], settings)
    ]
    return tuple(chosen[: settings.racers_maximum] if settings.looks_of(history.contest.phase) else chosen)
