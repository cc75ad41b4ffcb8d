"""Which workloads and runners there are: an explicit, ordered list, strangers' entry points, and people's own files.

A *target* says where a class is: `package.module:Class`, or `/path/to/file.py:Class` for a file of one's own.
Names are for people, targets are what travels to worker processes.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from comparators.errors import UnknownName, UsageError
from comparators.runner import Runner
from comparators.workload import API_VERSION, Workload

__all__ = ["RUNNERS", "WORKLOADS", "Entry", "Kind", "find", "load_runner", "load_workload", "registered"]

Kind = Literal["workload", "runner"]

WORKLOADS: tuple[tuple[str, str], ...] = (
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
"""The built-in suite, in the order in which it runs and is reported."""

RUNNERS: tuple[tuple[str, str], ...] = (
    ("serial", "comparators.runners.serial:Serial"),
    ("threading", "comparators.runners.threads:Threading"),
    ("threadpool", "comparators.runners.threads:ThreadPool"),
    ("futures-threads", "comparators.runners.threads:FuturesThreads"),
    ("multiprocessing", "comparators.runners.processes:Multiprocessing"),
    ("mp-pool", "comparators.runners.processes:MpPool"),
    ("futures-processes", "comparators.runners.processes:FuturesProcesses"),
    ("futures-interpreters", "comparators.runners.interpreters:FuturesInterpreters"),
    ("asyncio", "comparators.runners.coroutines:Asyncio"),
    ("anyio", "comparators.runners.coroutines:Anyio"),
    ("anyio-trio", "comparators.runners.coroutines:AnyioTrio"),
    ("anyio-threads", "comparators.runners.anyio_workers:AnyioThreads"),
    ("anyio-processes", "comparators.runners.anyio_workers:AnyioProcesses"),
    ("anyio-interpreters", "comparators.runners.anyio_workers:AnyioInterpreters"),
)
"""The built-in runners, in the order in which they are reported."""

_BUILTIN: dict[Kind, tuple[tuple[str, str], ...]] = {"workload": WORKLOADS, "runner": RUNNERS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered name: where its class is, and which distribution brought it (empty for this package)."""

    name: str
    target: str
    distribution: str = ""


def registered(kind: Kind) -> Iterator[Entry]:
    """Yield the registered workloads or runners: this package's own first, then installed plugins by name."""
    for name, target in _BUILTIN[kind]:
        yield Entry(name, target)
    yield from _plugins(kind)


def find(kind: Kind, name: str) -> Entry:
    """Find a registered name, `distribution/name` where two distributions share one, or a target.

    Raises:
        UnknownName: with the nearest names.
        UsageError: two distributions bring the same name.
    """
    if ":" in name:
        return _from_target(kind, name)
    distribution, slash, short = name.rpartition("/")
    entries = list(registered(kind))
    matches = [entry for entry in entries if entry.name == short and (not slash or entry.distribution == distribution)]
    if not matches:
        raise UnknownName(kind, name, [entry.name for entry in entries])
    if len(matches) > 1:
        owners = " and ".join(f"'{entry.distribution or 'comparators'}'" for entry in matches)
        qualified = f"{matches[-1].distribution}/{short}"
        raise UsageError(f"{kind} '{short}' is registered by {owners}", tip=f"say which one: '{qualified}'")
    return matches[0]


def load_workload(target: str) -> type[Workload]:
    """Import a workload class; a plain function becomes a workload over a list beside it.

    Raises:
        UsageError: it cannot be imported, is not a workload, or was written for another interface version.
    """
    found = _import(target)
    if callable(found) and not isinstance(found, type):
        from comparators.workloads.function import workload_of

        return workload_of(found)
    if not isinstance(found, type) or not issubclass(found, Workload):
        raise UsageError(
            f"'{target}' is not a workload",
            tip="a workload is a subclass of comparators.Workload, or a function",
        )
    _check_api(target, found.api)
    return found


def load_runner(target: str) -> type[Runner]:
    """Import a runner class.

    Raises:
        UsageError: it cannot be imported, is not a runner, or was written for another interface version.
    """
    found = _import(target)
    if not isinstance(found, type) or not issubclass(found, Runner):
        raise UsageError(f"'{target}' is not a runner", tip="a runner is a subclass of comparators.Runner")
    _check_api(target, found.info.api)
    return found


def _check_api(target: str, version: int) -> None:
    if version != API_VERSION:
        raise UsageError(f"'{target}' was written for interface version {version}, this is version {API_VERSION}")


def _import(target: str) -> object:
    module_name, _, attribute = target.rpartition(":")
    try:
        module = (
            _import_file(Path(module_name)) if module_name.endswith(".py") else importlib.import_module(module_name)
        )
    except Exception as error:
        raise UsageError(f"cannot import '{module_name}': {type(error).__name__}: {error}") from error
    if not hasattr(module, attribute):
        names = [name for name in vars(module) if not name.startswith("_")]
        raise UnknownName("name", attribute, names, where=f"in '{module_name}'")
    return getattr(module, attribute)


def _import_file(path: Path) -> object:
    """Import a file under its own name, so that worker processes, which inherit `sys.path`, find it by that name."""
    folder, name = str(path.parent.resolve()), path.stem
    if not path.is_file():
        raise FileNotFoundError(f"no file '{path}'")
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path.resolve()):
        return sys.modules[name]
    if folder not in sys.path:
        sys.path.append(folder)  # at the end: a `json.py` in that folder must not replace the standard library's
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or Path(spec.origin).resolve() != path.resolve():
        raise ImportError(f"another module is called '{name}' too; rename the file")
    return importlib.import_module(name)


def _from_target(kind: Kind, target: str) -> Entry:
    module_name, _, attribute = target.rpartition(":")
    if module_name.endswith(".py"):
        target = f"{Path(module_name).resolve()}:{attribute}"
    cls = load_workload(target) if kind == "workload" else load_runner(target)
    return Entry(cls.name if issubclass(cls, Workload) else cls.info.name, target)


def _plugins(kind: Kind) -> Iterator[Entry]:
    group = f"comparators.{kind}s"
    if not _any_plugin(group):
        return
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        yield Entry(point.name, point.value, point.dist.name if point.dist else "")


def _any_plugin(group: str) -> bool:
    """Look for the group's name in the installed entry points, which is 20 times cheaper than parsing them."""
    header = f"[{group}]".encode()
    for folder in map(Path, sys.path):
        for pattern in ("*.dist-info/entry_points.txt", "*.egg-info/entry_points.txt"):
            if any(header in path.read_bytes() for path in folder.glob(pattern)):
                return True
    return False
