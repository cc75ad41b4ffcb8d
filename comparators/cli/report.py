"""`comparators report`: every derived file of a run, drawn again from its journal."""

from pathlib import Path

import click

from comparators import pipeline
from comparators.cli import output
from comparators.cli.group import Command
from comparators.cli.options import read_by
from comparators.request import parsing

__all__ = ["report"]


@click.command(cls=Command)
@click.argument("directory", metavar="RUN", callback=read_by(parsing.folder))
def report(directory: Path) -> None:
    """Draw every derived file of the run in the directory RUN again: results, verdicts, summary, report, figures.

    The journal is only read. Use it after an update of comparators, or when a file is lost.

    \b
    Example:
      comparators report reports/2026-11-23-laptop
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    run = pipeline.load_run(directory)
    for warning in run.warnings:
        output.warn(warning)
    for path in pipeline.write_reports(run, pipeline.analyse_run(run, directory), directory):
        output.say(str(path))
