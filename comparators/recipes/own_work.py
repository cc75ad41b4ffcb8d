"""How a recipe calls a person's own function: as it is, unpacking its items, with what a set-up made per worker."""

import inspect
from dataclasses import dataclass

from comparators.registry.object_references import look_up
from comparators.workload import is_coroutine_function
from comparators.workloads._support.own.calls import Fit, fit
from comparators.workloads._support.own.setups import SetUp
from comparators.workloads.function import Form, FunctionWorkload

__all__ = ["OwnWork", "own_work"]


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Source that calls the function for one item.

    Attributes:
        module: where the function is.
        names: what is imported from it.
        imports: import lines that the helper needs.
        helper: source of `do_item(item)`; empty where the function takes the item as it is.
        call: what the recipe calls.
    """

    module: str
    names: tuple[str, ...]
    imports: tuple[str, ...]
    helper: str
    call: str


def own_work(workload: FunctionWorkload, form: Form) -> OwnWork:
    """Return how a recipe calls a form of the function."""
    function, root = workload.forms[form], workload.names[form].partition(".")[0]
    name = _expression(workload, workload.names[form])
    setup = workload.setup_used()
    assert function is not None
    found = fit(function, workload.tasks()[0], star=workload.star, with_setup=setup is not None) or Fit("one")
    if setup is None and found.style == "one":
        return OwnWork(workload.module.__name__, (root,), (), "", name)
    waits = is_coroutine_function(function)
    item = {"one": "item", "unpacked": "*item", "keywords": "**item"}[found.style]
    begin, call = ("async def", f"await {name}") if waits else ("def", name)
    if setup is None:
        helper = f"{begin} do_item(item):\n    return {call}({item})\n\n\n"
        return OwnWork(workload.module.__name__, (root,), (), helper, "do_item")
    imports, lines, made = _setting_up(setup)
    passed = "" if found.takes_setup == "no" else f", {made}"
    if isinstance(found.takes_setup, tuple):
        passed = f", {found.takes_setup[0]}={made}"
    body = "".join(f"    {line}\n" for line in (*lines, f"return {call}({item}{passed})"))
    kept = "kept, guard = {}, asyncio.Lock()" if setup.asynchronous else "worker = threading.local()"
    helper = f"{kept}\n\n\n{begin} do_item(item):\n{body}\n\n"
    return OwnWork(workload.module.__name__, (root, setup.name.partition(".")[0]), imports, helper, "do_item")


def _setting_up(setup: SetUp) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return import lines, lines that run the set-up where there is none yet, and an expression for what it made."""
    function = setup.function()
    plain = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    inner = inspect.unwrap(function)
    if setup.asynchronous:
        entered = isinstance(function, type) or inspect.isasyncgenfunction(inner)
        made = f"asynccontextmanager({setup.name})()" if plain else f"{setup.name}()"
        made = f"await {made}.__aenter__()" if entered else f"await {made}"
        lines = ["async with guard:  # once per event loop", "    if not kept:", f'        kept["made"] = {made}']
        helpers = ("from contextlib import asynccontextmanager",) if plain else ()
        return ("import asyncio", *helpers), tuple(lines), 'kept["made"]'
    entered = isinstance(function, type) or inspect.isgeneratorfunction(inner)
    made = f"contextmanager({setup.name})()" if plain else f"{setup.name}()"
    made = f"ExitStack().enter_context({made})" if entered else made
    names = [name for name, used in (("ExitStack", entered), ("contextmanager", plain)) if used]
    helpers = (f"from contextlib import {', '.join(names)}",) if names else ()
    lines = ['if not hasattr(worker, "made"):  # once per worker', f"    worker.made = {made}"]
    return ("import threading", *helpers), tuple(lines), "worker.made"


def _expression(workload: FunctionWorkload, name: str) -> str:
    """Return the name of the function, with an instance made where its class must be called first."""
    if isinstance(look_up(workload.module, name), type):
        return f"{name}()"
    owner, _, method = name.rpartition(".")
    bound = workload.owner is not None and not isinstance(workload.tasks()[0], workload.owner)
    return f"{owner}().{method}" if bound else name
