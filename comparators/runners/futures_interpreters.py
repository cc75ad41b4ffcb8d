"""`concurrent.futures.InterpreterPoolExecutor`: threads with an interpreter, and a GIL, of their own."""

import pickle
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comparators.runner import Recipe, RunnerInfo
from comparators.runners._support.executors import ExecutorRunner

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["FuturesInterpreters"]

_CALL = """
import pickle
function, arguments = pickle.loads({pickled})
function(*arguments)
"""


@dataclass(kw_only=True, eq=False)
class FuturesInterpreters(ExecutorRunner):
    """`InterpreterPoolExecutor.map`."""

    info = RunnerInfo(
        name="futures-interpreters",
        model="interpreters",
        summary="concurrent.futures.InterpreterPoolExecutor.map",
        api="InterpreterPoolExecutor({workers})",
        simplicity=0,
        pickles=True,
        initializer=True,
        python=(3, 14),
        imports=("concurrent.futures.interpreter",),
    )

    def _new(self) -> "Executor":
        from concurrent.futures import InterpreterPoolExecutor  # type: ignore[attr-defined]  # checked as Python 3.11

        # An interpreter begins with the sys.path that the program began with: without folders added since then.
        script = f"import sys; sys.path[:] = {sys.path!r}"
        if self.initializer is not None:
            script += _CALL.replace("{pickled}", repr(pickle.dumps(self.initializer)))
        executor: Executor = InterpreterPoolExecutor(self.workers, initializer=exec, initargs=(script,))
        return executor

    def recipe(self) -> Recipe:
        """Return an executor and its `map`."""
        imports = ("from concurrent.futures import InterpreterPoolExecutor",)
        pool = f"InterpreterPoolExecutor({self.workers}) as pool"
        return Recipe(imports, "", pool, "list(pool.map({work}, items))")
