"""Planning where strangers take part: in a child process, so that nothing that they do when asked stops this one.

Strangers are plugins, and what is in files and modules of one's own. A plan imports them, asks a workload for its tasks
and its needs, and a runner for its limits. One child makes the whole plan. Where it does not come to an end, another
child plans with each stranger alone, and those that did it are left out.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comparators.errors import ComparatorsError, NothingSelected, UsageError
from comparators.plan.build import make_plan
from comparators.plan.interpreters import PROBE_S
from comparators.plan.model import Plan
from comparators.plan.request import Request
from comparators.plan.variants import Variant, parse_variant
from comparators.plugins import IN_TRIAL, Kind, any_plugin
from comparators.probe import end_of
from comparators.registry import find, registered
from comparators.supervision.exchange import Reply

if TYPE_CHECKING:  # most plans need no child
    from comparators.supervision.supervised import Supervised

__all__ = ["main", "plan_with_strangers"]

DEADLINE_S = 20.0
"""Seconds for a plan, which takes a fraction of one; a longer timeout for a sample holds here, too. Every other Python
that is asked gets its own in addition."""

TRIES = 3
"""So often is a child started whose supervisor is killed."""

CHILD = """\
import json, sys
task = json.loads(sys.argv[1])
sys.path[:] = task["path"]
from comparators.rehearsal import main
main(task["request"], sys.argv[2])
"""

_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Stranger:
    """A stranger that takes part, as it was asked for: by a name or target, with parameters in brackets or without.

    `distribution` is the one that a plugin comes with, and empty for a target.
    """

    kind: Kind
    text: str
    name: str
    distribution: str = ""

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}'" + (f" of '{self.distribution}'" if self.distribution else "")

    @property
    def remedy(self) -> str:
        if self.distribution:
            return f"update it, or remove it: pip uninstall {self.distribution}"
        return "what must not run on import goes under: if __name__ == '__main__':; '--timeout' gives it more time"


class _Broken(Exception):
    """A child did not come to the end of its plan; the message says how it ended."""


def plan_with_strangers(request: Request) -> tuple[Plan, tuple[str, ...]]:
    """Make a plan; return it with a warning about each stranger that had to be left out.

    Raises:
        UsageError: see `make_plan`; or no stranger that was asked for can be used, and nothing else was.
        NothingSelected: nothing that was asked for can be measured here.
    """
    strangers = tuple(_involved(request))
    if not strangers:
        return make_plan(request), ()
    from comparators.supervision.supervised import Supervised

    with Supervised() as supervised:
        broken = dict(_unsound(strangers))
        left = _without(request, broken)
        try:
            plan = _rehearse(supervised, left)
        except _Broken as end:
            broken |= _culprits(supervised, left, [one for one in strangers if one not in broken], end)
            left = _without(request, broken)
            try:
                plan = _rehearse(supervised, left)
            except _Broken:
                raise UsageError(f"planning {end}", tip="leave out one after the other") from None
    return plan, tuple(f"{stranger} is left out: {cause}" for stranger, cause in broken.items())


def main(request: Mapping[str, Any], result: str) -> None:
    """Make a plan in the child, leave it or what was wrong with it in a file, and end at once."""
    aside = Path(result + ".new")
    aside.write_text(json.dumps(_answer(_request(request))), encoding="utf-8", errors="backslashreplace")
    aside.replace(result)
    os._exit(0)


def _answer(request: Request) -> dict[str, Any]:
    from comparators.measure.codec import SCHEMA, Codec
    from comparators.measure.records import Header

    try:
        plan = make_plan(request)
    except ComparatorsError as error:
        return {"nothing": isinstance(error, NothingSelected), "message": error.message, "tip": error.tip}
    except BaseException as error:  # noqa: BLE001  a stranger's class may raise anything
        return {"raised": f"{type(error).__name__}: {error}".splitlines()[0]}
    ((_, header),) = Codec().encode(Header(SCHEMA, plan, {}, 0.0))
    return {"header": header, "path": sys.path}


def _request(data: Mapping[str, Any]) -> Request:
    """Return a request that has gone through JSON."""
    fields: dict[str, Any] = {key: _tuples(value) for key, value in data.items() if key != "workloads"}
    workloads = tuple(
        one if isinstance(one, str) else Variant(one["name"], _tuples(one["assignments"])) for one in data["workloads"]
    )
    return Request(workloads=workloads, **fields)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _involved(request: Request) -> Iterator[_Stranger]:
    """Yield the strangers that take part in a plan, each once; who gives a class has imported it already."""
    runners = [text for text in request.runners if text != "all"]
    if len(runners) < len(request.runners) or not runners:
        runners += request.every_runner
    workloads = [_text(one) for one in request.workloads if isinstance(one, str) or ":" not in one.name]
    yield from _strangers_among("workload", workloads, "WORKLOAD")
    yield from _strangers_among("runner", runners, "--runner")


def _strangers_among(kind: Kind, texts: Sequence[str], option: str) -> Iterator[_Stranger]:
    plugins = {}
    if any_plugin(kind):
        plugins = {name: one for one in registered(kind) if one.distribution for name in (one.name, one.qualified)}
    for text in dict.fromkeys(texts):
        name = parse_variant(text, option=option).name
        if ":" in name:
            yield _Stranger(kind, text, name)
        elif name in plugins:
            yield _Stranger(kind, text, plugins[name].name, plugins[name].distribution)


def _unsound(strangers: Sequence[_Stranger]) -> Iterator[tuple[_Stranger, str]]:
    """Yield the plugins that cannot be imported, each with the cause."""
    for stranger in strangers:
        try:
            if stranger.distribution:
                find(stranger.kind, stranger.name)
        except UsageError as error:
            yield stranger, error.message.partition(": ")[2] or error.message


def _culprits(
    supervised: "Supervised", request: Request, strangers: Sequence[_Stranger], end: _Broken
) -> dict[_Stranger, str]:
    """Return those with which a plan does not come to an end, each with how it ended."""
    if len(strangers) > 1:
        return dict(_culprits_among(supervised, request, strangers))
    return dict.fromkeys(strangers, f"planning with it {end}")


def _culprits_among(
    supervised: "Supervised", request: Request, strangers: Sequence[_Stranger]
) -> Iterator[tuple[_Stranger, str]]:
    """Try each workload alone, then each runner with those that are left."""
    bad = set()
    for stranger in strangers:
        if stranger.kind == "workload":
            alone = replace(request, workloads=(stranger.text,), runners=("serial",))
        else:
            workloads = tuple(one for one in request.workloads if _text(one) not in bad)
            alone = replace(request, workloads=workloads, runners=(stranger.text,))
        try:
            _rehearse(supervised, replace(alone, pythons=()))
        except _Broken as end:
            bad.add(stranger.text)
            yield stranger, f"planning with it {end}"
        except ComparatorsError:  # what was asked of it is wrong, or does not apply: it has answered
            continue


def _text(workload: str | Variant) -> str:
    return workload if isinstance(workload, str) else workload.name


def _without(request: Request, broken: Mapping[_Stranger, str]) -> Request:
    """Return the request without some strangers.

    Raises:
        UsageError: nothing that was asked for by name is left.
    """
    texts = {kind: {one.text for one in broken if one.kind == kind} for kind in ("workload", "runner")}
    workloads = tuple(one for one in request.workloads if _text(one) not in texts["workload"])
    runners = tuple(text for text in request.runners if text not in texts["runner"])
    every = tuple(name for name in request.every_runner if name not in texts["runner"])
    for kind, before, after in (("workload", request.workloads, workloads), ("runner", request.runners, runners)):
        if before and not after:
            stranger, cause = next((one, cause) for one, cause in broken.items() if one.kind == kind)
            raise UsageError(f"{stranger} cannot be used: {cause}", tip=stranger.remedy)
    return replace(request, workloads=workloads, runners=runners, every_runner=every)


def _rehearse(supervised: "Supervised", request: Request) -> Plan:
    """Make a plan in a child.

    Raises:
        _Broken: the child did not come to an end, or not to that one.
        UsageError, NothingSelected: see `make_plan`.
    """
    from comparators.measure.codec import Codec
    from comparators.measure.records import Header

    task = json.dumps({"path": sys.path, "request": asdict(request)})
    environment = {**os.environ, IN_TRIAL: "1", "PYTHONFAULTHANDLER": "1"}
    deadline_s = max(DEADLINE_S, request.timeout_s or 0.0) + len(request.pythons) * PROBE_S
    for _ in range(TRIES):
        reply, result = supervised.run([sys.executable, "-P", "-c", CHILD, task], environment, deadline_s)
        if not reply.unsupervised:
            break
    if result is None:
        raise _Broken(_end(reply, deadline_s))
    answer = json.loads(result)
    if "raised" in answer:
        raise _Broken(f"raises {answer['raised']}")
    if "header" not in answer:
        raise (NothingSelected if answer["nothing"] else UsageError)(answer["message"], tip=answer["tip"])
    header = Codec().decode("header", answer["header"])
    assert isinstance(header, Header)
    sys.path += [folder for folder in answer["path"] if folder not in sys.path]  # where targets were found
    return header.plan


def _end(reply: Reply, deadline_s: float) -> str:
    if not reply.timed_out:
        return end_of(reply)
    frame = _FRAME.search(reply.output)
    where = f", in '{frame[3]}' ({Path(frame[1]).name}, line {frame[2]})" if frame else ""
    return f"takes longer than {deadline_s:g} s{where}"
