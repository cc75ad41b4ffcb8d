"""Plugins that do anything when they are imported: each is named with its cause, and the rest is listed."""

import fcntl
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comparators.errors import UnknownName, UsageError
from comparators.registry.built_in import WORKLOADS
from comparators.registry.catalogue import find
from comparators.sandbox import descriptions
from comparators.sandbox.descriptions import described_plugins
from comparators.sandbox.parent import Sandbox
from comparators.supervision.supervised import Supervised
from tests.cli.support import call
from tests.third_party import BROKEN, RUNNER, WORKLOAD, forgotten, install

FINE = WORKLOAD.replace('"doubles"', '"fine"')


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty folder of installed packages that this process imports from."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(descriptions, "DEADLINE_S", 6.0)
    with forgotten(folder):
        sys.path.insert(0, str(folder))
        yield folder


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the plugins that each child is to describe, one list per child."""
    started: list[list[str]] = []
    ask = Sandbox.ask

    def noting(self: Sandbox, question: str, argument: Any, deadline_s: float) -> Any:
        started.append([one["name"] for one in argument["parties"]])
        return ask(self, question, argument, deadline_s)

    monkeypatch.setattr(Sandbox, "ask", noting)
    return started


def broken(site: Path, what: str) -> str:
    """Install a plugin that cannot be used; return what is said about it."""
    source, cause = BROKEN[what]
    install(site, "breaker", modules={"broken": source}, workloads={"doubles": "broken:Doubles"})
    return cause.format(module="broken")


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_plugin_is_named_with_its_cause_and_the_rest_is_there(site: Path, what: str) -> None:
    cause = broken(site, what)
    install(site, "a-good-one", modules={"good": FINE}, workloads={"fine": "good:Doubles"})
    listed = described_plugins(["workload"])
    (warning,) = listed.warnings
    assert warning.startswith("workload 'doubles' of 'breaker' is left out: ")
    assert cause in warning
    assert [one.name for one in listed.descriptions] == ["fine"]
    assert "broken" not in sys.modules
    assert "good" not in sys.modules


def test_a_plugin_that_leaves_a_thread_behind_is_listed(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    thread = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    install(site, "threader", modules={"threads": FINE + thread}, workloads={"fine": "threads:Doubles"})
    answer = call(capsys, "list", "workloads")
    assert (answer.code, answer.err) == (0, "")
    assert "twice each number" in answer.out


def test_a_plugin_is_described_in_words(site: Path) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    install(site, "backwarder", modules={"backwarder": RUNNER}, runners={"backwards": "backwarder:Backwards"})
    workload, runner = described_plugins(["workload", "runner"]).descriptions
    assert (workload.name, workload.distribution, workload.work) == ("doubles", "a-doubler", "computing")
    assert workload.explanation == "Double the first whole numbers."
    assert [(one.name, one.range_text) for one in workload.parameters] == [("count", "an int of at least 1")]
    assert workload.presets[0] == ("quick", (("count", 4),))
    assert (runner.work, runner.summary, runner.unavailable) == ("loop", "the last task first", "")


def test_parameters_that_were_written_with_the_name_are_checked_by_the_child(site: Path) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    (one,) = described_plugins(["workload"], "doubles", {"count": "7"}).descriptions
    assert one.given == (("count", 7),)
    assert one.needs == "7 tasks, 1 or more in progress at once; needs no primitive"
    with pytest.raises(UsageError, match="invalid value '0' for 'count' of 'doubles'"):
        described_plugins(["workload"], "doubles", {"count": "0"})
    with pytest.raises(UnknownName, match="unknown parameter 'cuont'"):
        described_plugins(["workload"], "doubles", {"cuont": "7"})


def test_one_that_describes_itself_at_absurd_length_is_shortened_or_left_out(site: Path) -> None:
    long = WORKLOAD.replace('"twice each number"', '"x" * 1_000_000')
    longer = FINE.replace('"how many numbers"', '"x" * 1_000_000')
    install(site, "a", modules={"a": long, "b": longer}, workloads={"doubles": "a:Doubles", "fine": "b:Doubles"})
    listed = described_plugins(["workload"])
    assert [len(one.summary) for one in listed.descriptions] == [300]
    assert "a text of 1,000,000 characters" in listed.warnings[0]


def test_nothing_is_asked_where_something_else_is_asked_for(site: Path, children: list[list[str]]) -> None:
    broken(site, "hangs")
    assert find("workload", "noop").name == "noop"
    assert find("workload", "doubles").target == "broken:Doubles"
    assert described_plugins(["workload"], "noop").descriptions == ()
    assert children == []


def test_without_plugins_there_is_no_child(children: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervised, "run", lambda *_: pytest.fail("a child was started"))
    assert described_plugins(["workload", "runner"]).descriptions == ()
    assert children == []


def test_healthy_plugins_cost_one_child_for_all_of_them(site: Path, children: list[list[str]]) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    install(site, "a-good-one", modules={"good": FINE}, workloads={"fine": "good:Doubles"})
    install(site, "backwarder", modules={"backwarder": RUNNER}, runners={"backwards": "backwarder:Backwards"})
    assert len(described_plugins(["workload", "runner"]).descriptions) == 3
    assert children == [["doubles", "fine", "backwards"]]


def test_each_that_ends_the_process_costs_one_more(site: Path, children: list[list[str]]) -> None:
    for number, what in enumerate(("calls os._exit", "raises", "crashes")):
        source = BROKEN[what][0]
        install(site, f"d{number}", modules={f"m{number}": source}, workloads={f"w{number}": f"m{number}:Doubles"})
    install(site, "d9", modules={"m9": FINE}, workloads={"fine": "m9:Doubles"})
    listed = described_plugins(["workload"])
    assert [one.name for one in listed.descriptions] == ["fine"]
    assert len(listed.warnings) == 3
    assert children == [["fine", "w0", "w1", "w2"], ["fine", "w1", "w2"], ["fine", "w1"]]


def test_two_plugins_of_one_name_are_told_apart_by_their_distributions(site: Path) -> None:
    install(site, "first", modules={"one": WORKLOAD}, workloads={"doubles": "one:Doubles"})
    install(site, "second", modules={"two": WORKLOAD}, workloads={"doubles": "two:Doubles"})
    listed = described_plugins(["workload"])
    assert [one.name for one in listed.descriptions] == ["first/doubles", "second/doubles"]
    assert listed.warnings == (
        "workload 'first/doubles' of 'first' is called by that name because 'doubles' is taken",
        "workload 'second/doubles' of 'second' is called by that name because 'doubles' is taken",
    )


def test_the_lists_have_all(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site, "a-good-one", modules={"good": FINE}, workloads={"fine": "good:Doubles"})
    listed = json.loads(call(capsys, "list", "workloads", "--json").out)["workloads"]
    assert [one["name"] for one in listed] == [*(one.name for one in WORKLOADS), "fine"]
    assert listed[-1]["distribution"] == "a-good-one"


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
def test_what_a_plugin_starts_does_not_outlive_the_sandbox(site: Path, tmp_path: Path) -> None:
    """The lock is inherited: it is free only when no process is left that had it."""
    held = tmp_path / "held"
    source = ESCAPES.format(path=str(held)) + FINE
    install(site, "a-good-one", modules={"good": source}, workloads={"fine": "good:Doubles"})
    assert [one.name for one in described_plugins(["workload"]).descriptions] == ["fine"]
    assert held.read_text(encoding="utf-8") == "loose"
    with held.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
