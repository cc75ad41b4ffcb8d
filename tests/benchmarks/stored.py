"""What the long benchmarks share: results that are kept line by line, so that a benchmark goes on where it ended."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["COMPARATORS", "LOADS", "Stored", "load"]

LOADS = ("none", "steady", "square", "other")

COMPARATORS = (sys.executable, "-P", "-m", "comparators")
_BURN = "while True: pass"
_SQUARE_S = 5.0


class Stored:
    """Results by key, in a file of JSON lines; a line that was cut off does not count."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self.results: dict[str, Mapping[str, Any]] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            self.results[found["key"]] = found

    def add(self, key: str, **result: Any) -> None:
        """Keep a result."""
        self.results[key] = {"key": key, **result}
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(self.results[key]) + "\n")


@contextmanager
def load(kind: str) -> Iterator[None]:
    """Keep one CPU busy meanwhile: `steady`, or `square`, five seconds on and five off; else nothing."""
    if kind in ("none", "other"):
        yield
        return
    process = subprocess.Popen([sys.executable, "-S", "-c", _BURN])
    over = threading.Event()
    switch = threading.Thread(target=_switch, args=(process, over), daemon=True)
    if kind == "square":
        switch.start()
    try:
        yield
    finally:
        over.set()
        process.kill()
        process.wait()


def _switch(process: "subprocess.Popen[bytes]", over: threading.Event) -> None:
    import signal

    stopped = False
    while not over.wait(_SQUARE_S):
        stopped = not stopped
        process.send_signal(signal.SIGSTOP if stopped else signal.SIGCONT)
