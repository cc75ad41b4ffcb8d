"""Workers that exist on paper only: they answer as told and remember what they were asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from comparators.campaign.clock import Clock
from comparators.campaign.sampler import Sampler
from comparators.journal.journal import Journal
from comparators.plan.model import Plan
from comparators.supervision.exchange import Generation, Reply
from comparators.worker.job import JobResult
from tests.journal.records import COMPARISON, PLAN

__all__ = ["REPLY", "SUITE", "VALUE", "Asked", "PaperWorkers", "sampler_of"]

REPLY = Reply(code=0, elapsed_s=2.0, cpu_s=0.5)
SUITE = {"benchmarks": [{"metadata": {"loops": 1}, "runs": [{"values": [0.25], "warmups": [[1, 0.5]]}]}]}
VALUE = JobResult(suite=SUITE)


@dataclass(frozen=True)
class Asked:
    """One request to the supervisor.

    Attributes:
        generation: the warm interpreter that was to fork; None for a fresh process.
        command: of the fresh process; empty for a fork.
        environment: of the fresh process, or of the warm interpreter.
    """

    generation: Generation | None
    command: Sequence[str]
    text: str
    environment: Mapping[str, str]
    deadline_s: float
    cap_s: float | None

    @property
    def job(self) -> dict[str, Any]:
        """What the worker was to do."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def preload(self) -> dict[str, Any]:
        """What the warm interpreter was to import."""
        assert self.generation is not None
        found: dict[str, Any] = json.loads(self.generation.arguments[-1])
        return found


@dataclass
class PaperWorkers:
    """Stands in for `comparators.supervision.supervised.Supervised`.

    Attributes:
        answer: of each worker.
        reply: how each ends, once `replies` are used up.
        replies: how the next ones end.
        asked: every request, in order.
    """

    answer: JobResult | bytes | None = VALUE
    reply: Reply = REPLY
    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float, cap_s: float | None = None
    ) -> tuple[Reply, bytes | None]:
        self.asked.append(Asked(None, arguments, arguments[-1], environment, deadline_s, cap_s))
        return self._answered()

    def run_warm(
        self, generation: Generation, job: str, deadline_s: float, cap_s: float | None = None
    ) -> tuple[Reply, bytes | None]:
        self.asked.append(Asked(generation, (), job, generation.environment, deadline_s, cap_s))
        return self._answered()

    def _answered(self) -> tuple[Reply, bytes | None]:
        reply = self.replies.pop(0) if self.replies else self.reply
        answer = json.dumps(asdict(self.answer)).encode() if isinstance(self.answer, JobResult) else self.answer
        gave_nothing = reply.unsupervised or reply.timed_out or reply.capped or reply.lost or reply.fork_unsafe
        return reply, None if gave_nothing else answer

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """What the workers were to do, in order."""
        return [one.job for one in self.asked]

    @property
    def generations(self) -> list[str | None]:
        """The keys of the warm interpreters that were asked to fork, None for fresh processes."""
        return [None if one.generation is None else one.generation.key for one in self.asked]


def sampler_of(journal: Journal, workers: PaperWorkers, *, plan: Plan = PLAN, clock: Clock | None = None) -> Sampler:
    """Return a sampler that has begun with the warm comparison."""
    found = Sampler(plan, journal, clock or Clock(0.0, None), workers)  # type: ignore[arg-type]  # it offers what is used
    found.enter(COMPARISON)
    return found
