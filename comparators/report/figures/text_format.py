"""Names and findings in words, the same in titles, hovers and text alternatives."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from comparators.plan.names import BASELINE
from comparators.report.escaping import one_line
from comparators.report.table_rows import STATUSES
from comparators.runner import MODELS
from comparators.stats.interval import Interval
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import at_least, between, plural, ratio, ratio_of, rough, seconds

__all__ = [
    "brief",
    "cell_ratio",
    "describe",
    "finding",
    "names",
    "plain",
    "slug",
    "summarise",
]

_LONGEST_NAME = 48
_LONGEST_HOVER = 600
_LONGEST_RATIO = 6

_NOT_XML = re.compile("[\ufffe\uffff]")


def plain(text: str) -> str:
    """Return a text in one line that every drawing and XML parser takes."""
    return _NOT_XML.sub("?", one_line(text))


def brief(name: str) -> str:
    """Return a name for a title: in one line, and in its middle cut down to what a person reads."""
    text = plain(name)
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 16]}…{text[-15:]}"


def slug(text: str) -> str:
    """Return a name that is safe as a part of a file name on every system and of an XML id."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:60].strip("-") or "unnamed"


def cell_ratio(interval: Interval) -> str:
    """Write a ratio for a cell of a map, in at most six characters: `1.84`, `≈1.8`, `≈0.006`, `<0.001`."""
    value = interval.ratio
    written = ratio(value) if between(interval) else f"≈{rough(value)}"
    if len(written) <= _LONGEST_RATIO:
        return written
    about = "" if between(interval) else "≈"
    if value < 1:
        return f"{about}{value:.3f}" if value >= 0.0005 else "<0.001"
    return about + f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def names(labels: Sequence[str]) -> str:
    """Join names into a phrase; of more than three only the first two are named."""
    shown = [brief(label) for label in labels]
    if len(shown) > 3:
        return f"{shown[0]}, {shown[1]} and {len(shown) - 2} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown) or "no runner"


def finding(verdict: Verdict, *, where: str = "") -> str:
    """Return the verdict in one line; `where` names phase and Python when a run has several."""
    remarks = [where] if where else []
    if verdict.unstable and verdict.outcome == "win":
        remarks.append("unstable")
    place = brief(verdict.workload) + (f" ({', '.join(remarks)})" if remarks else "")
    match verdict.outcome:
        case "win":
            return _win(verdict, place)
        case "tie":
            speed = _speed(verdict)
            return f"{names(verdict.winners)} tie on {place}{f': {speed}' if speed else ''}"
        case "unresolved":
            return _unresolved(verdict, place)
        case "none":
            return f"Nothing could be measured on {place}"
        case "not-reached":
            return f"Not reached before the run ended: {place}"


def _unresolved(verdict: Verdict, place: str) -> str:
    leaders = names(verdict.winners)
    if not verdict.blocks:
        first = f": {brief(verdict.winners[0])} was the fastest in the pilot" if verdict.winners else ""
        return f"Not raced on {place}{first}"
    if len(verdict.winners) == 1:
        return f"Unresolved on {place}: {leaders} is the only one left"
    if verdict.any_will_do:
        return f"Each of {leaders} beats serial on {place}; which is best is open"
    return f"Unresolved on {place}" + (f": {leaders} could not be told apart" if verdict.winners else "")


def _win(verdict: Verdict, place: str) -> str:
    winner = next((one for one in verdict.standings if one.runner.label in verdict.winners), None)
    serial = _serial(verdict)
    alone = sum(one.seconds is not None for one in verdict.standings) == 1
    who = names(verdict.winners)
    opening = f"Only {who} gave a time on {place}" if alone else f"{who} wins on {place}"
    if winner is not None and winner is serial:
        if verdict.lead is None:
            return opening if alone else f"{opening}: no other runner is faster"
        return f"{opening}: {_times_faster(verdict.lead, verdict.runner_up)}"
    facts = [speed] if (speed := _speed(verdict)) else []
    if not facts and verdict.lead is not None:
        facts.append(_times_faster(verdict.lead, verdict.runner_up))
    if winner is not None and winner.cell is not None:
        facts.append(f"with {plural(winner.cell.workers, 'worker')}")
    return (f"{opening}: " if len(facts) > 1 else f"{opening} ") + " ".join(facts) if facts else opening


def _serial(verdict: Verdict) -> Standing | None:
    return next((one for one in verdict.standings if one.runner.name == BASELINE), None)


def _speed(verdict: Verdict) -> str:
    """Say how fast the winners are against serial; nothing where serial is one of them."""
    serial = _serial(verdict)
    if serial is not None and serial.runner.label in verdict.winners:
        return ""
    if verdict.to_serial is not None:
        return _times_serial(verdict.to_serial)
    if serial is not None and serial.at_least is not None:
        return f"at least {at_least(serial.at_least)} times faster than serial"
    return ""


def _times_faster(interval: Interval, rival: str) -> str:
    return f"{ratio_of(interval)} times faster than {brief(rival)}"


def _times_serial(interval: Interval) -> str:
    if interval.ratio >= 1:
        return _times_faster(interval, "serial")
    return f"{ratio_of(interval)} times the speed of serial"


def summarise(verdicts: Iterable[Verdict]) -> str:
    """Return the outcomes of several comparisons in one line: who wins how many."""
    verdicts = tuple(verdicts)
    if len(verdicts) == 1:
        return finding(verdicts[0])
    wins = Counter(_winning_model(verdict) for verdict in verdicts if verdict.outcome == "win")
    ranked = sorted(wins, key=lambda model: -wins[model])
    parts = [f"{model} {wins[model]}" for model in ranked]
    if ranked:
        verb = "wins" if ranked[0] in {"loop", "async"} else "win"
        parts[0] = f"{ranked[0].capitalize()} {verb} {wins[ranked[0]]} of {len(verdicts)} comparisons"
    else:
        parts = [f"No runner wins any of {len(verdicts)} comparisons alone"]
    outcomes = Counter(map(_outcome, verdicts))
    if outcomes["not raced"] == len(verdicts):
        return f"None of {len(verdicts)} comparisons was raced: the pilot alone"
    if outcomes["any"]:
        parts.append(f"several runners beat serial in {outcomes['any']}")
    kinds = (
        ("tie", "tied"),
        ("unresolved", "unresolved"),
        ("not raced", "not raced"),
        ("none", "not measurable"),
        ("not-reached", "not reached"),
    )
    rest = [f"{outcomes[outcome]} {word}" for outcome, word in kinds if outcomes[outcome]]
    return "; ".join([", ".join(parts), *rest])


def _outcome(verdict: Verdict) -> str:
    if verdict.outcome == "unresolved" and not verdict.blocks:
        return "not raced"
    return "any" if verdict.any_will_do else verdict.outcome


def _winning_model(verdict: Verdict) -> str:
    models = {one.runner.label: one.runner.model for one in verdict.standings}
    return models.get(verdict.winners[0], MODELS[0]) if verdict.winners else MODELS[0]


def describe(standing: Standing, verdict: Verdict) -> str:
    """Return how one runner did in a comparison, with every reason: what a hover shows."""
    subject = f"{standing.runner.label} on {verdict.workload}"
    if standing.cell is not None:
        subject += f", {plural(standing.cell.workers, 'worker')}"
    parts = [_role(standing, verdict), *_numbers(standing)]
    if standing.reason:
        parts.append(standing.reason)
    return one_line(f"{subject}: {'; '.join(parts)}", longest=_LONGEST_HOVER)


def _role(standing: Standing, verdict: Verdict) -> str:
    roles = {"win": "wins", "tie": "ties for the win", "unresolved": "unresolved"}
    if standing.runner.label in verdict.winners and verdict.outcome in roles:
        return roles[verdict.outcome]
    return STATUSES[standing.status]


def _numbers(standing: Standing) -> list[str]:
    parts = []
    if standing.seconds is not None:
        about = "about " if standing.status == "piloted" else ""
        parts.append(f"{about}{seconds(standing.seconds)} for all tasks")
    if standing.status == "capped":
        if standing.at_least is not None:
            parts.append(f"takes at least {at_least(standing.at_least)} times as long as the best")
    elif standing.runner.name != BASELINE and (gain := standing.to_serial) is not None:
        parts.append(_times_serial(gain) + between(gain))
    return parts
