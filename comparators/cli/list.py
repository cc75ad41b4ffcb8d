"""`comparators list`: what there is, what applies here, and why not. Loads nothing that measures or draws."""

from collections.abc import Iterable, Iterator

import click

from comparators.cli import output
from comparators.cli.group import Command
from comparators.cli.options import RUNNERS, SUITES, WORKLOADS
from comparators.cli.output import columns, warn_all
from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS as KNOWN_RUNNERS
from comparators.registry.built_in import WORKLOADS as KNOWN_WORKLOADS
from comparators.registry.entry_points import Kind, any_plugin
from comparators.registry.suites import SUITES as KNOWN_SUITES

__all__ = ["list_", "say"]


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


def _tables(what: str) -> Iterator[str]:
    """Yield the tables; no class is imported, those of plugins are described by a child."""
    workloads, runners = _plugins(what)
    if what in ("", WORKLOADS):
        yield "Workloads: name, kind of work, what it is"
        yield from columns([*((one.name, one.work, one.summary) for one in KNOWN_WORKLOADS), *workloads])
        yield ""
    if what in ("", RUNNERS):
        yield "Runners: name, model, what it is"
        own = [(one.name, one.model, _summary(unavailable(one), one.summary)) for one in KNOWN_RUNNERS]
        yield from columns([*own, *runners])
        yield ""
    if what in ("", SUITES):
        yield "Suites: name, what its workloads have in common"
        yield from columns((suite.name, suite.summary) for suite in KNOWN_SUITES.values())
        yield ""
    yield "'comparators list NAME' shows parameters and presets, 'comparators run NAME' measures."


def _plugins(what: str) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Return the rows of plugins: workloads, runners."""
    kinds: tuple[Kind, ...] = ("workload", "runner")
    wanted = tuple(kind for kind in kinds if what in ("", f"{kind}s") and any_plugin(kind))
    if not wanted:
        return [], []
    from comparators.sandbox.descriptions import described_plugins

    listed = described_plugins(wanted)
    warn_all(listed.warnings)
    rows: dict[Kind, list[tuple[str, str, str]]] = {"workload": [], "runner": []}
    for one in listed.descriptions:
        rows[one.kind].append((one.name, one.work, _summary(one.unavailable, one.summary)))
    return rows["workload"], rows["runner"]


def _summary(reason: str | None, summary: str) -> str:
    return f"not here: {reason}" if reason else summary
