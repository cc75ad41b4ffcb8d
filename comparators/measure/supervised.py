"""The command's side of the supervisor: run a worker, get back how it ended."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from comparators.measure.supervisor import Reply, Request

__all__ = ["Supervised"]


class Supervised:
    """A supervisor process, started when first needed and again if it was killed; not again once it was left.

    It may be left while another thread waits for a worker: the worker is killed, and the thread gets a reply.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._left = False
        self._change = threading.Lock()  # of the two above

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._left = True
        self.close()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float
    ) -> tuple[Reply, bytes | None]:
        """Run a worker to its end and return how it ended and what it left in its result file, if anything.

        The worker finds its result file's path as its last argument and `TMPDIR` set to a folder of its own, which is
        removed afterwards.
        """
        with tempfile.TemporaryDirectory(prefix="comparators-", ignore_cleanup_errors=True) as folder:
            result = Path(folder, "result.json")
            request = Request(
                arguments=[*arguments, str(result)],
                environment={**environment, "TMPDIR": folder},
                folder=folder,
                result=str(result),
                deadline_s=deadline_s,
            )
            reply = self._ask(request)
            return reply, result.read_bytes() if result.exists() else None

    def close(self) -> None:
        """End the supervisor; whatever still runs under it is killed."""
        with self._change:
            process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()  # the supervisor ends; a thread that waits for its reply then sees the end of its output
        process.wait()
        process.stdout.close()

    def _ask(self, request: Request) -> Reply:
        process = self._started()
        if process is None:
            return Reply.never_ran("the supervisor process was ended")
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except (BrokenPipeError, ValueError):  # it was killed, or closed by another thread
            line = b""
        if not line:
            self.close()
            return Reply.never_ran("the supervisor process was killed")
        return Reply(**json.loads(line))

    def _started(self) -> "subprocess.Popen[bytes] | None":
        with self._change:
            if self._process is None and not self._left:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "comparators.measure.supervisor"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,  # Ctrl-C reaches the command, which decides
                )
            return self._process
