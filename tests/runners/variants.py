"""Every registered runner with every choice of its parameters: what the conformance tests run over."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from comparators.parameters import ParameterValue
from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS
from comparators.registry.catalogue import load_runner
from comparators.runner import Runner, RunnerInfo
from comparators.runners._support.pool_methods import METHODS
from comparators.runners._support.start_method import START_METHODS

__all__ = ["DEFAULTS", "VARIANTS", "Variant", "label_of"]

TARGETS = {one.name: one.target for one in RUNNERS}
Choice = dict[str, ParameterValue]
OTHER_STARTS: list[Choice] = [{"start": start} for start in START_METHODS[1:]]
POOL_METHODS: list[Choice] = [{"method": method} for method in METHODS if method != "map"]
POOL: list[Choice] = [*POOL_METHODS, {"chunksize": 2}, {"method": "imap_unordered", "chunksize": 2}]
PIPES: list[Choice] = [{"channel": "pipe"}, *[{"channel": "pipe", **start} for start in OTHER_STARTS]]
CHOICES: dict[str, list[Choice]] = {
    "threading": [{"style": "subclass"}],
    "multiprocessing": [*OTHER_STARTS, *PIPES],
    "threadpool": POOL,
    "mp-pool": [*POOL, *OTHER_STARTS],
    "futures-processes": [{"chunksize": 2}, *OTHER_STARTS],
}


class Variant:
    """A runner with some of its parameters."""

    def __init__(self, name: str, parameters: Choice) -> None:
        self.name, self.target, self.parameters = name, TARGETS[name], parameters
        self.cls: type[Runner] = load_runner(self.target)
        self.info: RunnerInfo = self.cls.info

    @property
    def chunked(self) -> bool:
        """Whether tasks travel in chunks of more than one, so that the last ones share a worker."""
        return self.parameters.get("chunksize", 0) != 0

    def make(self, work: Callable[[Any], Any], tasks: Sequence[Any], workers: int) -> Runner:
        for module in self.info.imports:
            importlib.import_module(module)
        return self.cls(work=work, tasks=tasks, workers=workers, **self.parameters)

    def pick(self, work: Callable[[Any], Any], work_async: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return work_async if self.info.asynchronous else work

    def workers(self, wanted: int) -> int:
        """Return as many workers as wanted, or as many as the runner may have."""
        return min(wanted, self.info.workers_maximum or wanted)


def label_of(variant: Variant) -> str:
    return "-".join([variant.name, *(f"{key}={value}" for key, value in variant.parameters.items())])


def _marked(variant: Variant) -> Any:
    reason = unavailable(variant.info)
    marks = [pytest.mark.skip(reason=reason)] if reason else []
    if variant.parameters.get("start") == "fork":  # these tests have threads, and forking beside threads is warned of
        marks.append(pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"))
    return pytest.param(variant, id=label_of(variant), marks=marks)


DEFAULTS = [_marked(Variant(name, {})) for name in TARGETS]
VARIANTS = [_marked(Variant(name, choice)) for name in TARGETS for choice in [{}, *CHOICES.get(name, [])]]
