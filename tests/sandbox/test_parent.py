"""A child that goes wrong costs an error that names the culprit, never the command."""

import sys
from collections.abc import Iterator

import pytest

from comparators.sandbox.parent import ChildEnded, Sandbox
from tests.sandbox.questions import CULPRIT

ENDS = {
    "hang": "takes longer than 2 s, in 'hang' (questions.py, line ",
    "spin": "takes longer than 2 s, in 'spin' (questions.py, line ",
    "stop": "takes longer than 2 s",
    "leave": "ends the process with exit code 7",
    "crash": "ends the process by SIGSEGV",
    "overwrite": "overwrites the answer",
    "overwrite_with_much": "answers with 9,437,186 bytes",
    "answer_much": "answers with 9,437,186 bytes",
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


def ask(sandbox: Sandbox, how: str) -> object:
    return sandbox.ask("tests.sandbox.questions:blamed", {"how": how}, deadline_s=2.0)


@pytest.mark.parametrize("how", ENDS)
def test_the_end_of_a_child_has_a_cause_and_a_culprit(sandbox: Sandbox, how: str) -> None:
    with pytest.raises(ChildEnded) as end:
        ask(sandbox, how)
    assert str(end.value).startswith(ENDS[how])
    assert end.value.party == (None if how == "answer_much" else CULPRIT)  # it had answered by then


def test_an_answer_is_returned_as_it_is(sandbox: Sandbox) -> None:
    argument = {"numbers": [1, 2.5], "text": "é\n", "none": None}
    assert sandbox.ask("tests.sandbox.questions:echo", argument) == argument


def test_one_sandbox_asks_many_children(sandbox: Sandbox) -> None:
    with pytest.raises(ChildEnded):
        ask(sandbox, "leave")
    assert ask(sandbox, "keep_a_thread") == "ended"


def test_what_a_child_prints_reaches_no_terminal(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    assert ask(sandbox, "loud") == "quiet"
    assert capfd.readouterr() == ("", "")


def test_no_process_is_started_in_the_sandbox(sandbox: Sandbox) -> None:
    said = ask(sandbox, "start_a_process")
    assert "questions.py', line " in str(said)
    assert "starts a process while its tasks are planned" in str(said)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the memory of a process tree")
def test_memory_has_a_limit() -> None:
    with Sandbox(memory_bytes=256 << 20) as sandbox, pytest.raises(ChildEnded) as end:
        sandbox.ask("tests.sandbox.questions:blamed", {"how": "take_memory"}, deadline_s=30.0)
    assert str(end.value) == "uses more than 0.2 GB of memory"
    assert end.value.party == CULPRIT
    assert "--memory" in str(end.value.tip)
