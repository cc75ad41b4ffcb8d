"""How much time a run has used and has left."""

import time
from collections.abc import Callable

__all__ = ["Clock", "OutOfTime"]


class OutOfTime(Exception):
    """The run's time is up; what was measured stands."""


class Clock:
    """Counts a run's seconds, those of the runs it resumes included.

    Args:
        used_s: seconds used before.
        maximum_s: seconds for the whole run, None for no limit.
        now: a monotonic clock.
    """

    FIRST_GUESS_S = 0.5  # of a sample, before there is one

    def __init__(self, used_s: float, maximum_s: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now() - used_s
        self._maximum_s = maximum_s
        self._samples = 0
        self._sampled_s = 0.0

    @property
    def elapsed_s(self) -> float:
        """Seconds used so far."""
        return self._now() - self._began

    @property
    def remaining_s(self) -> float:
        """Seconds left; infinite without a limit."""
        return float("inf") if self._maximum_s is None else self._maximum_s - self.elapsed_s

    @property
    def sample_s(self) -> float:
        """Seconds that a sample takes on average in this run."""
        return self._sampled_s / self._samples if self._samples else self.FIRST_GUESS_S

    def saw_sample(self, seconds: float) -> None:
        """Learn how long a sample took."""
        self._samples += 1
        self._sampled_s += seconds

    def require(self, seconds: float) -> None:
        """Raise unless there is time for a sample of at most this many seconds, or at least for an average one.

        Raises:
            OutOfTime: the run's time is up.
        """
        if self.remaining_s < min(seconds, self.sample_s):
            raise OutOfTime
