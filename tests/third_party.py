"""Tiny distributions of third-party code, as pip would have installed them, for tests of entry points."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["BROKEN", "RUNNER", "WORKLOAD", "forgotten", "install"]

WORKLOAD = '''
from dataclasses import dataclass
from comparators import Workload, WrongResult, parameter


def double(number):
    return 2 * number


@dataclass(frozen=True)
class Doubles(Workload[int, int]):
    """Double the first whole numbers."""

    name = "doubles"
    summary = "twice each number"
    nature = "cpu"
    presets = {"quick": {"count": 4}, "default": {}, "full": {}}
    work = staticmethod(double)

    count: int = parameter(10, "how many numbers", minimum=1)

    def tasks(self):
        return range(self.count)

    def verify(self, result):
        if list(result) != [2 * number for number in range(self.count)]:
            raise WrongResult("doubles", expected="twice each number", found=result)
        return ()
'''

RUNNER = '''
import time
from dataclasses import dataclass
from comparators import Recipe, Runner, RunnerInfo, Timing


@dataclass(kw_only=True, eq=False)
class Backwards(Runner):
    """The last task first."""

    info = RunnerInfo("backwards", "loop", "the last task first", workers_maximum=1)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        pass

    def run(self, loops):
        start = time.perf_counter()
        for _ in range(loops):
            results = [self.work(task) for task in reversed(self.tasks)]
        return Timing(time.perf_counter() - start, results[::-1])

    def recipe(self):
        return Recipe((), "", "", "[{work}(item) for item in items]")
'''


BROKEN: dict[str, tuple[str, str]] = {
    "raises": (
        "import nothing_like_it",
        "cannot import '{module}': ModuleNotFoundError: No module named 'nothing_like_it'",
    ),
    "raises what nobody catches": (
        "class Odd(BaseException): pass\nraise Odd('so')",
        "cannot use '{module}:Doubles': Odd: so, in '<module>' ({module}.py, line 2)",
    ),
    "calls sys.exit": ("import sys; sys.exit(0)", "cannot import '{module}': SystemExit: 0"),
    "is interrupted": (
        "raise KeyboardInterrupt",
        "cannot use '{module}:Doubles': KeyboardInterrupt: , in '<module>' ({module}.py, line 1)",
    ),
    "calls os._exit": ("import os; os._exit(0)", "its import ends the process with exit code 0"),
    "ends with a code": ("import os; os._exit(7)", "its import ends the process with exit code 7"),
    "crashes": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "its import ends the process by SIGSEGV",
    ),
    "hangs": (
        "import threading; threading.Event().wait()",
        "its import takes longer than 6 s, in '<module>' ({module}.py, line 1)",
    ),
    "stops itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "its import takes longer than 6 s"),
    "is a number": ("Doubles = 3", "'Doubles' cannot be called: its type is int"),
    "is a runner": (RUNNER + "Doubles = Backwards", "'{module}:Doubles' is not a workload"),
    "is for another version": (
        WORKLOAD.replace('    nature = "cpu"\n', '    nature = "cpu"\n    interface = 2\n'),
        "'{module}:Doubles' was written for interface version 2, this is version 1",
    ),
    "starts processes": (
        WORKLOAD + "from multiprocessing import Pool\npool = Pool(2)\n",
        "starts a process when the file is imported",
    ),
    "compares at its top level": (
        WORKLOAD + "import comparators; comparators.compare('noop', preset='quick')",
        "a module compares at its top level, and is imported to be compared",
    ),
}
"""Sources of modules with a workload `Doubles` that cannot be used, and what is said about each."""


def install(
    site: Path,
    distribution: str,
    *,
    modules: Mapping[str, str],
    workloads: Mapping[str, str] | None = None,
    runners: Mapping[str, str] | None = None,
) -> None:
    """Put modules and the metadata of a distribution into a folder that is, or will be, on `sys.path`.

    Args:
        site: the folder.
        distribution: name of the distribution.
        modules: source by module name.
        workloads, runners: entry points, target by name.
    """
    site.mkdir(exist_ok=True)
    for name, source in modules.items():
        (site / f"{name}.py").write_text(source, encoding="utf-8")
    info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", encoding="utf-8")
    lines = []
    for group, points in (("workloads", workloads or {}), ("runners", runners or {})):
        if points:
            lines.append(f"[comparators.{group}]")
            lines += [f"{name} = {target}" for name, target in points.items()]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def forgotten(folder: Path) -> Iterator[None]:
    """Forget afterwards what was imported from a folder, and where else to look for modules."""
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(str(folder)):
                del sys.modules[name]
