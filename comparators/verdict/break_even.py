"""From how many tasks on workers pay although they must be started for them."""

import math

__all__ = ["tasks_to_pay"]


def tasks_to_pay(start_s: float, loop_s: float, seconds: float, tasks: int) -> int | None:
    """Return the smallest number of tasks for which starting workers and using them beats the loop; None for never.

    The loop takes t seconds per task, the workers s per task but never less than one task's own t:

        n · t > start_s + max(n · s, t)

    Args:
        start_s: seconds to start the workers.
        loop_s: of the loop, for all tasks.
        seconds: of the workers, for all tasks.
        tasks: how many.
    """
    if tasks < 1 or not loop_s > seconds > 0:
        return None
    alone_s, shared_s = loop_s / tasks, seconds / tasks
    return max(math.floor(start_s / (alone_s - shared_s)), math.floor(start_s / alone_s + 1)) + 1
