"""The warm interpreter: imports everything once, then forks one process for each job. Linux only.

    python -P -m comparators.worker.warm PRELOAD CHANNEL

PRELOAD is a `Preload` as JSON, CHANNEL the number of the descriptor on which the supervisor is spoken to, see
`comparators.supervision.warm_interpreter`. After its imports this process only forks, waits and reports: it runs nothing
of a workload, so that each job starts from the same state. Worker processes of process models import this module again
as their main module, so it imports little.

What a forked process shares with its siblings: the hash seed, the addresses of what was imported and the state of
modules after their import. What it does not: its session, standard streams, temporary folder, and the states of `random`
and of NumPy's global generator, which are seeded again.
"""

import atexit
import faulthandler
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator


__all__ = ["main"]

FREE_FILES = ("/dev/null", "/dev/urandom", "/dev/random")
"""Open files that a forked process may share with its siblings: they have no position and no state."""


def main() -> None:
    """Import, say that this process is ready, and fork until the supervisor wants no more."""
    import gc
    import socket

    from comparators.supervision.starting import die_with
    from comparators.worker.preload import Preload

    die_with(os.getppid())
    faulthandler.enable()  # on SIGABRT, which the supervisor sends at the deadline: the stacks of all threads
    text, number = sys.argv[1:]
    channel = socket.socket(fileno=int(number))
    channel.set_inheritable(False)
    before = _open_files()
    perform = Preload(**json.loads(text)).load()
    unsafe = next(_fork_unsafe(before), "")
    gc.collect()
    gc.freeze()  # what was imported is not looked at by the collector, so that its pages stay shared
    channel.send(json.dumps({"ready": True, "unsafe": unsafe}).encode())
    while not unsafe and (folder := channel.recv(65536).decode()):
        _fork(channel, perform, Path(folder))


def _fork(channel: "socket.socket", perform: Any, folder: Path) -> None:
    """Fork a process that does a job; report its start and its end."""
    import socket

    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    files = len(_open_files())
    pid = os.fork()
    if pid == 0:
        _be_a_worker(channel, perform, folder, parent)
    handle = os.pidfd_open(pid)
    socket.send_fds(channel, [json.dumps({"started": pid}).encode()], [handle])
    os.close(handle)
    while True:
        _, status, usage = os.wait4(pid, os.WUNTRACED | os.WCONTINUED)
        if not (os.WIFSTOPPED(status) or os.WIFCONTINUED(status)):
            break
        channel.send(b'{"stopped": true}')
    end: dict[str, object] = {"ended": os.waitstatus_to_exitcode(status), "cpu_s": usage.ru_utime + usage.ru_stime}
    if len(_open_files()) != files or _threads() != 1:
        end["spoiled"] = "the warm interpreter was changed while a job ran"
    channel.send(json.dumps(end).encode())


def _be_a_worker(channel: "socket.socket", perform: Any, folder: Path, parent: int) -> NoReturn:
    """Become a process like a fresh one, do the job and end as a Python process does; never return."""
    from comparators.supervision.starting import die_with

    code = 1
    try:
        os.setsid()
        die_with(parent)
        channel.close()
        _separate(folder)
        perform(folder)
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

    if _threads() > 1:
        names = ", ".join(sorted(thread.name for thread in threading.enumerate()[1:])) or "not Python's"
        yield f"threads are alive after the imports ({names})"
    opened = sorted(target for number, target in _open_files() - before if target not in FREE_FILES)
    if opened:
        yield f"files are open after the imports ({', '.join(opened)})"
    children = [name for name in _children() if name]
    if children:
        yield f"the imports have started processes ({', '.join(children)})"


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208  on the way of every sample


def _children() -> "Iterator[str]":
    from comparators.supervision.process_tree import children_of, command_line_of

    for pid in children_of(os.getpid()):
        yield command_line_of(pid).replace(b"\0", b" ").decode("utf-8", "replace").strip() or str(pid)


def _open_files() -> "set[tuple[str, str]]":
    """Return numbers and names of open descriptors, without the one that reads them."""
    found = set()
    for number in os.listdir("/proc/self/fd"):  # noqa: PTH208  on the way of every sample
        try:
            found.add((number, os.readlink(f"/proc/self/fd/{number}")))  # noqa: PTH115  as above
        except OSError:  # the descriptor that lists them
            continue
    return found


if __name__ == "__main__":
    main()
