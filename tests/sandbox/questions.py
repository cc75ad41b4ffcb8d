"""Questions whose answers go wrong in every way that third-party code has found."""

import os
import signal
import sys
import threading
from collections.abc import Mapping
from multiprocessing import Process
from pathlib import Path
from typing import Any

from comparators.sandbox.blame import ThirdParty, asking

CULPRIT = ThirdParty("workload", "bad", "bad", "breaker")
OTHER = ThirdParty("runner", "good", "good", "a-good-one")


def echo(argument: Mapping[str, Any]) -> Mapping[str, Any]:
    return argument


def blamed(argument: Mapping[str, Any]) -> Any:
    """Do what is asked for while a third party is asked, after another one was."""
    with asking(OTHER):
        pass
    with asking(CULPRIT):
        return globals()[argument["how"]]()


def hang() -> None:
    threading.Event().wait()


def spin() -> None:
    while True:
        pass


def leave() -> None:
    os._exit(7)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def take_memory() -> None:
    taken = []
    while True:
        taken.append(bytearray(os.urandom(16)) * (1 << 20))


def overwrite() -> None:
    Path(sys.argv[2]).write_text("{", encoding="utf-8")
    os._exit(0)


def overwrite_with_much() -> None:
    Path(sys.argv[2]).write_text(f'"{"x" * (9 << 20)}"', encoding="utf-8")
    os._exit(0)


def answer_much() -> str:
    return "x" * (9 << 20)


def loud() -> str:
    os.write(1, b"hello\n" * 1000)
    sys.stderr.write("hello\n")
    return "quiet"


def keep_a_thread() -> str:
    threading.Thread(target=threading.Event().wait).start()
    return "ended"


def start_a_process() -> str:
    try:
        Process(target=print).start()
    except Exception as error:  # noqa: BLE001  as third-party code may
        return str(error)
    return "started"
