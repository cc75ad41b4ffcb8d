"""`comparators doctor`: words for people, JSON for programs."""

import json
from collections.abc import Callable, Iterator

import pytest

from comparators.doctor import examine as module
from comparators.doctor.model import Finding
from comparators.doctor.system import System
from tests.cli.support import call

GOOD = Finding("cpus", "good", "4 of 4 CPUs can be used", facts={"usable": 4})
NOTE = Finding("turbo", "note", "turbo is on", "one busy CPU runs faster " * 5, "echo 1 | sudo tee x", {"turbo": True})
BAD = Finding("noise", "bad", "differs by 30 %", "find what else runs", facts={"floor": 0.3, "pairs": None})


def finding(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    def examine(system: System, tell: Callable[[str], None]) -> Iterator[Finding]:
        tell("measuring, about 1 s")
        yield from findings

    monkeypatch.setattr(module, "examine", examine)


def test_each_finding_has_a_grade_and_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    finding(monkeypatch, GOOD, NOTE, BAD)
    answer = call(capsys, "doctor")
    assert answer.code == 0  # it could look
    assert answer.err == "measuring, about 1 s\n"
    assert answer.out.splitlines() == [
        "good  cpus          4 of 4 CPUs can be used",
        "note  turbo         turbo is on",
        "                    one busy CPU runs faster one busy CPU runs faster one busy CPU runs faster one",
        "                    busy CPU runs faster one busy CPU runs faster",
        "                    $ echo 1 | sudo tee x",
        "bad   noise         differs by 30 %",
        "                    find what else runs",
        "",
        "Not fit to measure on as it is: noise.",
    ]


@pytest.mark.parametrize(
    ("findings", "summary"),
    [((GOOD,), "Fit to measure on."), ((GOOD, NOTE), "Fit to measure on. Worth knowing: turbo.")],
)
def test_the_last_line_is_the_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, findings: tuple[Finding, ...], summary: str
) -> None:
    finding(monkeypatch, *findings)
    assert call(capsys, "doctor").out.splitlines()[-1] == summary


def test_json_has_the_documented_form(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, GOOD, NOTE, BAD)
    document = json.loads(call(capsys, "doctor", "--json").out)
    assert list(document) == ["schema", "package", "host", "worst", "checks"]
    assert (document["schema"], document["worst"]) == (1, "bad")
    assert document["host"]["cpus"]
    assert document["checks"][2] == {
        "check": "noise",
        "grade": "bad",
        "found": "differs by 30 %",
        "advice": "find what else runs",
        "command": "",
        "facts": {"floor": 0.3, "pairs": None},
    }
