"""How a recipe makes what the tasks share, and hands it to workers of its own process."""

import textwrap
from dataclasses import dataclass
from typing import Any

from comparators.coordination.kit import Kit
from comparators.recipes.sketch import Sketch, Unwritable, sketch
from comparators.runner import Runner
from comparators.workload import Workload

__all__ = ["INSTALL", "Making", "handed_over", "making_of"]

INSTALL = "from comparators.coordination.kit import install"
"""A task gets what is shared from `comparators.coordination.kit.shared`; this puts it there."""


@dataclass(frozen=True, slots=True)
class Making:
    """Source that makes what is shared.

    Attributes:
        imports: import lines that it needs.
        source: of `make_shared`, and of what that calls; or why there is none, as a comment.
        call: how a program calls it; empty where there is none.
        call_imports: import lines that the call needs.
    """

    imports: tuple[str, ...]
    source: str
    call: str
    call_imports: tuple[str, ...] = ()


def making_of(workload: Workload[Any, Any], kit: Kit, *, backend: str) -> Making:
    """Write the function that makes what is shared from a model's own primitives.

    Args:
        workload: whose tasks share it.
        kit: the model's.
        backend: of anyio, whose primitives are made inside an event loop.
    """
    try:
        drawn = sketch(workload, kit)
    except Unwritable as reason:
        words = (
            f"No plain code for what the tasks share: {reason}. `{type(workload).__qualname__}.make_shared` makes it, "
            f"from the primitives of {kit.model}; give it to `run` as `shared`."
        )
        return Making(
            (), "\n".join(textwrap.wrap(words, 88, initial_indent="# ", subsequent_indent="# ")) + "\n\n\n", ""
        )
    within_loop = any("anyio" in line for line in drawn.imports)
    source = _function(workload, drawn, "async def" if within_loop else "def")
    if not within_loop:
        return Making(drawn.imports, source, "make_shared()")
    chosen = "" if backend == "asyncio" else f', backend="{backend}"'
    return Making(drawn.imports, source, f"anyio.run(make_shared{chosen})", ("import anyio",))


def _function(workload: Workload[Any, Any], drawn: Sketch, keyword: str) -> str:
    begins = type(workload).reset is not Workload.reset
    note = f"    # before each use, {type(workload).__qualname__}(...).reset(shared) brings it to its beginning\n"
    body = textwrap.indent("\n".join(drawn.lines), "    ")
    return (
        "".join(f"{helper}\n\n" for helper in drawn.helpers)
        + f"{keyword} make_shared():\n{note if begins else ''}{body}\n\n\n"
    )


def handed_over(runner: Runner, body: str) -> str:
    """Let `run` of a recipe hand over what is shared, where its workers live in its own process."""
    if "def run(tasks, shared):" in body or runner.info.model in {"processes", "interpreters"}:
        return body
    return body.replace(
        "def run(tasks):\n", "def run(tasks, shared):\n    install(shared)  # where {work} looks for it\n"
    )
