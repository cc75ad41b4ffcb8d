"""The document against its own JSON Schema, and what a script relies on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from comparators.report.json_document import NAME, OMITTED, VERSION, to_document
from comparators.report.json_schema import schema, schema_page
from comparators.stats.interval import Interval
from comparators.verdict import analysis as verdicts
from comparators.verdict.analysis import Analysis
from tests.report.analyses import hostile, suite, undecided, waiting, with_failures, wrong_results
from tests.report.test_markdown import CASES

SCHEMA: Mapping[str, Any] = schema()
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
KNOWN = {
    "type",
    "properties",
    "required",
    "items",
    "prefixItems",
    "additionalProperties",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "$schema",
    "title",
    "description",
}


def check(value: object, wanted: Mapping[str, Any], where: str = "$") -> None:
    """Check the parts of JSON Schema that ours uses; an unknown keyword fails, so that none goes unchecked."""
    assert not set(wanted) - KNOWN, where
    if "$ref" in wanted:
        check(value, SCHEMA["$defs"][wanted["$ref"].removeprefix("#/$defs/")], where)
    if "anyOf" in wanted:
        assert any(matches(value, one, where) for one in wanted["anyOf"]), where
    if "const" in wanted:
        assert value == wanted["const"], where
    if "enum" in wanted:
        assert value in wanted["enum"], where
    if "type" in wanted:
        check_type(value, wanted["type"], where)
    if isinstance(value, dict):
        check_object(value, wanted, where)
    if isinstance(value, list):
        kinds = wanted.get("prefixItems") or [wanted["items"]] * len(value)
        assert len(kinds) == len(value), where
        for number, (one, kind) in enumerate(zip(value, kinds, strict=True)):
            check(one, kind, f"{where}[{number}]")


def check_object(value: Mapping[str, object], wanted: Mapping[str, Any], where: str) -> None:
    assert not set(wanted.get("required", ())) - set(value), where
    for key, one in value.items():
        known = wanted.get("properties", {})
        if key in known:
            check(one, known[key], f"{where}.{key}")
        elif "$ref" not in wanted and "anyOf" not in wanted:
            check(one, wanted["additionalProperties"], f"{where}.{key}")  # a field that the schema lacks fails here


def check_type(value: object, wanted: str | list[str], where: str) -> None:
    names = [wanted] if isinstance(wanted, str) else wanted
    allowed = tuple(kind for name in names for kind in TYPES[name])
    assert isinstance(value, allowed), where
    assert not isinstance(value, bool) or bool in allowed, where


def matches(value: object, wanted: Mapping[str, Any], where: str) -> bool:
    try:
        check(value, wanted, where)
    except AssertionError:
        return False
    return True


def document(found: Analysis) -> Any:
    return json.loads(json.dumps(to_document(found), allow_nan=False))


@pytest.mark.parametrize("make", CASES)
def test_documents_follow_the_schema(make: Callable[[], Analysis]) -> None:
    check(document(make()), SCHEMA)


def test_the_check_of_the_schema_bites() -> None:
    known = document(waiting())
    wrongs: list[dict[str, object]] = [
        {"version": 1},
        {"verdicts": None},
        {"host": []},
        {"preset": 3},
        {"unheard": 1},
        {"failed": True},
        {"facts": [["one"]]},
    ]
    for wrong in wrongs:
        with pytest.raises((AssertionError, KeyError)):
            check({**known, **wrong}, SCHEMA)
    del known["finished"]
    with pytest.raises(AssertionError):
        check(known, SCHEMA)


def test_what_a_script_relies_on() -> None:
    found = document(waiting())
    assert (found["schema"], found["version"]) == (NAME, VERSION) == ("comparators-verdicts", 2)
    (verdict,) = found["verdicts"]
    assert {level: verdict[level]["choice"] for level in ("model", "workers", "api")} == {
        "model": "threads",
        "workers": "40",
        "api": "futures-threads",
    }
    assert (verdict["model"]["status"], verdict["model"]["error"]) == ("decided", 0.02)
    assert verdict["model"]["lead"]["low"] == pytest.approx(2.42 * 0.94)
    assert verdict["models"][0]["seconds"] == 0.0524
    first = verdict["runners"][0]
    assert (first["runner"]["label"], first["runner"]["model"]) == ("futures-threads", "threads")
    assert first["cell"] == "get/futures-threads/40/warm/3.14"
    assert document(undecided())["verdicts"][0]["model"]["blocks_needed"] == 40
    assert found["host"]["cpus"] == 2


def test_what_failed_is_null_with_its_cause_and_never_zero() -> None:
    for found in (document(with_failures()), document(wrong_results())):
        for one in (*found["verdicts"][0]["models"], *found["verdicts"][0]["runners"]):
            if one["status"] in {"failed", "hangs", "wrong"}:
                assert (one["seconds"], one["gain"]) == (None, None)
                assert one["reason"]


def test_infinity_and_nan_are_null() -> None:
    (verdict,) = waiting().verdicts
    broken = replace(verdict, gain=Interval(float("nan"), float("-inf"), float("inf"), 0.95), loop_s=float("inf"))
    found = document(waiting(verdicts=(broken,)))
    assert found["verdicts"][0]["gain"] == {"ratio": None, "low": None, "high": None, "confidence": 0.95}
    assert found["verdicts"][0]["loop_s"] is None
    check(found, SCHEMA)


def test_hostile_text_is_text() -> None:
    assert json.dumps(to_document(hostile()), ensure_ascii=True).isascii()


def test_the_schema_has_every_dataclass_with_every_field_and_says_what_it_is() -> None:
    kinds = [getattr(verdicts, name) for name in verdicts.__all__]
    for kind in (one for one in kinds if hasattr(one, "__dataclass_fields__")):
        if kind in {Analysis, verdicts.SampleSeries}:
            continue
        known = SCHEMA["$defs"][kind.__name__]
        wanted = {field.name for field in fields(kind) if (kind, field.name) not in OMITTED}
        assert set(known["properties"]) == wanted
        assert all(one["description"] for one in known["properties"].values()), kind
        assert known["description"].endswith(".")


def test_several_fields_described_together_and_over_several_lines_are_all_described() -> None:
    model = SCHEMA["$defs"]["RunnerResult"]["properties"]
    assert model["start_s"]["description"] == model["cpu_s"]["description"] != ""
    lead = SCHEMA["$defs"]["LevelVerdict"]["properties"]["lead"]["description"]
    assert lead.endswith("null without both.")


def test_the_page_explains_every_field() -> None:
    page = schema_page()
    for name, one in SCHEMA["$defs"].items():
        assert f"\n## {name}\n" in page
        assert all(f"| `{field}` |" in page for field in one["properties"])
    assert "| `gain` | [Interval](#interval) or null |" in page
    assert "| `at_least` | number or null |" in page


def test_a_type_that_json_does_not_know_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    from comparators.report import json_schema

    @dataclass(frozen=True)
    class Odd:
        """Odd.

        Attributes:
            names: a set.
        """

        names: "frozenset[str]"

    monkeypatch.setattr(json_schema, "Analysis", Odd)
    with pytest.raises(TypeError, match="no JSON type"):
        schema()


def test_samples_are_left_to_pyperf() -> None:
    series = verdicts.SampleSeries("model", "serial", "loop", 1, ((0, 0.5),))
    (known,) = waiting().verdicts
    assert "samples" not in document(waiting(verdicts=(replace(known, samples=(series,)),)))["verdicts"][0]


def test_a_suite_has_a_verdict_for_each_comparison() -> None:
    assert [one["workload"] for one in document(suite())["verdicts"]][:2] == ["integrate", "hash"]
