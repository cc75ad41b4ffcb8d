"""A process above the supervisor that does nothing but outlive it. Standard library only, Linux only.

    command ── guardian ── supervisor ── worker ── whatever it starts

The guardian is the subreaper of all below it: when command and supervisor are killed in the same instant, what ran
under them comes to it and is ended. Each of the three sees the others' death, so that any two of them can be killed.
"""

import os
import shutil
import signal
from pathlib import Path
from typing import NoReturn

from comparators.supervision.family import PR_SET_PDEATHSIG, Family, prctl

__all__ = ["go_under_guard"]

HANDED_ON = (signal.SIGTERM, signal.SIGCONT)


def go_under_guard(folder: Path) -> None:
    """Go on as the child of a guardian; the process that called becomes that. Elsewhere than on Linux nothing happens.

    Args:
        folder: what to remove when the supervisor is gone, if it is there.
    """
    family = Family()
    if not family.subreaper:
        return
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT)  # a stopped supervisor, too, sees that the command is gone
    supervisor = os.fork()
    if supervisor:
        _guard(supervisor, family, folder)
    os.setsid()  # who kills the supervisor's group spares the guardian
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT)  # or that the guardian is


def _guard(supervisor: int, family: Family, folder: Path) -> NoReturn:
    """Wait for the supervisor, hand on the signals meant for it, and end what it has left."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # the command must see the supervisor's own ends of them close
        os.dup2(nothing, stream)
    for number in HANDED_ON:
        signal.signal(number, lambda number, _: os.kill(supervisor, number))
    end = os.waitid(os.P_PID, supervisor, os.WEXITED | os.WNOWAIT)
    for number in HANDED_ON:
        signal.signal(number, signal.SIG_IGN)
    family.end(grace_s=0)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0 if end is not None and end.si_status == 0 else 1)
