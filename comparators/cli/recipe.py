"""`comparators recipe`: the code to copy, a complete program."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from comparators import pipeline
from comparators.cli import output
from comparators.cli.group import Command
from comparators.cli.options import read_by
from comparators.errors import OutputError, UnknownName, UsageError
from comparators.request import parsing

if TYPE_CHECKING:
    from comparators.verdict.analysis import Verdict

__all__ = ["recipe"]


@click.command(cls=Command)
@click.argument("directory", metavar="RUN", callback=read_by(parsing.folder))
@click.argument("workload", required=False)
@click.option("--output", "path", metavar="FILE", type=click.Path(path_type=Path), help="Write a file instead.")
def recipe(directory: Path, workload: str | None, path: Path | None) -> None:
    """Print the program that the run in the directory RUN recommends, ready to be run.

    Without WORKLOAD the run must have compared one workload only. A program for your own function imports it, so keep
    both files in one folder.

    \b
    Examples:
      comparators recipe out/get
      comparators recipe out/models sleep --output naps.py
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    run = pipeline.load_run(directory)
    for warning in run.warnings:
        output.warn(warning)
    verdict = _chosen(pipeline.analyse_run(run, directory).verdicts, workload, directory)
    if path is None:
        output.say(verdict.recipe.rstrip("\n"))
        return
    try:
        path.write_text(verdict.recipe, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror}") from error
    output.note(f"{path}: {verdict.workload} with {verdict.recipe_runner}")


def _chosen(verdicts: "tuple[Verdict, ...]", workload: str | None, directory: Path) -> "Verdict":
    """Return the verdict whose recipe is wanted; the warm one where a workload has two.

    Raises:
        UnknownName: the run has no such workload.
        UsageError: there is no recipe, or one of several was not chosen.
    """
    names = list(dict.fromkeys(one.workload for one in verdicts))
    if workload is not None and workload not in names:
        raise UnknownName("workload", workload, names, where=f"in '{directory}'")
    if workload is None and len(names) > 1:
        raise UsageError(
            f"'{directory}' has {len(names)} workloads",
            tip=f"name one: comparators recipe {directory} {names[0]}",
        )
    found = [one for one in verdicts if one.workload == (workload or one.workload) and one.recipe]
    if not found:
        raise UsageError(
            f"'{directory}' has no recipe" + (f" for '{workload}'" if workload else ""),
            tip="a recipe is recorded when a run has an answer; the same 'comparators run' command goes on with it",
        )
    return min(found, key=lambda one: one.phase != "warm")
