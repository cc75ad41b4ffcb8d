"""The long form of `comparators list`: parameters with ranges, presets, what a class explains about itself."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from comparators.cli.list import RUNNERS, WORKLOADS, columns, warn_all
from comparators.errors import UnknownName
from comparators.parameters import Parameter, ParameterValue, parameters_of
from comparators.plan.applicability import unavailable
from comparators.registry import Catalogue, Entry, all_runners, all_workloads
from comparators.runner import Runner
from comparators.workload import Workload

__all__ = ["Chosen", "as_json", "choose", "details"]

ClassT = TypeVar("ClassT")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The workloads and runners that were asked for."""

    workloads: tuple[tuple[Entry, type[Workload[Any, Any]]], ...]
    runners: tuple[tuple[Entry, type[Runner]], ...]


def choose(what: str) -> Chosen:
    """Load what `workloads`, `runners`, a name, or nothing for everything stands for.

    Raises:
        UnknownName: with the nearest names.
    """
    workloads, runners = all_workloads(), all_runners()
    warn_all(workloads.warnings + runners.warnings)
    chosen = Chosen(_named(workloads, what, WORKLOADS), _named(runners, what, RUNNERS))
    if not chosen.workloads and not chosen.runners:
        known = [entry.name for entry, _ in (*workloads.classes, *runners.classes)]
        raise UnknownName("name", what, [WORKLOADS, RUNNERS, *known])
    return chosen


def _named(catalogue: Catalogue[ClassT], what: str, plural: str) -> tuple[tuple[Entry, ClassT], ...]:
    if what in ("", plural):
        return catalogue.classes
    return tuple((entry, cls) for entry, cls in catalogue.classes if what in (entry.name, entry.qualified))


def details(chosen: Chosen) -> Iterator[str]:
    """Yield the lines that explain each of the chosen."""
    for entry, workload in chosen.workloads:
        yield f"{entry.name}: {workload.summary}"
        yield from ("", *_explanation(workload), f"Nature: {workload.nature}")
        yield from _parameters(workload, f"--param NAME=VALUE or --param {entry.name}.NAME=VALUE")
        yield "Presets: what they change"
        yield from columns((name, _assignments(values) or "nothing") for name, values in workload.presets.items())
    for entry, runner in chosen.runners:
        reason = unavailable(runner.info)
        yield f"{entry.name}: {runner.info.summary}"
        yield from ("", *_explanation(runner), f"Workers: {runner.info.family}")
        yield f"Applies here: {f'no, it {reason}' if reason else 'yes'}"
        yield from _parameters(runner, f"'{entry.name}[NAME=VALUE]'")


def _explanation(cls: type) -> Iterator[str]:
    """Yield the class's own documentation; one that the dataclass machinery wrote says nothing to a reader."""
    text = inspect.cleandoc(cls.__doc__ or "")
    if text and not text.startswith(f"{cls.__name__}("):
        yield text
        yield ""


def _parameters(cls: type, usage: str) -> Iterator[str]:
    declared = parameters_of(cls)
    if not declared:
        yield "Parameters: none"
        return
    yield f"Parameters, given as {usage}:"
    yield from columns((each.name, str(each.default), each.help, f"({each.range_text})") for each in declared)


def _assignments(values: Mapping[str, ParameterValue]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items())


def as_json(chosen: Chosen) -> str:
    """Return all that is known about each of the chosen, as JSON."""
    listed = {
        WORKLOADS: [
            {
                **_identity(entry),
                "nature": cls.nature,
                "summary": cls.summary,
                "parameters": [_parameter(each) for each in parameters_of(cls)],
                "presets": {name: dict(values) for name, values in cls.presets.items()},
            }
            for entry, cls in chosen.workloads
        ],
        RUNNERS: [
            {
                **_identity(entry),
                "family": cls.info.family,
                "summary": cls.info.summary,
                "parameters": [_parameter(each) for each in parameters_of(cls)],
                "unavailable": unavailable(cls.info),
            }
            for entry, cls in chosen.runners
        ],
    }
    return json.dumps({key: rows for key, rows in listed.items() if rows}, indent=2)


def _identity(entry: Entry) -> dict[str, str]:
    return {"name": entry.name, "target": entry.target, "distribution": entry.distribution or "comparators"}


def _parameter(declared: Parameter) -> dict[str, object]:
    return {
        "name": declared.name,
        "type": declared.kind.__name__,
        "default": declared.default,
        "help": declared.help,
        "minimum": declared.minimum,
        "maximum": declared.maximum,
        "choices": list(declared.choices),
    }
