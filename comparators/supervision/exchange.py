"""What the command asks a supervisor to do and what it hears back, as data. Standard library only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

__all__ = ["Generation", "Reply", "Request"]


@dataclass(frozen=True, slots=True)
class Generation:
    """A warm interpreter: it imports everything once, then forks one process for each job.

    Attributes:
        key: tells generations apart. A request with another key ends the interpreter that is there.
        arguments: its command line, see `comparators.worker.warm`. The number of the descriptor on which it talks to
            the supervisor is added to it.
        environment: its complete environment, except for `TMPDIR`.
        start_s: seconds in which it must have imported everything.
    """

    key: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    start_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """One worker to run: a fresh process, or one that a warm interpreter forks.

    Attributes:
        arguments: command line of a fresh process. The path of its result file, which it creates atomically, is added.
        environment: complete environment of a fresh process, except for `TMPDIR`.
        deadline_s: seconds after which it is killed; the start of a warm interpreter does not count.
        memory_bytes: what all its processes may use together; None for no limit.
        cap_s: seconds that its value may take, from `comparators.supervision.value_cap.mark_value_start` on; None for
            no cap. A capped worker has not failed: it is too slow to matter.
        generation: the warm interpreter that forks the worker; None for a fresh process.
        job: what a forked worker has to do.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    deadline_s: float
    memory_bytes: int | None = None
    cap_s: float | None = None
    generation: Generation | None = None
    job: str = ""

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Return the request that `to_json` has written."""
        content = json.loads(line)
        if content["generation"] is not None:
            content["generation"] = Generation(**content["generation"])
        return cls(**content)

    def to_json(self) -> str:
        """Return the request on one line."""
        return json.dumps(_content(self), default=_content)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a worker ended.

    Attributes:
        code: exit code; negative for a signal; None when it did not end by itself.
        timed_out: the deadline passed without a result.
        hung_exit: it had left its result but did not end.
        cancelled: the command took the request back.
        leftovers: processes that had to be killed after it.
        elapsed_s: from its start until its last process was gone.
        cpu_s: CPU seconds of all its processes.
        output: end of its standard output and error.
        result: content of its result file; None when there is none.
        over_memory_bytes: what its processes used when they were killed for it; 0 when they were not.
        memory_limit_bytes: what they were allowed; 0 for no limit.
        oom_kills: processes that the system killed for lack of memory meanwhile, anywhere on the host.
        replaced: processes of the worker that died and were replaced by others, as far as was seen.
        disturbances: what happened that makes its clock worthless: it was stopped, the machine was suspended.
        unsupervised: its supervisor was killed, so that nothing is known about it.
        capped: its value took longer than the cap.
        value_s: seconds between the start of its value and the moment when the cap stopped it; 0 when not capped.
        value_cpu_s: CPU seconds that all its processes used in these seconds. Near 0 means no progress: it waits, or
            hangs; `output` then has the stacks of its threads.
        start_s: seconds until a warm interpreter had forked it, its own start included where it was not there.
        lost: why the warm interpreter is gone, empty when it is not. The job is to be done again by another one.
        fork_unsafe: why the warm interpreter must not fork, empty when it may. The job is for a fresh process.
    """

    code: int | None
    timed_out: bool = False
    hung_exit: bool = False
    cancelled: bool = False
    leftovers: int = 0
    elapsed_s: float = 0.0
    cpu_s: float = 0.0
    output: str = ""
    result: str | None = None
    over_memory_bytes: int = 0
    memory_limit_bytes: int = 0
    oom_kills: int = 0
    replaced: int = 0
    disturbances: Sequence[str] = ()
    unsupervised: bool = False
    capped: bool = False
    value_s: float = 0.0
    value_cpu_s: float = 0.0
    start_s: float = 0.0
    lost: str = ""
    fork_unsafe: str = ""

    @classmethod
    def never_ran(cls, reason: str, *, unsupervised: bool = False) -> "Reply":
        """Say why a worker did not run."""
        return cls(code=None, output=reason, unsupervised=unsupervised)

    @classmethod
    def from_json(cls, line: bytes) -> Self:
        """Return the reply that `to_json` has written."""
        return cls(**json.loads(line))

    def to_json(self) -> str:
        """Return the reply on one line."""
        return json.dumps(_content(self))


def _content(message: Any) -> dict[str, Any]:
    """Return the fields of a message; `asdict` would copy all that is in them."""
    return {field.name: getattr(message, field.name) for field in fields(message)}
