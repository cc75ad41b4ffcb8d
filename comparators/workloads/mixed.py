"""Some computing and some waiting in every task, as in most programs that talk to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from comparators.errors import UsageError, WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count, check_wait
from comparators.workloads._support.spin import MODULUS, spin, spun

__all__ = ["Mixed", "MixedResult", "MixedTask", "compute_and_wait", "compute_and_wait_async", "turns_per_second"]

MixedTask = tuple[int, int, float]
"""Seed, turns of pure-Python work, seconds of waiting."""

MixedResult = tuple[int, float]
"""What the work computed, seconds from before to after the wait."""


def compute_and_wait(task: MixedTask) -> MixedResult:
    """Compute, then wait and block the thread."""
    from time import monotonic, sleep

    seed, turns, wait_s = task
    value = spin(seed, turns)
    start = monotonic()
    sleep(wait_s)
    return value, monotonic() - start


async def compute_and_wait_async(task: MixedTask) -> MixedResult:
    """Compute, which blocks the event loop, then wait and let other tasks run."""
    from time import monotonic

    from anyio import sleep

    seed, turns, wait_s = task
    value = spin(seed, turns)
    start = monotonic()
    await sleep(wait_s)
    return value, monotonic() - start


def turns_per_second(turns: int = 50_000, tries: int = 7) -> float:
    """Measure how many turns of `spin` this host does in a second when nothing disturbs it: the fastest try counts."""
    from time import perf_counter

    fastest = float("inf")
    for _ in range(tries):
        start = perf_counter()
        spin(1, turns)
        fastest = min(fastest, perf_counter() - start)
    return turns / fastest


@dataclass(frozen=True)
class Mixed(Workload[MixedTask, MixedResult]):
    """Compute for `cpu_s` and wait for `wait_s` in every task.

    What it teaches: with the GIL, threads and coroutines overlap all the waiting but none of the computing, so they
    stop getting faster at (`cpu_s` + `wait_s`) / `cpu_s` times. Processes overlap the computing as well, up to the
    number of CPUs.

    How much work `cpu_s` is depends on the host, so it is measured once per run, as a number of turns: `spins`.
    From then on every runner does the same turns, whatever happens to the clock of the CPU.
    """

    name = "mixed"
    summary = "computing in pure Python, then waiting, in every task"
    nature = "mixed"
    presets: ClassVar = {
        "tiny": {"count": 4, "wait_s": 0.001, "spins": 100},
        "quick": {"count": 20, "cpu_s": 0.002, "wait_s": 0.008},
        "default": {},
        "full": {"count": 200, "cpu_s": 0.01, "wait_s": 0.04},
    }
    work = staticmethod(compute_and_wait)
    work_async = staticmethod(compute_and_wait_async)

    count: int = parameter(32, "how many tasks", minimum=1, maximum=MODULUS - 1)
    cpu_s: float = parameter(0.005, "seconds that each task computes", minimum=1e-6, maximum=3600)
    wait_s: float = parameter(0.02, "seconds that each task waits", minimum=0, maximum=3600)
    spins: int = parameter(0, "turns that take cpu_s seconds; 0: measured once per run", minimum=0, maximum=10**12)

    def calibrate(self) -> Self:
        """Return the workload with `spins` measured on this host, unless they were given."""
        if self.spins:
            return self
        return self.with_parameters(spins=max(1, round(self.cpu_s * turns_per_second())))

    def tasks(self) -> Sequence[MixedTask]:
        """Return seed, turns and wait of each task; before calibration they can be counted but not done."""
        return [(number, self.spins, self.wait_s) for number in range(1, self.count + 1)]

    def verify(self, result: object) -> Observations:
        """Check what every task computed against its closed form, and that it waited its time.

        Raises:
            UsageError: the workload is not calibrated: nothing was computed.
            WrongResult: with what was expected and what was found.
        """
        if not self.spins:
            raise UsageError("'mixed' is not calibrated: it has no 'spins' yet", tip="use workload.calibrate()")
        for number, found in enumerate(check_count(result, self.count, "results"), start=1):
            match found:
                case (value, waited_s) if value == spun(number, self.spins):
                    check_wait(f"wait of task {number}", self.wait_s, waited_s)
                case _:
                    expected = (spun(number, self.spins), f"at least {self.wait_s:g} s")
                    raise WrongResult(f"result of task {number}", expected=expected, found=found)
        return ()
