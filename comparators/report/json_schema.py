"""The JSON Schema of `verdicts.json` and its page, made from the dataclasses that the document is written from.

Types come from annotations, descriptions from the docstrings and their "Attributes:" sections.
"""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from comparators.plan.model import Cell, RunnerSpec
from comparators.report.json_document import NAME, OMITTED, VERSION
from comparators.verdict.analysis import Analysis

__all__ = ["schema", "schema_page"]

Schema = dict[str, Any]

_SCALARS: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": ["number", "null"]},  # what is no number is null
    NoneType: {"type": "null"},
}

_KINDS = {"string": "text", "integer": "whole number"}
"""Types as the page names them."""

_PYTHON = {"None": "null", "False": "false", "True": "true"}
"""Values that have another name in JSON than in the docstrings."""

_ATTRIBUTE = re.compile(r"^(?P<names>\w+(?:, \w+)*): (?P<text>.*)$")


def schema() -> Schema:
    """Return the schema of the document."""
    definitions: dict[str, Schema] = {}
    root = _object(Analysis, definitions)
    head: Schema = {"schema": {"const": NAME}, "version": {"const": VERSION}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "verdicts.json",
        **root,
        "required": [*head, *root["required"]],
        "properties": {**head, **root["properties"]},
        "$defs": dict(sorted(definitions.items())),
    }


def schema_page() -> str:
    """Return the schema as a page for people, in Markdown: one table per kind of object."""
    found = schema()
    lines = [
        "# `verdicts.json`",
        "",
        "Made from the package's dataclasses; `comparators.report.json_schema.schema()` returns it as JSON Schema.",
        "",
        "- What is unknown is `null`: there is no `NaN`, and zero means zero. What failed has no time and a `reason`.",
        "- Ratios of speed are times faster than a plain loop on the same total work; below 1 is slower.",
        "- An empty text or list means that there is nothing to say. The [glossary](glossary.md) explains a `status`.",
        "- `version` is raised when a field goes away or changes its meaning. Ignore fields that you do not know.",
        "",
        "## The document",
        "",
        *_rows(found),
    ]
    for name, one in found["$defs"].items():
        lines += ["", f"## {name}", "", one["description"], "", *_rows(one)]
    return "\n".join(lines) + "\n"


def _rows(found: Schema) -> Iterator[str]:
    yield from ("| field | type | meaning |", "|---|---|---|")
    for name, one in found["properties"].items():
        meaning = one.get("description", "").replace("|", "\\|")
        yield f"| `{name}` | {_type_words(one)} | {meaning} |"


def _type_words(found: Schema) -> str:
    """Write a type for a table: `number or null`, `list of Verdict`, `best, equal, open`."""
    match found:
        case {"const": value}:
            words = f"`{value}`"
        case {"enum": values}:
            words = ", ".join(f"`{one}`" for one in values)
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            words = f"[{name}](#{name.lower()})"
        case {"anyOf": several}:
            words = " or ".join(map(_type_words, several))
        case {"items": items}:
            words = f"list of {_type_words(items)}"
        case {"prefixItems": items}:
            words = f"[{', '.join(map(_type_words, items))}]"
        case {"type": [*kinds]}:
            words = " or ".join(_KINDS.get(kind, kind) for kind in kinds)
        case _:
            words = _KINDS.get(str(found["type"]), str(found["type"]))
    return words


def _object(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """Return the schema of a dataclass; those within it are added to the definitions."""
    summary, attributes = _described(kind)
    hints = get_type_hints(kind)
    properties: dict[str, Schema] = {}
    if kind is RunnerSpec:
        properties["label"] = {"type": "string", "description": "name and parameters as on the command line"}
    for field in (one for one in fields(kind) if (kind, one.name) not in OMITTED):
        found = _of(hints[field.name], definitions)
        description = attributes.get(field.name, "")
        properties[field.name] = {**found, **({"description": description} if description else {})}
    return {"type": "object", "description": summary, "required": list(properties), "properties": properties}


def _of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    """Return the schema of an annotation."""
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    if hint is Cell:
        return {"type": "string"}
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return _generic(get_origin(hint), get_args(hint), definitions)


def _generic(origin: Any, arguments: Sequence[Any], definitions: dict[str, Schema]) -> Schema:
    """Return the schema of an annotation with arguments: choices, unions, lists, pairs, mappings.

    Raises:
        TypeError: there is no JSON type for it.
    """
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return _union([_of(one, definitions) for one in arguments])
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_of(one, definitions) for one in arguments]}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    raise TypeError(f"no JSON type for {origin} of {arguments}")


def _union(schemas: list[Schema]) -> Schema:
    """Return one of several schemas, in short where all of them are plain types."""
    if all(set(one) == {"type"} for one in schemas):
        kinds = [kind for one in schemas for kind in (one["type"] if isinstance(one["type"], list) else [one["type"]])]
        return {"type": list(dict.fromkeys(kinds))}
    return {"anyOf": schemas}


def _described(kind: type) -> tuple[str, dict[str, str]]:
    """Return the first paragraph of a docstring, and what its "Attributes:" section says of each field."""
    text = inspect.getdoc(kind) or ""
    head, _, tail = text.partition("Attributes:\n")
    attributes: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(tail).splitlines():
        found = _ATTRIBUTE.match(line)
        if found:
            names = found["names"].split(", ")
            attributes.update(dict.fromkeys(names, found["text"]))
        elif line.startswith(" "):
            attributes.update({name: f"{attributes[name]} {line.strip()}" for name in names})
    return _in_json(head.split("\n\n")[0]), {name: _in_json(words) for name, words in attributes.items()}


def _in_json(text: str) -> str:
    """Return text on one line, with the values named as JSON does."""
    return re.sub(r"\b(None|True|False)\b", lambda found: _PYTHON[found[0]], " ".join(text.split()))
