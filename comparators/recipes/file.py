"""Complete programs: imports, items, the function, the workers, and the results in order, with a printed time."""

import ast
import builtins
import re
import textwrap
from collections.abc import Iterable
from typing import Any

from comparators.errors import UsageError
from comparators.plan.model import RunnerSpec, WorkloadSpec
from comparators.recipes.work import Work, work_of
from comparators.registry.catalogue import load_runner, load_workload
from comparators.runner import Recipe
from comparators.workload import Phase, Workload

__all__ = ["assemble", "recipe_file"]

OWN_NAMES = frozenset({"items", "main", "results", "seconds", "begun", "pool", "time", "workload", *dir(builtins)})
"""Names that a program uses beside those of its recipe."""


def recipe_file(workload: WorkloadSpec, runner: RunnerSpec, workers: int, phase: Phase = "warm") -> str:
    """Return a program that does a workload's tasks with a runner's model.

    It uses the model's own library, never this package's runners or clocks. A person's own function is imported from
    its file, which the program must stand beside; a built-in workload is written out. Errors of a task reach the caller
    as they are, results come in the order of the items. The pool stays open outside the clock when warm.

    Args:
        workload: which work, with all its parameters.
        runner: which model, with its parameters.
        workers: how many tasks may be in progress at once.
        phase: warm keeps the start of the workers out of the printed time, cold includes it.

    Raises:
        UsageError: the workload or runner cannot be loaded, or the runner needs a coroutine function and the workload
            has none.
    """
    made = load_workload(workload.target)(**dict(workload.parameters)).calibrate()
    cls = load_runner(runner.target)
    function = made.work_async if cls.info.asynchronous else made.work
    if function is None:
        raise UsageError(f"'{workload.name}' has no coroutine form for '{runner.name}'")
    if not made.independent:
        return _in_words(made)
    recipe = cls(work=function, tasks=made.tasks(), workers=workers, **dict(runner.parameters)).recipe()
    title = f"{made.name} with {cls.info.written(workers)}. Written by comparators."
    return assemble(title, work_of(made, asynchronous=cls.info.asynchronous), recipe, phase)


def _in_words(workload: Workload[Any, Any]) -> str:
    """Say how to write what has no generated program: tasks that share something or need each other."""
    text = (
        f"The tasks of '{workload.name}' share something or need each other, so the code depends on what that is: make "
        f"it from the model's own primitives and give it to every worker when it starts, by an initializer or as an "
        f"argument. {type(workload).__module__} shows the tasks."
    )
    return textwrap.fill(text, 88, initial_indent="# ", subsequent_indent="# ") + "\n"


def assemble(title: str, work: Work, recipe: Recipe, phase: Phase = "warm") -> str:
    """Put the parts of a program together.

    Args:
        title: what it does, one line.
        work: the function and its items.
        recipe: how the model is used.
        phase: see `recipe_file`.
    """
    work = _without_clash(work, recipe)
    functions, pool, call = (part.replace("{work}", work.name) for part in (recipe.functions, recipe.pool, recipe.call))
    blocks = [
        f'"""{title}"""',
        _imports({"import time", *recipe.imports, *work.imports}, work.own_imports),
        f"ITEMS = {work.items}" if work.items and not work.functions else "",
    ]
    head = "\n\n".join(filter(None, blocks))
    body = [work.functions, f"ITEMS = {work.items}" if work.items and work.functions else "", functions]
    body += [_main(pool, call, phase), _ending(work)]
    return "\n\n\n".join([head, *(part.strip("\n") for part in body if part)]) + "\n"


def _main(pool: str, call: str, phase: Phase) -> str:
    clocked = ["begun = time.perf_counter()", f"results = {call}", "seconds = time.perf_counter() - begun"]
    if pool and phase == "warm":
        lines = ["# keep it open as long as there is work: starting the workers takes time", f"with {pool}:"]
        lines += [f"    {line}" for line in clocked]
    elif pool:
        lines = [clocked[0], f"with {pool}:", f"    {clocked[1]}", clocked[2]]
    else:
        lines = clocked
    lines += ['print(f"{len(results)} results in {seconds:.3g} s")', "return results"]
    return "def main(items):\n" + textwrap.indent("\n".join(lines), "    ")


def _ending(work: Work) -> str:
    if not work.setup:
        return 'if __name__ == "__main__":\n    results = main(ITEMS)'
    return f'if __name__ == "__main__":\n    with {work.setup} as workload:\n        results = main(workload.tasks())'


def _without_clash(work: Work, recipe: Recipe) -> Work:
    """Import by another name what the program itself uses the name of."""
    taken = _names("\n".join([*recipe.imports, recipe.functions.replace("{work}", "work")])) | OWN_NAMES
    lines = []
    for line in work.own_imports:
        name = line.rpartition(" ")[2]
        other = f"{name}_of_mine" if name in taken else name
        if other != name:
            called, functions, items, setup = (
                re.sub(rf"\b{name}\b", other, part) for part in (work.name, work.functions, work.items, work.setup)
            )
            work = work._replace(name=called, functions=functions, items=items, setup=setup)
        lines.append(line if other == name else f"{line} as {other}")
    return work._replace(own_imports=tuple(lines))


def _names(source: str) -> set[str]:
    """Return the names that source code gives to anything: variables, arguments, functions, classes, imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add((other or name).partition(".")[0])
    return names


def _imports(model: Iterable[str], own: Iterable[str]) -> str:
    return "\n\n".join(filter(None, ("\n".join(_merged(lines)) for lines in (model, own))))


def _merged(lines: Iterable[str]) -> list[str]:
    """Sort import lines; names from one module share a line."""
    whole: set[str] = set()
    names: dict[str, set[str]] = {}
    for line in lines:
        module, found, name = line.removeprefix("from ").partition(" import ")
        if found:
            names.setdefault(module, set()).update(name.split(", "))
        else:
            whole.add(line)
    return sorted(whole) + [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
