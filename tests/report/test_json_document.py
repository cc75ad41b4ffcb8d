"""The document against its own JSON Schema, and what a reader relies on."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from comparators.verdict.verdicts import verdicts_of

from comparators.journal.records import ParallelCapacity, Run
from comparators.report.json_document import NAME, VERSION, schema_text, to_document
from comparators.stats.interval import Interval
from tests.example_runs import example_run
from tests.verdict.builder import Broken, Capped, Lane, make_run, wobble

SCHEMA: Mapping[str, Any] = json.loads(schema_text())
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def check(value: object, schema: Mapping[str, Any], where: str = "$") -> None:
    """Check the parts of JSON Schema that ours uses; an unknown keyword fails, so that none goes unchecked."""
    known = {"type", "properties", "required", "items", "enum", "const", "anyOf", "$ref", "$defs", "$schema"}
    assert not set(schema) - known - {"title", "description"}, where
    if "$ref" in schema:
        check(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], where)
    if "anyOf" in schema:
        assert any(matches(value, one, where) for one in schema["anyOf"]), where
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], where
    if "type" in schema:
        check_type(value, schema["type"], where)
    if isinstance(value, dict):
        assert not set(schema.get("required", ())) - set(value), where
        for key, one in schema.get("properties", {}).items():
            check(value[key], one, f"{where}.{key}")
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            check(one, schema["items"], f"{where}[{number}]")


def check_type(value: object, wanted: str | list[str], where: str) -> None:
    names = [wanted] if isinstance(wanted, str) else wanted
    allowed = tuple(kind for name in names for kind in TYPES[name])
    assert isinstance(value, allowed), where
    assert not isinstance(value, bool) or bool in allowed, where


def matches(value: object, schema: Mapping[str, Any], where: str) -> bool:
    try:
        check(value, schema, where)
    except AssertionError:
        return False
    return True


def every_kind() -> Run:
    """A run with every status but one."""
    return make_run(
        {
            "serial": Lane("loop", {1: 1.0}, wobble(1.0, 5)),
            "forks": Lane("processes", {1: 1.02, 2: 0.53, 4: 0.54}, wobble(0.53, 5, start=2), workers=2),
            "slow": Lane("threads", {2: Capped(15.9)}),
            "dropped": Lane("threads", {2: 3.18}),
            "broken": Lane("threads", {2: Broken()}),
            "never": Lane("async"),
        },
        not_applicable={"new": "needs Python 3.14"},
        capacities=[ParallelCapacity(2, 1.9)],
    )


RUNS = [every_kind(), make_run({}), make_run({"serial": Lane("loop")}, finished=None), example_run()]


@pytest.mark.parametrize("run", RUNS)
def test_documents_follow_the_schema(run: Run) -> None:
    document = to_document(run, verdicts_of(run))
    check(json.loads(json.dumps(document, allow_nan=False)), SCHEMA)


def test_the_schema_names_every_field() -> None:
    """A field that the document has and the schema lacks is not documented."""
    document: Any = to_document(RUNS[0], verdicts_of(RUNS[0]))
    comparison = document["comparisons"]
    assert set(document) == set(SCHEMA["properties"])
    assert set(comparison[0]) == set(SCHEMA["$defs"]["comparison"]["properties"])
    assert set(comparison[0]["standings"][0]) == set(SCHEMA["$defs"]["standing"]["properties"])
    assert set(document["settings"]) == set(SCHEMA["$defs"]["settings"]["properties"])


def test_what_a_script_relies_on() -> None:
    run = every_kind()
    document: Any = to_document(run, verdicts_of(run))
    assert (document["schema"], document["version"]) == (NAME, VERSION) == ("comparators-verdicts", 1)
    assert document["plan"] == run.header.plan.fingerprint
    (comparison,) = document["comparisons"]
    assert (comparison["outcome"], comparison["winners"], comparison["runner_up"]) == ("win", ["forks"], "serial")
    rows = {one["runner"]["label"]: one for one in comparison["standings"]}
    assert (rows["forks"]["workers"], rows["forks"]["cell"]) == (2, "squares/forks/2/warm/3.11")
    assert (rows["broken"]["seconds"], rows["broken"]["reason"]) == (None, "crashed: killed by SIGSEGV")
    assert rows["new"]["status"] == "not-applicable"
    assert {one["cause"] for one in document["failures"]} == {"capped", "crashed"}


def test_infinity_and_nan_are_null() -> None:
    run = every_kind()
    (verdict,) = verdicts_of(run)
    broken = replace(verdict, lead=Interval(float("nan"), float("-inf"), float("inf"), 0.95))
    document: Any = to_document(run, [broken])
    assert document["comparisons"][0]["lead"] == {"ratio": None, "low": None, "high": None, "confidence": 0.95}


def test_the_check_of_the_schema_bites() -> None:
    document = to_document(RUNS[0], verdicts_of(RUNS[0]))
    wrongs: list[dict[str, object]] = [{"version": 2}, {"comparisons": None}, {"host": []}, {"finished": "later"}]
    for wrong in wrongs:
        with pytest.raises(AssertionError):
            check({**document, **wrong}, SCHEMA)
    del document["plan"]
    with pytest.raises(AssertionError):
        check(document, SCHEMA)
