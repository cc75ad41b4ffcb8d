"""What the command asks a supervisor to do and what it hears back, as data. Standard library only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Reply", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One worker to run.

    Attributes:
        arguments: command line; the path of the file that the worker makes, whole, with its result, is added to it.
        environment: complete environment, but for `TMPDIR`.
        deadline_s: seconds after which it is killed.
        memory_bytes: what all its processes may use together; None for no limit.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    deadline_s: float
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """How a worker ended.

    Attributes:
        code: exit code; negative for a signal; None when it never ended by itself.
        timed_out: the deadline passed without a result.
        hung_exit: it had left its result but did not end.
        cancelled: the command took the request back.
        leftovers: processes that had to be killed after it.
        elapsed_s: from its start until nothing of it was left.
        cpu_s: CPU seconds of all its processes.
        output: end of its standard output and error.
        result: what it left in its result file, None for nothing.
        over_memory_bytes: what its processes used when they were killed for it; 0 when they were not.
        memory_limit_bytes: what they were allowed; 0 for no limit.
        oom_kills: processes that the system killed for want of memory meanwhile, here or elsewhere on the host.
        replaced: processes of the worker that died and had others come in their place, as far as was seen.
        disturbances: what happened that makes its clock worthless: it was stopped, the machine slept.
        unsupervised: its supervisor was killed, so that nothing is known about it.
    """

    code: int | None
    timed_out: bool
    hung_exit: bool
    cancelled: bool
    leftovers: int
    elapsed_s: float
    cpu_s: float
    output: str
    result: str | None = None
    over_memory_bytes: int = 0
    memory_limit_bytes: int = 0
    oom_kills: int = 0
    replaced: int = 0
    disturbances: Sequence[str] = ()
    unsupervised: bool = False

    @classmethod
    def never_ran(cls, reason: str, *, unsupervised: bool = False) -> "Reply":
        """Say why there is nothing to tell of a worker."""
        return cls(
            code=None,
            timed_out=False,
            hung_exit=False,
            cancelled=False,
            leftovers=0,
            elapsed_s=0.0,
            cpu_s=0.0,
            output=reason,
            unsupervised=unsupervised,
        )
