"""The process between the command and the workers: runs one worker at a time, ends it, and leaves nothing behind.

    python -P -m comparators.supervision.supervisor COMMAND FOLDER [--isolate]

Standard library only. COMMAND is the process id of the command, FOLDER the folder to make for temporary files; it is
removed at the end. Reads one request per line from standard input, writes one reply per line to standard output (both
JSON, see `Request` and `Reply`). When standard input or the command ends, everything is killed.

On Linux it is the subreaper of all its descendants, see `ProcessTree`, and has a watchdog above it, see
`comparators.supervision.watchdog`. Elsewhere it kills the worker's process group. With `--isolate` all this happens in
a process-id namespace instead, see `comparators.supervision.isolation`.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from comparators.supervision.command_channel import CommandChannel, CommandGone, watch_end_of
from comparators.supervision.exchange import Generation, Reply, Request
from comparators.supervision.process_tree import ProcessTree
from comparators.supervision.process_watch import ProcessWatch
from comparators.supervision.warm_interpreter import JOB, WarmInterpreter
from comparators.supervision.worker_processes import FreshProcess
from comparators.supervision.worker_run import RESULT, TICK_S, WorkerRun, limit_output, output_tail

__all__ = ["main"]


def main() -> None:
    """Serve requests until standard input, or the command, ends."""
    folder = Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(CommandGone):
        above = _go_below(int(sys.argv[1]), folder, isolate=sys.argv[3:] == ["--isolate"])
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        _serve(CommandChannel(above), folder)


def _go_below(command_pid: int, folder: Path, *, isolate: bool) -> list[int]:
    """Put a process above this one that sees to its end; return descriptors that show the end of those above.

    Raises:
        CommandGone: it has ended.
    """
    if isolate:
        from comparators.supervision.isolation import enter

        enter()
        return []  # the command has no number in here
    from comparators.supervision.watchdog import go_under_watchdog

    command = watch_end_of(command_pid)
    go_under_watchdog(folder)
    return [handle for handle in (command, watch_end_of(os.getppid())) if handle is not None]


def _serve(command: CommandChannel, folder: Path) -> None:
    tree = ProcessTree()
    folder.mkdir(mode=0o700)
    server = _Server(command, tree, folder)
    try:
        server.serve()
    except BrokenPipeError:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what follows is what it asks for
        tree.spared.clear()
        tree.end(grace_s=0)
        shutil.rmtree(folder, ignore_errors=True)


class _Server:
    """Answers requests, one after the other; keeps the warm interpreter between them."""

    def __init__(self, command: CommandChannel, tree: ProcessTree, folder: Path) -> None:
        self._command = command
        self._tree = tree
        self._folder = folder
        self._number = 0
        self._warm: WarmInterpreter | None = None
        self._fork_unsafe: dict[str, str] = {}  # reason by generation

    def serve(self) -> None:
        """JobResult until there are no more requests.

        Raises:
            CommandGone: that is so.
        """
        while True:
            request = Request.from_json(self._command.read())
            self._number += 1
            folder = self._folder / str(self._number)
            try:
                folder.mkdir()
                reply = self._reply_to(request, folder)
            except OSError as error:
                self._tree.end(grace_s=0)
                program = (request.generation or request).arguments[0]
                cause = f"cannot start '{program}': {error.strerror}"
                reply = Reply.never_ran(cause, unsupervised=isinstance(error, TimeoutError))
            self._command.write(reply.to_json())
            shutil.rmtree(folder, ignore_errors=True)  # while the command reads

    def _reply_to(self, request: Request, folder: Path) -> Reply:
        with (folder / "output").open("ab") as output:
            if request.generation is None:
                process = FreshProcess(request, self._tree, folder, folder / RESULT, output.fileno())
                return WorkerRun(request, process, self._command, self._tree, folder).to_its_end()
        began = time.monotonic()
        warm = self._interpreter(request.generation, request.memory_bytes)
        if warm is None:
            reason = self._fork_unsafe[request.generation.key]
            return Reply(code=None, fork_unsafe=reason, start_s=time.monotonic() - began)
        reply = self._run_forked(request, warm, folder)
        return replace(reply, start_s=time.monotonic() - began - reply.elapsed_s)

    def _run_forked(self, request: Request, warm: WarmInterpreter, folder: Path) -> Reply:
        if not warm.is_spoiled():
            (folder / JOB).write_text(request.job, encoding="utf-8")
            process = warm.fork(folder, self._command)
            reply = WorkerRun(request, process, self._command, self._tree, folder).to_its_end()
            process.close()
        else:
            reply = Reply.never_ran(output_tail(warm.output))
        if warm.is_spoiled():
            reply = replace(reply, lost=warm.lost, result=None)
            self._end_interpreter()
        return reply

    def _interpreter(self, generation: Generation, memory_bytes: int | None) -> WarmInterpreter | None:
        """Return the interpreter of a generation, started if it is not there; None for one that must not fork.

        One that was lost meanwhile is not started again here: the command, which waits no longer than it must, does not
        expect the time for it.
        """
        if self._warm is not None and self._warm.key == generation.key:
            return self._warm
        self._end_interpreter()
        if generation.key in self._fork_unsafe:
            return None
        folder = self._folder / f"warm-{self._number}"
        folder.mkdir()
        self._warm = warm = WarmInterpreter(generation, self._tree, folder)
        self._wait_until_ready(warm, time.monotonic() + generation.start_s, memory_bytes)
        if warm.fork_unsafe:
            self._fork_unsafe[generation.key] = warm.fork_unsafe
            self._end_interpreter()
            return None
        return warm

    def _wait_until_ready(self, warm: WarmInterpreter, deadline: float, memory_bytes: int | None) -> None:
        watch = ProcessWatch(warm.pid, memory_bytes)
        while not warm.has_started():
            if self._command.wait(min(TICK_S, max(0.0, deadline - time.monotonic())), warm.channel):
                self._command.read()
                warm.lost = "the command took the request back"
            limit_output(warm.output)
            watch.look()
            if watch.over_bytes:
                warm.lost = "the warm interpreter used too much memory while it imported"
            elif time.monotonic() >= deadline and not warm.has_started():
                warm.lost = "the warm interpreter was not ready in time"

    def _end_interpreter(self) -> None:
        """End the warm interpreter and all that it has left, if there is one."""
        if self._warm is not None:
            warm, self._warm = self._warm, None
            warm.end()
            self._tree.end(grace_s=0)
            shutil.rmtree(warm.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
