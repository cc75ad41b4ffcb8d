"""Supervisors in a process-id namespace, where this system allows one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import UsageError
from comparators.supervision import isolation
from comparators.supervision.isolation import require
from comparators.supervision.supervised import Supervised
from tests.supervision.test_supervised import (
    COMMAND,
    LOOSE,
    PATIENCE_S,
    Witness,
    run,
    run_in_thread,
    wait_for,
    watchdog_pid,
)


def is_possible() -> bool:
    try:
        require()
    except UsageError:
        return False
    return True


POSSIBLE = is_possible()
possible = pytest.mark.skipif(not POSSIBLE, reason="this system allows no process-id namespaces")


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


@pytest.fixture
def isolated() -> Iterator[Supervised]:
    with Supervised(isolate=True) as opened:
        yield opened


@possible
def test_workers_see_only_themselves_and_shared_memory_of_their_own(isolated: Supervised, witness: Witness) -> None:
    code = (
        "publish(repr((os.getppid(), sorted(n for n in os.listdir('/proc') if n.isdigit()), os.listdir('/dev/shm'))))"
    )
    _, result = run(isolated, witness, code)
    assert result is not None
    parent, processes, shared = eval(result)
    assert (parent, len(processes), shared) == (1, 2, [])


@possible
def test_what_a_worker_leaves_is_ended(isolated: Supervised, witness: Witness) -> None:
    reply, result = run(isolated, witness, LOOSE + "publish('42')")
    assert (reply.leftovers, result) == (1, b"42")
    assert witness.everybody_gone()


@possible
def test_nothing_outlives_a_killed_supervisor(isolated: Supervised, witness: Witness) -> None:
    ended = run_in_thread(isolated, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    os.kill(watchdog_pid(isolated), signal.SIGKILL)
    assert ended()[0].unsupervised
    assert witness.everybody_gone(PATIENCE_S)
    assert run(isolated, witness, "publish('42')")[1] == b"42"


@possible
def test_nothing_outlives_command_and_supervisor_that_are_killed_together(witness: Witness, tmp_path: Path) -> None:
    code = COMMAND.replace("Supervised()", "Supervised(isolate=True)").replace(
        "    supervised.run(",
        "    supervised.run([sys.executable, '-c', ''], dict(os.environ), 60.0)\n"
        "    print(supervised._process.pid, flush=True)\n    supervised.run(",
    )
    worker = witness.preamble + LOOSE + "while True: signal.pause()"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}  # nobody is left to remove the temporary folder
    with subprocess.Popen([sys.executable, "-c", code, worker], stdout=subprocess.PIPE, env=environment) as command:
        assert command.stdout is not None
        pid = int(command.stdout.readline())
        witness.heard("loose")
        for doomed in (command.pid, pid):
            os.kill(doomed, signal.SIGSTOP)
        for doomed in (command.pid, pid):
            os.kill(doomed, signal.SIGKILL)
    assert witness.everybody_gone(PATIENCE_S)


@possible
def test_no_temporary_file_is_left(isolated: Supervised, witness: Witness) -> None:
    _, result = run(isolated, witness, "publish(os.environ['TMPDIR'])")
    assert result is not None
    folder = Path(result.decode()).parent
    assert folder.is_dir()
    isolated.close()
    wait_for(lambda: not folder.exists())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((1, "Traceback\nunshare: Operation not permitted\n"), "unshare: Operation not permitted"),
        ((1, ""), "exit code 1"),
    ],
)
def test_where_it_is_not_possible_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str], reason: str
) -> None:
    def answered(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], answer[0], "", answer[1])

    monkeypatch.setattr(subprocess, "run", answered)
    with pytest.raises(UsageError, match=f"'--isolate' is not possible here: {reason}"):
        require()


def test_other_systems_have_no_such_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "sys", type("sys", (), {"platform": "darwin"}))
    with pytest.raises(OSError, match="only Linux"):
        isolation.enter()
