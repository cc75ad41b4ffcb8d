"""Shared memory is reached by its name from anywhere, and gone afterwards, whoever dies."""

import os
import signal
import subprocess
import sys
from multiprocessing import resource_tracker

import pytest

from comparators.workloads.coordination._support.shared_memory import attached, memory_of, segment

ATTACHED = """\
import sys
from comparators.workloads.coordination._support.shared_memory import memory_of
memory_of(sys.argv[1])[1] = 7
"""
KILLED = """\
import os, signal
from comparators.workloads.coordination._support.shared_memory import segment
with segment(10) as name:
    print(name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def is_there(name: str) -> bool:
    try:
        attached(name).close()
    except FileNotFoundError:
        return False
    return True


def test_what_one_writes_is_read_by_name_until_it_is_left() -> None:
    with segment(10) as name:
        assert is_there(name)
        memory_of(name)[3] = 5
        assert bytes(memory_of(name)[:5]) == b"\0\0\0\5\0"
    assert not is_there(name)
    with pytest.raises(FileNotFoundError):
        memory_of(name)


def test_an_error_inside_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError), segment(10) as name:
        raise ZeroDivisionError
    assert not is_there(name)


def test_who_is_no_child_of_multiprocessing_attaches_and_leaves_it_as_it_is() -> None:
    register = resource_tracker.register
    with segment(10) as name:
        attached = subprocess.run(
            [sys.executable, "-W", "error", "-c", ATTACHED, name], capture_output=True, text=True, check=False
        )  # it ends when its own resource tracker has, if it has one: both hold the pipe
        assert (attached.returncode, attached.stderr) == (0, "")
        assert memory_of(name)[1] == 7
        assert is_there(name)
    assert resource_tracker.register is register


@pytest.mark.skipif(os.name == "nt", reason="Windows frees memory with the last process that uses it")
def test_nothing_is_left_of_a_process_that_is_killed() -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL  # and the resource tracker, which holds the pipe too, has ended
    assert not is_there(killed.stdout.strip())
