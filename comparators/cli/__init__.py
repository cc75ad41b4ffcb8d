"""The command line, one file per command."""

from comparators.cli.entry import main

__all__ = ["main"]
