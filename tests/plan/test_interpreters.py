"""Which Pythons measure: this one, others, and what only looks like one."""

import json
import platform
import re
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

import comparators
from comparators.errors import UsageError
from comparators.plan.interpreters import describe, describe_this
from comparators.plan.model import Interpreter
from tests.plan.plans import interpreter

SERIAL = "comparators.runners.serial:Serial"
INTERPRETERS = "comparators.runners.futures_interpreters:FuturesInterpreters"


def script(folder: Path, text: str, name: str = "python") -> str:
    """Return the path of an executable that takes a Python's place."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def answering(folder: Path, described: Interpreter, name: str = "python", **unavailable: str) -> str:
    """Return an executable that answers as a Python with this package would."""
    answer = json.dumps({"interpreter": asdict(described), "unavailable": unavailable})
    return script(folder, f"cat <<'END'\n{answer}\nEND", name)


def refusal(executable: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        describe([executable], [])
    assert "\n" not in caught.value.message
    return caught.value


def test_the_running_python_is_described_without_starting_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *arguments, **options: pytest.fail("a process was started"))
    (described,) = describe([], [SERIAL, INTERPRETERS])
    one = described.interpreter
    assert one.executable == sys.executable
    assert one.version == platform.python_version()
    assert one.package == comparators.__version__
    assert one.label.rstrip("t") == "{}.{}".format(*sys.version_info[:2])
    assert one.gil == (not one.label.endswith("t"))
    assert SERIAL not in described.unavailable
    assert (described.unavailable.get(INTERPRETERS) is None) == (sys.version_info >= (3, 14))


def test_another_path_of_a_python_is_asked(tmp_path: Path) -> None:
    other = script(tmp_path, f'exec "{sys.executable}" "$@"')
    (described,) = describe([other], [SERIAL, INTERPRETERS])
    assert described == describe_this([SERIAL, INTERPRETERS])


def test_what_another_python_says_of_itself_is_taken_over(tmp_path: Path) -> None:
    paper = interpreter("3.14t", gil=False, package=comparators.__version__)
    (described,) = describe([answering(tmp_path, paper, INTERPRETERS="needs Python 3.14")], [INTERPRETERS])
    assert described.interpreter == paper
    assert described.unavailable == {"INTERPRETERS": "needs Python 3.14"}


def test_labels_are_unique(tmp_path: Path) -> None:
    paper = interpreter("3.11", package=comparators.__version__)
    pythons = [answering(tmp_path, paper, name) for name in ("one", "two", "three", "four")]
    labels = [described.interpreter.label for described in describe(pythons, [])]
    assert labels == ["3.11", "3.11.1", "3.11.1-2", "3.11.1-3"]


def test_a_python_that_is_not_there() -> None:
    error = refusal("no/such/python")
    assert re.fullmatch(
        r"invalid value 'no/such/python' for '--python': cannot be run: .*No such file or directory.*", error.message
    )


def test_a_file_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("", encoding="ascii")
    assert "cannot be run" in refusal(str(tmp_path / "python")).message


def test_a_python_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comparators.plan.interpreters.PROBE_S", 0.01)
    error = refusal(script(tmp_path, "exec sleep 60"))
    assert error.message.endswith("cannot be run: no answer within 0.01 s")


def test_a_python_without_this_package(tmp_path: Path) -> None:
    python = script(tmp_path, 'echo "Traceback: …" >&2; echo "$0: No module named comparators" >&2; exit 1')
    error = refusal(python)
    assert error.message == f"invalid value '{python}' for '--python': {python}: No module named comparators"
    assert error.tip is not None
    assert re.fullmatch(rf"install this package there: '{python} -m pip install \S+'", error.tip)


def test_a_checkout_is_installed_from_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "comparators" / "__init__.py"
    monkeypatch.setattr(comparators, "__file__", str(package))
    broken = script(tmp_path, "exit 1")
    assert str(refusal(broken).tip).endswith(f"install comparators=={comparators.__version__}'")
    (package.parent.parent).mkdir()
    (package.parent.parent / "pyproject.toml").touch()
    assert str(refusal(broken).tip).endswith(f"install {package.parent.parent}'")


def test_a_python_that_fails_without_a_word(tmp_path: Path) -> None:
    assert refusal(script(tmp_path, "exit 9")).message.endswith("for '--python': it said nothing")


def test_a_python_that_is_too_old_for_the_question(tmp_path: Path) -> None:
    python = script(tmp_path, 'echo "unknown option -P" >&2; echo "usage: …" >&2; echo "Try -h" >&2; exit 2')
    error = refusal(python)
    assert error.message == f"invalid value '{python}' for '--python': it is older than Python 3.11"


@pytest.mark.parametrize(
    "text",
    [
        "echo Usage: not that way >&2; exit 2",
        "true",
        "echo hello",
        "echo '[1, 2]'",
        "echo '{}'",
        "echo '{\"interpreter\": {}}'",
    ],
)
def test_what_is_no_python_at_all(tmp_path: Path, text: str) -> None:
    error = refusal(script(tmp_path, text))
    assert error.message.endswith("for '--python': it does not answer as Python does")
    assert error.tip == "give the path of a Python: '--python /path/to/python'"


def test_a_python_with_another_version_of_this_package(tmp_path: Path) -> None:
    python = answering(tmp_path, interpreter(package="99.0"))
    error = refusal(python)
    assert error.message == f"'{python}' has version 99.0 of this package, this is {comparators.__version__}"
    assert str(error.tip).startswith(f"install the same version there: '{python} -m pip install ")


def test_the_versions_of_the_libraries_are_known() -> None:
    import numpy

    interpreter = describe_this([]).interpreter
    assert dict(interpreter.libraries)["numpy"] == numpy.__version__
    assert {"anyio", "pyperf"} <= dict(interpreter.libraries).keys()
