"""Workloads that run together, with the runners and phases that suit them. Data only: `list` prints it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comparators.registry.built_in import WORKLOADS

if TYPE_CHECKING:  # data needs no interfaces
    from comparators.workload import Phase

__all__ = ["DEFAULT_SUITE", "SUITES", "Suite"]


@dataclass(frozen=True, slots=True)
class Suite:
    """Workloads under one name.

    Attributes:
        name: as on the command line; no workload has it.
        summary: one line for `comparators list`.
        warm, cold: the workloads that are measured in each phase where `--phase` says nothing, as on the command line:
            `guarded[guard=rlock]`. Asked for a phase, all of them are measured in it.
        runners: those that take part where `--runner` says nothing; empty for all.
        surveyed: presets under which its comparisons are not raced: each runner is measured with its first worker count
            only, and as often as the costs that it reports need. For suites whose point is what things cost.
    """

    name: str
    summary: str
    warm: tuple[str, ...]
    cold: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()
    surveyed: tuple[str, ...] = ()

    @property
    def workloads(self) -> tuple[str, ...]:
        """All of its workloads."""
        return tuple(dict.fromkeys((*self.warm, *self.cold)))

    def phases_of(self, workload: str) -> "tuple[Phase, ...]":
        """Return the phases in which one of its workloads is measured where none is asked for."""
        phases: tuple[tuple[Phase, tuple[str, ...]], ...] = (("warm", self.warm), ("cold", self.cold))
        return tuple(phase for phase, workloads in phases if workload in workloads)


_MODELS = tuple(one.name for one in WORKLOADS if one.suite == "models")

_GUARDS = ("lock", "rlock", "semaphore", "condition", "queue", "atomic-per-worker")
_COORDINATION = (
    "race",
    "race[operations=300,window=sleep]",
    *(f"guarded[guard={guard},candidates={number}]" for guard in _GUARDS for number in (1, 2)),
    *(f"deadlock[order={order}]" for order in ("opposed", "agreed", "try-lock", "timeout")),
    *(f"writer[guard={guard}]" for guard in ("none", "lock", "semaphore")),
    *(f"producer-consumer[queue={queue}]" for queue in ("fifo", "lifo", "priority", "pipe", "stream", "managed")),
    *(f"ping-pong[channel={channel}]" for channel in ("pipe", "queue", "event", "condition", "stream")),
    "barrier",
    *(f"timer[kind={kind}]" for kind in ("timer", "sched", "call-later", "sleep")),
    *(f"shared-array[via={via}]" for via in ("shared-memory", "array", "manager", "pickle")),
)

_METHODS = (
    "map_async",
    "starmap",
    "starmap_async",
    "imap",
    "imap_timeout",
    "imap_unordered",
    "apply",
    "apply_async",
    "apply_async_callback",
)
"""Of `comparators.runners._support.pool_methods`, but for `map`, which the pools use unless told otherwise."""

_POOLS = tuple(
    label for pool in ("threadpool", "mp-pool") for label in (pool, *(f"{pool}[method={one}]" for one in _METHODS))
)

_ONCE = (
    "start",
    *(f"daemon[model={model}]" for model in ("thread", "process", "pool-thread", "pool-process", "asyncio")),
)
"""Measured cold: `start` is nothing else, and a program that ends needs no warming up."""

DEFAULT_SUITE = "models"
"""What is compared when nothing is named."""

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            "models",
            "classic pieces of work whose tasks have nothing to do with each other; run when nothing is named",
            warm=_MODELS,
        ),
        Suite(
            "coordination",
            "tasks that share, guard, hand over and wait for each other, and what each of that costs",
            warm=_COORDINATION,
            cold=_ONCE,
            runners=("serial", "threading", "multiprocessing", "futures-interpreters", "anyio"),
            surveyed=("quick",),
        ),
        Suite(
            "pools",
            "every method of multiprocessing's two pools: time to the first result, and to the last",
            warm=("uneven", "noop"),
            cold=("uneven",),
            runners=("serial", *_POOLS),
        ),
    )
}
"""By name, in the order in which they are listed."""
