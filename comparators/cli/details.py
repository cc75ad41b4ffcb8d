"""The long form of `comparators list`: parameters with ranges, presets, what a class explains about itself."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from comparators.coordination.workload import CoordinatedWorkload
from comparators.cli.list import RUNNERS, SUITES, WORKLOADS, columns, warn_all
from comparators.errors import UnknownName, UsageError
from comparators.parameters import Parameter, ParameterValue, parameters_of, parse_parameters
from comparators.plan.applicability import unavailable
from comparators.registry.catalogue import Catalogue, Entry, all_runners, all_workloads
from comparators.registry.suites import SUITES as KNOWN_SUITES
from comparators.registry.suites import Suite
from comparators.request.variants import parse_variant
from comparators.runner import Runner
from comparators.workload import Workload

__all__ = ["Chosen", "as_json", "choose", "details"]

ClassT = TypeVar("ClassT")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The workloads, runners and suites that were asked for; `given` are parameters that were written with a name."""

    workloads: tuple[tuple[Entry, type[Workload[Any, Any]]], ...]
    runners: tuple[tuple[Entry, type[Runner]], ...]
    suites: tuple[Suite, ...] = ()
    given: Mapping[str, ParameterValue] = field(default_factory=dict)


def choose(what: str) -> Chosen:
    """Load what `workloads`, `runners`, `suites`, a name with or without parameters, or nothing stands for: everything.

    Raises:
        UsageError: an unknown name, with the nearest ones; a parameter that is unknown or out of range.
    """
    workloads, runners = all_workloads(), all_runners()
    warn_all(workloads.warnings + runners.warnings)
    variant = parse_variant(what, option="NAME") if what else None
    name = variant.name if variant else ""
    suites = tuple(KNOWN_SUITES.values()) if name in ("", SUITES) else tuple(filter(None, [KNOWN_SUITES.get(name)]))
    chosen = Chosen(_named(workloads, name, WORKLOADS), _named(runners, name, RUNNERS), suites)
    if not chosen.workloads and not chosen.runners and not chosen.suites:
        known = [entry.name for entry, _ in (*workloads.classes, *runners.classes)]
        raise UnknownName("name", name, [WORKLOADS, RUNNERS, SUITES, *KNOWN_SUITES, *known])
    if variant is None or not variant.assignments:
        return chosen
    found: list[tuple[Entry, type]] = [*chosen.workloads, *chosen.runners]
    if len(found) != 1 or name in (WORKLOADS, RUNNERS):
        raise UsageError(
            f"invalid value '{what}' for 'NAME': '{name}' has no parameters", tip=f"write 'comparators list {name}'"
        )
    (entry, cls) = found[0]
    return replace(chosen, given=parse_parameters(cls, variant.parameters, owner=entry.name))


def _named(catalogue: Catalogue[ClassT], what: str, plural: str) -> tuple[tuple[Entry, ClassT], ...]:
    if what in ("", plural):
        return catalogue.classes
    return tuple((entry, cls) for entry, cls in catalogue.classes if what in (entry.name, entry.qualified))


def details(chosen: Chosen) -> Iterator[str]:
    """Yield the lines that explain each of the chosen."""
    for entry, workload in chosen.workloads:
        yield f"{entry.name}: {workload.summary}"
        yield from ("", *_explanation(workload), f"Nature: {workload.nature}")
        yield from _parameters(workload, f"'{entry.name}[NAME=VALUE]' or --param [{entry.name}.]NAME=VALUE")
        yield "Presets: what they change"
        yield from columns((name, _assignments(values) or "nothing") for name, values in workload.presets.items())
        if chosen.given:
            yield from _needs(workload, chosen.given)
    for entry, runner in chosen.runners:
        reason = unavailable(runner.info)
        yield f"{entry.name}: {runner.info.summary}"
        yield from ("", *_explanation(runner), f"Workers: {runner.info.model}")
        yield f"Applies here: {f'no, it {reason}' if reason else 'yes'}"
        yield from _parameters(runner, f"'{entry.name}[NAME=VALUE]'")
    for suite in chosen.suites:
        yield from _suite(suite)


def _needs(workload: type[Workload[Any, Any]], given: Mapping[str, ParameterValue]) -> Iterator[str]:
    """Say what the work needs from a model under the parameters that were given."""
    made = workload.from_preset("default", **given)
    yield f"With {_assignments(given)}, under the default preset:"
    needs = ", ".join(made.primitives if isinstance(made, CoordinatedWorkload) else ()) or "no primitive"
    yield f"  {len(made.tasks()):,} tasks, {made.min_concurrency:,} or more in progress at once; needs {needs}"


def _suite(suite: Suite) -> Iterator[str]:
    yield f"{suite.name}: {suite.summary}"
    yield ""
    yield "Workloads, and the phases in which they are measured unless '--phase' says others:"
    yield from columns((text, " ".join(suite.phases_of(text))) for text in suite.workloads)
    yield f"Runners, unless '--runner' names others: {' '.join(suite.runners) or 'all'}"
    if suite.surveyed:
        yield f"Not raced under the preset {' and '.join(suite.surveyed)}: that shows what things cost, not who wins"


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
                "model": cls.info.model,
                "summary": cls.info.summary,
                "parameters": [_parameter(each) for each in parameters_of(cls)],
                "unavailable": unavailable(cls.info),
            }
            for entry, cls in chosen.runners
        ],
        SUITES: [
            {
                "name": suite.name,
                "summary": suite.summary,
                "workloads": [{"workload": text, "phases": list(suite.phases_of(text))} for text in suite.workloads],
                "runners": list(suite.runners),
                "surveyed": list(suite.surveyed),
            }
            for suite in chosen.suites
        ],
        "given": dict(chosen.given),
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
