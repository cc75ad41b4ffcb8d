"""The first signal ends a run cleanly, the second one at once."""

import os
import signal
import sys

import pytest

from comparators.cli import interruption as module
from comparators.cli import output
from comparators.cli.interruption import SIGNALS, interruptible

pytestmark = pytest.mark.usefixtures("signals_heeded")


class Left(BaseException):
    """Stands in for the end of the process."""


@pytest.fixture(autouse=True)
def _alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(code: int) -> None:
        raise Left(code)

    monkeypatch.setattr(os, "_exit", leave)


def send(number: signal.Signals) -> None:
    """Send a signal to this process; its handler has run when this returns."""
    signal.raise_signal(number)


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_first_signal_interrupts_and_is_remembered(monkeypatch: pytest.MonkeyPatch, number: str, code: int) -> None:
    silenced: list[bool] = []
    monkeypatch.setattr(output, "silence", lambda: silenced.append(True))
    before = [signal.getsignal(each) for each in SIGNALS]
    with interruptible() as interruption:
        assert interruption.exit_code == 0
        with pytest.raises(KeyboardInterrupt):
            send(signal.Signals[number])
        assert interruption.exit_code == code
    assert silenced == ([True] if number == "SIGHUP" else [])
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_the_second_signal_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with interruptible():
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)
        with pytest.raises(Left) as left:
            send(signal.SIGTERM)
    assert left.value.args == (143,)


def test_a_terminal_gets_its_cursor_back(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stderr", stream)
        with pytest.raises(Left):
            module._leave(130)
    with os.fdopen(reading, "rb") as shown:
        assert shown.read() == b"\x1b[?25h\n"


def test_what_nobody_catches_is_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited, interruptible():
        send(signal.SIGTERM)
    assert exited.value.code == 143
    assert capsys.readouterr().err == "interrupted\n"


def test_a_signal_that_is_ignored_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible() as interruption:
            send(signal.SIGHUP)
            assert interruption.exit_code == 0
    finally:
        signal.signal(signal.SIGHUP, before)
