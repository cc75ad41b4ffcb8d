"""The package as a whole: its public face, its order of imports, and the sizes of its parts."""

import ast
import subprocess
import sys
import types
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import comparators

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "comparators"
MODULES = sorted(PACKAGE.rglob("*.py"))

ORDER = (
    {"errors"},
    {"parameters"},
    {"interfaces"},
    {"supervision"},
    {"stats"},
    {"registry.object_references", "registry.entry_points"},
    {"runners"},
    {"coordination"},
    {"workloads"},
    {"registry"},
    {"sandbox"},
    {"request"},
    {"plan"},
    {"recipes"},
    {"testing"},
    {"worker"},
    {"journal"},
    {"campaign"},
    {"verdict"},
    {"coordination.not_measured"},
    {"coordination.costs", "coordination.mistakes"},
    {"coordination.tables"},
    {"verdict.analyse"},
    {"report"},
    {"doctor"},
    {"pipeline"},
    {"api"},
    {"cli"},
    {"__main__"},
)
"""Data flows one way: what stands in a line may import what stands in the lines above it, and itself.

A module with a line of its own is in another stage than the rest of its folder. How an object is named must be known to
the workload that wraps a function, before there is a catalogue of workloads. The second wing has two places: what its
workloads are made of, and, between the data of the analysis and the function that fills them, its tables.
"""
INTERFACES = {"workload", "runner"}
"""They name each other, for types only."""
RANKS = {name: rank for rank, names in enumerate(ORDER) for name in names}
PYPERF = {"worker", "campaign", "cli"}
"""Stages that may import pyperf: it takes the values, writes `results.json`, and is what `bench` offers."""
LINES_OF_A_FUNCTION = 50
"""Without signature and docstring: what a reader must keep in mind."""
LINES_OF_A_FILE = 350
HEAVY = (
    "anyio",
    "asyncio",
    "cattrs",
    "click",
    "concurrent.futures",
    "jinja2",
    "matplotlib",
    "multiprocessing",
    "numpy",
    "psutil",
    "pyperf",
    "rich",
    "scipy",
    "threadpoolctl",
    "trio",
)


def stage(module: str) -> str:
    """Return the stage of a dotted module name: `plan` of `comparators.plan.model`."""
    _, folder, *rest = module.split(".")
    part = f"{folder}.{rest[0]}" if rest else folder
    if folder in INTERFACES:
        return "interfaces"
    return part if part in RANKS else folder


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, *, types: bool = True) -> Iterator[str]:
    """Yield the dotted names of all modules that a file imports, wherever in the file; those for types if asked."""
    tree = parsed(path)
    guarded = {inner for node in ast.walk(tree) if not types and is_type_checking(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relative to its own place"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_type_checking(node: ast.AST) -> bool:
    """Say whether a node is `if TYPE_CHECKING`."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def test_all_is_what_is_public() -> None:
    held = {name: getattr(comparators, name) for name in dir(comparators) if not name.startswith("_")}
    public = {name for name, value in held.items() if not isinstance(value, types.ModuleType)}
    assert public - {"TYPE_CHECKING"} == set(comparators.__all__)
    assert comparators.__all__ == sorted(comparators.__all__)


def test_the_public_names_are_light() -> None:
    code = f"import sys; from comparators import *; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []


def test_what_can_be_compared_is_visible_at_the_top() -> None:
    link = ROOT / "workloads"
    assert link.is_symlink()
    assert link.readlink() == Path("comparators/workloads")
    assert link.resolve() == PACKAGE / "workloads"


def breaches(path: Path) -> Iterator[str]:
    """Yield what a module imports against the order of the stages."""
    name = module_name(path)
    if name == "comparators":
        return  # the face gathers what is public from wherever it is
    for imported in imports(path):
        if not imported.startswith("comparators.") or imported == "comparators.__version__":
            continue
        own, other = stage(name), stage(imported)
        if own in {"workloads", "runners"} and imported.removeprefix("comparators.") in comparators.__all__:
            continue  # written as a plugin first, then moved here, see CONTRIBUTING.md
        if other not in RANKS:
            yield f"{name} imports {imported}, which has no stage"
        elif other != own and RANKS[other] >= RANKS[own]:
            yield f"{name} imports {imported}, which is not of an earlier stage"


def test_a_module_imports_only_from_stages_before_its_own() -> None:
    assert [breach for path in MODULES for breach in breaches(path)] == []


def test_every_module_has_a_stage() -> None:
    assert {stage(module_name(path)) for path in MODULES if path != PACKAGE / "__init__.py"} <= set(RANKS)


def modules_imported() -> dict[str, set[str]]:
    """Return, by module, the modules of this package that it imports."""
    known = {module_name(path): path for path in MODULES}
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        found = (one if one in known else one.rpartition(".")[0] for one in imports(path, types=False))
        graph[name] = {one for one in found if one in known and one not in (name, "comparators")}
    return graph


def test_no_module_imports_itself_by_way_of_others() -> None:
    try:
        tuple(TopologicalSorter(modules_imported()).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_pyperf_is_behind_few_doors() -> None:
    users = {module_name(path) for path in MODULES for name in imports(path) if name.split(".")[0] == "pyperf"}
    assert {stage(user) for user in users} == PYPERF
    assert len(users) == len(PYPERF), "one module of each stage talks to pyperf"


def test_files_are_short() -> None:
    lengths = {module_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FILE} == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body without its docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_are_short() -> None:
    lengths = {
        f"{module_name(path)}.{node.name}": lines_of(node)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FUNCTION} == {}
