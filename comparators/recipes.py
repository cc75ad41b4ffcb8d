"""Code to copy: a runner's recipe for one workload, as a snippet and as a script that checks its own result."""

import ast
import operator
import sys
from collections.abc import Callable, Iterable
from typing import Any

from comparators.errors import UsageError
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.registry import load_runner, load_workload
from comparators.workload import Workload

__all__ = ["script", "snippet"]


def snippet(workload: WorkloadSpec, runner: RunnerSpec, workers: int) -> str:
    """Return source code that does a workload's tasks with a runner's model: imports and `def run(tasks)`.

    It uses neither this package's runners nor its clocks, only the model's own library and the work itself, which
    it imports by its real module and name. A function from a file of one's own is imported as `from file import
    name`. Where the work has a name that the recipe uses too, it is imported under another one.

    Args:
        workload: which work, with all its parameters: the number of tasks can change the code.
        runner: which model, with its parameters.
        workers: how many tasks may be in progress at once.

    Raises:
        UsageError: the workload or runner cannot be loaded, the runner needs a coroutine function and the
            workload has none, or its tasks share primitives, which plain tasks cannot.
    """
    model, own, body = _parts(_made(workload), runner, workers)
    return _source(model, [own], body)


def script(workload: WorkloadSpec, runner: RunnerSpec, workers: int) -> str:
    """Return `snippet` as a program: it makes the tasks, does them, verifies the result and prints a line.

    A workload from a file of one's own needs the program in the same folder.

    Raises:
        UsageError: as for `snippet`.
    """
    made = _made(workload)
    model, own, body = _parts(made, runner, workers)
    imported, factory = _factory(type(made), taken=_names(body))
    arguments = ", ".join(f"{name}={value!r}" for name, value in workload.parameters)
    main = f"""

if __name__ == "__main__":
    with {factory}({arguments}).opened() as workload:
        parts = run(workload.tasks())
        workload.verify(workload.combine(parts))
        print(f"verified: {{len(parts)}} tasks")
"""
    return _source(model, [own, imported], body) + main


def _made(spec: WorkloadSpec) -> Workload[Any, Any]:
    return load_workload(spec.target)(**dict(spec.parameters))


def _parts(workload: Workload[Any, Any], spec: RunnerSpec, workers: int) -> tuple[tuple[str, ...], str, str]:
    """Return the model's import lines, the one of the work, and the body, in which the work has its name."""
    if workload.primitives:
        raise UsageError(
            f"'{workload.name}' has no recipe: its tasks share {', '.join(workload.primitives)}",
            tip="its source shows how they use them",
        )
    runner_class = load_runner(spec.target)
    work = workload.work_async if runner_class.info.asynchronous else workload.work
    if work is None:
        raise UsageError(f"'{workload.name}' has no coroutine form for '{spec.name}'")
    runner = runner_class(work=work, tasks=workload.tasks(), workers=workers, **dict(spec.parameters))
    recipe = runner.recipe()
    model = "\n".join(recipe.imports)
    line, name = _import_of(work, taken=_names(f"{model}\n{recipe.body.replace('{work}', 'work')}"))
    return recipe.imports, line, recipe.body.replace("{work}", name)


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
    if _resolves(cls):
        return _import_of(cls, taken=taken)
    return "from comparators.registry import load_workload", f'load_workload("{cls.__module__}:{cls.__qualname__}")'


def _resolves(cls: type[Workload[Any, Any]]) -> bool:
    """Tell whether a class is in its module by its own name."""
    return operator.attrgetter(cls.__qualname__)(sys.modules[cls.__module__]) is cls


def _source(model: Iterable[str], own: Iterable[str], body: str) -> str:
    """Join import lines, the model's before the work's, and the body."""
    blocks = ("\n".join(lines) for lines in (model, sorted(own)))
    return "\n\n".join(block for block in blocks if block) + "\n\n\n" + body
