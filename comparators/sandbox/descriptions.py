"""What `comparators list` says about workloads and runners: of plugins, a child finds it out."""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from comparators.errors import UsageError
from comparators.parameters import Parameter, ParameterValue, parameters_of, parse_parameters
from comparators.registry.applicability import unavailable
from comparators.registry.built_in import WORKLOADS
from comparators.registry.catalogue import Entry, load_runner, load_workload, registered
from comparators.registry.entry_points import Kind, any_plugin
from comparators.runner import Runner
from comparators.sandbox.answers import ImplausibleAnswer, structure
from comparators.sandbox.blame import Broken, ThirdParty, asking, blamed
from comparators.sandbox.child import one_line
from comparators.sandbox.errors import ErrorInChild
from comparators.sandbox.parent import DEADLINE_S, ChildEnded, Sandbox
from comparators.workload import Nature, Workload

__all__ = ["Description", "Listed", "answer", "described", "described_plugins"]

QUESTION = "comparators.sandbox.descriptions:answer"
LONGEST_SUMMARY = 300
"""Characters of a summary, which is one line of a table."""
LONGEST_EXPLANATION = 10_000
"""Characters of a class's documentation."""

KINDS_OF_WORK: dict[Nature, str] = {
    "cpu": "computing",
    "cpu-releases-gil": "computing without the GIL",
    "wait": "waiting",
    "mixed": "computing and waiting",
    "transfer": "moving data",
    "coordination": "sharing and waiting",
}
"""The kind of work in plain words, for plugins, which have no line in this package's catalogue."""

Values = tuple[tuple[str, ParameterValue], ...]


@dataclass(frozen=True, slots=True)
class DescribedParameter:
    """A parameter; see `comparators.parameters.Parameter`."""

    name: str
    type: str
    default: ParameterValue
    help: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    range_text: str


@dataclass(frozen=True, slots=True)
class Description:
    """A workload or a runner in words.

    Attributes:
        kind, name, target, distribution: what it is and where; this package's distribution is `comparators`.
        work: the kind of work in plain words, or the model of a runner.
        summary: one line.
        explanation: the documentation of its class; empty where there is none.
        parameters: its parameters.
        nature: of a workload.
        presets: of a workload: what each changes.
        unavailable: why this Python cannot have a runner; empty when it can.
        given: values of parameters that were asked for with the name.
        needs: what the work needs from a model with these values.
    """

    kind: Kind
    name: str
    target: str
    distribution: str
    work: str
    summary: str
    explanation: str
    parameters: tuple[DescribedParameter, ...]
    nature: str = ""
    presets: tuple[tuple[str, Values], ...] = ()
    unavailable: str = ""
    given: Values = ()
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The plugins that can be described, and those that cannot; or what was wrong with the question."""

    descriptions: tuple[Description, ...] = ()
    broken: tuple[Broken, ...] = ()
    error: ErrorInChild | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """A line about each plugin that is left out, or has another name than it registers."""
        renamed = tuple(
            f"{one.kind} '{one.name}' of '{one.distribution}' is called by that name because "
            f"'{one.name.rpartition('/')[2]}' is taken"
            for one in self.descriptions
            if "/" in one.name
        )
        return (*(f"{one.party} is left out: {one.cause}" for one in self.broken), *renamed)


def described(kind: Kind, entry: Entry, assignments: Mapping[str, str] | None = None) -> Description:
    """Import the class of an entry and describe it.

    Args:
        kind: what it is.
        entry: its name and place.
        assignments: parameters that were written with the name.

    Raises:
        UsageError: it cannot be imported, or a parameter is unknown or out of range.
    """
    if kind == "workload":
        return _workload(entry, load_workload(entry.target, called=entry.short), assignments or {})
    return _runner(entry, load_runner(entry.target, called=entry.short), assignments or {})


def described_plugins(kinds: Iterable[Kind], asked: str = "", assignments: Mapping[str, str] | None = None) -> Listed:
    """Let a child describe the plugins; those that it cannot describe are left out.

    Args:
        kinds: which.
        asked: name of the only one; empty for all.
        assignments: parameters that were written with that name.

    Raises:
        UsageError: a parameter is unknown or out of range; or the answer is not one.
    """
    wanted = [kind for kind in kinds if any_plugin(kind)]
    parties = list(_plugins(wanted, asked))
    if not parties:
        return Listed()
    broken: list[Broken] = []
    with Sandbox() as sandbox:
        while True:
            left = [asdict(one) for one in parties if one not in [each.party for each in broken]]
            try:
                data = sandbox.ask(QUESTION, {"parties": left, "assignments": dict(assignments or {})}, DEADLINE_S)
                listed = structure(Listed, data)
                if listed.error is not None:
                    raise listed.error.restored()
                return Listed(listed.descriptions, (*broken, *listed.broken))
            except ImplausibleAnswer as error:
                raise UsageError(f"the plugins describe themselves in no way that can be shown: {error}") from error
            except ChildEnded as end:
                if end.party not in parties or end.party in [one.party for one in broken]:
                    raise UsageError(f"looking at the plugins {end}", tip=end.tip) from end
                broken.append(Broken(end.party, f"its import {end}", end.tip or ""))


def _plugins(kinds: Iterable[Kind], asked: str) -> Iterator[ThirdParty]:
    for kind in kinds:
        for entry in registered(kind):
            if entry.distribution and asked in ("", entry.name, entry.qualified):
                yield ThirdParty(kind, entry.name, entry.name, entry.distribution)


def answer(argument: Mapping[str, Any]) -> dict[str, Any]:
    """Describe plugins in the child; return `Listed` as data."""
    descriptions, broken = [], []
    for data in argument["parties"]:
        party = structure(ThirdParty, data)
        entry = next(one for one in registered(party.kind) if one.name == party.name)
        try:
            with asking(party):
                one = described(party.kind, entry)
                if argument["assignments"]:
                    try:
                        one = described(party.kind, entry, argument["assignments"])
                    except UsageError as error:  # what was written with the name is wrong
                        return asdict(Listed(error=ErrorInChild.of(error)))
                descriptions.append(structure(Description, json.loads(json.dumps(asdict(one)))))
        except UsageError as error:
            blamed()
            broken.append(Broken(party, error.message[:1000]))
        except BaseException as error:  # noqa: BLE001  third-party code may raise anything when it is looked at
            blamed()
            broken.append(Broken(party, f"cannot use '{entry.target}': {one_line(error)}"))
    return asdict(Listed(tuple(descriptions), tuple(broken)))


def _workload(entry: Entry, cls: type[Workload[Any, Any]], assignments: Mapping[str, str]) -> Description:
    work = next((one.work for one in WORKLOADS if one.target == entry.target), KINDS_OF_WORK[cls.nature])
    given = tuple(parse_parameters(cls, assignments, owner=entry.name).items())
    needs = ""
    if given:
        made = cls.from_preset("default", **dict(given))
        needs = f"{len(made.tasks()):,} tasks, {made.min_concurrency:,} or more in progress at once"
        needs += f"; needs {made.needs or 'no primitive'}"
    return Description(
        kind="workload",
        **_common(entry, cls, cls.summary),
        work=work,
        nature=cls.nature,
        presets=tuple((name, tuple(values.items())) for name, values in cls.presets.items()),
        given=given,
        needs=needs,
    )


def _runner(entry: Entry, cls: type[Runner], assignments: Mapping[str, str]) -> Description:
    given = parse_parameters(cls, assignments, owner=entry.name)
    return Description(
        kind="runner",
        **_common(entry, cls, cls.info.summary),
        work=cls.info.model,
        unavailable=unavailable(cls.info) or "",
        given=tuple(given.items()),
    )


def _common(entry: Entry, cls: type, summary: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "target": entry.target,
        "distribution": entry.distribution or "comparators",
        "summary": str(summary)[:LONGEST_SUMMARY],
        "explanation": _explanation(cls)[:LONGEST_EXPLANATION],
        "parameters": tuple(_parameter(one) for one in parameters_of(cls)),
    }


def _explanation(cls: type) -> str:
    """Return the class's own documentation; one that the dataclass machinery wrote says nothing to a reader."""
    text = inspect.cleandoc(str(cls.__doc__ or ""))
    return "" if text.startswith(f"{cls.__name__}(") else text


def _parameter(one: Parameter) -> DescribedParameter:
    limits = (one.minimum, one.maximum, one.choices)
    return DescribedParameter(one.name, one.kind.__name__, one.default, one.help, *limits, one.range_text)
