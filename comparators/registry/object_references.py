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

__all__ = ["absolute_target", "folders", "import_target", "target_of"]


def import_target(target: str) -> object:
    """Import what a target names.

    Raises:
        UsageError: it is not a target, or the import failed; with the cause.
        UnknownName: the module has no such name.
    """
    from pathlib import Path  # here and below: `comparators list` needs neither it nor what it imports

    module_name, _, attribute = target.rpartition(":")
    if not module_name or not attribute:
        raise UsageError(f"'{target}' is not a target", tip="write 'package.module:NAME' or 'my_file.py:NAME'")
    if module_name == "__main__":
        raise UsageError(
            f"worker processes cannot import '{attribute}' from the program that is running",
            tip="put it into a file of its own, and name that",
        )
    try:
        found = _import_file(Path(module_name)) if module_name.endswith(".py") else import_module(module_name)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UsageError(f"cannot import '{module_name}': {reason}") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [name for name in vars(found) if not name.startswith("_")]
            raise UnknownName("name", attribute, names, where=f"in '{module_name}'")
        found = getattr(found, part)
    return found


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


def _import_file(path: "Path") -> object:
    """Import a file under its own name, so that worker processes, which inherit `sys.path`, find it by that name."""
    from pathlib import Path

    path = path.resolve()
    if not path.is_file():
        raise UsageError(f"no file '{path}'")
    if "." in path.stem:
        raise ImportError("the name of a module has no dots; rename the file")
    loaded = getattr(sys.modules.get(path.stem), "__file__", None)
    if loaded is not None and Path(loaded).resolve() == path:
        return sys.modules[path.stem]
    _search_in(path.parent)
    spec = importlib.util.find_spec(path.stem)
    if spec is None or spec.origin is None or Path(spec.origin).resolve() != path:
        raise ImportError(f"another module is called '{path.stem}' too; rename the file")
    return import_module(path.stem)


def folders() -> list[str]:
    """Return where modules are looked for; `sys.path` may also hold what Python passes over, such as a `Path`."""
    entries: list[object] = [*sys.path]
    return [one for one in entries if isinstance(one, str)]


def _search_in(folder: "Path") -> None:
    """Make a folder importable, after all others: a `json.py` in it must not replace the standard library's."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()  # the file may be younger than Python's idea of the folder
