"""`comparators doctor`: is this host fit to measure on, and what is its noise."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from comparators.cli import output
from comparators.cli.group import Command

if TYPE_CHECKING:
    from comparators.doctor.model import Finding

__all__ = ["SCHEMA", "doctor"]

SCHEMA = 1
"""Version of the form of `--json`."""

WIDTH = 100
NAME_WIDTH = 14


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, the numbers included.")
def doctor(*, as_json: bool) -> None:
    """Look at this host, and measure its noise: is it fit to measure on? Takes about ten seconds.

    Each line has a grade: 'good', 'note' (worth knowing, or not visible here) or 'bad' (what is measured here
    misleads). Under it stands what that does to measurements, and a command to type where there is one. Nothing is
    changed, nothing is left behind.

    The exit code is 0 whatever is found. A script reads 'worst' of '--json'.

    \b
    Examples:
      comparators doctor
      comparators doctor --json
    """  # noqa: D301  to click, a backspace keeps the lines of a paragraph
    from comparators.doctor.examine import examine, this_system

    findings = []
    for finding in examine(this_system(), output.note):
        findings.append(finding)
        if not as_json:
            output.say("\n".join(_lines(finding)))
    output.say(_as_json(findings) if as_json else _summary(findings))


def _lines(finding: "Finding") -> Iterator[str]:
    """Yield the lines about a finding: grade, name and what was found, then what to do."""
    indent = " " * (6 + NAME_WIDTH)
    first = f"{finding.grade:<6}{finding.check:<{NAME_WIDTH}}"
    yield from _wrapped(finding.found, first, indent)
    if finding.advice:
        yield from _wrapped(finding.advice, indent, indent)
    if finding.command:
        yield f"{indent}$ {finding.command}"


def _wrapped(text: str, first: str, indent: str) -> list[str]:
    from comparators.report.escaping import one_line

    whole = one_line(text).replace(" %", "\u00a0%")  # a number stays with its sign
    lines = textwrap.wrap(whole, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines]


def _summary(findings: "Sequence[Finding]") -> str:
    bad, notes = ([one.check for one in findings if one.grade == grade] for grade in ("bad", "note"))
    if bad:
        return f"\nNot fit to measure on as it is: {', '.join(bad)}."
    return "\nFit to measure on." + (f" Worth knowing: {', '.join(notes)}." if notes else "")


def _as_json(findings: "Sequence[Finding]") -> str:
    import comparators
    from comparators.doctor.model import worst
    from comparators.plan.host import host_facts

    document = {
        "schema": SCHEMA,
        "package": comparators.__version__,
        "host": host_facts(),
        "worst": worst(findings),
        "checks": [asdict(finding) for finding in findings],
    }
    return json.dumps(document, indent=2, allow_nan=False)
