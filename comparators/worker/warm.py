"""The warm interpreter: imports everything once, then forks one process for each job. Linux only.

    python -P -m comparators.worker.warm PRELOAD CHANNEL

PRELOAD is a `Preload` as JSON, CHANNEL the number of the descriptor on which it talks to the supervisor, see
`comparators.supervision.warm_interpreter`. After its imports this process only forks, waits and reports; it runs
nothing of a workload, so that each job starts from the same state. Worker processes of process models import this
module again as their main module, so it imports little.

What a forked process shares with its siblings: the hash seed, the addresses of what was imported, and the state of
modules after their import. What it does not share: its session, standard streams, temporary folder, and the states of
`random` and of NumPy's global generator, which are seeded again.
"""

import atexit
import contextlib
import faulthandler
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from comparators.worker.preload import Performer

__all__ = ["main"]

FREE_FILES = ("/dev/null", "/dev/urandom", "/dev/random")
"""Open files that a forked process may share with its siblings: they have no position and no state."""


def main() -> None:
    """Import, say that this process is ready, and do jobs until the supervisor wants no more."""
    import gc
    import socket
    import tempfile  # noqa: F401  here and not in every forked process
    import threading  # noqa: F401  as above

    from comparators.supervision.starting import die_with
    from comparators.worker.preload import Preload

    die_with(os.getppid())
    faulthandler.enable()  # on SIGABRT, which the supervisor sends at the deadline: the stacks of all threads
    text, number = sys.argv[1:]
    channel = socket.socket(fileno=int(number))
    channel.set_inheritable(False)
    before = _open_files()
    performer = Preload(**json.loads(text)).load()
    unsafe = next(_fork_unsafe(before), "")
    gc.collect()
    gc.freeze()  # what was imported is not looked at by the collector, so that its pages stay shared
    channel.send(json.dumps({"ready": True, "unsafe": unsafe}).encode())
    if not unsafe:
        _serve(channel, performer)


def _serve(channel: "socket.socket", performer: "Performer") -> None:
    """Do jobs. The process for the next one is forked when the last one has ended: forking takes time."""
    files = _entries("/proc/self/fd")
    parked = _Parked(channel, performer)
    while folder := channel.recv(65536):
        if parked.has_ended():  # a signal from outside
            parked = _Parked(channel, performer)
        end = parked.do(folder, channel)
        if _entries("/proc/self/fd") != files or _entries("/proc/self/task") != 1:
            end["spoiled"] = "the warm interpreter was changed while a job ran"
        channel.send(json.dumps(end).encode())
        parked = _Parked(channel, performer)


class _Parked:
    """A forked process that waits for the folder of its job.

    Args:
        channel: to be closed in the process.
        performer: does the job.
    """

    def __init__(self, channel: "socket.socket", performer: "Performer") -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        orders, self._order = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._order)
            channel.close()
            _be_a_worker(orders, performer, parent)
        os.close(orders)
        self._handle = os.pidfd_open(self.pid)

    def has_ended(self) -> bool:
        """Say whether it has ended before it got a job, or was stopped and is ended here."""
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return False
        if os.WIFSTOPPED(status):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self._close()
        return True

    def do(self, folder: bytes, channel: "socket.socket") -> "dict[str, Any]":
        """Let it do its job; report that it has started, and return how it ended."""
        import socket

        socket.send_fds(channel, [json.dumps({"started": self.pid}).encode()], [self._handle])
        with contextlib.suppress(BrokenPipeError):  # its end says why
            os.write(self._order, folder)
        self._close()
        while True:
            _, status, usage = os.wait4(self.pid, os.WUNTRACED | os.WCONTINUED)
            if not (os.WIFSTOPPED(status) or os.WIFCONTINUED(status)):
                return {"ended": os.waitstatus_to_exitcode(status), "cpu_s": usage.ru_utime + usage.ru_stime}
            channel.send(b'{"stopped": true}')

    def _close(self) -> None:
        os.close(self._order)
        os.close(self._handle)


def _be_a_worker(orders: int, performer: "Performer", parent: int) -> NoReturn:
    """Become a process like a fresh one, do a job and end as a Python process does; never return."""
    from comparators.supervision.starting import die_with

    code = 1
    try:
        os.setsid()
        die_with(parent)
        if performer.rehearse is not None:
            performer.rehearse()
        folder = Path(os.fsdecode(os.read(orders, 65536)))
        os.close(orders)
        if not folder.name:
            os._exit(0)
        _separate(folder)
        performer.perform(folder)
        code = 0
    except BaseException:  # noqa: BLE001  nothing may get back into the loop of the warm interpreter
        traceback.print_exc()
    finally:
        _end(code)


def _separate(folder: Path) -> None:
    """Replace what the parent's siblings would share: output, temporary files, the states of random generators."""
    import tempfile

    output = os.open(folder / "output", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # `random` has seeded itself after the fork
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _end(code: int) -> NoReturn:
    """End as a forked process of multiprocessing does: wait for threads, run exit functions, but free no memory."""
    import threading

    try:
        vars(threading)["_shutdown"]()
        vars(atexit)["_run_exitfuncs"]()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _fork_unsafe(before: "set[tuple[str, str]]") -> "Iterator[str]":
    """Yield reasons why a process forked from this one would not be like a fresh one."""
    import threading

    if _entries("/proc/self/task") > 1:
        names = ", ".join(sorted(thread.name for thread in threading.enumerate()[1:])) or "not Python's"
        yield f"threads are alive after the imports ({names})"
    opened = sorted(target for number, target in _open_files() - before if target not in FREE_FILES)
    if opened:
        yield f"files are open after the imports ({', '.join(opened)})"
    children = [name for name in _children() if name]
    if children:
        yield f"the imports have started processes ({', '.join(children)})"


def _entries(folder: str) -> int:
    return len(os.listdir(folder))  # noqa: PTH208  on the way of every sample


def _children() -> "Iterator[str]":
    from comparators.supervision.process_tree import children_of, command_line_of

    for pid in children_of(os.getpid()):
        yield command_line_of(pid).replace(b"\0", b" ").decode("utf-8", "replace").strip() or str(pid)


def _open_files() -> "set[tuple[str, str]]":
    """Return numbers and names of open descriptors, without the one that reads them."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the descriptor that lists them
            found.add((entry.name, str(entry.readlink())))
    return found


if __name__ == "__main__":
    main()
