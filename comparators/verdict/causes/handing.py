"""What it costs to give tasks to workers: handing over each task, moving its data, starting the workers."""

from comparators.verdict.analysis import Cause
from comparators.verdict.causes.gil import takes_turns
from comparators.verdict.causes.situation import Situation
from comparators.verdict.text_format import model_words, short_seconds, short_size, takes
from comparators.workload import Model

__all__ = ["handing_over", "moving_data", "start_up"]

SMALL_TASK_S = 1e-3
"""Longer tasks are not too small to hand over: threads take 5 to 50 µs per task, processes 50 to 300 (2026)."""
COSTS_AS_MUCH = 0.5
"""A hand-over that takes this share of a task and more is what is measured."""
PIPE_BYTES_PER_S = 500e6
"""Pickled bytes through a pipe, both ways: 260 to 830 MB/s from 10 kB to 10 MB on two shared CPUs (2026)."""
EXPLAINS = 0.25
"""Share of a model's time that a cost must at least account for to be named as the cause."""
NOTICED_BYTES = 10_000
"""Smaller tasks travel in less time than their hand-over takes."""
LOSES = 1.3
"""How many times the best's seconds a rival must take for what holds it up to be the point."""


def handing_over(situation: Situation) -> Cause | None:
    """Say that tasks are too small to hand over one by one: each takes about as long as its hand-over."""
    task_s, loop = situation.task_s, situation.loop
    if situation.best.row.model != "loop" or loop is None or task_s is None or situation.cold:
        return None
    took = {view.row.model: view.seconds for view in situation.parallel()}
    least = {model: factor * loop.seconds for model, factor in situation.bounds.items()}
    rival = min({**took, **least}.items(), key=lambda one: one[1], default=None)
    if rival is None or task_s >= SMALL_TASK_S:
        return None
    cost_s = (rival[1] - loop.seconds) / max(1, situation.tasks)
    if cost_s < COSTS_AS_MUCH * task_s:
        return None
    text = f"tasks of {short_seconds(task_s)} are too small to hand over one by one"
    bound = "at least " if rival[0] in least else ""
    return Cause("handing-over", text, f"{_takes(rival[0])} {bound}{short_seconds(cost_s)} more per task")


def moving_data(situation: Situation) -> Cause | None:
    """Say that the data of tasks and results travel between processes for a good part of the time."""
    processes, moved = situation.views.get("processes"), _bytes_per_task(situation)
    best = situation.best
    if (
        processes is None
        or moved is None
        or moved < NOTICED_BYTES
        or best.row.model not in ("loop", "threads", "async")
    ):
        return None
    moving_s = moved * situation.tasks / PIPE_BYTES_PER_S
    if processes.seconds < LOSES * best.seconds or moving_s < EXPLAINS * processes.seconds:
        return None
    text = f"{short_size(moved)} per task travel between processes"
    if best.row.model == "threads":
        text += "; threads use them where they are"
    elif takes_turns(situation) is not None:
        text += ", and threads take turns on the GIL"
    return Cause("moving-data", text, f"{_takes('processes')} {short_seconds(processes.seconds)}")


def start_up(situation: Situation) -> Cause | None:
    """Say that starting the workers takes the time that they save, where starting them counts."""
    rivals = situation.parallel()
    if not situation.cold or situation.best.row.model != "loop" or not rivals:
        return None
    rival = rivals[0]
    start_s = rival.row.start_s
    if start_s is None or not COSTS_AS_MUCH * situation.best.seconds <= start_s <= rival.seconds:
        return None
    text = f"starting {rival.words} takes {short_seconds(start_s)}"
    return Cause("start-up", text, f"the loop has done all tasks after {short_seconds(situation.best.seconds)}")


def _bytes_per_task(situation: Situation) -> float | None:
    """Return what travels per task, counted where it was pickled, else as the profile saw it."""
    processes = situation.views.get("processes")
    if processes is not None and processes.evidence is not None and processes.evidence.pickled_bytes:
        return processes.evidence.pickled_bytes / max(1, processes.evidence.tasks)
    return situation.profile.pickled_bytes if situation.profile is not None else None


def _takes(model: Model) -> str:
    return f"{model_words(model)} {takes(model, 'takes', 'take')}"
