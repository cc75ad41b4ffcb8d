"""What a warm interpreter imports before it forks, as data."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Preload"]


@dataclass(frozen=True, slots=True)
class Preload:
    """Everything that the jobs of a generation need.

    Attributes:
        workloads, runners: targets, see `comparators.registry`; their modules are imported, and for runners what they
            declare in `RunnerInfo.imports`.
        modules: further modules.
        path: folders to append to `sys.path`.
        cpus: CPUs to run on; empty for all that are allowed.
        performer: the module whose `perform(folder)` does the job in the file `job` of that folder and leaves its
            result there. Its optional `prepare()` imports what that needs.
    """

    workloads: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    cpus: tuple[int, ...] = ()
    performer: str = "comparators.worker.main"

    def load(self) -> Callable[[Path], None]:
        """Import everything and return what does a job."""
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
        perform: Callable[[Path], None] = performer.perform
        return perform

    def _load_targets(self) -> None:
        from comparators.registry.catalogue import load_runner, load_workload

        for target in self.workloads:
            load_workload(target)
        for target in self.runners:
            for name in load_runner(target).info.imports:
                importlib.import_module(name)
