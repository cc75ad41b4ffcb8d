"""The three levels: what each sequential test decided, as people ask for it: a model, a worker count, an API."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from comparators.plan.model import Candidate, Cell, RunnerSpec
from comparators.stats.interval import Interval
from comparators.stats.look import Look
from comparators.stats.worker_search import smallest_sufficient
from comparators.verdict.analysis import Level, LevelVerdict, Status
from comparators.verdict.replay import Replay
from comparators.verdict.times import Times, recentred

__all__ = ["Levels", "decide", "equal_to_leader"]

LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Levels:
    """The answers with the cells behind them.

    Attributes:
        model, workers, api: the verdicts; None where a level was not tested, or nothing has a time.
        label: the recommended cell: of the last level that has one; None without any.
        leader: the fastest cell of the model test, or of the chosen model; None without any.
        replays: of the tests, in order.
    """

    model: LevelVerdict | None
    workers: LevelVerdict | None
    api: LevelVerdict | None
    label: str | None
    leader: str | None
    replays: tuple[Replay, ...]


def decide(replays: Mapping[Level, Replay | None], times: Times, candidates: Mapping[RunnerSpec, Candidate]) -> Levels:
    """Put the levels together: each narrows down what the one before it chose.

    Args:
        replays: by level.
        times: of all of them.
        candidates: of the plan, for how simple each runner is.
    """
    tested = tuple(one for one in replays.values() if one is not None)
    by_model, by_workers, by_api = replays.get("model"), replays.get("workers"), replays.get("api")
    model, label = _model(by_model, times) if by_model else (None, None)
    leader = label
    of_model = by_model.cells[label].runner.model if by_model and label else None
    workers = api = None
    if of_model != LOOP:
        workers, label = _narrowed(by_workers, of_model, label, times, _sufficient)
        api, label = _narrowed(by_api, of_model, label, times, partial(_simplest, candidates=candidates))
    return Levels(model, workers, api, label, leader if leader is not None else label, tested)


def _model(replay: Replay, times: Times) -> tuple[LevelVerdict | None, str | None]:
    """Return the verdict over models and the cell that stands for the chosen one; several cells may be of one model."""
    leader = replay.leader
    if leader is None:
        return None, None
    look = replay.look
    models = {label: cell.runner.model for label, cell in replay.cells.items()}
    equal = equal_to_leader(look)
    left = _unique(models[label] for label in (*look.leaders, *equal))
    status = _status(replay, left)
    loop = next((label for label in equal if models[label] == LOOP), None)
    chosen = loop if status == "equal" and loop is not None else leader
    choice = models[chosen]
    slower = [label for label in look.related("slower") if models[label] not in left]
    runner_up = slower[0] if slower else ""
    verdict = _verdict(
        replay,
        status=status,
        choice=choice,
        equals=(choice, *(one for one in left if one != choice)),
        runner_up=models[runner_up] if runner_up else "",
        lead=_lead(replay, times, runner_up, chosen),
    )
    return verdict, chosen


def _narrowed(
    replay: Replay | None, model: str | None, label: str | None, times: Times, choose: Callable[[Replay], str]
) -> tuple[LevelVerdict | None, str | None]:
    """Return a later level's verdict and the recommended cell: the earlier one where the level has nothing to say."""
    if replay is None or replay.leader is None or replay.cells[replay.leader].runner.model not in (model, None):
        return None, label
    if model is None and label is None and len(replay.cells) < 2:
        return None, replay.leader
    chosen = choose(replay)
    names = {one: _name(replay, cell) for one, cell in replay.cells.items()}
    look = replay.look
    left = _unique(names[one] for one in (*look.leaders, *equal_to_leader(look)))
    slower = [one for one in look.related("slower") if names[one] not in left]
    verdict = _verdict(
        replay,
        status=_status(replay, left),
        choice=names[chosen],
        equals=(names[chosen], *(one for one in left if one != names[chosen])),
        runner_up=names[slower[0]] if slower else "",
        lead=_lead(replay, times, slower[0] if slower else "", chosen),
    )
    return verdict, chosen


def equal_to_leader(look: Look) -> Sequence[str]:
    """Return the rivals that are as fast as the leader for all practical purposes, fastest first.

    Those that were shown slower are among them where they are slower by less than the margin: a difference that counts
    as none.
    """
    found = []
    for label, rival in look.rivals.items():
        shown = rival.ratio.high is not None and rival.ratio.high < 1 + look.equal_within
        if shown and (rival.ratio.ratio <= 1 + look.margin or label in look.leaders) and rival.relation != "slower":
            found.append(label)
    return found if look.status in ("equal", "decided") else [one for one in found if one in look.related("within")]


def _status(replay: Replay, left: Sequence[str]) -> Status:
    """Return the status of a level, given the names that were not shown slower by more than the margin."""
    if len(left) == 1:
        return "decided"
    return "equal" if replay.look.status in ("equal", "decided") else "undecided"


def _spread(replay: Replay) -> float | None:
    """Return the largest ratio between two of those that are equal; None if unknown.

    Two that are not the leader differ by no more than their ratios to it allow, nor by more than was shown of all.
    """
    look = replay.look
    equal = [look.rivals[label].ratio for label in equal_to_leader(look)]
    highs = [1.0, *(one.high for one in equal if one.high is not None)]
    lows = [1.0, *(min(1.0, one.low) for one in equal if one.low is not None)]
    if len(highs) <= len(equal) or not equal:
        return look.span
    widest = max(highs) if len(equal) == 1 else max(highs) / min(lows)
    return min(widest, 1 + look.equal_within) if look.status in ("equal", "decided") else widest


def _verdict(
    replay: Replay,
    *,
    status: Status,
    choice: str,
    equals: tuple[str, ...],
    runner_up: str,
    lead: Interval | None,
) -> LevelVerdict:
    look = replay.look
    several = len(equals) > 1
    return LevelVerdict(
        level=replay.level,
        status=status,
        choice=choice,
        equals=equals,
        runner_up=runner_up,
        lead=lead,
        spread=_spread(replay) if several else None,
        error=look.error,
        margin=look.equal_within if status == "equal" else look.margin,
        blocks=look.blocks,
        blocks_needed=look.blocks_needed if status == "undecided" else None,
    )


def _lead(replay: Replay, times: Times, runner_up: str, chosen: str) -> Interval | None:
    """Return how many times longer the runner-up takes than the choice.

    The level's own interval is the narrower one, since its variance is pooled. Its centre is moved to the ratio that is
    told everywhere else, where later blocks hold both cells.
    """
    if not runner_up:
        return None
    tested = replay.look.rivals[runner_up].ratio
    told = times.ratio(runner_up, chosen)
    return recentred(tested, told.ratio) if told is not None and not replay.look.rivals[runner_up].at_least else tested


def _good_enough(replay: Replay) -> Sequence[str]:
    """Return the candidates that may be recommended instead of the fastest: not shown slower, and within the margin."""
    look = replay.look
    limit = min([1 + look.margin, *(look.rivals[one].ratio.ratio for one in look.related("slower"))])
    return [label for label in look.leaders if label == look.leader or look.rivals[label].ratio.ratio <= limit]


def _sufficient(replay: Replay) -> str:
    """Return the smallest count shown to be within the margin of the fastest, as the live run does."""
    look = replay.look
    found = smallest_sufficient(look)
    return min(
        (look.leaders[0], *look.related("within")),
        key=lambda label: abs(replay.cells[label].workers - (found.count if found is not None else 0)),
    )


def _simplest(replay: Replay, candidates: Mapping[RunnerSpec, Candidate]) -> str:
    """Return the simplest API of those that are as fast as far as is known; the plan ranks them."""

    def rank(label: str) -> tuple[int, int]:
        found = candidates.get(replay.cells[label].runner)
        return (found.rank if found is not None else len(candidates), list(replay.cells).index(label))

    return min(_good_enough(replay), key=rank)


def _name(replay: Replay, cell: Cell) -> str:
    return str(cell.workers) if replay.level == "workers" else cell.runner.label


def _unique(names: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(names))
