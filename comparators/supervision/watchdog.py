"""A process above the supervisor whose only purpose is to outlive it. Standard library only, Linux only.

    command ── watchdog ── supervisor ── worker, or warm interpreter ── job ── descendants

The watchdog is the subreaper of all below it: when command and supervisor are killed in the same instant, what ran
under them comes to it and is ended. Each of the three sees the others' death, so that any two of them can be killed.
"""

import os
import shutil
import signal
from pathlib import Path
from typing import NoReturn

from comparators.supervision.process_tree import PR_SET_PDEATHSIG, ProcessTree, prctl

__all__ = ["go_under_watchdog"]

FORWARDED = (signal.SIGTERM, signal.SIGCONT)


def go_under_watchdog(folder: Path) -> None:
    """Go on as the child of a watchdog, which the calling process becomes. Do nothing elsewhere than on Linux.

    Args:
        folder: what to remove when the supervisor is gone, if it is there.
    """
    tree = ProcessTree()
    if not tree.subreaper:
        return
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT)  # also a stopped supervisor sees that the command is gone
    supervisor = os.fork()
    if supervisor:
        _watch(supervisor, tree, folder)
    os.setsid()  # a signal to the supervisor's group spares the watchdog
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT)  # or that the watchdog is


def _watch(supervisor: int, tree: ProcessTree, folder: Path) -> NoReturn:
    """Wait for the supervisor, forward the signals meant for it, and end what it has left."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # the command must see the supervisor's own ends of them close
        os.dup2(nothing, stream)
    for number in FORWARDED:
        signal.signal(number, lambda number, _: os.kill(supervisor, number))
    end = os.waitid(os.P_PID, supervisor, os.WEXITED | os.WNOWAIT)
    for number in FORWARDED:
        signal.signal(number, signal.SIG_IGN)
    tree.end(grace_s=0)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0 if end is not None and end.si_status == 0 else 1)
