"""Source of a built-in workload's function and tasks, with all that they use: plain code without this package."""

import ast
import builtins
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from comparators.workload import Workload

__all__ = ["written_out"]

PACKAGE = "comparators."
_NOTES = re.compile(r"  # (noqa|type: ignore).*")


def written_out(
    workload: Workload[Any, Any], function: Callable[..., Any]
) -> tuple[tuple[str, ...], tuple[str, ...], str, str]:
    """Return what a program needs to do the work.

    Returns:
        Import lines, no import lines of its own, source of the functions, and an expression for the list of tasks.
    """
    collected = _Collected()
    collected.add(inspect.getmodule(function), function.__name__)
    items = collected.add_tasks(workload)
    return tuple(collected.imports), (), collected.source(), items


class _Collected:
    """Definitions in the order in which they can be executed, each once, and the import lines that they need."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.sources: list[str] = []
        self._seen: set[tuple[str, str]] = set()

    def source(self) -> str:
        """Return all definitions; constants that follow each other stand together."""
        text = ""
        for source, following in pairwise([*self.sources, ""]):
            together = (
                "(" not in source.partition("=")[0] and "(" not in following.partition("=")[0] and "=" in following
            )
            text += source + ("\n" if together else "\n\n\n")
        return text

    def add(self, module: Any, name: str) -> None:
        """Add what a name of a module stands for, after what that uses itself."""
        key = module.__name__, name
        if key in self._seen or name in dir(builtins):
            return
        self._seen.add(key)
        source = inspect.getsource(module)
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._add_import(node, name)
            elif name in _defined_by(node):
                for used in _used_by(node):
                    self.add(module, used)
                self.sources.append(_NOTES.sub("", _lines(source, node)))

    def _add_import(self, node: ast.Import | ast.ImportFrom, name: str) -> None:
        for alias in node.names:
            if (alias.asname or alias.name) != name:
                continue
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
                self.add(importlib.import_module(str(node.module)), alias.name)
            else:
                self.imports[ast.unparse(type(node)(**{**vars(node), "names": [alias]}))] = None

    def add_tasks(self, workload: Workload[Any, Any]) -> str:
        """Add the workload's `tasks` with its parameters filled in; return the expression for the list of tasks."""
        module = inspect.getmodule(type(workload))
        method = _function_of(workload, "tasks")
        for used in _used_by(method):
            self.add(module, used)
        if len(method.body) == 1 and isinstance(method.body[0], ast.Return) and method.body[0].value is not None:
            return ast.unparse(method.body[0].value)
        self.sources.append(ast.unparse(method).replace("def tasks(", "def make_items("))
        return "make_items()"


def _function_of(workload: Workload[Any, Any], name: str) -> ast.FunctionDef:
    """Return a method as a function without `self`: parameters and properties are replaced by their values."""
    source = inspect.cleandoc("\n" + inspect.getsource(getattr(type(workload), name)))
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    if ast.get_docstring(function) is not None:
        del function.body[0]
    function.args.args, function.returns = function.args.args[1:], None
    filled: ast.FunctionDef = _FilledIn(workload).visit(function)
    return ast.fix_missing_locations(filled)


class _FilledIn(ast.NodeTransformer):
    """Puts values in the place of `self.NAME`."""

    def __init__(self, workload: Workload[Any, Any]) -> None:
        self._workload = workload

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace an attribute of `self`."""
        if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return self.generic_visit(node)
        return ast.parse(repr(getattr(self._workload, node.attr)), mode="eval").body


def _defined_by(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {found.id for target in targets for found in ast.walk(target) if isinstance(found, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _used_by(node: ast.AST) -> Iterator[str]:
    for found in ast.walk(node):
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load):
            yield found.id


def _lines(source: str, node: ast.stmt) -> str:
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
