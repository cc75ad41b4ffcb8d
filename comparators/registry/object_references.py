"""Targets: text that says where a class or function is, and travels to worker processes.

`package.module:Class` for what is installed, `/path/to/file.py:function` for a file of one's own.
"""

import importlib
import importlib.util
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from comparators.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

__all__ = ["absolute_target", "folders", "import_module_of", "import_target", "look_up", "target_of"]

LONGEST_REASON = 300
"""Characters of an exception's text that an error message quotes."""


def import_target(target: str) -> object:
    """Import what a target names.

    Raises:
        UsageError: it is not a target, or the import failed; with the cause.
        UnknownName: the module has no such name.
    """
    module, attribute = import_module_of(target)
    return look_up(module, attribute, within=target.rpartition(":")[0])


def import_module_of(target: str) -> "tuple[ModuleType, str]":
    """Import the module of a target; return it and the rest: a name, or two joined by `+`.

    Raises:
        UsageError: it is not a target, or the import failed; with the cause.
    """
    from pathlib import Path  # here and below: `comparators list` needs neither it nor what it imports

    module_name, _, attribute = target.rpartition(":")
    if not module_name or not attribute:
        raise UsageError(f"'{target:.80}' is not a target", tip="write 'package.module:NAME' or 'my_file.py:NAME'")
    if module_name == "__main__":
        raise UsageError(
            f"worker processes cannot import '{attribute}' from the program that is running",
            tip="put it into a file of its own, and name that",
        )
    try:
        module = _import_file(Path(module_name)) if module_name.endswith(".py") else import_module(module_name)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error!s:.{LONGEST_REASON}}".splitlines()[0]
        raise UsageError(f"cannot import '{module_name}': {reason}", tip=_tip_for(error, module_name)) from error
    return module, attribute


def look_up(module: "ModuleType", attribute: str, *, within: str = "") -> object:
    """Return what a module has by a name, with dots for what is within it.

    Args:
        module: where to look.
        attribute: the name.
        within: what messages call the module.

    Raises:
        UnknownName: it has no such name.
    """
    found: object = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [name for name in vars(module) if not name.startswith("_")]
            raise UnknownName("name", attribute, names, where=f"in '{within or module.__name__}'")
        found = getattr(found, part)
    return found


def _tip_for(error: BaseException, module_name: str) -> str | None:
    if "relative import" in str(error) and module_name.endswith(".py"):
        return "put an '__init__.py' into each folder of its package, or name the module: 'package.module:NAME'"
    return None


def absolute_target(target: str) -> str:
    """Return a target that holds in any folder; modules in the current folder become importable, after all others."""
    from pathlib import Path

    module_name, _, attribute = target.rpartition(":")
    if module_name.endswith(".py"):
        return f"{Path(module_name).resolve()}:{attribute}"
    _search_in(Path.cwd())
    return target


def target_of(found: type | object) -> str:
    """Return the target of a module-level class or function; the running script is named by its file.

    Raises:
        UsageError: other processes could not import it.
    """
    name = getattr(found, "__qualname__", "")
    module_name = getattr(found, "__module__", "")
    if not name or not module_name:
        raise UsageError(f"{found!r:.80} is neither a class nor a function")
    if "<" in name:
        raise UsageError(
            f"'{name}' cannot be imported by worker processes",
            tip="define it at the top level of a module, with a name of its own",
        )
    from pathlib import Path

    if module_name != "__main__":
        return f"{module_name}:{name}"
    file = getattr(sys.modules["__main__"], "__file__", None)
    if file is None or not file.endswith(".py"):
        raise UsageError(
            f"'{name}' exists in this interactive session only; worker processes cannot import it",
            tip="put it into a file, and import it from there",
        )
    return f"{Path(file).resolve()}:{name}"


def _import_file(path: "Path") -> "ModuleType":
    """Import a file by the name that other modules import it by, so that worker processes find it by that name.

    A file in a package is imported as a part of the package: its relative imports work.
    """
    from pathlib import Path

    path = path.resolve()
    if not path.is_file():
        raise UsageError(f"no file '{path}'")
    root, name = _place_of(path)
    loaded = getattr(sys.modules.get(name), "__file__", None)
    if loaded is not None and Path(loaded).resolve() == path:
        return sys.modules[name]
    _search_in(root)
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or Path(spec.origin).resolve() != path:
        raise ImportError(f"another module is called '{name}' too; rename the file")
    return import_module(name)


def _place_of(path: "Path") -> "tuple[Path, str]":
    """Return the folder to search, above all packages, and the name of a file's module, with its packages."""
    parts = [] if path.name == "__init__.py" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name:
        parts.insert(0, folder.name)
        folder = folder.parent
    if any("." in part for part in parts):
        raise ImportError("the name of a module has no dots; rename the file")
    return folder, ".".join(parts)


def folders() -> list[str]:
    """Return where modules are looked for; `sys.path` may also hold what Python passes over, such as a `Path`."""
    entries: list[object] = [*sys.path]
    return [one for one in entries if isinstance(one, str)]


def _search_in(folder: "Path") -> None:
    """Make a folder importable, after all others: a `json.py` in it must not replace the standard library's."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()  # the file may be younger than Python's idea of the folder
