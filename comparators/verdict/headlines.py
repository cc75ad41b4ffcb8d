"""The answer of a comparison in one or two sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparators.plan.names import BASELINE
from comparators.stats.interval import Interval
from comparators.verdict.model import Outcome, Standing, all_beat_serial
from comparators.verdict.sequential import FEWEST_BLOCKS
from comparators.verdict.text_format import (
    at_least,
    between,
    listing,
    named,
    percent,
    plural,
    ratio,
    ratio_of,
    round_up,
)

__all__ = ["Findings", "headline"]

CLEARLY = 1.05
"""A single sample of each side that says less than this says nothing about which is faster."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a headline is made from.

    Attributes:
        outcome: of the comparison.
        leaders: the winner, those that tie, or those still in the race; fastest first.
        second: the fastest runner that is not a leader; None if there is none.
        serial: standing of the baseline; None when it did not take part.
        lead: of the first leader over `second`.
        blocks, blocks_needed, margin, noise: of the verdict.
        ended: the run is over; False when it was cut off and can go on.
        failures: standings of runners that failed.
    """

    outcome: Outcome
    leaders: Sequence[Standing]
    second: Standing | None
    serial: Standing | None
    lead: Interval | None
    blocks: int
    blocks_needed: int | None
    margin: float
    ended: bool
    failures: Sequence[Standing]
    noise: float | None = None


def headline(found: Findings) -> str:
    """Say the outcome in words; a ratio always says how many times faster, never slower."""
    match found.outcome:
        case "win":
            return _serial_wins(found) if _is_serial(found.leaders[0]) else _win(found)
        case "tie":
            return _tie(found)
        case "unresolved":
            return _unresolved(found)
        case "none":
            return _none(found)
        case "not-reached":
            return "Not reached: the run ended before anything was measured here."


def _win(found: Findings) -> str:
    winner = found.leaders[0]
    claims = [_over_serial(winner, found.serial)]
    if found.second is not None and not _is_serial(found.second):
        claims.append(_over_second(found))
    return f"Use {_with_workers(winner)}{_colon(claims)}.{_below_margin(found)}"


def _serial_wins(found: Findings) -> str:
    if found.second is None:
        return "Nothing beats serial here: no other runner was measured."
    return f"Nothing beats serial here{_colon([_over_second(found)])}.{_below_margin(found)}"


def _tie(found: Findings) -> str:
    labels = [standing.runner.label for standing in found.leaders]
    names = listing(labels)
    within = f"{names} are within {percent(found.margin)} of each other"
    if any(map(_is_serial, found.leaders)):
        return f"Nothing beats serial by more than {percent(found.margin)} here: {within}."
    over = _over_serial(found.leaders[0], found.serial)
    return f"It does not matter: {within}{', ' + over if over else ''}."


def _unresolved(found: Findings) -> str:
    if not found.leaders:
        return "Not settled: every runner that raced failed."
    first = found.leaders[0]
    if not found.blocks:
        return _not_raced(found, first)
    labels = [standing.runner.label for standing in found.leaders]
    if len(labels) == 1:
        return f"Not settled: {named(labels[0])} is the only one left, after {plural(found.blocks, 'block')}."
    names, rest = listing(labels), f"{_ahead(found.leaders)}; {_blocks_to_go(found)}"
    gain = _gain_of_any(found)
    if gain:
        return f"Use any of {names}: {gain}. Not settled in {plural(found.blocks, 'block')} which is best{rest}."
    return f"Not settled: {names} could not be told apart in {plural(found.blocks, 'block')}{rest}."


def _ahead(leaders: Sequence[Standing]) -> str:
    """Say how far the first is ahead of the second, where its interval says that it is."""
    first, second = leaders[0], leaders[1]
    lead = second.to_winner
    if lead is None or lead.low is None or lead.low <= 1:
        return ""
    names = f"{named(first.runner.label)} is {ratio_of(lead)} times faster than {named(second.runner.label)}"
    return f"; {names} so far{between(lead)}"


def _gain_of_any(found: Findings) -> str:
    """Say what all the leaders gain over serial; nothing unless each of them surely gains something."""
    if not all_beat_serial(found.leaders):
        return ""
    gains = [standing.to_serial.ratio for standing in found.leaders if standing.to_serial is not None]
    least, most = ratio(min(gains)), ratio(max(gains))
    workers = {standing.cell.workers for standing in found.leaders if standing.cell is not None}
    with_workers = f" with {plural(workers.pop(), 'worker')}" if len(workers) == 1 else ""
    span = least if least == most else f"{least} to {most}"
    return f"{span} times faster than serial{with_workers}"


def _blocks_to_go(found: Findings) -> str:
    if found.blocks < FEWEST_BLOCKS:
        return "that is too few to judge by"
    if found.blocks_needed is None:
        return "far more would be needed"
    return f"about {plural(round_up(max(found.blocks + 1, found.blocks_needed)), 'block')} in all would settle it"


def _not_raced(found: Findings, first: Standing) -> str:
    gain = first.to_serial
    over = "" if gain is None or gain.ratio < CLEARLY else f", {_over_serial(first, found.serial)}"
    fastest = f"{_with_workers(first)} was the fastest in the pilot{over}"
    others = [one.runner.label for one in found.leaders[1:] if not (over and _is_serial(one))]
    if others:
        fastest += f"; {listing(others)} {'was' if len(others) == 1 else 'were'} not far behind and may be as fast"
    if found.ended:
        return f"Not raced: {fastest}."
    return f"Not settled, the run ended before the race: {fastest}."


def _none(found: Findings) -> str:
    if found.failures:
        first = found.failures[0]
        others = len(found.failures) - 1
        more = f", and {others} more" if others else ""
        return f"Nothing could be measured: {named(first.runner.label)} failed ({first.reason}){more}."
    return "Nothing could be measured: no runner applies here."


def _over_serial(standing: Standing, serial: Standing | None) -> str:
    if _is_serial(standing) or serial is None:
        return ""
    if standing.to_serial is not None:
        return f"{ratio_of(standing.to_serial)} times faster than serial{between(standing.to_serial)}"
    if serial.at_least is not None:
        return f"at least {at_least(serial.at_least)} times faster than serial, which was stopped there"
    return ""


def _over_second(found: Findings) -> str:
    if found.second is None:
        return ""
    name = named(found.second.runner.label)
    subject = "serial is " if _is_serial(found.leaders[0]) else ""
    if found.lead is not None:
        interval = between(found.lead) if subject else ""
        return f"{subject}{ratio_of(found.lead)} times faster than {name}{interval}"
    if found.second.at_least is not None:
        return f"{subject}at least {at_least(found.second.at_least)} times faster than {name}"
    return ""


def _below_margin(found: Findings) -> str:
    lead = found.lead
    if lead is None or lead.low is None or lead.low <= 1 or lead.ratio >= 1 + found.margin:
        return ""
    much = percent(lead.ratio - 1) if lead.ratio >= 1.001 else "less than 0.1 %"
    noise = ", this host's own noise" if found.noise is not None and found.noise >= found.margin else ""
    return f" The lead of {much} is certain but below the margin of {percent(found.margin)}{noise}."


def _with_workers(standing: Standing) -> str:
    if standing.cell is None or _is_serial(standing):
        return named(standing.runner.label)
    return f"{named(standing.runner.label)} with {plural(standing.cell.workers, 'worker')}"


def _colon(claims: Sequence[str]) -> str:
    said = [claim for claim in claims if claim]
    return ": " + ", ".join(said) if said else ""


def _is_serial(standing: Standing) -> bool:
    return standing.runner.name == BASELINE
