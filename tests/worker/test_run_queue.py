"""The time that a thread was ready to run but had no CPU."""

import os
import threading
from collections.abc import Callable

import pytest

from comparators.worker import run_queue
from comparators.worker.run_queue import BETWEEN_S, run_queue_delay_s, settle, watch_thread
from comparators.worker.tracing import Probe, traces_of


def in_a_thread(work: Callable[[], float]) -> float:
    """Call in a thread that has not looked before."""
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for what the system counts: the texts of the next readings."""
    texts: list[str] = []
    monkeypatch.setattr(os, "open", lambda path, flags: -1 if not path.endswith("schedstat") else 99_999)
    monkeypatch.setattr(os, "pread", lambda file, size, offset: texts.pop(0).encode())
    return texts


def test_it_is_what_has_been_added_since_the_last_look(counted: list[str]) -> None:
    counted += ["5 1000000000 1", "6 1500000000 2", "7 1500000000 3"]

    def work() -> float:
        settle()
        last = run_queue._of_thread.reader.read_at
        assert run_queue_delay_s(last, last + 1) == pytest.approx(0.5)
        return run_queue_delay_s(last, last + 2)

    assert in_a_thread(work) == 0.0


def test_a_short_task_is_not_looked_at_and_keeps_its_delay_for_the_next(counted: list[str]) -> None:
    counted += ["0 2000000000 1"]

    def work() -> float:
        assert run_queue_delay_s(1.0, 1.0 + BETWEEN_S / 2) == 0.0
        return run_queue_delay_s(1.0, 2.0)

    assert in_a_thread(work) == pytest.approx(2.0)
    assert counted == []


def test_what_a_thread_waited_for_before_its_first_task_belongs_to_none(counted: list[str]) -> None:
    counted += ["0 5000000000 1", "0 5200000000 1"]

    def work() -> float:
        watch_thread()
        last = run_queue._of_thread.reader.read_at
        watch_thread()  # before the second task: nothing is forgotten
        return run_queue_delay_s(last, last + 1)

    assert in_a_thread(work) == pytest.approx(0.2)
    assert counted == []


def test_a_forked_process_is_watched_anew(counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    counted += ["0 5000000000 1", "0 7000000000 1", "0 7100000000 1"]

    def work() -> float:
        watch_thread()
        monkeypatch.setattr(os, "getpid", lambda: -1)  # as after a fork
        watch_thread()
        last = run_queue._of_thread.reader.read_at
        return run_queue_delay_s(last, last + 1)

    assert in_a_thread(work) == pytest.approx(0.1)


@pytest.mark.parametrize("text", ["", "1", "a b c"])
def test_what_cannot_be_read_is_none(counted: list[str], text: str) -> None:
    counted += [text]
    assert in_a_thread(lambda: run_queue_delay_s(1.0, 2.0)) == 0.0


def test_a_system_that_does_not_count_says_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(path: str, flags: int) -> int:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "open", no_file)
    assert in_a_thread(lambda: run_queue_delay_s(1.0, 2.0)) == 0.0


def test_another_process_opens_its_own(counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    counted += ["0 1000000000 1", "0 200000000 1"]

    def work() -> float:
        run_queue_delay_s(1.0, 2.0)
        monkeypatch.setattr(os, "getpid", lambda: -1)  # as after a fork
        return run_queue_delay_s(1.0, 3.0)

    assert in_a_thread(work) == pytest.approx(0.2)


def test_the_delays_of_all_workers_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    delays = iter([0.25, 0.5])
    monkeypatch.setattr("comparators.worker.tracing.run_queue_delay_s", lambda began, now: next(delays))
    probe = Probe(abs)
    assert traces_of([probe(1), probe(2)], share_a_thread=False).delayed_s == 0.75
