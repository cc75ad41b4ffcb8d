"""`comparators show`: the answer again."""

import sys
from pathlib import Path

import click

from comparators import pipeline
from comparators.cli import output
from comparators.cli.group import Command
from comparators.cli.options import read_by
from comparators.request import parsing

__all__ = ["show"]


@click.command(cls=Command)
@click.argument("directory", metavar="RUN", callback=read_by(parsing.folder))
@click.option("-v", "--verbose", is_flag=True, help="Print APIs, worker counts, evidence and facts, too.")
def show(directory: Path, *, verbose: bool) -> None:
    """Print the answer of the run in the directory RUN again, from its journal. Nothing is written.

    \b
    Example:
      comparators show reports/2026-11-23-laptop
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    run = pipeline.load_run(directory)
    for warning in run.warnings:
        output.warn(warning)
    from comparators.report.terminal import print_summary  # after the input is known to be good

    print_summary(pipeline.analyse_run(run, directory), output.console(sys.stdout), verbose=verbose)
