"""What a warm interpreter imports before it forks, as data."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["Performer", "Preload"]


class Performer(NamedTuple):
    """What a warm interpreter does with jobs.

    Attributes:
        perform: does the job in the file `job` of a folder and leaves its result there.
        rehearse: runs in a forked process while it waits for its job, so that memory that every job changes is
            unshared by then; None for nothing.
    """

    perform: Callable[[Path], None]
    rehearse: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Preload:
    """Everything that the jobs of a generation need.

    Attributes:
        workloads, runners: targets, see `comparators.registry`; their modules are imported, and for runners what they
            declare in `RunnerInfo.imports`.
        modules: further modules.
        path: folders to append to `sys.path`.
        cpus: CPUs to run on; empty for all that are allowed.
        performer: the module that has `perform` and perhaps `rehearse`, see `Performer`. Its optional `prepare()`
            imports what they need, after everything else.
    """

    workloads: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    cpus: tuple[int, ...] = ()
    performer: str = "comparators.worker.main"

    def load(self) -> Performer:
        """Import everything and return what does jobs."""
        sys.path += [folder for folder in self.path if folder not in sys.path]
        if self.cpus and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, self.cpus)
        performer = importlib.import_module(self.performer)
        for name in self.modules:
            importlib.import_module(name)
        if self.workloads or self.runners:
            self._load_targets()
        if hasattr(performer, "prepare"):
            performer.prepare()
        return Performer(performer.perform, getattr(performer, "rehearse", None))

    def _load_targets(self) -> None:
        from comparators.parameters import parameters_of
        from comparators.registry.catalogue import load_runner, load_workload

        for target in self.workloads:
            parameters_of(load_workload(target))
        for target in self.runners:
            runner = load_runner(target)
            parameters_of(runner)
            for name in runner.info.imports:
                importlib.import_module(name)
