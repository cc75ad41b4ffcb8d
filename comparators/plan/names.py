"""From the names that a person typed to classes with checked parameters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comparators.errors import UnknownName, UsageError
from comparators.parameters import Parameter, ParameterValue, parameters_of, parse_parameters
from comparators.plan.model import Parameters, RunnerSpec, WorkloadSpec
from comparators.registry.catalogue import Entry, find, load_runner, load_workload, registered
from comparators.registry.suites import DEFAULT_SUITE, SUITES, Suite
from comparators.request.variants import Variant, parse_variant
from comparators.runner import Runner, RunnerInfo
from comparators.sandbox.blame import ThirdParty, asking, third_party
from comparators.workload import MODELS, Model, Phase, Workload

__all__ = [
    "BASELINE",
    "ChosenRunner",
    "ChosenWorkload",
    "choose_runners",
    "choose_workloads",
    "runner_spec",
    "workload_parameters",
    "workload_spec",
]

MOST_TASKS = 10**9
"""Tasks of a workload; a loop over this many takes minutes even where a task does nothing."""

BASELINE = "serial"
"""The runner that every ratio is relative to; it takes part whether it was asked for or not."""


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


@dataclass(frozen=True, slots=True)
class ChosenWorkload:
    """A workload that takes part.

    Attributes:
        spec: its name and parameters.
        workload: the same, ready to be measured.
        tasks: how many tasks it has.
        suite: the suite that brought it; None when it was named by hand.
        phases: those in which it is measured when none is asked for.
    """

    spec: WorkloadSpec
    workload: Workload[Any, Any]
    tasks: int
    suite: Suite | None = None
    phases: tuple[Phase, ...] = ("warm",)


def choose_runners(
    texts: Sequence[str], models: Sequence[Model] = (), left_out: Sequence[str] = ()
) -> tuple[ChosenRunner, ...]:
    """Resolve runners as people write them, `mp-pool[method=imap]`; none, or `all`, means all.

    The baseline comes first, added when it was not named. A runner named twice counts once.

    Args:
        texts: names, with parameters or without.
        models: those that take part; empty for all.
        left_out: names that `all` does not mean.

    Raises:
        UsageError: unknown name or parameter, or not of the form `name[key=value,…]`; or no runner has such a model.
    """
    named = [text for text in texts if text != "all"]
    if len(named) < len(texts) or not texts:
        named = [*(entry.name for entry in registered("runner") if entry.name not in left_out), *named]
    chosen = {spec.label: ChosenRunner(spec, cls) for spec, cls in map(_parse_runner, named)}
    if models:
        chosen = {label: one for label, one in chosen.items() if one.spec.model in models}
    if models and not chosen:
        raise UsageError(
            f"no runner of '{', '.join(texts)}' has the model '{', '.join(models)}'",
            tip="leave out '--runner'",
        )
    if BASELINE not in chosen:
        spec, cls = _parse_runner(BASELINE)
        return (ChosenRunner(spec, cls, baseline_only=True), *chosen.values())
    if len(chosen) == 1:
        return tuple(ChosenRunner(one.spec, one.cls, alone=True) for one in chosen.values())
    return tuple(chosen.values())


def _parse_runner(text: str) -> tuple[RunnerSpec, type[Runner]]:
    variant = parse_variant(text, option="--runner")
    party = third_party("runner", text, variant.name)
    with asking(party):
        entry = find("runner", variant.name)
        cls = load_runner(entry.target, called=entry.short)
    parameters = parse_parameters(cls, variant.parameters, owner=entry.name)
    if parameters or party is not None:
        with asking(party):
            one = cls(work=str, tasks=(0, 1), workers=1, **parameters)  # checks those that do not go together
            if party is not None:
                _ = one.chunk_size, one.max_concurrency  # the plan asks for them later: not for the first time then
    return runner_spec(entry, cls, parameters), cls


def runner_spec(entry: Entry, cls: type[Runner], parameters: Mapping[str, ParameterValue]) -> RunnerSpec:
    """Return a runner as data; parameters that equal the default are left out."""
    different = tuple(
        (declared.name, parameters[declared.name])
        for declared in parameters_of(cls)
        if parameters.get(declared.name, declared.default) != declared.default
    )
    return RunnerSpec(entry.name, entry.target, cls.info.model, different)


def choose_workloads(
    names: Sequence[str | Variant], preset: str, assignments: Sequence[tuple[str, str]]
) -> tuple[ChosenWorkload, ...]:
    """Resolve workloads and suites; none means the suite `models`. A parameter goes to every workload that has it.

    Args:
        names: names, targets, `guarded[guard=rlock]`, or names of suites; the same with the same parameters counts
            once, and as named by hand when it is that, too.
        preset: where the other parameters come from.
        assignments: `("steps", "1000")`, or `("integrate.steps", "1000")` for one workload only.

    Raises:
        UsageError: unknown name, preset or parameter, a value out of range, or one parameter with two values.
    """
    asked = list(_asked(names))
    _require_names_apart([one.entry for one in asked])
    classes = {one.entry.name: one.load() for one in asked}
    known = {name: {one.name: one for one in parameters_of(cls)} for name, cls in classes.items()}
    for key, _ in assignments:
        _check_known(key, known)
    chosen: dict[WorkloadSpec, ChosenWorkload] = {}
    for one in asked:
        found = _with_parameters(one, classes[one.entry.name], preset, assignments)
        if found.spec not in chosen or found.suite is None:
            chosen[found.spec] = found
    return tuple(chosen.values())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A workload that was asked for, by hand or by a suite."""

    entry: Entry
    variant: Variant
    suite: Suite | None = None
    phases: tuple[Phase, ...] = ("warm",)
    party: ThirdParty | None = None

    def load(self) -> type[Workload[Any, Any]]:
        """Import its class."""
        with asking(self.party):
            return load_workload(self.entry.target, called=self.entry.short)


def _asked(names: Sequence[str | Variant]) -> Iterator[_Asked]:
    """Yield what was asked for, suites taken apart."""
    for name in names or (DEFAULT_SUITE,):
        if isinstance(name, str) and name in SUITES:
            suite = SUITES[name]
            for text in suite.workloads:
                variant = parse_variant(text, option="WORKLOAD")
                yield _Asked(find("workload", variant.name), variant, suite, suite.phases_of(text))
        else:
            variant = parse_variant(name, option="WORKLOAD") if isinstance(name, str) else name
            party = third_party("workload", name if isinstance(name, str) else name.name, variant.name)
            with asking(party):
                entry = _entry(variant.name)
            yield _Asked(entry, variant, party=party)


def _entry(name: str) -> Entry:
    """Find a workload; a near miss may be that of a suite."""
    try:
        return find("workload", name)
    except UnknownName:
        if ":" in name:  # a target: what is unknown is in its module
            raise
        known = [entry.name for entry in registered("workload")]
        raise UnknownName("workload", name, [*known, *SUITES]) from None


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


def _check_known(key: str, known: Mapping[str, Mapping[str, Parameter]]) -> None:
    owner, dot, name = key.rpartition(".")
    if dot and owner not in known:
        raise UnknownName("workload", owner, known, where=f"in '--param {key}'")
    owners = [owner] if dot else list(known)
    if not any(name in known[one] for one in owners):
        names = {name for one in owners for name in known[one]}
        raise UnknownName("parameter", name, names, where="of " + ", ".join(f"'{one}'" for one in owners))


def _with_parameters(
    asked: _Asked, cls: type[Workload[Any, Any]], preset: str, assignments: Sequence[tuple[str, str]]
) -> ChosenWorkload:
    entry, known = asked.entry, {one.name for one in parameters_of(cls)}
    mine = {}
    for key, text in sorted(assignments, key=lambda one: "." in one[0]):  # for one workload beats for all of them
        owner, _, name = key.rpartition(".")
        if name in known and owner in {"", entry.name}:
            mine[name] = key, text
    common = parse_parameters(cls, {name: text for name, (_, text) in mine.items()}, owner=entry.name)
    own = parse_parameters(cls, asked.variant.parameters, owner=entry.name)
    for name in own.keys() & common.keys():
        if own[name] != common[name]:
            _refuse_two_values(asked, name, "=".join(mine[name]))
    values = {**common, **own}
    given = tuple((each.name, values[each.name]) for each in parameters_of(cls) if each.name in values)
    with asking(asked.party):
        workload = cls.from_preset(preset, **values)
        tasks = _count_of(workload)
    spec = workload_spec(entry, workload, given)
    return ChosenWorkload(spec, workload, tasks, asked.suite, asked.phases)


def _count_of(workload: Workload[Any, Any]) -> int:
    """Return how many tasks a workload has, and ask all else that a plan needs of it.

    Raises:
        UsageError: they are too many for any run.
    """
    _ = workload.min_concurrency, [workload.not_applicable(RunnerInfo("any", model, "")) for model in MODELS]
    tasks = len(workload.tasks())
    if tasks > MOST_TASKS:
        raise UsageError(f"'{workload.name}' has {tasks:,} tasks: must be at most {MOST_TASKS:,}")
    return tasks


def _refuse_two_values(asked: _Asked, name: str, option: str) -> None:
    written = f"{asked.entry.name}[{name}={asked.variant.parameters[name]}]"
    source = f" of the suite '{asked.suite.name}'" if asked.suite else ""
    raise UsageError(
        f"'--param {option}' contradicts '{written}'{source}",
        tip="leave out one of them"
        if not asked.suite
        else f"name the workload: '{asked.entry.name}[{option.rpartition('.')[2]}]'",
    )


def workload_spec(entry: Entry, workload: Workload[Any, Any], given: Parameters = ()) -> WorkloadSpec:
    """Return a workload as data."""
    return WorkloadSpec(entry.name, entry.target, workload_parameters(workload), given)


def workload_parameters(workload: Workload[Any, Any]) -> Parameters:
    """Return every parameter of a workload as data."""
    return tuple((declared.name, getattr(workload, declared.name)) for declared in parameters_of(type(workload)))
