"""Which workloads and runners there are: an explicit, ordered list, third-party entry points, and people's own files.

Names are for people; each stands for a target, see `comparators.registry.object_references`, which is what travels to worker processes.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

from comparators.errors import UnknownName, UsageError
from comparators.registry.entry_points import Kind, any_plugin, group_of
from comparators.registry.object_references import absolute_target, import_target
from comparators.runner import Runner
from comparators.workload import API_VERSION, MODELS, Workload

__all__ = [
    "RUNNERS",
    "WORKLOADS",
    "Catalogue",
    "Entry",
    "Kind",
    "all_runners",
    "all_workloads",
    "find",
    "load_runner",
    "load_workload",
    "registered",
    "trusted_plugins",
]

_MODELS = (
    ("integrate", "comparators.workloads.integrate:Integrate"),
    ("integrate-numpy", "comparators.workloads.integrate_numpy:IntegrateNumpy"),
    ("hash", "comparators.workloads.hash:Hash"),
    ("sleep", "comparators.workloads.sleep:Sleep"),
    ("echo", "comparators.workloads.echo:Echo"),
    ("mixed", "comparators.workloads.mixed:Mixed"),
    ("noop", "comparators.workloads.noop:Noop"),
    ("transfer", "comparators.workloads.transfer:Transfer"),
    ("uneven", "comparators.workloads.uneven:Uneven"),
)
_COORDINATION = (
    ("race", "comparators.workloads.coordination.race:Race"),
    ("guarded", "comparators.workloads.coordination.guarded:Guarded"),
    ("deadlock", "comparators.workloads.coordination.deadlock:Deadlock"),
    ("writer", "comparators.workloads.coordination.writer:Writer"),
    ("producer-consumer", "comparators.workloads.coordination.producer_consumer:ProducerConsumer"),
    ("ping-pong", "comparators.workloads.coordination.ping_pong:PingPong"),
    ("daemon", "comparators.workloads.coordination.daemon:Daemon"),
    ("barrier", "comparators.workloads.coordination.barrier:Barrier"),
    ("timer", "comparators.workloads.coordination.timer:Timer"),
    ("shared-array", "comparators.workloads.coordination.shared_array:SharedArray"),
    ("start", "comparators.workloads.coordination.start:Start"),
)
WORKLOADS: tuple[tuple[str, str], ...] = (*_MODELS, *_COORDINATION)
"""The built-in workloads, in the order in which they run and are reported."""

RUNNERS: tuple[tuple[str, str], ...] = (
    ("serial", "comparators.runners.serial:Serial"),
    ("threading", "comparators.runners.threading:Threading"),
    ("threadpool", "comparators.runners.threadpool:ThreadPool"),
    ("futures-threads", "comparators.runners.futures_threads:FuturesThreads"),
    ("multiprocessing", "comparators.runners.multiprocessing:Multiprocessing"),
    ("mp-pool", "comparators.runners.mp_pool:MpPool"),
    ("futures-processes", "comparators.runners.futures_processes:FuturesProcesses"),
    ("futures-interpreters", "comparators.runners.futures_interpreters:FuturesInterpreters"),
    ("asyncio", "comparators.runners.asyncio:Asyncio"),
    ("anyio", "comparators.runners.anyio:Anyio"),
    ("anyio-trio", "comparators.runners.anyio_trio:AnyioTrio"),
    ("anyio-threads", "comparators.runners.anyio_threads:AnyioThreads"),
    ("anyio-processes", "comparators.runners.anyio_processes:AnyioProcesses"),
    ("anyio-interpreters", "comparators.runners.anyio_interpreters:AnyioInterpreters"),
)
"""The built-in runners, in the order in which they are reported."""

_BUILTIN: dict[Kind, tuple[tuple[str, str], ...]] = {"workload": WORKLOADS, "runner": RUNNERS}

ClassT = TypeVar("ClassT")


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


@dataclass(frozen=True, slots=True)
class Catalogue(Generic[ClassT]):
    """Every class that could be loaded, in order, and a line about each plugin that could not."""

    classes: tuple[tuple[Entry, ClassT], ...]
    warnings: tuple[str, ...]


def registered(kind: Kind) -> Iterator[Entry]:
    """Yield the registered workloads or runners: this package's own first, then installed plugins by name.

    Names are unique: a plugin whose name is taken, by this package or by another plugin, has its qualified name.
    """
    plugins = list(_plugins(kind))
    taken = [name for name, _ in _BUILTIN[kind]] + [entry.name for entry in plugins]
    for name, target in _BUILTIN[kind]:
        yield Entry(name, target)
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
            _require_sound(kind, entry)
            return entry
    owners = [entry for entry in entries if entry.name.rpartition("/")[2] == name]
    if owners:
        listed = " and ".join(f"'{entry.distribution}'" for entry in owners)
        choice = " or ".join(f"'{entry.name}'" for entry in owners)
        raise UsageError(f"{kind} '{name}' is registered by {listed}", tip=f"say which one: {choice}")
    raise UnknownName(kind, name, [entry.name for entry in entries])


def all_workloads(*, plugins_only: bool = False) -> Catalogue[type[Workload[Any, Any]]]:
    """Load every registered workload, or only those that other distributions bring."""
    return _catalogue(_entries("workload", plugins_only=plugins_only), load_workload, lambda cls: cls.name)


def all_runners(*, plugins_only: bool = False) -> Catalogue[type[Runner]]:
    """Load every registered runner, also those that this Python cannot have, or only those of other distributions."""
    return _catalogue(_entries("runner", plugins_only=plugins_only), load_runner, lambda cls: cls.info.name)


def _entries(kind: Kind, *, plugins_only: bool) -> list[tuple[Kind, Entry]]:
    return [(kind, entry) for entry in registered(kind) if entry.distribution or not plugins_only]


def _catalogue(
    entries: list[tuple[Kind, Entry]], load: Callable[[str], ClassT], name_of: Callable[[ClassT], str]
) -> Catalogue[ClassT]:
    """Load what is registered; a plugin that cannot be loaded costs a warning, never the rest."""
    classes: list[tuple[Entry, ClassT]] = []
    warnings = []
    for kind, entry in entries:
        source = f"{kind} '{entry.name}' of '{entry.distribution}'"
        cause = _broken(kind, entry)
        if cause:
            warnings.append(f"{source} is left out: {cause}")
            continue
        try:
            cls = load(entry.target)
        except UsageError as error:
            if not entry.distribution:
                raise
            warnings.append(f"{source} is left out: {error}")
            continue
        short = entry.name.rpartition("/")[2]
        if name_of(cls) != short:
            warnings.append(f"{source} is left out: its class calls itself '{name_of(cls)}'")
            continue
        if short != entry.name:
            warnings.append(f"{source} is called by that name because '{short}' is taken")
        classes.append((entry, cls))
    return Catalogue(tuple(classes), tuple(warnings))


@contextmanager
def trusted_plugins() -> Iterator[None]:
    """Try no plugin in a child first: the process that started this one has done so."""
    _trusted.append(True)
    try:
        yield
    finally:
        _trusted.pop()


_trusted: list[bool] = []


def _require_sound(kind: Kind, entry: Entry) -> None:
    """Refuse a plugin that was asked for and cannot be used.

    Raises:
        UsageError: with the cause.
    """
    cause = _broken(kind, entry)
    if cause:
        raise UsageError(
            f"{kind} '{entry.name}' of '{entry.distribution}' cannot be used: {cause}",
            tip=f"update it, or remove it: pip uninstall {entry.distribution}",
        )


def _broken(kind: Kind, entry: Entry) -> str:
    """Return why a plugin cannot be used; nothing when it can. All plugins are tried together, once per process."""
    if not entry.distribution or _trusted:
        return ""
    plugins = tuple(_all_plugins())
    return dict(zip(plugins, _causes(plugins, tuple(sys.path)), strict=True))[kind, entry.target]


def _all_plugins() -> Iterator[tuple[Kind, str]]:
    kinds: tuple[Kind, ...] = ("workload", "runner")
    for kind in kinds:
        yield from dict.fromkeys((kind, entry.target) for entry in _plugins(kind))


@cache
def _causes(plugins: tuple[tuple[Kind, str], ...], _path: tuple[str, ...]) -> tuple[str, ...]:
    from comparators.sandbox.plugins import causes

    return causes(plugins)


def load_workload(target: str) -> type[Workload[Any, Any]]:
    """Import a workload class; a plain function becomes a workload over a list beside it.

    Raises:
        UsageError: it cannot be imported, is not a workload, or was written for another interface version.
    """
    found = import_target(target)
    if callable(found) and not isinstance(found, type):
        from comparators.workloads.function import workload_of

        return workload_of(found)
    if not isinstance(found, type) or not issubclass(found, Workload):
        raise UsageError(
            f"'{target}' is not a workload",
            tip="a workload is a subclass of comparators.Workload, or a function",
        )
    _check_class(target, found, ("name", "summary", "nature", "presets", "work"))
    _check_api(target, found.interface)
    _check_name(target, found.name)
    return found


def load_runner(target: str) -> type[Runner]:
    """Import a runner class.

    Raises:
        UsageError: it cannot be imported, is not a runner, or was written for another interface version.
    """
    found = import_target(target)
    if not isinstance(found, type) or not issubclass(found, Runner):
        raise UsageError(f"'{target}' is not a runner", tip="a runner is a subclass of comparators.Runner")
    _check_class(target, found, ("info",))
    _check_api(target, found.info.interface)
    _check_name(target, found.info.name)
    _check_model(target, found.info.model)
    return found


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


def _check_name(target: str, name: object) -> None:
    """Reject a name that could not stand on a command line, in a table and in a file name as it is."""
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]{0,59}", name):
        raise UsageError(f"'{target}' has the name {name!r:.80}: must be letters, digits, '.', '-' and '_', at most 60")


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
