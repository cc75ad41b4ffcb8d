"""A fresh worker process for every job: what it is told, how long it has, and what it answers."""

import json
import os
import random
import site
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from comparators.campaign.clock import Clock, OutOfTime
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell, Plan
from comparators.supervision.exchange import Reply
from comparators.worker.job import Answer, Assignment, Errand

__all__ = ["BLAS_VARIABLES", "Errands", "RunWorker"]

BLAS_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Set to 1 in workers: BLAS must not bring a concurrency model of its own into the comparison."""

RETAKES = 2
"""So often is a value taken again when it was disturbed, or when nobody saw what became of the worker."""

CAUSES = (None, "error", "wrong-result", "crashed")
"""What a worker may say of its end; see `Answer`."""

RunWorker = Callable[..., tuple[Reply, bytes | None]]
"""Runs a worker under a supervisor, see `Supervised.run`."""


class Errands:
    """Sends workers on jobs, each within its deadline and the run's time.

    Args:
        plan: where settings and interpreters come from.
        clock: how much time the run has used.
        run: runs a worker; see `Supervised.run`.
        count: says how many records there are: it goes into the hash seeds, so that each sample has another one.
    """

    def __init__(self, plan: Plan, clock: Clock, run: RunWorker, count: Callable[[], int]) -> None:
        self._plan = plan
        self._clock = clock
        self._run = run
        self._count = count
        self._path = tuple(_own_path())

    def assignment(
        self,
        errand: Errand,
        cell: Cell,
        parameters: Mapping[str, ParameterValue],
        *,
        preset: str = "",
        loops: int = 1,
        warmups: int = 0,
        count_resources: bool = False,
    ) -> Assignment:
        """Write down what a worker has to do."""
        settings = self._plan.settings
        return Assignment(
            errand=errand,
            workload=cell.workload.target,
            workload_parameters=parameters,
            runner=cell.runner.target,
            runner_parameters=dict(cell.runner.parameters),
            workers=cell.workers,
            phase=cell.phase,
            loops=loops,
            warmups=warmups,
            name=cell.key,
            preset=preset,
            cpus=settings.cpus,
            path=self._path,
            count_resources=count_resources,
            copies=1 if errand == "preflight" else settings.copies(cell.workers),
        )

    def undisturbed(self, python: str, assignment: Assignment, deadline_s: float) -> tuple[Reply, Answer | None]:
        """Send a worker, and another one as long as something from outside has spoiled the answer.

        Raises:
            OutOfTime: the run's time is up.
        """
        for _ in range(1 + RETAKES):
            reply, answer = self.once(python, assignment, deadline_s, self._run)
            self._clock.saw_sample(reply.elapsed_s)
            if not reply.disturbances or answer is None or answer.cause is not None:
                break
        return reply, answer

    def once(
        self, python: str, assignment: Assignment, deadline_s: float, run: RunWorker
    ) -> tuple[Reply, Answer | None]:
        """Send a worker by a way of one's own; safe to call from several threads.

        Raises:
            OutOfTime: the run's time is up.
        """
        executable = self._plan.interpreter(python).executable
        command = [executable, "-P", "-m", "comparators.worker.main", json.dumps(asdict(assignment))]
        reply, result = self._in_time(run, command, self._environment(assignment.name), deadline_s)
        return reply, None if result is None else _understood(result)

    def capacity(self, workers: int) -> float | None:
        """Let so many independent processes work at once; return how many times as much as one they did.

        Raises:
            OutOfTime: the run's time is up.
        """
        command = [sys.executable, "-P", "-m", "comparators.worker.parallel_capacity", str(workers)]
        _, result = self._in_time(self._run, command, self._environment("capacity"), self._plan.settings.timeout_s)
        return None if result is None else float(json.loads(result)["speedup"])

    def _in_time(
        self, run: RunWorker, command: Sequence[str], environment: Mapping[str, str], deadline_s: float
    ) -> tuple[Reply, bytes | None]:
        """Run a worker to its deadline, or to the end of the run's time where that comes first.

        Raises:
            OutOfTime: the run's time is up. A worker that was stopped for that has not failed: nothing is recorded.
        """
        self._clock.require(deadline_s)
        for _ in range(1 + RETAKES):
            left_s = self._clock.remaining_s
            reply, result = run(command, environment, min(deadline_s, left_s))
            if reply.timed_out and left_s < deadline_s:
                raise OutOfTime
            if not reply.unsupervised:
                break
        return reply, result

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


def _understood(result: bytes) -> Answer | None:
    """Read an answer; None when a task has written something else over it."""
    try:
        answer = Answer(**json.loads(result))
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
