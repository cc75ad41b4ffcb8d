"""The work of a program: the function that does one task, and the items, imported or written out."""

from collections.abc import Callable
from typing import Any, NamedTuple

from comparators.recipes.written_out import written_out
from comparators.workload import Workload
from comparators.workloads.function import FunctionWorkload

__all__ = ["Work", "work_of"]

BUILT_IN = "comparators.workloads."


class Work(NamedTuple):
    """What a program does.

    Attributes:
        name: of the function that does one task.
        imports: import lines of the standard library and installed packages that `functions` need.
        own_imports: import lines of the work itself.
        functions: source of the function and of what it uses; empty where it is imported.
        items: expression for the list of tasks; empty where `setup` yields it.
        setup: expression for a context manager that yields a workload whose `tasks()` are the items; may be empty.
    """

    name: str
    imports: tuple[str, ...] = ()
    own_imports: tuple[str, ...] = ()
    functions: str = ""
    items: str = ""
    setup: str = ""


def work_of(workload: Workload[Any, Any], function: Callable[..., Any]) -> Work:
    """Return the source of a workload's function and items."""
    if isinstance(workload, FunctionWorkload):
        return _imported(workload, function)
    cls = type(workload)
    if cls.__module__.startswith(BUILT_IN) and cls.setup is Workload.setup:
        return Work(function.__name__, *written_out(workload, function))
    line = f"from {cls.__module__} import {cls.__qualname__}"  # it holds something while it runs, or is a plugin's
    parameters = ", ".join(f"{name}={value!r}" for name, value in vars(workload).items() if name in _given(workload))
    return Work(
        function.__name__,
        own_imports=(line, f"from {function.__module__} import {function.__name__}"),
        setup=f"{cls.__qualname__}({parameters}).setup()",
    )


def _given(workload: Workload[Any, Any]) -> set[str]:
    """Return the names of the parameters whose values are not the defaults."""
    from comparators.parameters import parameters_of

    declared = parameters_of(type(workload))
    return {one.name for one in declared if getattr(workload, one.name) != one.default}


def _imported(workload: FunctionWorkload, function: Callable[..., Any]) -> Work:
    module, name = function.__module__, workload.items
    made = callable(getattr(workload.module(), name))
    items = f"list({name}())" if made else f"list({name})"
    if workload.first:
        items += f"[:{workload.first}]"
    plain = name == "ITEMS" and not made and not workload.first
    lines = (f"from {module} import {function.__name__}", f"from {module} import {name}")
    if name == "ITEMS" and not plain:
        lines = (lines[0], f"from {module} import ITEMS as ALL_ITEMS")
        items = items.replace("ITEMS", "ALL_ITEMS")
    return Work(function.__name__, own_imports=lines, items="" if plain else items)
