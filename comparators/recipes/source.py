"""Code to copy: a runner's recipe for one workload, as a snippet and as a script that checks its own result."""

import ast
import operator
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from comparators.coordination.kit import missing_reason
from comparators.errors import UsageError
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.recipes.own_work import own_work
from comparators.recipes.sharing import INSTALL, Making, handed_over, making_of
from comparators.registry.catalogue import load_runner, load_workload
from comparators.runner import Runner
from comparators.workload import Workload
from comparators.workloads.function import FunctionWorkload

__all__ = ["script", "snippet"]

OURS = "from comparators."


@dataclass(frozen=True, slots=True)
class _Code:
    """The pieces of a recipe.

    Attributes:
        imports: lines that import modules of the model.
        own: lines that import the work, and things of this package.
        body: the functions, in which the work has its name.
        making: how what is shared is made; None where nothing is shared.
    """

    imports: tuple[str, ...]
    own: tuple[str, ...]
    body: str
    making: Making | None = None


def snippet(workload: WorkloadSpec, runner: RunnerSpec, workers: int) -> str:
    """Return source code that does a workload's tasks with a runner's model: imports and `def run(tasks)`.

    It uses neither this package's runners nor its clocks, only the model's own library and the work itself, which
    it imports by its real module and name. A function from a file of one's own is imported as `from file import
    name`. Where the work has a name that the recipe uses too, it is imported under another one.

    Where the tasks share something there is a function `make_shared()`, too, which makes it from the model's own
    primitives, and `run(tasks, shared)` hands it to the workers. If that cannot be written as plain code, a comment
    says why.

    Args:
        workload: which work, with all its parameters: the number of tasks can change the code.
        runner: which model, with its parameters.
        workers: how many tasks may be in progress at once.

    Raises:
        UsageError: the workload or runner cannot be loaded, the runner needs a coroutine function and the
            workload has none, or the model lacks a primitive.
    """
    code = _code(_made(workload), runner, workers)
    return _source(code.imports, code.own, code.body)


def script(workload: WorkloadSpec, runner: RunnerSpec, workers: int) -> str:
    """Return `snippet` as a program: it makes the tasks, does them, verifies the result and prints a line.

    A workload from a file of one's own needs the program in the same folder.

    Raises:
        UsageError: as for `snippet`, or what is shared cannot be written as plain code.
    """
    made = _made(workload)
    code = _code(made, runner, workers)
    imported, factory = _factory(type(made), taken=_names(_source(code.imports, code.own, code.body)))
    arguments = ", ".join(f"{name}={value!r}" for name, value in workload.parameters)
    imports, main = code.imports, _MAIN
    if code.making is not None:
        if not code.making.call:
            raise UsageError(f"'{made.name}' has no program: what its tasks share cannot be written as plain code")
        imports, main = (*imports, *code.making.call_imports), _SHARING_MAIN.replace("{making}", code.making.call)
    return _source(imports, (*code.own, imported), code.body) + main.replace("{workload}", f"{factory}({arguments})")


_MAIN = """

if __name__ == "__main__":
    with {workload}.opened() as workload:
        parts = run(workload.tasks())
        workload.verify(workload.combine(parts))
        print(f"verified: {len(parts)} tasks")
"""

_SHARING_MAIN = """

if __name__ == "__main__":
    with {workload}.opened() as workload:
        shared = {making}
        workload.reset(shared)
        parts = run(workload.tasks(), shared)
        workload.verify(workload.settle(parts, shared))
        print(f"verified: {len(parts)} tasks")
"""


def _made(spec: WorkloadSpec) -> Workload[Any, Any]:
    return load_workload(spec.target)(**dict(spec.parameters))


def _code(workload: Workload[Any, Any], spec: RunnerSpec, workers: int) -> _Code:
    runner_class = load_runner(spec.target)
    work = workload.work_async if runner_class.info.asynchronous else workload.work
    if work is None:
        raise UsageError(f"'{workload.name}' has no coroutine form for '{spec.name}'")
    runner = runner_class(work=work, tasks=workload.tasks(), workers=workers, **dict(spec.parameters))
    making = _making(workload, runner) if workload.primitives else None
    recipe = runner.recipe()
    if isinstance(workload, FunctionWorkload):
        called = own_work(workload, "work_async" if runner_class.info.asynchronous else "work")
        imported = f"from {called.module} import {', '.join(sorted(set(called.names)))}"
        imports = tuple(dict.fromkeys((*recipe.imports, *called.imports)))
        return _Code(imports, (imported,), called.helper + recipe.body.replace("{work}", called.call))
    if making is None:
        return _named(work, recipe.imports, (), recipe.body, None)
    body = making.source + handed_over(runner, recipe.body)
    imports = (*recipe.imports, *making.imports)
    model = tuple(line for line in imports if not line.startswith(OURS))
    own = [line for line in imports if line.startswith(OURS)]
    if _calls_install(body):
        own.append(INSTALL)
    return _named(work, model, tuple(own), body, making)


def _calls_install(body: str) -> bool:
    nodes = ast.walk(ast.parse(body.replace("{work}", "work")))
    return any(isinstance(node, ast.Name) and node.id == "install" for node in nodes)


def _making(workload: Workload[Any, Any], runner: Runner) -> Making:
    for primitive in workload.primitives:
        reason = missing_reason(runner.info.kit, primitive)
        if reason:
            raise UsageError(f"'{workload.name}' needs a {primitive}, which '{runner.info.name}' lacks: {reason}")
    runner.shared = workload  # anything but None: the recipe is then for tasks that share something
    return making_of(workload, runner.new_kit(), backend=getattr(runner, "backend", "asyncio"))


def _named(
    work: Callable[..., Any], imports: tuple[str, ...], own: tuple[str, ...], body: str, making: Making | None
) -> _Code:
    """Put the name of the work into the body: its own, or another one where the rest uses that name too."""
    line, name = _import_of(work, taken=_names("\n".join((*imports, *own, body.replace("{work}", "work")))))
    return _Code(imports, (*own, line), body.replace("{work}", name), making)


def _import_of(found: Callable[..., Any], *, taken: set[str]) -> tuple[str, str]:
    """Return the line that imports a function or class, and the name by which it is then called."""
    outer, dot, rest = found.__qualname__.partition(".")
    if outer not in taken:
        return f"from {found.__module__} import {outer}", found.__qualname__
    return f"from {found.__module__} import {outer} as the_{outer}", f"the_{outer}{dot}{rest}"


def _names(source: str) -> set[str]:
    """Return the names that source code gives to anything: variables, arguments, functions, classes, imports."""
    names: set[str] = {"workload", "parts"}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add((other or name).partition(".")[0])
    return names


def _factory(cls: type[Workload[Any, Any]], *, taken: set[str]) -> tuple[str, str]:
    """Return the line that imports what is needed to make the workload, and an expression for its class.

    The class of a plain function is in no module; it is made again from the function.
    """
    if not issubclass(cls, FunctionWorkload) and _resolves(cls):
        return _import_of(cls, taken=taken)
    return (
        "from comparators.registry.catalogue import load_workload",
        f'load_workload("{cls.__module__}:{cls.__qualname__}")',
    )


def _resolves(cls: type[Workload[Any, Any]]) -> bool:
    """Tell whether a class is in its module by its own name."""
    return operator.attrgetter(cls.__qualname__)(sys.modules[cls.__module__]) is cls


def _source(model: Iterable[str], own: Iterable[str], body: str) -> str:
    """Join import lines, the model's before the work's, and the body."""
    blocks = ("\n".join(_merged(lines)) for lines in (model, own))
    return "\n\n".join(block for block in blocks if block) + "\n\n\n" + body


def _merged(lines: Iterable[str]) -> list[str]:
    """Sort import lines; names from one module share a line."""
    whole: set[str] = set()
    names: dict[str, set[str]] = {}
    for line in lines:
        module, found, name = line.removeprefix("from ").partition(" import ")
        if found:
            names.setdefault(module, set()).add(name)
        else:
            whole.add(line)
    return sorted(whole) + [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
