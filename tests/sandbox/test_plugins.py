"""Plugins that do anything when they are imported: each is named with its cause, and the rest runs."""

import fcntl
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import UsageError
from comparators.registry import catalogue
from comparators.registry.catalogue import RUNNERS, WORKLOADS, all_runners, all_workloads, find
from comparators.sandbox import plugins
from comparators.supervision.supervised import Supervised
from tests.cli.support import call
from tests.third_party import BROKEN, RUNNER, WORKLOAD, forgotten, install

FINE = WORKLOAD.replace('"doubles"', '"fine"')


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty folder of installed packages that this process imports from."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(plugins, "DEADLINE_S", 3.0)
    with forgotten(folder):
        sys.path.insert(0, str(folder))
        yield folder


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the plugins that each child is to try, one list per child."""
    started: list[list[str]] = []
    run = Supervised.run

    def noting(self: Supervised, arguments: list[str], *others: Any) -> Any:
        started.append([target for _, target in json.loads(arguments[-1])["plugins"]])
        return run(self, arguments, *others)

    monkeypatch.setattr(Supervised, "run", noting)
    return started


def broken(site: Path, what: str, distribution: str = "breaker", module: str = "broken") -> str:
    """Install a plugin that cannot be used; return what is said about it."""
    source, cause = BROKEN[what]
    install(site, distribution, modules={module: source}, workloads={"doubles": f"{module}:Doubles"})
    return cause.format(module=module)


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_plugin_is_named_with_its_cause_and_the_rest_is_there(
    site: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cause = broken(site, what)
    install(site, "a-good-one", modules={"good": FINE}, workloads={"fine": "good:Doubles"})
    answer = call(capsys, "list", "workloads")
    assert answer.code == 0
    assert answer.err.splitlines() == [f"warning: workload 'doubles' of 'breaker' is left out: {cause}".rstrip()]
    assert "twice each number" in answer.out
    catalogue = all_workloads()
    assert [entry.name for entry, _ in catalogue.classes] == [*(name for name, _ in WORKLOADS), "fine"]


@pytest.mark.parametrize("what", ["raises", "calls os._exit", "crashes", "prints"])
def test_it_is_an_error_when_it_is_asked_for(
    site: Path, what: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site)
    cause = broken(site, what)
    answer = call(capsys, "run", "doubles", "--plan")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == [
        f"error: workload 'doubles' of 'breaker' cannot be used: {cause}",
        "tip: update it, or remove it: pip uninstall breaker",
    ]


def test_it_is_in_nobodys_way_when_something_else_is_asked_for(site: Path, children: list[list[str]]) -> None:
    broken(site, "hangs")
    assert find("workload", "noop").name == "noop"
    assert children == []


def test_without_plugins_there_is_no_child(children: list[list[str]]) -> None:
    all_workloads()
    all_runners()
    assert children == []


def test_healthy_plugins_cost_one_child_for_all_of_them_and_all_questions(
    site: Path, children: list[list[str]]
) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    install(site, "a-good-one", modules={"good": FINE}, workloads={"fine": "good:Doubles"})
    install(site, "backwarder", modules={"backwarder": RUNNER}, runners={"backwards": "backwarder:Backwards"})
    assert len(all_workloads().classes) == len(WORKLOADS) + 2
    assert len(all_runners().classes) == len(RUNNERS) + 1
    assert find("workload", "doubles").distribution == "a-doubler"
    assert children == [["doubler:Doubles", "good:Doubles", "backwarder:Backwards"]]


def test_those_behind_one_that_ends_the_process_get_another_child(site: Path, children: list[list[str]]) -> None:
    for number, what in enumerate(("calls os._exit", "raises", "crashes")):
        source = BROKEN[what][0]
        install(site, f"d{number}", modules={f"m{number}": source}, workloads={f"w{number}": f"m{number}:Doubles"})
    install(site, "d9", modules={"m9": FINE}, workloads={"fine": "m9:Doubles"})
    catalogue = all_workloads(plugins_only=True)
    assert [entry.name for entry, _ in catalogue.classes] == ["fine"]
    assert len(catalogue.warnings) == 3
    assert children == [["m9:Doubles", "m0:Doubles", "m1:Doubles", "m2:Doubles"], ["m1:Doubles", "m2:Doubles"]]


def test_what_a_plugin_prints_reaches_nobody(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken(site, "prints below Python")
    all_workloads()
    assert capfd.readouterr() == ("", "")


def test_a_child_that_cannot_begin_blames_the_first_and_goes_on(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    monkeypatch.setattr(plugins, "CHILD", "import sys; sys.exit(9)")
    with pytest.raises(UsageError, match="cannot be used: its import ends the process with exit code 9"):
        find("workload", "doubles")


def test_a_worker_of_a_process_that_has_tried_them_does_not(site: Path, children: list[list[str]]) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    with catalogue.trusted_plugins():
        assert find("workload", "doubles").name == "doubles"
    assert children == []
    assert find("workload", "doubles").name == "doubles"
    assert len(children) == 1


ESCAPES = """
import fcntl, os, signal
if "COMPARATORS_IN_SANDBOX" in os.environ:
    held = open({path!r}, "a")
    fcntl.flock(held, fcntl.LOCK_EX)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.environ.clear()
            while True:
                signal.pause()
        os._exit(0)
    os.wait()
    with open({path!r}, "w") as stream:
        stream.write("loose")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_what_a_plugin_starts_does_not_outlive_the_trial(site: Path, tmp_path: Path) -> None:
    """The lock is inherited: it is free only when nobody is left who had it."""
    held = tmp_path / "held"
    source = ESCAPES.format(path=str(held)) + FINE
    install(site, "a-good-one", modules={"good": source}, workloads={"fine": "good:Doubles"})
    assert find("workload", "fine").name == "fine"
    assert held.read_text(encoding="utf-8") == "loose"
    with held.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
