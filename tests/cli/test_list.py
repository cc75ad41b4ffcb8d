"""The lists: true to the classes, whole as JSON, with everything about one name."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS, WORKLOADS
from comparators.registry.suites import SUITES
from tests.cli.support import call
from tests.third_party import RUNNER, WORKLOAD, forgotten, install


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "site"
    folder.mkdir()
    with forgotten(folder):
        sys.path.insert(0, str(folder))
        yield folder


def test_every_workload_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = call(capsys, "list", "workloads").out.splitlines()
    for one in WORKLOADS:
        found = [line for line in lines if line.split(maxsplit=1)[:1] == [one.name]]
        assert len(found) == 1, one.name
        assert f"  {one.work} " in found[0]
        assert found[0].endswith(one.summary)


def test_a_runner_that_does_not_apply_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    lines = call(capsys, "list", "runners").out.splitlines()
    for one in RUNNERS:
        reason = unavailable(one)
        expected = [one.name, one.model, f"not here: {reason}" if reason else one.summary]
        assert any(line.split(maxsplit=2) == expected for line in lines), one.name


def test_a_list_of_one_kind_has_only_that_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Runners:" not in call(capsys, "list", "workloads").out
    assert "Workloads:" not in call(capsys, "list", "runners").out


def test_a_workload_in_detail(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "list", "integrate").out
    assert out.startswith("integrate: left Riemann sum")
    assert "What it teaches" in out
    assert any(line.split()[:2] == ["steps", "6000000"] and "(an int from 1 to " in line for line in out.splitlines())
    assert any(line.split() == ["quick", "steps=1000000"] for line in out.splitlines())


def test_a_runner_in_detail(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "list", "mp-pool").out
    assert "Applies here: yes" in out
    assert "given as 'mp-pool[NAME=VALUE]'" in out
    assert "(one of map, map_async, starmap," in out


def test_a_suite_in_detail(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split() for line in call(capsys, "list", "models").out.splitlines()]
    assert ["integrate", "warm"] in rows
    assert ["Runners,", "unless", "'--runner'", "names", "others:", "all"] in rows
    out = call(capsys, "list", "coordination").out
    assert "Under the preset quick costs are measured, and no model is recommended" in out
    assert [name for name in SUITES if name in call(capsys, "list", "suites").out] == list(SUITES)
    assert "Workloads:" not in call(capsys, "list", "suites").out


def test_a_variant_in_detail(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "list", "guarded[guard=rlock,candidates=3]").out
    assert "With guard=rlock candidates=3, under the default preset:" in out
    assert "3 tasks, 3 or more in progress at once; needs rlock, counter, array" in out


def test_a_variant_of_a_runner_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "list", "mp-pool[method=imap]").code == 0
    assert call(capsys, "list", "mp-pool[method=fast]").code == 2


def test_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(call(capsys, "list", "--json").out)
    assert [each["name"] for each in listed["workloads"]] == [one.name for one in WORKLOADS]
    assert [each["name"] for each in listed["runners"]] == [one.name for one in RUNNERS]
    steps = listed["workloads"][0]["parameters"][0]
    assert (steps["name"], steps["type"], steps["minimum"]) == ("steps", "int", 1)
    assert list(json.loads(call(capsys, "list", "runners", "--json").out)) == ["runners"]
    assert [each["name"] for each in listed["suites"]] == list(SUITES)
    assert json.loads(call(capsys, "list", "guarded[guard=queue]", "--json").out)["given"] == {"guard": "queue"}


def test_third_party_are_listed(capsys: pytest.CaptureFixture[str], site: Path) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    install(site, "backwarder", modules={"backwarder": RUNNER}, runners={"backwards": "backwarder:Backwards"})
    rows = [line.split(maxsplit=2) for line in call(capsys, "list").out.splitlines()]
    assert ["doubles", "computing", "twice each number"] in rows
    assert ["backwards", "loop", "the last task first"] in rows
    assert "Double the first whole numbers." in call(capsys, "list", "doubles").out


@pytest.mark.parametrize("arguments", [["list"], ["list", "runners"], ["list", "--json"]])
def test_a_broken_plugin_is_a_warning(capsys: pytest.CaptureFixture[str], site: Path, arguments: list[str]) -> None:
    install(site, "breaker", modules={"broken": "1 / 0"}, runners={"odd": "broken:Odd"})
    answer = call(capsys, *arguments)
    assert answer.code == 0
    assert answer.err == (
        "warning: runner 'odd' of 'breaker' is left out: cannot import 'broken': ZeroDivisionError: division by zero\n"
    )


def test_what_is_asked_about_by_name_needs_no_plugin(capsys: pytest.CaptureFixture[str], site: Path) -> None:
    install(site, "breaker", modules={"broken": "1 / 0"}, runners={"odd": "broken:Odd"})
    answer = call(capsys, "list", "integrate")
    assert (answer.code, answer.err) == (0, "")
