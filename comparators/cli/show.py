"""`comparators show`: the terminal summary again."""

import sys
from pathlib import Path

import click

from comparators import pipeline
from comparators.cli import output
from comparators.cli.group import Command

__all__ = ["show"]


@click.command(cls=Command)
@click.argument("directory", metavar="RUN", type=click.Path(path_type=Path))
def show(directory: Path) -> None:
    r"""Print the summary of the run in the directory RUN again, from its journal. Nothing is written.

    \b
    Example:
      comparators show reports/2026-11-23-laptop
    """
    from comparators.report.terminal import print_summary

    outcome = pipeline.open_run(directory)
    for warning in outcome.run.warnings:
        output.warn(warning)
    print_summary(outcome.run, outcome.verdicts, output.console(sys.stdout))
