"""Plan in a child process where third-party code takes part, so that it cannot hang or crash the command.

Third-party code is plugins, and what is in files and modules of one's own. A plan imports it, asks a workload for its
tasks and its needs, and a runner for its limits. One child makes the whole plan. What fails is left out: by
the child itself after an exception; by the next child, which learns of it, when the child hung or died.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from comparators.errors import ComparatorsError, NothingSelected, UsageError
from comparators.plan.build import make_plan
from comparators.plan.interpreters import PROBE_S
from comparators.plan.model import Plan
from comparators.registry.catalogue import registered
from comparators.registry.entry_points import any_plugin
from comparators.registry.object_references import folders
from comparators.request.request import Request
from comparators.request.variants import Variant, parse_variant
from comparators.sandbox.answers import ImplausibleAnswer, structure
from comparators.sandbox.blame import Broken, ThirdParty, blamed, third_party
from comparators.sandbox.child import one_line
from comparators.sandbox.errors import ErrorInChild, TraceInChild, trace_of
from comparators.sandbox.parent import DEADLINE_S, ChildEnded, Sandbox

__all__ = ["answer", "plan_with_third_party"]

QUESTION = "comparators.plan.third_party:answer"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a child answers: a plan, or an error, which is no third party's fault.

    Attributes:
        plan: the plan; None after an error.
        broken: who was left out.
        path: where modules were looked for, for the workers of the run.
        error: the error; None where there is a plan.
    """

    plan: Plan | None = None
    broken: tuple[Broken, ...] = ()
    path: tuple[str, ...] = ()
    error: ErrorInChild | None = None


def plan_with_third_party(
    request: Request, tell: Callable[[str], object] | None = None
) -> tuple[Plan, tuple[str, ...]]:
    """Make a plan; return it with a warning about each third party that had to be left out.

    Args:
        request: what is asked for.
        tell: called from another thread, with a line for people, when it takes long.

    Raises:
        UsageError: see `make_plan`; or no third party that was asked for can be used, and nothing else was.
        NothingSelected: nothing that was asked for can be measured here.
    """
    parties = tuple(_involved(request))
    if not parties:
        return make_plan(request), ()
    deadline_s = max(DEADLINE_S, request.timeout_s or 0.0) + len(request.pythons) * PROBE_S
    broken: tuple[Broken, ...] = ()
    with Sandbox(request.memory_bytes, waits_for=parties, tell=tell) as sandbox:
        while True:
            argument = {"request": asdict(request), "broken": [asdict(one) for one in broken]}
            try:
                planned = structure(Planned, sandbox.ask(QUESTION, argument, deadline_s))
                break
            except ChildEnded as end:
                broken = (*broken, _culprit(end, broken))
            except ImplausibleAnswer as error:
                raise UsageError(f"planning answers what no plan is: {error}") from error
            _without(request, broken)
    if planned.plan is None:
        raise planned.error.restored() if planned.error is not None else UsageError("planning answers nothing")
    sys.path += [folder for folder in planned.path if folder not in sys.path]
    return planned.plan, tuple(f"{one.party} is left out: {one.cause}" for one in planned.broken)


def _culprit(end: ChildEnded, broken: Sequence[Broken]) -> Broken:
    """Return who is to blame for the end of a child.

    Raises:
        UsageError: no third party, or one that was left out already.
    """
    if end.party is None or end.party in [one.party for one in broken]:
        raise UsageError(f"planning {end}", tip=end.tip or "leave out one after the other")
    return Broken(end.party, f"planning with it {end}", end.tip or "")


def answer(argument: Mapping[str, Any]) -> dict[str, Any]:
    """Make a plan in the child; return `Planned` as data."""
    request = _request(argument["request"])
    broken = [structure(Broken, one) for one in argument["broken"]]
    try:
        plan = _plan(request, broken)
    except (UsageError, NothingSelected) as error:
        return asdict(Planned(error=ErrorInChild.of(error)))
    except BaseException as error:  # noqa: BLE001  third-party code may raise anything, anywhere
        wrong = ErrorInChild("UsageError", f"planning raises {one_line(error)}", trace=trace_of(error))
        return asdict(Planned(error=wrong))
    return asdict(Planned(plan, tuple(broken), tuple(folders())))


def _plan(request: Request, broken: list[Broken]) -> Plan:
    """Make a plan; a party that raises while it is asked is added to the broken and left out.

    Raises:
        UsageError, NothingSelected: see `make_plan` and `_without`.
    """
    while True:
        left = _without(request, broken)
        try:
            return make_plan(left)
        except ComparatorsError as error:
            party = blamed()
            if party is None or not party.distribution:  # what is wrong with one's own file is said as it is
                raise
            broken.append(Broken(party, error.message[:5000]))
        except BaseException as error:
            party = blamed()
            if party is None or party in [one.party for one in broken]:
                raise
            broken.append(Broken(party, f"planning with it raises {one_line(error)}", trace=trace_of(error)))


def _request(data: Mapping[str, Any]) -> Request:
    """Return a request that has gone through JSON."""
    fields: dict[str, Any] = {key: _tuples(value) for key, value in data.items() if key != "workloads"}
    workloads = tuple(
        one if isinstance(one, str) else Variant(one["name"], _tuples(one["assignments"])) for one in data["workloads"]
    )
    return Request(workloads=workloads, **fields)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _involved(request: Request) -> Iterator[ThirdParty]:
    """Yield the third parties that take part in a plan, each once.

    Classes that are given, rather than named, count only beside others: this process has imported them already.
    """
    named = [one for one in request.workloads if isinstance(one, str)]
    found = [third_party("workload", text, parse_variant(text, option="WORKLOAD").name) for text in named]
    found += [third_party("runner", text, parse_variant(text, option="--runner").name) for text in request.runners]
    if any_plugin("runner") and (not request.runners or "all" in request.runners):
        found += [third_party("runner", one.name, one.name) for one in registered("runner") if one.distribution]
    given = [third_party("workload", one.name, one.name) for one in request.workloads if not isinstance(one, str)]
    if any(found) or any(one.distribution for one in given if one is not None):
        yield from dict.fromkeys(one for one in (*found, *given) if one is not None)


def _without(request: Request, broken: Sequence[Broken]) -> Request:
    """Return the request without some third-party code.

    Raises:
        UsageError: nothing that was asked for by name is left.
    """
    texts = {kind: {one.party.text for one in broken if one.party.kind == kind} for kind in ("workload", "runner")}
    workloads = tuple(one for one in request.workloads if _text(one) not in texts["workload"])
    runners = tuple(text for text in request.runners if text not in texts["runner"])
    for kind, before, after in (("workload", request.workloads, workloads), ("runner", request.runners, runners)):
        if before and not after:
            end = next(one for one in broken if one.party.kind == kind)
            raise UsageError(f"{end.party} cannot be used: {end.cause}", tip=end.remedy) from (
                TraceInChild(end.trace) if end.trace else None
            )
    left_out = tuple(sorted({one.party.name for one in broken if one.party.kind == "runner"}))
    return replace(request, workloads=workloads, runners=runners, left_out=left_out)


def _text(workload: str | Variant) -> str:
    return workload if isinstance(workload, str) else workload.name
