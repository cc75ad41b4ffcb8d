"""Starting a process: one that does not become its program is ended, and keeps nobody waiting."""

import os
import signal
import subprocess
import sys

import pytest

from comparators.supervision import starting
from comparators.supervision.starting import Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a child is found before its start on Linux only")

PLACES = 300_000
"""A program is looked for in so many places, one after the other; naming them takes this process a while, too."""


def test_a_child_that_does_not_become_its_program_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time the watch looks, the child is not there yet."""
    monkeypatch.setattr(starting, "STARTS_S", 0.001)
    child = Child(["no-such-program"], env={"PATH": os.pathsep.join(["/nowhere"] * PLACES)})
    assert child.wait() == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(subprocess, "_USE_VFORK"), reason="this Python has no such switch")
def test_a_child_is_not_started_by_vfork_where_that_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 keeps its lock until such a child has become its program: the watch could not run."""
    seen = []

    def note(self: object, *arguments: object, **options: object) -> None:
        seen.append(vars(subprocess)["_USE_VFORK"])

    usual = vars(subprocess)["_USE_VFORK"]
    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    monkeypatch.setattr(subprocess.Popen, "__del__", lambda self: None)
    Child(["true"])
    assert seen == [False]
    assert vars(subprocess)["_USE_VFORK"] is usual
