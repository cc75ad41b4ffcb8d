"""The command's side of a worker: its job, its time limit, and its result.

A worker is a process that a warm interpreter forks, which takes milliseconds, or a fresh process where forking is
unsafe or not wanted. Both get the same job and give the same result.
"""

import json
import os
import random
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from comparators.campaign.clock import Clock, OutOfTime
from comparators.plan.model import Comparison, Plan
from comparators.supervision.exchange import Generation, Reply
from comparators.supervision.supervised import Supervised
from comparators.worker.job import Job, JobResult
from comparators.worker.preload import Preload

__all__ = ["BLAS_VARIABLES", "Warmth", "WorkerClient"]

BLAS_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Set to 1 in workers: BLAS must not bring a concurrency model of its own into the comparison."""

RETAKES = 2
"""How many times to retry a disturbed or lost job."""

START_S = 60.0
"""Seconds in which a warm interpreter must have imported everything; large libraries take a few."""

CAUSES = (None, "error", "wrong-result", "crashed")
"""What a worker may say of its end; see `JobResult`."""


@dataclass(slots=True)
class Warmth:
    """Which warm interpreter a comparison's workers are forked from.

    A new generation, with another hash seed and memory layout, takes over every few blocks, so that no verdict rests on
    one layout.

    Attributes:
        number: of the generation, from 0; counts up over the whole run.
        fresh_because: why workers are fresh processes; empty when they are forked.
        blocks: blocks that this generation has measured.
    """

    number: int = 0
    fresh_because: str = ""
    blocks: int = 0
    _comparison: str = field(default="", init=False)

    def enter(self, comparison: Comparison, *, fresh: bool) -> None:
        """Begin with a comparison: its modules are imported once by a generation of its own."""
        if comparison.key != self._comparison:
            self._comparison = comparison.key
            self.renew()
            self.fresh_because = ""
            if comparison.phase == "cold":
                self.fresh_because = "a cold start is what is measured"
            elif fresh:
                self.fresh_because = "the preset asks for it"

    def renew(self) -> None:
        """Let the next generation take over."""
        self.number += 1
        self.blocks = 0

    def count_block(self, blocks_per_generation: int) -> None:
        """Note that a block was measured; renew the generation when it has had its share."""
        self.blocks += 1
        if self.blocks >= blocks_per_generation:
            self.renew()


class WorkerClient:
    """Gives jobs to workers, each within its deadline and the run's time.

    Args:
        plan: where settings and interpreters come from.
        clock: how much time the run has used.
        supervised: runs the workers.
        count: the number of records so far; it goes into the hash seeds, so that each process has another one.
    """

    def __init__(self, plan: Plan, clock: Clock, supervised: Supervised, count: Callable[[], int]) -> None:
        self._plan = plan
        self._clock = clock
        self._supervised = supervised
        self._count = count
        self._generations: dict[int, Generation] = {}
        self.warmth = Warmth()
        self.path = tuple(_own_path())

    def perform(
        self,
        job: Job,
        python: str,
        deadline_s: float,
        *,
        cap_s: float | None = None,
        preload: Preload | None = None,
    ) -> tuple[Reply, JobResult | None, int]:
        """Have a job done, and done again as long as something from outside has spoiled it.

        Args:
            job: what to do.
            python: label of the interpreter that does it.
            deadline_s: seconds after which the worker is killed.
            cap_s: seconds that its value may take from its start on; None for no cap.
            preload: what a warm interpreter must have imported; None for a fresh process.

        Returns:
            How the worker ended, what it answered, and the generation it was forked from, -1 for a fresh process.

        Raises:
            OutOfTime: the run's time is up.
        """
        for _ in range(1 + RETAKES):
            reply, answer, generation = self._once(job, python, deadline_s, cap_s, preload)
            self._clock.saw_sample(reply.elapsed_s)
            if not reply.disturbances or answer is None or answer.cause is not None:
                break
        return reply, answer, generation

    def parallel_capacity(self, workers: int) -> float | None:
        """Let independent processes work at once; return how many times as much as one they did.

        Raises:
            OutOfTime: the run's time is up.
        """
        command = [sys.executable, "-P", "-m", "comparators.worker.parallel_capacity", str(workers)]
        timeout_s = self._plan.settings.timeout_s
        _, result = self._in_time(
            lambda limit_s: self._supervised.run(command, self._environment("capacity"), limit_s), timeout_s
        )
        return None if result is None else float(json.loads(result)["speedup"])

    def _once(
        self, job: Job, python: str, deadline_s: float, cap_s: float | None, preload: Preload | None
    ) -> tuple[Reply, JobResult | None, int]:
        text = json.dumps(asdict(job))
        if preload is not None and not self.warmth.fresh_because:
            reply, result = self._in_time(
                lambda limit_s: self._supervised.run_warm(self._generation(python, preload), text, limit_s, cap_s),
                deadline_s,
            )
            if not reply.fork_unsafe:
                return reply, _understood(result), self.warmth.number
            self.warmth.fresh_because = reply.fork_unsafe
        command = [self._plan.interpreter(python).executable, "-P", "-m", "comparators.worker.main", text]
        reply, result = self._in_time(
            lambda limit_s: self._supervised.run(command, self._environment(job.name), limit_s, cap_s), deadline_s
        )
        return reply, _understood(result), -1

    def _in_time(
        self, run: Callable[[float], tuple[Reply, bytes | None]], deadline_s: float
    ) -> tuple[Reply, bytes | None]:
        """Run a worker to its deadline, or to the end of the run's time where that comes first.

        Raises:
            OutOfTime: the run's time is up. A worker that was stopped for that has not failed: nothing is recorded.
        """
        self._clock.require(deadline_s)
        for _ in range(1 + RETAKES):
            left_s = self._clock.remaining_s
            reply, result = run(min(deadline_s, left_s))
            if reply.timed_out and left_s < deadline_s:
                raise OutOfTime
            if reply.lost:
                self.warmth.renew()
            elif not reply.unsupervised:
                break
        return reply, result

    def _generation(self, python: str, preload: Preload) -> Generation:
        """Return the warm interpreter of now; its environment is decided when it is first asked for."""
        number = self.warmth.number
        if number not in self._generations:
            executable = self._plan.interpreter(python).executable
            text = json.dumps(asdict(replace(preload, path=self.path)))
            self._generations = {
                number: Generation(
                    key=f"{python}/{number}",
                    arguments=[executable, "-P", "-m", "comparators.worker.warm", text],
                    environment=self._environment(f"generation {number}"),
                    start_s=START_S,
                )
            }
        return self._generations[number]

    def _environment(self, purpose: str) -> dict[str, str]:
        """Return the environment of a worker: the command's own, with a hash seed of the plan's and BLAS kept to 1."""
        seeded = random.Random(f"{self._plan.settings.seed}/{purpose}/{self._count()}")
        return {
            **os.environ,
            **dict.fromkeys(BLAS_VARIABLES, "1"),
            "PYTHONSAFEPATH": "1",
            "PYTHONFAULTHANDLER": "1",
            "PYTHONHASHSEED": str(seeded.randrange(2**32)),
        }


def _understood(result: bytes | None) -> JobResult | None:
    """Read what a worker left; None for nothing, and when a task has written something else over it."""
    try:
        answer = JobResult(**json.loads(result or b""))
    except (ValueError, TypeError, RecursionError):
        return None
    written = all(isinstance(text, str) for text in (answer.message, answer.details))
    return answer if written and answer.cause in CAUSES else None


def _own_path() -> Iterator[str]:
    """Yield folders of `sys.path` that are this program's own, not the interpreter's or its environment's."""
    libraries = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    libraries += [Path(folder) for folder in (*site.getsitepackages(), site.getusersitepackages())]
    for folder in map(Path, filter(None, sys.path)):
        if folder.is_dir() and not any(folder.is_relative_to(library) for library in libraries):
            yield str(folder.absolute())
