"""Which workloads and runners there are: an explicit, ordered list, third-party entry points, and people's own files.

Names are for people. Each stands for an object reference, see `comparators.registry.object_references`, which is what
travels to worker processes. Looking a registered name up imports nothing; loading does. Third-party code is loaded in
the sandbox and in worker processes only, see `comparators.sandbox`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from comparators.errors import UnknownName, UsageError
from comparators.registry.built_in import RUNNERS, WORKLOADS, RunnerEntry, WorkloadEntry
from comparators.registry.entry_points import Kind, any_plugin, group_of
from comparators.registry.object_references import absolute_target, import_module_of, import_target, look_up
from comparators.runner import Runner
from comparators.workload import API_VERSION, MODELS, Workload

__all__ = [
    "Entry",
    "Kind",
    "find",
    "load_runner",
    "load_workload",
    "registered",
]

_BUILT_IN: dict[Kind, tuple[WorkloadEntry | RunnerEntry, ...]] = {"workload": WORKLOADS, "runner": RUNNERS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered name: where its class is, and which distribution brought it (empty for this package)."""

    name: str
    target: str
    distribution: str = ""

    @property
    def qualified(self) -> str:
        """The name with its distribution: `comparators-gpu/hash`."""
        return self.name if "/" in self.name else f"{self.distribution or 'comparators'}/{self.name}"

    @property
    def short(self) -> str:
        """The name without a distribution."""
        return self.name.rpartition("/")[2]


def registered(kind: Kind) -> Iterator[Entry]:
    """Yield the registered workloads or runners: this package's own first, then installed plugins by name.

    Names are unique: a plugin whose name is taken, by this package or by another plugin, has its qualified name.
    """
    plugins = list(_plugins(kind))
    taken = [one.name for one in _BUILT_IN[kind]] + [entry.name for entry in plugins]
    for one in _BUILT_IN[kind]:
        yield Entry(one.name, one.target)
    for entry in plugins:
        yield entry if taken.count(entry.name) == 1 else replace(entry, name=entry.qualified)


def find(kind: Kind, name: str) -> Entry:
    """Find a registered name, `distribution/name` where two distributions share one, or a target.

    Raises:
        UnknownName: with the nearest names.
        UsageError: two distributions bring the same name, or the plugin or target cannot be used.
    """
    if ":" in name:
        return _from_target(kind, name)
    if name.endswith(".py"):
        raise UsageError(f"'{name}' does not say what to use from the file", tip=f"write '{name}:NAME'")
    entries = list(registered(kind))
    for entry in entries:
        if name in (entry.name, entry.qualified):
            return entry
    owners = [entry for entry in entries if entry.name.rpartition("/")[2] == name]
    if owners:
        listed = " and ".join(f"'{entry.distribution}'" for entry in owners)
        choice = " or ".join(f"'{entry.name}'" for entry in owners)
        raise UsageError(f"{kind} '{name}' is registered by {listed}", tip=f"say which one: {choice}")
    raise UnknownName(kind, name, [entry.name for entry in entries])


def load_workload(target: str, *, called: str = "") -> type[Workload[Any, Any]]:
    """Import a workload class; anything else that can be called becomes a workload over a list beside it.

    Args:
        target: object reference.
        called: the name that the class must have; empty for any.

    Raises:
        UsageError: it cannot be imported, is not a workload, or was written for another interface version.
    """
    module, attribute = import_module_of(target)
    names = attribute.split("+")
    found, *_ = (look_up(module, name, within=target.rpartition(":")[0]) for name in names)
    if len(names) > 1 or not (isinstance(found, type) and issubclass(found, Workload)):
        if isinstance(found, type) and not _calls(found):
            raise UsageError(
                f"'{target}' is not a workload",
                tip="a workload is a subclass of comparators.Workload, or anything that can be called with an item",
            )
        from comparators.workloads.function import workload_of

        return workload_of(module, attribute)
    _check_class(target, found, ("name", "summary", "nature", "presets", "work"))
    _check_api(target, found.interface)
    _check_name(target, found.name, called)
    return found


def load_runner(target: str, *, called: str = "") -> type[Runner]:
    """Import a runner class.

    Args:
        target: object reference.
        called: the name that the class must have; empty for any.

    Raises:
        UsageError: it cannot be imported, is not a runner, or was written for another interface version.
    """
    found = import_target(target)
    if not isinstance(found, type) or not issubclass(found, Runner):
        raise UsageError(f"'{target}' is not a runner", tip="a runner is a subclass of comparators.Runner")
    _check_class(target, found, ("info",))
    _check_api(target, found.info.interface)
    _check_name(target, found.info.name, called)
    _check_model(target, found.info.model)
    return found


def _calls(cls: type) -> bool:
    """Say whether instances of a class can be called."""
    return any("__call__" in vars(base) for base in cls.__mro__)


def _check_class(target: str, cls: type, attributes: tuple[str, ...]) -> None:
    missing = [name for name in attributes if not hasattr(cls, name)]
    missing += sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        raise UsageError(f"'{target}' is not complete: it has no '{missing[0]}'")


def _check_api(target: str, version: int) -> None:
    if version != API_VERSION:
        raise UsageError(f"'{target}' was written for interface version {version}, this is version {API_VERSION}")


def _check_model(target: str, model: object) -> None:
    if model not in MODELS:
        raise UsageError(f"'{target}' has the model {model!r:.80}: must be one of {', '.join(MODELS)}")


def _check_name(target: str, name: object, called: str) -> None:
    """Refuse a name that could not stand on a command line, in a table and in a file name as it is."""
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]{0,59}", name):
        raise UsageError(f"'{target}' has the name {name!r:.80}: must be letters, digits, '.', '-' and '_', at most 60")
    if called and called != name:
        raise UsageError(f"its class calls itself '{name}'")


def _from_target(kind: Kind, target: str) -> Entry:
    target = absolute_target(target)
    if kind == "workload":
        return Entry(load_workload(target).name, target)
    return Entry(load_runner(target).info.name, target)


def _plugins(kind: Kind) -> Iterator[Entry]:
    if not any_plugin(kind):
        return
    from importlib.metadata import entry_points

    found = {
        Entry(point.name, f"{point.module}:{point.attr}", point.dist.name if point.dist else "unknown")
        for point in entry_points(group=group_of(kind))
    }
    yield from sorted(found, key=lambda entry: (entry.name, entry.distribution))
