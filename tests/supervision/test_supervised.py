"""The supervisor with real processes: however a worker ends, the answer comes in time and nothing is left.

Every worker says which processes it has by holding the lock of a file that they inherit: the lock is free only when the
last of them is gone, whatever they did to their names, groups or parents.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from comparators.supervision import process_tree, starting, worker_processes, worker_run
from comparators.supervision import supervised as supervised_module
from comparators.supervision.exchange import Reply
from comparators.supervision.supervised import Supervised

PATIENCE_S = 30.0  # far more than anything here takes; only a test that fails waits so long


class Witness:
    """Knows from outside whether a process that a worker started is still there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "witness"
        self.path.touch()

    @property
    def preamble(self) -> str:
        """What a worker runs first: from then on it and its children hold the lock and can `say` things."""
        return textwrap.dedent(
            f"""
            import fcntl, os, signal, subprocess, sys, time
            result = sys.argv[-1]
            held = open({str(self.path)!r}, "a"); os.set_inheritable(held.fileno(), True)
            fcntl.flock(held, fcntl.LOCK_EX)
            def say(text):
                with open({str(self.path) + ".said"!r}, "a") as stream: stream.write(text + "\\n")
            def publish(text):
                with open(result + ".new", "w") as stream: stream.write(text)
                os.replace(result + ".new", result)
            """
        )

    def everybody_gone(self, patience_s: float = 0.0) -> bool:
        """Say whether no process that inherited the lock is left, waiting for that at most so long."""
        deadline = time.monotonic() + patience_s
        with self.path.open("a") as stream:
            while True:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        return False
                    time.sleep(0.005)
                else:
                    return True

    def end_everybody(self) -> None:
        """Kill loose processes, where a test has let them live."""
        for line in Path(f"{self.path}.said").read_text(encoding="utf-8").splitlines():
            if line.startswith("pid "):
                os.kill(int(line.split()[1]), signal.SIGKILL)
        assert self.everybody_gone(PATIENCE_S)

    def heard(self, text: str) -> None:
        """Wait until a worker has said something."""
        said = Path(f"{self.path}.said")
        wait_for(lambda: said.exists() and text in said.read_text(encoding="utf-8").splitlines())


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    with Supervised() as opened:
        yield opened


def run(
    supervised: Supervised, witness: Witness, code: str, deadline_s: float = PATIENCE_S
) -> tuple[Reply, bytes | None]:
    """Run a worker that executes `code`."""
    text = witness.preamble + textwrap.dedent(code)
    return supervised.run([sys.executable, "-S", "-c", text], dict(os.environ), deadline_s)


def run_in_thread(
    supervised: Supervised, witness: Witness, code: str, deadline_s: float = PATIENCE_S
) -> Callable[[], tuple[Reply, bytes | None]]:
    """Start a worker; what is returned waits for its end."""
    ends: list[tuple[Reply, bytes | None]] = []
    thread = threading.Thread(target=lambda: ends.append(run(supervised, witness, code, deadline_s)))
    thread.start()

    def ended() -> tuple[Reply, bytes | None]:
        thread.join(PATIENCE_S)
        (end,) = ends
        return end

    return ended


def watchdog_pid(supervised: Supervised) -> int:
    assert supervised._process is not None
    return supervised._process.pid


def supervisor_pid(supervised: Supervised) -> int:
    (pid,) = process_tree.children_of(watchdog_pid(supervised))
    return pid


EITHER = pytest.mark.parametrize("pid_of", [supervisor_pid, watchdog_pid])
PidOf = Callable[[Supervised], int]


LOOSE = """
if os.fork() == 0:  # the daemon's way to lose its parent, its session and its environment
    os.setsid()
    if os.fork() == 0:
        os.environ.clear()
        say(f"pid {os.getpid()}")
        say("loose")
        while True:
            signal.pause()
    os._exit(0)
os.wait()
"""


def test_a_worker_that_ends_well(supervised: Supervised, witness: Witness) -> None:
    reply, result = run(supervised, witness, "print('hello'); print('problem', file=sys.stderr); publish('42')")
    assert result == b"42"
    assert sorted(reply.output.splitlines()) == ["hello", "problem"]
    assert (reply.code, reply.timed_out, reply.hung_exit, reply.leftovers) == (0, False, False, 0)
    assert reply.cpu_s > 0
    assert 0 < reply.elapsed_s < PATIENCE_S


def test_several_workers_one_after_the_other(supervised: Supervised, witness: Witness) -> None:
    results = [run(supervised, witness, f"publish('{number}')")[1] for number in range(3)]
    assert results == [b"0", b"1", b"2"]


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("sys.exit(3)", 3),
        ("os._exit(0)", 0),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("os.abort()", -signal.SIGABRT),
    ],
)
def test_how_a_worker_ended_is_told(supervised: Supervised, witness: Witness, code: str, ending: int) -> None:
    reply, result = run(supervised, witness, code)
    assert (reply.code, result, reply.timed_out) == (ending, None, False)


def test_what_a_worker_is_given(supervised: Supervised, witness: Witness) -> None:
    code = "publish(repr((sys.stdin.read(), os.environ['TMPDIR'] == os.path.dirname(result), os.environ['TMPDIR'])))"
    _, result = run(supervised, witness, code)
    assert result is not None
    stdin, own_folder, folder = eval(result)
    assert (stdin, own_folder) == ("", True)
    wait_for(lambda: not Path(folder).exists())  # while the command has its reply


def test_a_worker_that_cannot_be_started(supervised: Supervised, witness: Witness) -> None:
    reply, result = supervised.run(["/no/such/python"], dict(os.environ), PATIENCE_S)
    assert (reply.code, result) == (None, None)
    assert reply.output == "cannot start '/no/such/python': No such file or directory"
    assert run(supervised, witness, "publish('next')")[1] == b"next"


def test_past_its_deadline_a_worker_writes_its_stacks_and_is_killed(supervised: Supervised, witness: Witness) -> None:
    code = """
    import faulthandler
    faulthandler.enable()
    def endless():
        say("endless")
        while True: pass
    endless()
    """
    reply, result = run(supervised, witness, code, deadline_s=1.0)
    assert (reply.code, reply.timed_out, result) == (None, True, None)
    assert "in endless" in reply.output
    assert witness.everybody_gone()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("os.kill(os.getpid(), signal.SIGSTOP)", id="stopped"),
        pytest.param(
            """
            for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN) if number not in (32, 33) else None
            say("deaf")
            while True: signal.pause()
            """,
            id="ignores every signal",
        ),
        pytest.param(LOOSE + "while True: signal.pause()", id="with a loose child"),
    ],
)
def test_nothing_outlives_the_deadline(supervised: Supervised, witness: Witness, code: str) -> None:
    reply, result = run(supervised, witness, code, deadline_s=0.5)
    assert (reply.code, reply.timed_out, result) == (None, True, None)
    assert witness.everybody_gone()
    assert run(supervised, witness, "publish('next')")[1] == b"next"


def test_what_a_worker_leaves_behind_is_killed_and_counted(supervised: Supervised, witness: Witness) -> None:
    reply, result = run(supervised, witness, LOOSE + "publish('42')")
    assert (reply.code, result, reply.leftovers) == (0, b"42", 1)
    assert witness.everybody_gone()
    witness.heard("loose")


def test_a_helper_that_ends_by_itself_is_not_counted(supervised: Supervised, witness: Witness) -> None:
    code = """
    if os.fork() == 0:
        while os.getppid() == worker: time.sleep(0.001)
        os._exit(0)
    publish('42')
    """
    reply, result = run(supervised, witness, "worker = os.getpid()\n" + textwrap.dedent(code))
    assert (reply.code, result, reply.leftovers) == (0, b"42", 0)
    assert witness.everybody_gone()


def change_supervisors(change: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next supervisors be ones with something changed."""
    script = folder / "python"
    code = "from comparators.supervision import process_tree, starting, supervisor, worker_run; "
    code += f"{change}; supervisor.main()"
    script.write_text(f'#!/bin/sh\nshift 3\nexec "{sys.executable}" -c "{code}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr("comparators.supervision.supervised.sys", type("sys", (), {"executable": str(script)}))


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next supervisor wait no time for a worker that has its result but does not end."""
    change_supervisors("worker_run.HUNG_EXIT_S = 0.0", tmp_path, monkeypatch)


@pytest.mark.usefixtures("impatient")
def test_a_result_counts_although_the_worker_does_not_end(supervised: Supervised, witness: Witness) -> None:
    reply, result = run(supervised, witness, "publish('42')\nwhile True: signal.pause()")
    assert result == b"42"
    assert (reply.code, reply.hung_exit, reply.timed_out) == (None, True, False)
    assert witness.everybody_gone()


def test_a_flood_of_output_is_cut_while_it_comes(supervised: Supervised, witness: Witness) -> None:
    code = f"""
    os.write(1, b"flood " * ({worker_run.OUTPUT_CAP} // 6 + 1))
    while os.fstat(1).st_size: time.sleep(0.001)
    os.write(1, b"more " * {worker_run.TAIL} + b"the end")
    publish("42")
    """
    reply, result = run(supervised, witness, code)
    assert result == b"42"
    assert len(reply.output) == worker_run.TAIL
    assert reply.output.endswith("more the end")
    assert "flood" not in reply.output


def test_output_that_is_no_text_is_passed_on_as_well_as_possible(supervised: Supervised, witness: Witness) -> None:
    reply, _ = run(supervised, witness, r"os.write(1, b'\xff\x00 caf\xc3\xa9')")
    assert reply.output == "\ufffd\0 café"


@EITHER
def test_when_the_supervisor_is_killed_the_reply_says_so_and_the_next_worker_runs(
    supervised: Supervised, witness: Witness, pid_of: PidOf
) -> None:
    ended = run_in_thread(supervised, witness, "say('here')\nwhile True: signal.pause()")
    witness.heard("here")
    os.kill(pid_of(supervised), signal.SIGKILL)
    reply, result = ended()
    assert (reply.code, reply.output, result) == (None, "the supervisor process was killed", None)
    assert witness.everybody_gone(PATIENCE_S)
    assert run(supervised, witness, "publish('next')")[1] == b"next"


@EITHER
def test_a_supervisor_that_is_asked_to_end_takes_everything_with_it(
    supervised: Supervised, witness: Witness, pid_of: PidOf
) -> None:
    ended = run_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    os.kill(pid_of(supervised), signal.SIGTERM)
    assert ended()[0].code is None
    assert witness.everybody_gone(PATIENCE_S)


def test_closing_ends_a_worker_that_another_thread_waits_for(supervised: Supervised, witness: Witness) -> None:
    ended = run_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    supervised.close()
    reply, result = ended()
    assert (reply.code, result) == (None, None)
    assert witness.everybody_gone()
    supervised.close()


def test_once_left_it_starts_nothing_more(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    with Supervised() as supervised:
        pass
    monkeypatch.setattr(supervised_module, "Child", lambda *arguments, **options: pytest.fail("a process was started"))
    reply, result = run(supervised, witness, "publish('42')")
    assert (reply.code, reply.output, result) == (None, "the supervisor process was ended", None)


def test_left_while_it_starts_it_still_ends(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt ends the command's main thread while others begin their work."""
    supervised = Supervised()
    leaving = threading.Thread(target=supervised.__exit__, args=(None, None, None))
    started: list[subprocess.Popen[bytes]] = []
    real = starting.Child

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **options))
        leaving.start()
        return started[0]

    monkeypatch.setattr(supervised_module, "Child", start)
    run(supervised, witness, LOOSE + "while True: signal.pause()")
    leaving.join(PATIENCE_S)
    assert [process.poll() for process in started] == [0]
    assert witness.everybody_gone()


COMMAND = """
import os, sys
from comparators.supervision.supervised import Supervised
with Supervised() as supervised:
    supervised.run([sys.executable, "-S", "-c", sys.argv[1]], dict(os.environ), 600.0)
"""


def test_when_the_command_is_killed_everything_is(witness: Witness) -> None:
    code = witness.preamble + textwrap.dedent(LOOSE) + "while True: signal.pause()"
    with subprocess.Popen([sys.executable, "-c", COMMAND, code]) as command:
        try:
            witness.heard("loose")
        finally:
            command.kill()
    assert witness.everybody_gone(PATIENCE_S)


def test_the_terminals_interrupt_does_not_reach_supervisor_and_worker(supervised: Supervised, witness: Witness) -> None:
    ended = run_in_thread(
        supervised, witness, "say('here')\nwhile not os.path.exists(held.name + '.go'): pass\npublish('42')"
    )
    witness.heard("here")
    assert os.getpgid(supervisor_pid(supervised)) != os.getpgid(0)
    os.kill(supervisor_pid(supervised), signal.SIGINT)
    Path(f"{witness.path}.go").touch()
    assert ended()[1] == b"42"


@EITHER
def test_what_a_killed_supervisor_leaves_is_ended_by_the_command(
    supervised: Supervised, witness: Witness, pid_of: PidOf
) -> None:
    ended = run_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    os.kill(pid_of(supervised), signal.SIGKILL)
    assert ended()[0].unsupervised
    assert witness.everybody_gone()


def test_the_programs_own_children_are_spared(supervised: Supervised, witness: Witness, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    elsewhere = Witness(tmp_path / "other")
    idle = [sys.executable, "-S", "-c", "input()"]
    with (
        subprocess.Popen(idle, stdin=subprocess.PIPE, start_new_session=True) as before,
        subprocess.Popen(idle, stdin=subprocess.PIPE) as also_before,
    ):
        ended = run_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
        witness.heard("loose")
        with Supervised() as other, subprocess.Popen(idle, stdin=subprocess.PIPE) as after:
            run(other, elsewhere, "pass")
            os.kill(supervisor_pid(supervised), signal.SIGKILL)
            ended()
            assert [process.poll() for process in (before, also_before, after)] == [None] * 3
            assert run(other, elsewhere, "publish('42')")[1] == b"42"
    assert [process.wait() for process in (before, also_before, after)] == [1] * 3  # the end of their input


def test_a_program_is_a_subreaper_only_while_there_are_supervisors(witness: Witness) -> None:
    with Supervised() as first, Supervised() as second:
        assert not process_tree._is_subreaper()
        run(first, witness, "pass")
        run(second, witness, "pass")
        first.close()
        assert process_tree._is_subreaper()
    assert not process_tree._is_subreaper()


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a silent supervisor hardly longer than for its worker."""
    monkeypatch.setattr(supervised_module, "SILENT_S", 0.1)
    monkeypatch.setattr(supervised_module, "ENDS_S", 0.1)


def stop_before_the_program(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_supervisor_that_is_stopped_before_it_is_one_does_not_stop_the_command(
    supervised: Supervised, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a child of the command by then, whose `Popen` waits until it has become its program."""
    monkeypatch.setattr(starting, "STARTS_S", 0.1)
    with monkeypatch.context() as once:
        child = partial(starting.Child, preexec_fn=stop_before_the_program)
        once.setattr(supervised_module, "Child", child)
        reply, result = run(supervised, witness, "publish('42')")
    assert (reply.unsupervised, result) == (True, None)
    monkeypatch.undo()
    assert run(supervised, witness, "publish('42')")[1] == b"42"


STOPPED_WORKER = (
    "starting.STARTS_S = 0.1; starting.die_with = lambda parent: __import__('os').kill(__import__('os').getpid(), 19)"
)


@pytest.mark.skipif(sys.platform != "linux", reason="the number of the signal is that of Linux")
def test_a_worker_that_is_stopped_before_it_is_one_does_not_stop_its_supervisor(
    supervised: Supervised, witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_supervisors(STOPPED_WORKER, tmp_path, monkeypatch)
    reply, result = run(supervised, witness, "publish('42')")
    assert (reply.unsupervised, result) == (True, None)
    assert reply.output.endswith("it was stopped before it began")
    assert process_tree.children_of(supervisor_pid(supervised)) == []


@pytest.mark.usefixtures("_short")
def test_a_supervisor_that_is_stopped_does_not_stop_the_command(supervised: Supervised, witness: Witness) -> None:
    run(supervised, witness, "pass")
    os.kill(supervisor_pid(supervised), signal.SIGSTOP)
    reply, _ = run(supervised, witness, LOOSE + "while True: signal.pause()", deadline_s=0.1)
    assert reply.unsupervised
    assert run(supervised, witness, "publish('42')")[1] == b"42"
    assert witness.everybody_gone()


def test_a_watchdog_that_is_stopped_is_in_nobodys_way(supervised: Supervised, witness: Witness) -> None:
    run(supervised, witness, "pass")
    os.kill(watchdog_pid(supervised), signal.SIGSTOP)
    reply, result = run(supervised, witness, LOOSE + "publish('42')")
    assert (reply.unsupervised, reply.leftovers, result) == (False, 1, b"42")
    assert witness.everybody_gone()


def kill_at_once(*pids: int) -> None:
    """Kill processes so that none of them can do anything about the death of another.

    On a busy host the death of the first may let the next one go on, which then ends by itself.
    """
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def kill_both(supervised: Supervised) -> None:
    """Kill the supervisor and its watchdog as if at once.

    The watchdog's death would let the stopped supervisor go on, and so would this command with the watchdog when it
    hears of the supervisor's: one goes last, and the other is kept from telling it.
    """
    assert supervised._process is not None
    with supervised._process._sending:
        kill_at_once(supervisor_pid(supervised), watchdog_pid(supervised))


def test_what_watchdog_and_supervisor_leave_is_ended_by_the_command(supervised: Supervised, witness: Witness) -> None:
    ended = run_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    kill_both(supervised)
    assert ended()[0].unsupervised
    assert witness.everybody_gone()


@pytest.mark.usefixtures("_short")
def test_a_supervisor_that_is_stopped_while_it_waits_is_replaced(supervised: Supervised, witness: Witness) -> None:
    ended = run_in_thread(supervised, witness, LOOSE + "while True: signal.pause()", deadline_s=1.0)
    witness.heard("loose")
    os.kill(supervisor_pid(supervised), signal.SIGSTOP)
    assert ended()[0].unsupervised
    assert witness.everybody_gone()


NAMING_COMMAND = COMMAND.replace(
    "supervised.run([",
    'supervised.run([sys.executable, "-S", "-c", ""], dict(os.environ), 9.0)\n    '
    "print(supervised._process.pid, flush=True)\n    supervised.run([",
)


class Loose:
    """A command that says who its watchdog is, and whose worker has a loose child."""

    def __init__(self, witness: Witness, folder: Path) -> None:
        code = witness.preamble + textwrap.dedent(LOOSE) + FILES + "say('files')\nwhile True: signal.pause()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", NAMING_COMMAND, code],
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        assert self.process.stdout is not None
        self.watchdog = int(self.process.stdout.readline())
        (self.supervisor,) = process_tree.children_of(self.watchdog)
        witness.heard("files")


@pytest.fixture
def loose(witness: Witness, tmp_path: Path) -> Iterator[Loose]:
    (tmp_path / "files").mkdir()
    command = Loose(witness, tmp_path / "files")
    with command.process:
        yield command
        command.process.kill()


def test_a_stopped_supervisor_sees_that_the_command_was_killed(loose: Loose, witness: Witness) -> None:
    os.kill(loose.supervisor, signal.SIGSTOP)
    loose.process.kill()
    assert witness.everybody_gone(PATIENCE_S)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
@pytest.mark.parametrize("which", ["supervisor", "watchdog"])
def test_nothing_is_left_when_the_command_and_another_are_killed_at_once(
    loose: Loose, witness: Witness, tmp_path: Path, which: str
) -> None:
    kill_at_once(loose.process.pid, loose.supervisor if which == "supervisor" else loose.watchdog)
    assert witness.everybody_gone(PATIENCE_S)
    wait_for(lambda: not list((tmp_path / "files").iterdir()))


FILES = "import tempfile; tempfile.mkdtemp(); tempfile.mkstemp(); "


@pytest.mark.parametrize("ending", ["publish('42')", "os._exit(1)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_no_temporary_file_is_left(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Supervised() as supervised:
        run(supervised, witness, FILES + ending)
        (folder,) = tmp_path.glob("comparators-*")
        wait_for(lambda: not list(folder.iterdir()))
    assert list(tmp_path.glob("comparators-*")) == []


def test_no_temporary_file_is_left_by_a_killed_supervisor(
    supervised: Supervised, witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = run_in_thread(supervised, witness, FILES + "say('here')\nwhile True: signal.pause()")
    witness.heard("here")
    os.kill(supervisor_pid(supervised), signal.SIGKILL)
    ended()
    assert list(tmp_path.glob("comparators-*")) == []


def test_no_temporary_file_is_left_by_a_killed_command(witness: Witness, tmp_path: Path) -> None:
    code = witness.preamble + FILES + "say('here')\nwhile True: signal.pause()"
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, code], env={**os.environ, "TMPDIR": str(tmp_path)}
    ) as command:
        witness.heard("here")
        command.kill()
    wait_for(lambda: not list(tmp_path.glob("comparators-*")))


SEMAPHORE = """
import multiprocessing
lock = multiprocessing.get_context("spawn").Lock()
say("/dev/shm/sem." + lock._semlock.name[1:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="named semaphores are files on Linux only")
def test_no_semaphore_is_left(supervised: Supervised, witness: Witness) -> None:
    run(supervised, witness, SEMAPHORE + "while True: signal.pause()", deadline_s=1.0)
    run(supervised, witness, SEMAPHORE + "os.kill(os.getpid(), signal.SIGKILL)")
    ended = run_in_thread(supervised, witness, SEMAPHORE + "say('here')\nwhile True: signal.pause()")
    witness.heard("here")
    os.kill(supervisor_pid(supervised), signal.SIGKILL)
    ended()
    said = Path(f"{witness.path}.said").read_text(encoding="utf-8").split()
    assert [Path(name).exists() for name in said if name != "here"] == [False] * 3


def test_the_stacks_of_all_processes_are_written(supervised: Supervised, witness: Witness) -> None:
    code = """
    import faulthandler
    faulthandler.enable()
    def in_parent():
        while True: signal.pause()
    def in_child():
        while True: signal.pause()
    in_child() if os.fork() == 0 else in_parent()
    """
    reply, _ = run(supervised, witness, code, deadline_s=1.0)
    assert "in in_parent" in reply.output
    assert "in in_child" in reply.output


def test_a_result_after_the_deadline_does_not_count(supervised: Supervised, witness: Witness) -> None:
    code = """
    def late(number, frame):
        publish("42")
        os._exit(0)
    signal.signal(signal.SIGABRT, late)
    while True: signal.pause()
    """
    reply, result = run(supervised, witness, code, deadline_s=1.0)
    assert (reply.timed_out, reply.code, result) == (True, None, None)


def test_too_much_memory_of_all_processes_together(witness: Witness) -> None:
    code = """
    for _ in range(3):
        if os.fork() == 0: break
    mine = b"x" * (60 << 20)
    while True: signal.pause()
    """
    with Supervised(memory_bytes=200 << 20) as supervised:
        reply, result = run(supervised, witness, code)
    assert reply.over_memory_bytes > reply.memory_limit_bytes == 200 << 20
    assert (reply.code, reply.timed_out, result) == (None, False, None)
    assert witness.everybody_gone()


def voluntary_switches(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches"))


def test_a_worker_that_was_stopped_meanwhile(supervised: Supervised, witness: Witness) -> None:
    ended = run_in_thread(
        supervised, witness, "say(str(os.getpid()))\nwhile not os.path.exists(held.name + '.go'): pass\npublish('42')"
    )
    said = Path(f"{witness.path}.said")
    wait_for(lambda: said.exists() and said.read_text(encoding="utf-8").endswith("\n"))
    pid = int(said.read_text(encoding="utf-8"))
    os.kill(pid, signal.SIGSTOP)
    waits = voluntary_switches(supervisor_pid(supervised))
    wait_for(lambda: voluntary_switches(supervisor_pid(supervised)) >= waits + 2)  # it has seen that
    os.kill(pid, signal.SIGCONT)
    Path(f"{witness.path}.go").touch()
    reply, result = ended()
    assert (reply.disturbances, result) == ([worker_processes.STOPPED], b"42")


def test_a_command_that_was_stopped_meanwhile(
    supervised: Supervised, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised_module, "BEHIND_S", -PATIENCE_S)
    assert run(supervised, witness, "publish('42')")[0].disturbances == ["the command was stopped"]


def test_a_supervisor_that_was_stopped_meanwhile(
    supervised: Supervised, witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_supervisors("worker_run.PAUSED_S = -99.0", tmp_path, monkeypatch)
    reply, _ = run(supervised, witness, "while True: signal.pause()", deadline_s=0.1)
    assert reply.disturbances == ["the supervisor was stopped, or the whole machine"]


def test_nothing_disturbs_where_nothing_happens(supervised: Supervised, witness: Witness) -> None:
    reply, _ = run(supervised, witness, "publish('42')")
    assert (reply.replaced, reply.oom_kills, reply.over_memory_bytes) == (0, 0, 0)


def test_a_kernel_that_does_not_list_children(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_supervisors("process_tree._kernel_lists_children = lambda: False", tmp_path, monkeypatch)
    with Supervised() as supervised:
        reply, _ = run(supervised, witness, LOOSE + "publish('42')")
    assert reply.leftovers == 1
    assert witness.everybody_gone()


def test_children_are_found_in_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as child:
        listed = process_tree.children_of(os.getpid())
        monkeypatch.setattr(process_tree, "_kernel_lists_children", lambda: False)
        assert child.pid in listed
        assert set(listed) <= {*process_tree.children_of(os.getpid()), child.pid}


@pytest.mark.parametrize("broken", ["ProcessTree.end = lambda self, **how: 0", "Orphans.end = lambda self, **how: 0"])
def test_without_the_sweep_these_tests_would_fail(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The witness sees what a supervisor leaves that does not look for it."""
    change_supervisors("process_tree." + broken, tmp_path, monkeypatch)
    if "Orphans" in broken:
        monkeypatch.setattr(process_tree.Orphans, "end", lambda self, **how: 0)
    with Supervised() as supervised:
        ending = "while True: signal.pause()" if "Orphans" in broken else "publish('42')"
        ended = run_in_thread(supervised, witness, LOOSE + ending)
        witness.heard("loose")
        if "Orphans" in broken:
            kill_both(supervised)
        ended()
        gone = witness.everybody_gone()
        witness.end_everybody()
        assert not gone
