"""From the names that a person typed to classes with checked parameters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comparators.errors import UnknownName, UsageError
from comparators.parameters import Parameter, ParameterValue, parameters_of, parse_parameters
from comparators.plan.model import Parameters, RunnerSpec, WorkloadSpec
from comparators.registry import SUITES, Entry, find, load_runner, load_workload, registered
from comparators.runner import Runner
from comparators.workload import Workload

__all__ = [
    "BASELINE",
    "ChosenRunner",
    "choose_runners",
    "choose_workloads",
    "runner_spec",
    "workload_parameters",
    "workload_spec",
]

BASELINE = "serial"
"""The runner that every ratio is relative to; it takes part whether it was asked for or not."""

DEFAULT_SUITE = "models"
"""What is compared when nothing is named."""

_RUNNER_TEXT = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<parameters>[^\[\]]*)\])?")


@dataclass(frozen=True, slots=True)
class ChosenRunner:
    """A runner that takes part.

    Attributes:
        spec: its name and parameters.
        cls: its class.
        baseline_only: it was not asked for, but ratios need it.
        alone: it is the only one that was asked for.
    """

    spec: RunnerSpec
    cls: type[Runner]
    baseline_only: bool = False
    alone: bool = False


def choose_runners(texts: Sequence[str]) -> tuple[ChosenRunner, ...]:
    """Resolve runners as people write them, `mp-pool[method=imap]`; none, or `all`, means all that are registered.

    The baseline comes first, added when it was not named. A runner named twice counts once.

    Raises:
        UsageError: unknown name or parameter, or not of the form `name[key=value,…]`.
    """
    named = [text for text in texts if text != "all"]
    if len(named) < len(texts) or not texts:
        named = [*(entry.name for entry in registered("runner")), *named]
    chosen = {spec.label: ChosenRunner(spec, cls) for spec, cls in map(_parse_runner, named)}
    if BASELINE not in chosen:
        spec, cls = _parse_runner(BASELINE)
        return (ChosenRunner(spec, cls, baseline_only=True), *chosen.values())
    if len(chosen) == 1:
        return tuple(ChosenRunner(one.spec, one.cls, alone=True) for one in chosen.values())
    return tuple(chosen.values())


def _parse_runner(text: str) -> tuple[RunnerSpec, type[Runner]]:
    match = _RUNNER_TEXT.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"invalid value '{text}' for '--runner'", tip="write 'NAME' or 'NAME[KEY=VALUE,KEY=VALUE]'")
    entry = find("runner", match["name"])
    assignments = {}
    for assignment in filter(None, (match["parameters"] or "").split(",")):
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(
                f"invalid value '{text}' for '--runner': '{assignment}' has no value",
                tip=f"write '{match['name']}[{key}=VALUE]'",
            )
        if key.strip() in assignments:
            raise UsageError(f"invalid value '{text}' for '--runner': '{key.strip()}' is given twice")
        assignments[key.strip()] = value.strip()
    cls = load_runner(entry.target)
    parameters = parse_parameters(cls, assignments, owner=entry.name)
    if parameters:
        cls(work=str, tasks=(), workers=1, **parameters)  # checks those that do not go together
    return runner_spec(entry, cls, parameters), cls


def runner_spec(entry: Entry, cls: type[Runner], parameters: Mapping[str, ParameterValue]) -> RunnerSpec:
    """Return a runner as data; parameters that equal the default are left out."""
    different = tuple(
        (declared.name, parameters[declared.name])
        for declared in parameters_of(cls)
        if parameters.get(declared.name, declared.default) != declared.default
    )
    return RunnerSpec(entry.name, entry.target, cls.info.family, different)


def choose_workloads(
    names: Sequence[str], preset: str, assignments: Sequence[tuple[str, str]]
) -> tuple[tuple[WorkloadSpec, Workload[Any, Any]], ...]:
    """Resolve workloads and suites; none means the suite `models`. A parameter goes to every workload that has it.

    Args:
        names: names, targets or names of suites; a workload named twice counts once.
        preset: where the other parameters come from.
        assignments: `("steps", "1000")`, or `("integrate.steps", "1000")` for one workload only.

    Raises:
        UsageError: unknown name, preset or parameter, or a value out of range.
    """
    entries = list(dict.fromkeys(find("workload", name) for name in _without_suites(names or (DEFAULT_SUITE,))))
    _require_names_apart(entries)
    classes = [(entry, load_workload(entry.target)) for entry in entries]
    known = {entry.name: {one.name: one for one in parameters_of(cls)} for entry, cls in classes}
    for key, _ in assignments:
        _check_known(key, known)
    return tuple(_with_parameters(entry, cls, preset, assignments, known[entry.name]) for entry, cls in classes)


def _require_names_apart(entries: Sequence[Entry]) -> None:
    """Refuse two classes of one name: their cells could not be told apart in any report."""
    targets: dict[str, str] = {}
    for entry in entries:
        other = targets.setdefault(entry.name, entry.target)
        if other != entry.target:
            raise UsageError(
                f"two workloads are called '{entry.name}': '{other}' and '{entry.target}'",
                tip="give one of them another name",
            )


def _without_suites(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield from SUITES.get(name, (name,))


def _check_known(key: str, known: Mapping[str, Mapping[str, Parameter]]) -> None:
    owner, dot, name = key.rpartition(".")
    if dot and owner not in known:
        raise UnknownName("workload", owner, known, where=f"in '--param {key}'")
    owners = [owner] if dot else list(known)
    if not any(name in known[one] for one in owners):
        names = {name for one in owners for name in known[one]}
        raise UnknownName("parameter", name, names, where="of " + ", ".join(f"'{one}'" for one in owners))


def _with_parameters(
    entry: Entry,
    cls: type[Workload[Any, Any]],
    preset: str,
    assignments: Sequence[tuple[str, str]],
    known: Mapping[str, Parameter],
) -> tuple[WorkloadSpec, Workload[Any, Any]]:
    mine = {}
    for key, text in sorted(assignments, key=lambda one: "." in one[0]):  # for one workload beats for all of them
        owner, _, name = key.rpartition(".")
        if name in known and owner in {"", entry.name}:
            mine[name] = text
    given = parse_parameters(cls, mine, owner=entry.name)
    workload = cls.from_preset(preset, **given)
    return workload_spec(entry, workload, tuple(given.items())), workload


def workload_spec(entry: Entry, workload: Workload[Any, Any], given: Parameters = ()) -> WorkloadSpec:
    """Return a workload as data."""
    return WorkloadSpec(entry.name, entry.target, workload_parameters(workload), given)


def workload_parameters(workload: Workload[Any, Any]) -> Parameters:
    """Return every parameter of a workload as data."""
    return tuple((declared.name, getattr(workload, declared.name)) for declared in parameters_of(type(workload)))
