"""The child of the sandbox: answers one question and ends at once.

    python -P -m comparators.sandbox.child TASK RESULT

TASK is a file of JSON, see `Sandbox`; RESULT is the file that gets the answer, whole or not at all. What third-party
code prints goes to the supervisor's file. Its threads cannot keep the process. The supervisor ends what it starts.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["LONGEST_MESSAGE", "main", "one_line"]

LONGEST_MESSAGE = 1_000
"""Characters of an exception's text that leave the child; it may quote all its data."""


def main() -> None:
    """Answer the question of the task."""
    task, result = sys.argv[1:]
    asked: dict[str, Any] = json.loads(Path(task).read_text(encoding="utf-8"))
    sys.path[:] = asked["path"]
    from comparators.sandbox.answers import LARGEST_ANSWER
    from comparators.sandbox.blame import record_to
    from comparators.sandbox.processes import forbid_processes

    record_to(asked["record"])
    forbid_processes()
    module, _, name = asked["question"].partition(":")
    answer = json.dumps(getattr(import_module(module), name)(asked["argument"]))
    if len(answer) > LARGEST_ANSWER:
        answer = json.dumps({"too_large": len(answer)})
    aside = Path(result + ".new")
    aside.write_text(answer, encoding="utf-8", errors="backslashreplace")
    aside.replace(result)
    os._exit(0)


def one_line(error: BaseException) -> str:
    """Return an exception in one line of limited length, with the place where it was raised."""
    from traceback import extract_tb

    last = extract_tb(error.__traceback__)[-1]
    try:
        text = str(error)[:LONGEST_MESSAGE]
    except Exception as broken:  # noqa: BLE001  its own code writes the text
        text = f"(its text cannot be had: {type(broken).__name__})"
    first = f"{type(error).__name__}: {text}".splitlines()[0]
    return f"{first}, in '{last.name}' ({Path(last.filename).name}, line {last.lineno})"


if __name__ == "__main__":
    main()
