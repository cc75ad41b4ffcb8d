"""The long form of `comparators list`: parameters with ranges, presets, what a class explains about itself."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from comparators.cli.options import RUNNERS, SUITES, WORKLOADS
from comparators.cli.output import columns, warn_all
from comparators.errors import UnknownName, UsageError
from comparators.parameters import ParameterValue
from comparators.registry.catalogue import registered
from comparators.registry.entry_points import Kind
from comparators.registry.suites import SUITES as KNOWN_SUITES
from comparators.registry.suites import Suite
from comparators.request.variants import Variant, parse_variant
from comparators.sandbox.descriptions import DescribedParameter, Description, described, described_plugins

__all__ = ["Chosen", "as_json", "choose", "details"]

_KINDS: dict[str, tuple[Kind, ...]] = {WORKLOADS: ("workload",), RUNNERS: ("runner",), SUITES: ()}
_ALL: tuple[Kind, ...] = ("workload", "runner")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The workloads, runners and suites that were asked for."""

    descriptions: tuple[Description, ...]
    suites: tuple[Suite, ...] = ()

    def of(self, kind: Kind) -> list[Description]:
        """Return those of one kind."""
        return [one for one in self.descriptions if one.kind == kind]


def choose(what: str) -> Chosen:
    """Describe what `workloads`, `runners`, `suites`, a name with or without parameters, or nothing stands for: all.

    Raises:
        UsageError: an unknown name, with the nearest ones; a parameter that is unknown or out of range.
    """
    variant = parse_variant(what, option="NAME") if what else Variant("")
    name = variant.name
    several = name in ("", *_KINDS)
    if variant.assignments and (several or name in KNOWN_SUITES):
        raise UsageError(
            f"invalid value '{what}' for 'NAME': '{name}' has no parameters", tip=f"write 'comparators list {name}'"
        )
    suites = tuple(KNOWN_SUITES.values()) if name in ("", SUITES) else tuple(filter(None, [KNOWN_SUITES.get(name)]))
    own = [
        described(kind, entry, variant.parameters)
        for kind in _KINDS.get(name, _ALL)
        for entry in registered(kind)
        if not entry.distribution and (several or name in (entry.name, entry.qualified))
    ]
    plugins: Sequence[Description] = ()
    if several or not (suites or own):
        listed = described_plugins(_KINDS.get(name, _ALL), "" if several else name, variant.parameters)
        warn_all(listed.warnings)
        plugins = listed.descriptions
    if not own and not plugins and not suites:
        known = [entry.name for kind in _ALL for entry in registered(kind)]
        raise UnknownName("name", name, [*_KINDS, *KNOWN_SUITES, *known])
    return Chosen((*own, *plugins), suites)


def details(chosen: Chosen) -> Iterator[str]:
    """Yield the lines that explain each of the chosen."""
    for workload in chosen.of("workload"):
        yield from (f"{workload.name}: {workload.summary}", "", *_explanation(workload))
        yield f"Kind of work: {workload.work}"
        yield from _parameters(workload, f"'{workload.name}[NAME=VALUE]' or --param [{workload.name}.]NAME=VALUE")
        yield "Presets: what they change"
        yield from columns((name, _assignments(values) or "nothing") for name, values in workload.presets)
        if workload.needs:
            yield from (f"With {_assignments(workload.given)}, under the default preset:", f"  {workload.needs}")
    for runner in chosen.of("runner"):
        yield from (f"{runner.name}: {runner.summary}", "", *_explanation(runner), f"Model: {runner.work}")
        yield f"Applies here: {f'no, it {runner.unavailable}' if runner.unavailable else 'yes'}"
        yield from _parameters(runner, f"'{runner.name}[NAME=VALUE]'")
    for suite in chosen.suites:
        yield from _suite(suite)


def _suite(suite: Suite) -> Iterator[str]:
    yield f"{suite.name}: {suite.summary}"
    yield ""
    yield "Workloads, and the phases in which they are measured unless '--phase' says others:"
    yield from columns((text, " ".join(suite.phases_of(text))) for text in suite.workloads)
    yield f"Runners, unless '--runner' names others: {' '.join(suite.runners) or 'all'}"
    if suite.surveyed:
        yield f"Under the preset {' and '.join(suite.surveyed)} costs are measured, and no model is recommended"


def _explanation(one: Description) -> Iterator[str]:
    if one.explanation:
        yield from (one.explanation, "")


def _parameters(one: Description, usage: str) -> Iterator[str]:
    if not one.parameters:
        yield "Parameters: none"
        return
    yield f"Parameters, given as {usage}:"
    yield from columns((each.name, str(each.default), each.help, f"({each.range_text})") for each in one.parameters)


def _assignments(values: Iterable[tuple[str, ParameterValue]]) -> str:
    return " ".join(f"{name}={value}" for name, value in values)


def as_json(chosen: Chosen) -> str:
    """Return all that is known about each of the chosen, as JSON."""
    listed = {
        WORKLOADS: [
            {
                **_identity(one),
                "work": one.work,
                "nature": one.nature,
                "presets": {name: dict(values) for name, values in one.presets},
            }
            for one in chosen.of("workload")
        ],
        RUNNERS: [
            {**_identity(one), "model": one.work, "unavailable": one.unavailable or None} for one in chosen.of("runner")
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
        "given": {name: value for one in chosen.descriptions for name, value in one.given},
    }
    return json.dumps({key: rows for key, rows in listed.items() if rows}, indent=2)


def _identity(one: Description) -> dict[str, Any]:
    return {
        "name": one.name,
        "target": one.target,
        "distribution": one.distribution,
        "summary": one.summary,
        "parameters": [_parameter(each) for each in one.parameters],
    }


def _parameter(one: DescribedParameter) -> dict[str, object]:
    return {name: value for name, value in asdict(one).items() if name != "range_text"}
