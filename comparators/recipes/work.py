"""The work of a program: the function that does one task, and the items, imported or written out."""

from typing import Any, NamedTuple

from comparators.recipes.own_work import own_work
from comparators.recipes.written_out import written_out
from comparators.workload import Workload
from comparators.workloads.function import Form, FunctionWorkload

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


def work_of(workload: Workload[Any, Any], *, asynchronous: bool) -> Work:
    """Return the source of a workload's function, in one of its forms, and of its items."""
    if isinstance(workload, FunctionWorkload):
        return _imported(workload, "work_async" if asynchronous else "work")
    cls = type(workload)
    function: Any = cls.work_async if asynchronous else cls.work
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


def _imported(workload: FunctionWorkload, form: Form) -> Work:
    called, name = own_work(workload, form), workload.items
    module = called.module
    made = callable(getattr(workload.module, name))
    plain = name == "ITEMS" and not made and not workload.first
    source = "ALL_ITEMS" if name == "ITEMS" and not plain else name
    items = f"{source}()" if made else source
    items = f"list(islice({items}, {workload.first}))" if workload.first else f"list({items})"
    return Work(
        called.call,
        imports=(*called.imports, *(("from itertools import islice",) if workload.first else ())),
        own_imports=(
            *(f"from {module} import {one}" for one in called.names),
            f"from {module} import {name}" + (f" as {source}" if source != name else ""),
        ),
        functions=called.helper,
        items="" if plain else items,
    )
