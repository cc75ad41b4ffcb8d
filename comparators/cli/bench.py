"""`comparators bench`: one cell as an ordinary pyperf script."""

import click

from comparators.cli.bench_script import script
from comparators.cli.group import Passthrough

__all__ = ["bench"]


@click.command(cls=Passthrough)
@click.argument("arguments", nargs=-1)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure one cell with pyperf; its parser knows all options, ours and pyperf's."""
    script(arguments)
