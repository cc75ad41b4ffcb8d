"""Starting a process: one that does not become its program is ended, and does not keep its parent waiting."""

import os
import signal
import sys
from pathlib import Path

import pytest

from comparators.supervision import starting
from comparators.supervision.starting import Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is tested are the ways of Linux")

PLACES = 300_000
"""A program is looked for in so many places, one after the other; naming them takes this process a while, too."""
SLOW = {"PATH": os.pathsep.join(["/nowhere"] * PLACES)}


def test_a_child_that_does_not_become_its_program_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time the watch looks, the child is not there yet."""
    monkeypatch.setattr(starting, "STARTS_S", 0.001)
    child = Child(["no-such-program"], env=SLOW)
    assert child.wait() == -signal.SIGKILL


def started_by_a_single_thread(code: str) -> str:
    """Run code in a process of its own: only one with a single thread may fork."""
    reading, writing = os.pipe()
    prelude = "import os, sys; from comparators.supervision import starting; start = starting.start\n"
    command = [sys.executable, "-c", prelude + code]
    with Child(command, stdout=writing) as child:
        os.close(writing)
        assert child.wait() == 0
    with os.fdopen(reading) as stream:
        return stream.read()


def test_a_start_that_takes_too_long_is_given_up() -> None:
    code = f"""
starting.STARTS_S = 0.001
try:
    start(["no-such-program"], {{"PATH": os.pathsep.join(["/nowhere"] * {PLACES})}}, 1)
except TimeoutError as error:
    print(error.strerror)
try:
    os.wait()
except ChildProcessError:
    print("no child is left")
"""
    assert started_by_a_single_thread(code).splitlines() == ["it was stopped before it began", "no child is left"]


def test_a_program_that_is_not_there_is_named_by_the_system() -> None:
    code = """
try:
    start(["/no/such/program"], {}, 1)
except FileNotFoundError as error:
    print(error.strerror)
"""
    assert started_by_a_single_thread(code) == "No such file or directory\n"


def test_a_program_has_a_session_of_its_own_an_empty_input_and_usual_signals(tmp_path: Path) -> None:
    code = f"""
import signal
program = "import os, signal, sys; print(os.getsid(0) == os.getpid(), sys.stdin.read(), os.environ['A'])"
with open({str(tmp_path / "output")!r}, "wb") as stream:
    os.waitpid(start([sys.executable, "-S", "-c", program], {{"A": "b"}}, stream.fileno()), 0)
    os.waitpid(start(["/bin/sh", "-c", "kill -PIPE $$; echo ignored"], {{}}, stream.fileno()), 0)
"""
    started_by_a_single_thread(code)
    assert (tmp_path / "output").read_text() == "True  b\n"
