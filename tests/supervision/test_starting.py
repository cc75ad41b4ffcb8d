"""Starting a process: one that does not become its program is ended, and keeps nobody waiting."""

import os
import signal
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
