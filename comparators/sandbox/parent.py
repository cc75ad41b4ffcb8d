"""The command's side of the sandbox: ask a child, within limits, and say how it ended when it did not answer."""

import json
import os
import re
import signal
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from comparators.registry.entry_points import IN_SANDBOX
from comparators.registry.object_references import folders
from comparators.sandbox.answers import LARGEST_ANSWER
from comparators.sandbox.blame import ThirdParty, asked_last
from comparators.sandbox.processes import GUARD

if TYPE_CHECKING:
    from comparators.supervision.exchange import Reply

__all__ = ["DEADLINE_S", "ChildEnded", "Sandbox"]

DEADLINE_S = 30.0
"""Seconds for an answer, which takes a fraction of one, and the imports before it: large libraries take longer."""

SLOW_S = 3.0
"""Seconds after which a line says what is waited for."""

TRIES = 3
"""How many times a child is started whose supervisor is killed."""

TIP = f"what must not run on import goes under: {GUARD}"

_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (\S+)$', re.MULTILINE)
"""A frame as `faulthandler` writes it, the innermost first."""


class ChildEnded(Exception):
    """A child ended without an answer; the message says how.

    Attributes:
        party: who was being asked; None when the child itself was to blame.
        tip: what to do about it.
    """

    def __init__(self, message: str, party: ThirdParty | None = None, *, tip: str | None = None) -> None:
        super().__init__(message)
        self.party = party
        self.tip = tip


class Sandbox:
    """A supervisor for children that run third-party code. Use as a context manager.

    Args:
        memory_bytes: what all processes of a child may use together; None for the limit of a sample.
        waits_for: what a line says is waited for, when it takes long.
        tell: called with that line, from another thread; None for silence.
    """

    def __init__(
        self,
        memory_bytes: int | None = None,
        *,
        waits_for: Sequence[ThirdParty] = (),
        tell: Callable[[str], object] | None = None,
    ) -> None:
        self._memory_bytes = memory_bytes
        self._waits_for = waits_for
        self._tell = tell

    def __enter__(self) -> Self:
        from comparators.supervision.free_memory import memory_share
        from comparators.supervision.supervised import Supervised

        with ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix="comparators-", ignore_cleanup_errors=True)
            self._folder = Path(stack.enter_context(folder))
            self._supervised = stack.enter_context(Supervised(self._memory_bytes or memory_share()))
            self._end = stack.pop_all()
        if self._tell is not None and self._waits_for:
            line = f"planning takes long: waiting for {' and '.join(map(str, self._waits_for[:3]))}"
            timer = threading.Timer(SLOW_S, self._tell, [line])
            timer.daemon = True
            timer.start()
            self._end.callback(timer.cancel)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.close()

    def ask(self, question: str, argument: Mapping[str, Any], deadline_s: float = DEADLINE_S) -> Any:
        """Ask a child; return its answer, which is JSON of any form.

        Args:
            question: object reference of the function that answers.
            argument: what it is given.
            deadline_s: seconds that it has.

        Raises:
            ChildEnded: there is no answer.
        """
        task, record = self._folder / "task.json", self._folder / "record"
        record.write_bytes(b"")
        asked = {"question": question, "argument": argument, "path": folders(), "record": str(record)}
        task.write_text(json.dumps(asked), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "comparators.sandbox.child", str(task)]
        environment = {**os.environ, "PYTHONPATH": _package_first(), IN_SANDBOX: "1", "PYTHONFAULTHANDLER": "1"}
        for _ in range(TRIES):
            reply, result = self._supervised.run(command, environment, deadline_s)
            if not reply.unsupervised:
                break
        if result is None:
            raise _end(reply, deadline_s, asked_last(record))
        if len(result) > LARGEST_ANSWER:
            raise ChildEnded(f"answers with {len(result):,} bytes", asked_last(record))
        try:
            answer = json.loads(result)
        except (ValueError, RecursionError):
            raise ChildEnded("overwrites the answer", asked_last(record)) from None
        if isinstance(answer, dict) and "too_large" in answer:
            raise ChildEnded(f"answers with {answer['too_large']:,} bytes", asked_last(record))
        return answer


def _package_first() -> str:
    """Return a search path on which the child finds this package, wherever this process has found it."""
    import comparators

    own = str(Path(comparators.__file__).parents[1])
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])


def _end(reply: "Reply", deadline_s: float, party: ThirdParty | None) -> ChildEnded:
    if reply.over_memory_bytes:
        return ChildEnded(
            f"uses more than {reply.memory_limit_bytes / 2**30:.1f} GB of memory",
            party,
            tip="'--memory' allows more; items without an end need '--first N'",
        )
    if reply.timed_out:
        tip = f"'--timeout' gives it more time; {TIP}"
        return ChildEnded(f"takes longer than {deadline_s:g} s{_where(reply.output)}", party, tip=tip)
    code = reply.code
    if code is None:
        return ChildEnded(f"could not be tried: {reply.output.strip()[-300:] or 'how it ended is unknown'}", party)
    if code >= 0:
        return ChildEnded(f"ends the process with exit code {code}", party, tip=TIP)
    with suppress(ValueError):
        return ChildEnded(f"ends the process by {signal.Signals(-code).name}", party, tip=TIP)
    return ChildEnded(f"ends the process by signal {-code}", party, tip=TIP)


def _where(stacks: str) -> str:
    """Return the place of the innermost frame outside the standard library, or of the innermost one."""
    frames = _FRAME.findall(stacks)
    library = sysconfig.get_path("stdlib")
    outside = [frame for frame in frames if not frame[0].startswith((library, "<"))]
    for file, line, function in (*outside[:1], *frames[:1]):
        return f", in '{function}' ({Path(file).name}, line {line})"
    return ""
