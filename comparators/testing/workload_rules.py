"""The rules of workloads."""

import dataclasses
import importlib
import inspect
import math
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, get_args

from comparators.coordination.kit import PRIMITIVES
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.runner import MODELS, Runner, RunnerInfo
from comparators.runners.anyio import Anyio
from comparators.runners.anyio_trio import AnyioTrio
from comparators.runners.futures_processes import FuturesProcesses
from comparators.runners.serial import Serial
from comparators.testing.rules import (
    Broken,
    applied,
    require,
    require_name,
    require_readable_parameters,
    require_reason,
)
from comparators.workload import API_VERSION, COST_UNITS, LoopHooks, Nature, Observation, Operation, Workload
from comparators.workloads._support.equality import same

__all__ = ["WORKLOAD_RULES", "AnyWorkload", "WorkloadCase", "WorkloadRule", "check_workload", "check_workload_rule"]

AnyWorkload = Workload[Any, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class WorkloadCase:
    """A workload class and the preset whose parameters it is checked with."""

    cls: type[AnyWorkload]
    preset: str

    @contextmanager
    def ready(self) -> Iterator[AnyWorkload]:
        """Yield the workload, calibrated and opened."""
        with self.cls.from_preset(self.preset).calibrate().setup() as opened:
            yield opened

    @contextmanager
    def attached(self, workload: AnyWorkload, backend: str | None = None) -> Iterator[LoopHooks]:
        """Yield what belongs around a loop of a runner that never starts, at its beginning: none of its workers exist.

        Args:
            workload: what is done.
            backend: kind of event loop that does the tasks; None for functions.
        """
        cls = _RUNNERS[backend] if backend else Serial if not workload.not_applicable(Serial.info) else FuturesProcesses
        with workload.attach(cls(work=str, tasks=(), workers=1)) as hooks:
            if hooks.reset is not None:
                hooks.reset()
            yield hooks


_RUNNERS: Mapping[str, type[Runner]] = {"asyncio": Anyio, "trio": AnyioTrio}


WorkloadRule = Callable[[WorkloadCase], None]


def check_workload(cls: type[AnyWorkload], preset: str = "tiny") -> None:
    """Check a workload class against every rule, with the parameters of one preset.

    Raises:
        ContractViolation: the first rule that is broken, and how.
    """
    for rule in WORKLOAD_RULES:
        check_workload_rule(rule, cls, preset)


def check_workload_rule(rule: str, cls: type[AnyWorkload], preset: str = "tiny") -> None:
    """Check a workload class against one rule of `WORKLOAD_RULES`.

    Raises:
        ContractViolation: the rule is broken, and how.
    """
    with applied(rule, cls):
        WORKLOAD_RULES[rule](WorkloadCase(cls, preset))


def _described(case: WorkloadCase) -> None:
    require_name(case.cls.name, case.cls.summary)
    require(
        case.cls.nature in get_args(Nature), f"the nature '{case.cls.nature}' is none of {', '.join(get_args(Nature))}"
    )
    require(
        case.cls.interface == API_VERSION,
        f"it was written for interface version {case.cls.interface}, this is {API_VERSION}",
    )


def _frozen(case: WorkloadCase) -> None:
    fields = {name for name, value in vars(case.cls).items() if isinstance(value, dataclasses.Field)}
    require(not fields, f"{', '.join(sorted(fields))} needs the class to be a dataclass(frozen=True)")
    workload = case.cls.from_preset(case.preset)
    for field in dataclasses.fields(workload):
        try:
            setattr(workload, field.name, getattr(workload, field.name))
        except dataclasses.FrozenInstanceError:
            continue
        raise Broken(f"'{field.name}' can be assigned to")
    require(
        hash(workload) == hash(case.cls.from_preset(case.preset)), "two with equal parameters have different hashes"
    )


def _parameters(case: WorkloadCase) -> None:
    for name in case.cls.presets:
        require_readable_parameters(case.cls.from_preset(name))


def _presets(case: WorkloadCase) -> None:
    for name in ("quick", "default", "full"):
        require(name in case.cls.presets, f"there is no preset '{name}'")
    made = {name: case.cls.from_preset(name) for name in case.cls.presets}
    tiny = case.cls.from_preset("tiny").min_concurrency
    for name, workload in made.items():
        require(
            tiny <= workload.min_concurrency,
            f"'tiny' needs {tiny} tasks in progress, '{name}' only {workload.min_concurrency}",
        )


def _primitives(case: WorkloadCase) -> None:
    for name in case.cls.presets:
        workload = case.cls.from_preset(name)
        if not isinstance(workload, CoordinatedWorkload):
            return
        unknown = [one for one in workload.primitives if one not in PRIMITIVES]
        require(not unknown, f"it needs '{', '.join(unknown)}', which no kit has")


def _applicable(case: WorkloadCase) -> None:
    for name in case.cls.presets:
        workload = case.cls.from_preset(name)
        reasons = [workload.not_applicable(info) for info in _INFOS]
        require(None in reasons, f"no model of runners is left for '{name}'")
        for reason in filter(None, reasons):
            require_reason(reason, "for what is not applicable")


_INFOS = [
    RunnerInfo(name=model, model=model, summary="any", asynchronous=model == "async", initializer=True)
    for model in MODELS
]


def _tasks(case: WorkloadCase) -> None:
    with case.ready() as workload:
        tasks = workload.tasks()
        require(isinstance(tasks, Sequence), f"tasks() returns a {type(tasks).__name__}, not a sequence")
        require(len(tasks) > 0, "there are no tasks")
        require(same(list(tasks), list(workload.tasks())), "tasks() gives another list the second time")
        require(same(list(tasks), _copied(list(tasks))), "tasks change when they are pickled")
        require(
            1 <= workload.min_concurrency <= len(tasks),
            f"min_concurrency is {workload.min_concurrency}, with {len(tasks)} tasks",
        )


def _copied(tasks: list[Any]) -> Any:
    try:
        return pickle.loads(pickle.dumps(tasks))  # noqa: S301  written in the same line
    except Exception as error:
        raise Broken(f"tasks cannot be pickled: {error}") from error


def _importable(case: WorkloadCase) -> None:
    for kind, function in (("work", case.cls.work), ("work_async", case.cls.work_async)):
        if function is None:
            continue
        found = getattr(importlib.import_module(function.__module__), function.__qualname__, None)
        require(
            found is function and function.__module__ != "__main__",
            f"{kind} cannot be imported as '{function.__qualname__}' from '{function.__module__}'",
        )


def _ready_to_run(case: WorkloadCase) -> None:
    workload = case.cls.from_preset(case.preset).calibrate()
    require(type(workload) is case.cls, f"calibrate() returns a {type(workload).__name__}")
    require(workload.calibrate() == workload, "calibrate() changes what is calibrated already")
    with workload.setup() as opened:
        require(type(opened) is case.cls, f"setup() yields a {type(opened).__name__}")


def _right_results(case: WorkloadCase) -> None:
    if inspect.iscoroutinefunction(case.cls.work):
        return
    with case.ready() as workload, case.attached(workload) as hooks:
        observations: Any = workload.verify(hooks.combine(_results(workload)))
    require(isinstance(observations, tuple), f"verify returns a {type(observations).__name__}, not a tuple")
    for seen in observations:
        require(
            isinstance(seen, Observation) and math.isfinite(seen.value),
            f"{seen!r} is no Observation of a finite number",
        )
        _cost(seen)


def _cost(seen: Observation) -> None:
    if not seen.primitive and seen.operation is None:
        return
    require(seen.primitive in PRIMITIVES or seen.operation == "start", f"{seen!r} is the cost of what no kit has")
    require(seen.operation in get_args(Operation), f"{seen!r} does not say what was done with the {seen.primitive}")
    require(seen.unit in COST_UNITS, f"{seen!r} is a cost in '{seen.unit}', not in {', '.join(COST_UNITS)}")


def _wrong_results(case: WorkloadCase) -> None:
    backend = "asyncio" if inspect.iscoroutinefunction(case.cls.work) else None
    with case.ready() as workload, case.attached(workload, backend) as hooks:
        results = _results(workload)
        for what, wrong in _mutations(results):
            try:
                workload.verify(hooks.combine(wrong))
            except WrongResult:
                continue
            except Exception as error:
                if what == FOREIGN:  # loud in whatever way: a check need not foresee every type
                    continue
                raise Broken(f"{what}: {type(error).__name__} is raised, not WrongResult") from error
            raise Broken(f"{what}: no WrongResult is raised")


FOREIGN = "a result is something else"


def _mutations(results: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield wrong versions of the results, each with a name; alike results can stand for each other."""
    middle = len(results) // 2
    yield "no results", []
    yield "the last result is missing", results[:-1]
    yield "the first result is missing", results[1:]
    yield "a result came twice", [*results, results[middle]]
    yield FOREIGN, [*results[:middle], object(), *results[middle + 1 :]]
    other = next((result for result in results if not same(result, results[middle])), None)
    if other is not None:
        yield "a result is that of another task", [*results[:middle], other, *results[middle + 1 :]]


def _async_agrees(case: WorkloadCase) -> None:
    if case.cls.work_async is None:
        return
    require(inspect.iscoroutinefunction(case.cls.work_async), "work_async is not a coroutine function")
    with case.ready() as workload:
        if workload.not_applicable(Anyio.info):
            return
        for library, run in _event_loops().items():
            try:
                with case.attached(workload, library) as hooks:
                    results = run(case.cls.work_async, workload.tasks())
                    workload.verify(hooks.combine(results))
            except Exception as error:
                raise Broken(f"under {library}: {type(error).__name__}: {error}") from error


def _results(workload: AnyWorkload) -> list[Any]:
    """Do all tasks the plainest way: one after the other, in threads when they need each other, or in one loop."""
    work = type(workload).work
    if inspect.iscoroutinefunction(work):
        return _with_asyncio(work, workload.tasks())
    if workload.min_concurrency == 1:
        return [work(task) for task in workload.tasks()]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workload.min_concurrency) as pool:
        return list(pool.map(work, workload.tasks()))


def _event_loops() -> Mapping[str, Callable[[Any, Sequence[Any]], list[Any]]]:
    from importlib.util import find_spec

    return {"asyncio": _with_asyncio} | ({"trio": _with_trio} if find_spec("trio") else {})


def _with_asyncio(work: Any, tasks: Sequence[Any]) -> list[Any]:
    import asyncio

    async def main() -> list[Any]:
        return list(await asyncio.gather(*(work(task) for task in tasks)))

    return asyncio.run(main())


def _with_trio(work: Any, tasks: Sequence[Any]) -> list[Any]:
    import trio

    results: list[Any] = [None] * len(tasks)

    async def one(index: int) -> None:
        results[index] = await work(tasks[index])

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for index in range(len(tasks)):
                nursery.start_soon(one, index)

    trio.run(main)
    return results


WORKLOAD_RULES: Mapping[str, WorkloadRule] = {
    "described": _described,
    "frozen": _frozen,
    "parameters": _parameters,
    "presets": _presets,
    "primitives": _primitives,
    "applicable": _applicable,
    "tasks": _tasks,
    "importable": _importable,
    "ready-to-run": _ready_to_run,
    "right-results": _right_results,
    "wrong-results": _wrong_results,
    "async-agrees": _async_agrees,
}
"""Every rule by name:

described: name, summary, nature and interface version are what reports and plans expect.
frozen: parameters cannot be changed, and workloads with equal ones are equal.
parameters: every parameter is in its range and survives being written as text.
presets: quick, default and full are there and can be made; tiny does not need more tasks in progress than they do.
primitives: those it needs from a runner's kit are some that kits have.
applicable: some model of runners can do it; for each other one there is a reason in one line.
tasks: a sequence, never empty, the same every time, that survives pickling; min_concurrency is possible.
importable: worker processes can import work and work_async by name.
ready-to-run: calibrate() and setup() give the same kind of workload; calibrating twice changes nothing.
right-results: doing the tasks one after the other, or in threads, passes verify, which returns observations.
wrong-results: verify raises WrongResult when results are missing, came twice or are those of other tasks.
async-agrees: work_async gives results that pass verify too, under asyncio and, where installed, trio.
"""
