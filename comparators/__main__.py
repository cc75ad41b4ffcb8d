"""The command line as a module: `python -m comparators`."""

import os
import sys

if __name__ == "__main__":
    if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109  pathlib is not loaded yet, and is slow
        sys.path.append(sys.path.pop(0))  # a `json.py` in the current folder must not replace the standard library's

    from comparators.cli import main

    sys.exit(main())
