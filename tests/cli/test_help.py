"""What `--help` teaches."""

import pytest

from comparators.cli import entry
from tests.cli.support import call


@pytest.mark.parametrize("command", ["run", "list", "show", "report", "doctor"])
def test_every_command_explains_itself_by_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    answer = call(capsys, command, "--help")
    assert answer.code == 0
    assert f"\n    comparators {command} " in answer.out or f"\n    comparators {command}\n" in answer.out


def test_the_group_shows_where_to_begin_and_each_command(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "--help")
    assert answer.code == 0
    assert "Where to begin:\n    comparators list" in answer.out
    for name, (_, line) in entry.COMMANDS.items():
        assert any(row.split(maxsplit=1) == [name, line] for row in answer.out.splitlines()), name


def test_without_a_command_help_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys)
    assert (answer.code, answer.out) == (2, "")
    assert "Where to begin" in answer.err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    from comparators import __version__

    assert call(capsys, "--version").out == f"comparators, version {__version__}\n"
