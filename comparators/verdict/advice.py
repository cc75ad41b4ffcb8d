"""What an expert would add to an answer: each with a number that was measured or follows from one, else silence."""

from collections.abc import Sequence

from comparators.verdict.analysis import Advice, Cause, CountResult, ModelResult, RunnerResult
from comparators.verdict.causes.situation import Situation
from comparators.verdict.text_format import bytes_size, model_words, rough, short_seconds, short_size, takes

__all__ = ["advise"]

NEARLY = 0.8
"""Share of the best gain from which a smaller number of workers is nearly as good."""
FEWER = 0.6
"""A number of workers up to this share of the recommended one is worth a word."""
MUCH_MEMORY = 2.0
"""How many times the memory of an equal model counts as a reason to choose the other."""
SMALLEST_MEMORY = 20 * 2**20
"""Bytes of difference below which memory is no reason."""
LIBRARY_THREADS = 0.5
"""CPU seconds per second beyond one from which a library brings threads of its own."""
CHUNKS = 1.3
"""How many times faster a chunk size must be than handing out one by one."""


def advise(
    situation: Situation,
    cause: Cause | None,
    counts: Sequence[CountResult],
    runners: Sequence[RunnerResult],
) -> tuple[Advice, ...]:
    """Return what else to do, the most useful first."""
    best = situation.best.row
    found = (
        _longest_first(cause),
        _to_thread(situation, cause),
        _chunks(runners),
        _share_memory(situation, cause),
        _library_threads(situation),
        _keep_the_pool(situation, best),
        _fewer_workers(best, counts),
        _memory(situation, best),
    )
    return tuple(one for one in found if one is not None)


def _keep_the_pool(situation: Situation, best: ModelResult) -> Advice | None:
    """Say from how many tasks on the workers pay although they must be started."""
    calls, start_s = best.tasks_to_pay, best.start_s
    if best.model == "loop" or calls is None or start_s is None:
        return None
    if calls <= situation.tasks:
        text = f"from {calls:,} calls on it pays, starting included"
        return Advice("loop-below", text)
    return Advice(
        "keep-the-pool",
        f"keep the pool: starting it takes {short_seconds(start_s)}, which pays from {calls:,} calls on",
    )


def _fewer_workers(best: ModelResult, counts: Sequence[CountResult]) -> Advice | None:
    if best.workers is None or best.gain is None:
        return None
    enough = [
        one
        for one in counts
        if one.runner == best.runner
        and one.samples > 1
        and one.gain is not None
        and one.workers <= FEWER * best.workers
        and one.gain.ratio >= NEARLY * best.gain.ratio
        and one.gain.ratio > 1
    ]
    if not enough:
        return None
    fewest = min(enough, key=lambda one: one.workers)
    gain = rough(fewest.gain.ratio) if fewest.gain is not None else ""
    workers = "task at once is" if best.model == "async" and fewest.workers == 1 else _unit(best, fewest.workers)
    return Advice("fewer-workers", f"{fewest.workers:,} {workers} nearly as good ({gain}×)")


def _unit(best: ModelResult, workers: int) -> str:
    if best.model == "async":
        return "at once are"
    return f"{model_words(best.model)} are" if workers > 1 else "worker is"


def _memory(situation: Situation, best: ModelResult) -> Advice | None:
    """Say which equal model does with far less memory."""
    if best.memory_bytes is None:
        return None
    for view in situation.parallel():
        row = view.row
        if row.status != "equal" or row.memory_bytes is None:
            continue
        less = best.memory_bytes - row.memory_bytes
        if less >= SMALLEST_MEMORY and best.memory_bytes >= MUCH_MEMORY * row.memory_bytes:
            mine, other = bytes_size(best.memory_bytes), bytes_size(row.memory_bytes)
            does = f"{model_words(row.model)} {takes(row.model, 'does', 'do')} the same"
            return Advice("memory", f"{does} with {other} of memory instead of {mine}")
    return None


def _longest_first(cause: Cause | None) -> Advice | None:
    if cause is None or cause.kind != "one-long-task" or cause.bound is None:
        return None
    return Advice(
        "longest-first", f"start the longest task first, or split it: it allows {rough(cause.bound)}× at most"
    )


def _to_thread(situation: Situation, cause: Cause | None) -> Advice | None:
    """Say what threads gain over coroutines that block their event loop."""
    threads, coroutines = situation.views.get("threads"), situation.views.get("async")
    if cause is None or cause.kind != "blocked-loop" or threads is None or coroutines is None:
        return None
    gain = coroutines.seconds / threads.seconds if threads.seconds else 0.0
    if gain < CHUNKS:
        return None
    return Advice("to-thread", f"asyncio.to_thread, or threads: {rough(gain)} times faster than the coroutine as it is")


def _chunks(runners: Sequence[RunnerResult]) -> Advice | None:
    """Say what handing out tasks in chunks gains where both were measured."""
    timed = [row for row in runners if row.seconds is not None and row.to_best is not None]
    for row in timed:
        chunk = _chunk_of(row)
        if chunk is None:
            continue
        single = next((one for one in timed if one.runner.name == row.runner.name and _chunk_of(one) is None), None)
        gain = single.seconds / row.seconds if single is not None and single.seconds and row.seconds else 0.0
        if gain >= CHUNKS:
            return Advice("chunksize", f"chunksize={chunk}: {rough(gain)} times faster than one by one")
    return None


def _chunk_of(row: RunnerResult) -> int | None:
    found = dict(row.runner.parameters)
    value = next((found[name] for name in ("chunksize", "chunk", "chunk_size") if name in found), None)
    return value if isinstance(value, int) and value > 1 else None


def _share_memory(situation: Situation, cause: Cause | None) -> Advice | None:
    if cause is None or cause.kind != "moving-data" or situation.profile is None or not situation.profile.pickled_bytes:
        return None
    moved = short_size(situation.profile.pickled_bytes)
    return Advice("share-memory", f"if it must be processes, put the {moved} per task into shared memory")


def _library_threads(situation: Situation) -> Advice | None:
    profile = situation.profile
    if profile is None or profile.library_threads < LIBRARY_THREADS or "processes" not in situation.views:
        return None
    uses = rough(1 + profile.library_threads)
    return Advice("blas-threads", f"with processes set OMP_NUM_THREADS=1: the library alone keeps {uses} CPUs busy")
