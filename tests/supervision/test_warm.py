"""Real warm interpreters: however a forked job ends, its reply says so in time, and nothing is left."""

import dataclasses
import json
import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comparators.supervision import process_tree, worker_processes, worker_run
from comparators.supervision.exchange import Generation, Reply
from comparators.supervision.supervised import Supervised
from tests.supervision.test_supervised import (
    LOOSE,
    PATIENCE_S,
    Witness,
    change_supervisors,
    kill_at_once,
    supervisor_pid,
    wait_for,
    watchdog_pid,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork and watch a process safely")

ROOT = str(Path(__file__).parents[2])


def generation(key: str = "1", start_s: float = PATIENCE_S, **preload: object) -> Generation:
    """Return an interpreter whose jobs are code."""
    fields = {"performer": "tests.supervision.code_performer", "path": [ROOT], **preload}
    arguments = [sys.executable, "-P", "-m", "comparators.worker.warm", json.dumps(fields)]
    return Generation(key, arguments, {**os.environ, "OPENBLAS_NUM_THREADS": "1"}, start_s)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    with Supervised() as opened:
        yield opened


def fork(
    supervised: Supervised,
    witness: Witness,
    code: str,
    *,
    deadline_s: float = PATIENCE_S,
    cap_s: float | None = None,
    warm: Generation | None = None,
) -> tuple[Reply, bytes | None]:
    """Let a warm interpreter fork a process that executes `code`."""
    preamble = witness.preamble.replace("result = sys.argv[-1]", "")
    return supervised.run_warm(warm or generation(), preamble + textwrap.dedent(code), deadline_s, cap_s)


def fork_in_thread(supervised: Supervised, witness: Witness, code: str) -> Callable[[], tuple[Reply, bytes | None]]:
    ends: list[tuple[Reply, bytes | None]] = []
    thread = threading.Thread(target=lambda: ends.append(fork(supervised, witness, code)))
    thread.start()

    def ended() -> tuple[Reply, bytes | None]:
        thread.join(PATIENCE_S)
        (end,) = ends
        return end

    return ended


def warm_pid(supervised: Supervised) -> int:
    children = process_tree.children_of(supervisor_pid(supervised))
    found = [(pid, process_tree.status_of(pid)) for pid in children]
    (pid,) = [pid for pid, status in found if status is not None and status.session == pid]  # loose ones lead none
    return pid


def next_runs(supervised: Supervised, witness: Witness) -> bool:
    return fork(supervised, witness, "publish('next')")[1] == b"next"


def test_a_job_that_ends_well(supervised: Supervised, witness: Witness) -> None:
    reply, result = fork(supervised, witness, "print('hello'); print('problem', file=sys.stderr); publish('42')")
    assert result == b"42"
    assert sorted(reply.output.splitlines()) == ["hello", "problem"]
    assert (reply.code, reply.lost, reply.fork_unsafe, reply.leftovers) == (0, "", "", 0)
    assert reply.start_s > reply.elapsed_s > 0
    assert reply.cpu_s > 0


def test_one_interpreter_forks_all_jobs_of_its_generation(supervised: Supervised, witness: Witness) -> None:
    first, one = fork(supervised, witness, "publish(str((os.getppid(), hash('a'))))")
    second, other = fork(supervised, witness, "publish(str((os.getppid(), hash('a'))))")
    assert one == other
    assert first.start_s > second.start_s
    pid = warm_pid(supervised)
    fork(supervised, witness, "publish('42')", warm=generation("2"))
    assert process_tree.status_of(pid) is None
    assert warm_pid(supervised) != pid


def test_a_fresh_worker_leaves_the_interpreter_alone(supervised: Supervised, witness: Witness) -> None:
    fork(supervised, witness, "publish('42')")
    pid = warm_pid(supervised)
    reply, _ = supervised.run([sys.executable, "-S", "-c", ""], {}, PATIENCE_S)
    assert (reply.code, reply.leftovers, warm_pid(supervised)) == (0, 0, pid)


ENDS = {
    "exit 0": ("os._exit(0)", 0),
    "an exception": ("raise ValueError('a reason')", 1),
    "SystemExit": ("sys.exit(3)", 1),
    "exit 3": ("os._exit(3)", 3),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    "aborted": ("os.abort()", -signal.SIGABRT),
}


@pytest.mark.parametrize("name", ENDS)
def test_how_a_job_ended_is_told(supervised: Supervised, witness: Witness, name: str) -> None:
    code, ending = ENDS[name]
    reply, result = fork(supervised, witness, code)
    assert (reply.code, result, reply.timed_out, reply.lost) == (ending, None, False, "")
    pid = warm_pid(supervised)
    assert next_runs(supervised, witness)
    assert warm_pid(supervised) == pid


def test_what_a_job_is_given(supervised: Supervised, witness: Witness) -> None:
    code = """
    import tempfile
    paths = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    opened = [os.readlink(path) for path in paths if os.path.lexists(path)]
    publish(repr((
        os.getsid(0) == os.getpid(),
        sys.stdin.read(),
        tempfile.gettempdir() == os.environ["TMPDIR"] == os.path.dirname(result),
        [name for name in opened if "socket" in name or "pipe" in name],
    )))
    """
    _, result = fork(supervised, witness, code)
    assert result is not None
    assert eval(result) == (True, "", True, [])


def test_random_numbers_differ_from_job_to_job(supervised: Supervised, witness: Witness) -> None:
    code = "import random, numpy; publish(repr((random.random(), numpy.random.random())))"
    warm = generation(modules=["random", "numpy.random"])
    one, other = (eval(fork(supervised, witness, code, warm=warm)[1] or b"") for _ in range(2))
    assert one[0] != other[0]
    assert one[1] != other[1]


HANGING = {
    "stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
    "a deadlock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "deaf": """
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
        signal.signal(number, signal.SIG_IGN)
    while True: signal.pause()
    """,
    "with a loose child": LOOSE + "while True: signal.pause()",
    "a thread that does not end": "import threading; threading.Thread(target=signal.pause).start()",
}


@pytest.mark.parametrize("name", HANGING)
def test_nothing_outlives_the_deadline(supervised: Supervised, witness: Witness, name: str) -> None:
    reply, result = fork(supervised, witness, HANGING[name], deadline_s=0.5)
    assert (reply.code, reply.timed_out, result, reply.lost) == (None, True, None, "")
    assert witness.everybody_gone()
    pid = warm_pid(supervised)
    assert next_runs(supervised, witness)
    assert warm_pid(supervised) == pid


def test_past_its_deadline_a_job_writes_its_stacks(supervised: Supervised, witness: Witness) -> None:
    code = """
    def endless():
        while True: pass
    endless()
    """
    reply, _ = fork(supervised, witness, code, deadline_s=1.0)
    assert "in endless" in reply.output


def test_what_a_job_leaves_behind_is_killed_and_counted(supervised: Supervised, witness: Witness) -> None:
    reply, result = fork(supervised, witness, LOOSE + "publish('42')")
    assert (reply.code, result, reply.leftovers, reply.lost) == (0, b"42", 1, "")
    assert witness.everybody_gone()


def test_a_stopped_job_that_goes_on_was_disturbed(supervised: Supervised, witness: Witness) -> None:
    code = """
    if os.fork() == 0:
        time.sleep(0.05)
        os.kill(worker, signal.SIGCONT)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGSTOP)
    os.wait()
    publish('42')
    """
    reply, result = fork(supervised, witness, "worker = os.getpid()\n" + textwrap.dedent(code))
    assert worker_processes.STOPPED in reply.disturbances
    assert result == b"42"


def test_a_flood_of_output_is_cut_while_it_comes(supervised: Supervised, witness: Witness) -> None:
    code = f"""
    os.write(1, b"flood " * ({worker_run.OUTPUT_CAP} // 6 + 1))
    while os.fstat(1).st_size: time.sleep(0.001)
    os.write(1, b"more " * {worker_run.TAIL} + b"the end")
    publish("42")
    """
    reply, result = fork(supervised, witness, code)
    assert result == b"42"
    assert (len(reply.output), reply.output.endswith("more the end")) == (worker_run.TAIL, True)


def test_a_result_counts_although_the_job_does_not_end(
    supervised: Supervised, witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_supervisors("worker_run.HUNG_EXIT_S = 0.0", tmp_path, monkeypatch)
    warm = dataclasses.replace(generation(), arguments=[sys.executable, *generation().arguments[1:]])
    reply, result = fork(supervised, witness, "publish('42')\nwhile True: signal.pause()", warm=warm)
    assert (reply.code, reply.hung_exit, reply.timed_out, result) == (None, True, False, b"42")
    assert witness.everybody_gone()


def test_memory_of_all_processes_of_a_job_counts(witness: Witness) -> None:
    code = """
    for _ in range(3):
        if os.fork() == 0: break
    mine = b"x" * (60 << 20)
    while True: signal.pause()
    """
    with Supervised(memory_bytes=200 << 20) as supervised:
        reply, result = fork(supervised, witness, code)
        assert reply.over_memory_bytes > reply.memory_limit_bytes == 200 << 20
        assert (reply.code, reply.timed_out, result, reply.lost) == (None, False, None, "")
        assert witness.everybody_gone()


MARK = """
import pathlib, signal, time
from comparators.supervision.value_cap import mark_value_start as mark
here = pathlib.Path(result).parent
"""


def test_the_clock_of_a_cap_starts_with_the_value(supervised: Supervised, witness: Witness) -> None:
    reply, result = fork(supervised, witness, MARK + "time.sleep(0.4); mark(here); publish('42')", cap_s=0.2)
    assert (reply.capped, result, reply.value_s) == (False, b"42", 0.0)


def test_a_capped_value_is_too_slow_and_not_idle(supervised: Supervised, witness: Witness) -> None:
    code = "def busy():\n    while True: pass\nmark(here)\nbusy()"
    reply, result = fork(supervised, witness, MARK + code, cap_s=0.3)
    assert (reply.capped, reply.timed_out, result, reply.code) == (True, False, None, None)
    assert 0.3 <= reply.value_s < PATIENCE_S
    assert reply.value_cpu_s > 0.05
    assert "in busy" not in reply.output


def test_a_capped_value_without_progress_shows_its_stacks(supervised: Supervised, witness: Witness) -> None:
    code = "def idle():\n    signal.pause()\nfor _ in range(10**6): pass\nmark(here)\nidle()"
    reply, _ = fork(supervised, witness, MARK + code, cap_s=0.3)
    assert reply.capped
    assert reply.value_cpu_s < 0.006
    assert "in idle" in reply.output


def test_fresh_workers_have_caps_too(supervised: Supervised) -> None:
    code = "import sys; result = sys.argv[-1]\n" + MARK + "mark(here)\nwhile True: pass"
    reply, _ = supervised.run([sys.executable, "-c", code], dict(os.environ), PATIENCE_S, cap_s=0.1)
    assert (reply.capped, reply.value_s >= 0.1) == (True, True)


def test_threads_after_the_imports_make_forking_unsafe(
    supervised: Supervised, witness: Witness, tmp_path: Path
) -> None:
    module = (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), name='poller', daemon=True).start()\n"
    )
    reply, result = fork(supervised, witness, "publish('42')", warm=unsafe(tmp_path, module))
    assert reply.fork_unsafe == "threads are alive after the imports (poller)"
    assert (reply.code, result, reply.lost) == (None, None, "")
    assert process_tree.children_of(supervisor_pid(supervised)) == []
    again, _ = fork(supervised, witness, "publish('42')", warm=unsafe(tmp_path, module))
    assert (again.fork_unsafe, again.start_s < 0.1) == (reply.fork_unsafe, True)


def unsafe(folder: Path, code: str) -> Generation:
    (folder / "imported_here.py").write_text(code, encoding="utf-8")
    return generation("unsafe", modules=["imported_here"], path=[ROOT, str(folder)])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import subprocess; child = subprocess.Popen(['sleep', '600'])", "the imports have started processes ("),
        ("held = open(__file__)", "files are open after the imports ("),
    ],
)
def test_other_reasons_why_forking_is_unsafe(
    supervised: Supervised, witness: Witness, tmp_path: Path, code: str, reason: str
) -> None:
    reply, _ = fork(supervised, witness, "publish('42')", warm=unsafe(tmp_path, code))
    assert reply.fork_unsafe.startswith(reason)
    assert process_tree.children_of(supervisor_pid(supervised)) == []


FAILING = {
    "raises": ("raise ValueError('a reason')", "ended with exit code 1"),
    "exits": ("import os; os._exit(0)", "ended with exit code 0"),
    "dies": ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9"),
    "hangs": ("import time; time.sleep(600)", "was not ready in time"),
}


@pytest.mark.parametrize("name", FAILING)
def test_an_interpreter_that_does_not_come_through_its_imports_is_lost(
    supervised: Supervised, witness: Witness, tmp_path: Path, name: str
) -> None:
    code, reason = FAILING[name]
    warm = dataclasses.replace(unsafe(tmp_path, code), start_s=1.0 if name == "hangs" else PATIENCE_S)
    reply, result = fork(supervised, witness, "publish('42')", warm=warm)
    assert (reply.code, result) == (None, None)
    assert reply.lost == f"the warm interpreter {reason}"
    assert ("ValueError: a reason" in reply.output) == (name == "raises")
    assert next_runs(supervised, witness)


def test_an_interpreter_that_dies_takes_its_job_with_it(supervised: Supervised, witness: Witness) -> None:
    ended = fork_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    os.kill(warm_pid(supervised), signal.SIGKILL)
    reply, result = ended()
    assert (reply.lost, reply.code, result) == ("the warm interpreter was killed by signal 9", None, None)
    assert witness.everybody_gone()
    assert next_runs(supervised, witness)


def test_a_job_that_kills_its_parent_loses_the_interpreter(supervised: Supervised, witness: Witness) -> None:
    reply, _ = fork(supervised, witness, "os.kill(os.getppid(), signal.SIGKILL); signal.pause()")
    assert reply.lost
    assert witness.everybody_gone()


def test_an_interpreter_that_dies_between_jobs_is_replaced(supervised: Supervised, witness: Witness) -> None:
    fork(supervised, witness, "publish('42')")
    pid = warm_pid(supervised)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: getattr(process_tree.status_of(pid), "state", "Z") == "Z")
    assert next_runs(supervised, witness)


def parked_pid(supervised: Supervised) -> int:
    pids: list[int] = []

    def is_there() -> bool:
        pids[:] = process_tree.children_of(warm_pid(supervised))
        return len(pids) == 1

    wait_for(is_there)
    return pids[0]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_waits_for_its_job_is_replaced(
    supervised: Supervised, witness: Witness, number: signal.Signals
) -> None:
    """The process for the next job is forked when the last one has ended."""
    fork(supervised, witness, "publish('42')")
    pid = parked_pid(supervised)
    os.kill(pid, number)
    wait_for(lambda: getattr(process_tree.status_of(pid), "state", "") in {"Z", "T"})
    reply, result = fork(supervised, witness, "publish(str(os.getpid()))")
    assert (reply.lost, reply.code, reply.disturbances) == ("", 0, [])
    assert result != str(pid).encode()


def test_the_process_for_the_next_job_is_there_before_it(supervised: Supervised, witness: Witness) -> None:
    fork(supervised, witness, "publish('42')")
    pid = parked_pid(supervised)
    assert fork(supervised, witness, "publish(str(os.getpid()))")[1] == str(pid).encode()


def test_an_interpreter_that_is_stopped_between_jobs_is_replaced(supervised: Supervised, witness: Witness) -> None:
    fork(supervised, witness, "publish('42')")
    pid = warm_pid(supervised)
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: getattr(process_tree.status_of(pid), "state", "") == "T")
    assert next_runs(supervised, witness)
    assert process_tree.status_of(pid) is None


def test_an_interpreter_that_is_stopped_while_it_starts_is_lost(
    supervised: Supervised, witness: Witness, tmp_path: Path
) -> None:
    warm = unsafe(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
    assert fork(supervised, witness, "publish('42')", warm=warm)[0].lost == "the warm interpreter was stopped"


def test_an_interpreter_that_takes_jobs_and_does_not_answer_is_lost(
    supervised: Supervised, witness: Witness, tmp_path: Path
) -> None:
    code = "import os, threading; os.fork = lambda: threading.Event().wait()"
    began = time.monotonic()
    reply, _ = fork(supervised, witness, "publish('42')", warm=unsafe(tmp_path, code))
    assert reply.lost == "the warm interpreter does not answer"
    assert time.monotonic() - began < PATIENCE_S / 2
    assert next_runs(supervised, witness)


def test_an_interpreter_that_is_stopped_while_a_job_runs_is_replaced(supervised: Supervised, witness: Witness) -> None:
    code = "say('here')\nwhile not os.path.exists(held.name + '.go'): pass\npublish('42')"
    ended = fork_in_thread(supervised, witness, code)
    witness.heard("here")
    os.kill(warm_pid(supervised), signal.SIGSTOP)
    Path(f"{witness.path}.go").touch()
    assert ended()[0].lost == "the warm interpreter was stopped"
    assert witness.everybody_gone()


@pytest.mark.parametrize("pid_of", [supervisor_pid, watchdog_pid])
def test_nothing_outlives_a_killed_supervisor(
    supervised: Supervised, witness: Witness, pid_of: Callable[[Supervised], int]
) -> None:
    ended = fork_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    pid = warm_pid(supervised)
    os.kill(pid_of(supervised), signal.SIGKILL)
    assert ended()[0].unsupervised
    assert witness.everybody_gone(PATIENCE_S)
    wait_for(lambda: process_tree.status_of(pid) is None)
    assert next_runs(supervised, witness)


def test_nothing_outlives_watchdog_and_supervisor(supervised: Supervised, witness: Witness) -> None:
    ended = fork_in_thread(supervised, witness, LOOSE + "while True: signal.pause()")
    witness.heard("loose")
    pid = warm_pid(supervised)
    kill_at_once(watchdog_pid(supervised), supervisor_pid(supervised))
    assert ended()[0].unsupervised
    assert witness.everybody_gone(PATIENCE_S)
    wait_for(lambda: process_tree.status_of(pid) is None)


def test_closing_ends_the_interpreter(supervised: Supervised, witness: Witness) -> None:
    fork(supervised, witness, "publish('42')")
    pid = warm_pid(supervised)
    supervised.close()
    assert process_tree.status_of(pid) is None


def test_where_processes_cannot_be_watched_forking_is_unsafe(
    supervised: Supervised, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    reply, result = fork(supervised, witness, "publish('42')")
    assert (reply.fork_unsafe, result) == ("only Linux can fork and watch a process safely", None)
