"""`comparators list`: what there is, what applies here, and why not. Loads nothing that measures or draws."""

from collections.abc import Iterable, Iterator

import click

from comparators.cli import output
from comparators.cli.group import Command
from comparators.cli.listing import LISTED_RUNNERS, LISTED_WORKLOADS
from comparators.plan.applicability import Needs, unavailable
from comparators.registry.entry_points import any_plugin
from comparators.registry.suites import SUITES as KNOWN_SUITES

__all__ = ["RUNNERS", "SUITES", "WORKLOADS", "columns", "list_", "say", "warn_all"]

WORKLOADS, RUNNERS, SUITES = "workloads", "runners", "suites"


@click.command("list", cls=Command)
@click.argument("what", metavar="[workloads|runners|suites|NAME]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, details included.")
def list_(what: str, *, as_json: bool) -> None:
    """Show workloads, runners and suites, and whether a runner applies here; with a NAME, its parameters and presets.

    \b
    Examples:
      comparators list
      comparators list runners
      comparators list integrate
      comparators list 'guarded[guard=queue]'
      comparators list coordination
      comparators list --json
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    if what in ("", WORKLOADS, RUNNERS, SUITES) and not as_json:
        say(_tables(what))
        return
    from comparators.cli.details import as_json as json_of
    from comparators.cli.details import choose, details

    chosen = choose(what)
    say([json_of(chosen)] if as_json else details(chosen))


def say(lines: Iterable[str]) -> None:
    """Print lines."""
    output.say("\n".join(lines))


def warn_all(warnings: Iterable[str]) -> None:
    """Print warnings."""
    for warning in warnings:
        output.warn(warning)


def columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Line up all columns but the last."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _tables(what: str) -> Iterator[str]:
    """Yield the tables; of this package's own classes none is imported."""
    if what in ("", WORKLOADS):
        yield "Workloads: name, nature, what it is"
        yield from columns([*LISTED_WORKLOADS, *_plugin_workloads()])
        yield ""
    if what in ("", RUNNERS):
        yield "Runners: name, workers, what it is"
        own = [(one.name, one.model, _summary(one, one.summary)) for one in LISTED_RUNNERS]
        yield from columns([*own, *_plugin_runners()])
        yield ""
    if what in ("", SUITES):
        yield "Suites: name, what its workloads have in common"
        yield from columns((suite.name, suite.summary) for suite in KNOWN_SUITES.values())
        yield ""
    yield "'comparators list NAME' shows parameters and presets, 'comparators run NAME' measures."


def _plugin_workloads() -> list[tuple[str, str, str]]:
    if not any_plugin("workload"):
        return []
    from comparators.registry.catalogue import all_workloads

    catalogue = all_workloads(plugins_only=True)
    warn_all(catalogue.warnings)
    return [(entry.name, cls.nature, cls.summary) for entry, cls in catalogue.classes]


def _plugin_runners() -> list[tuple[str, str, str]]:
    if not any_plugin("runner"):
        return []
    from comparators.registry.catalogue import all_runners

    catalogue = all_runners(plugins_only=True)
    warn_all(catalogue.warnings)
    return [(entry.name, cls.info.model, _summary(cls.info, cls.info.summary)) for entry, cls in catalogue.classes]


def _summary(needs: Needs, summary: str) -> str:
    reason = unavailable(needs)
    return f"not here: {reason}" if reason else summary
