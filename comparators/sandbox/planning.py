"""Planning where third-party code take part: in a child process, so that nothing that they do when asked stops this one.

Third-party code are plugins, and what is in files and modules of one's own. A plan imports them, asks a workload for its tasks
and its needs, and a runner for its limits. One child makes the whole plan. Where it does not come to an end, another
child plans with each third party alone, and those that did it are left out.
"""

import json
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comparators import errors
from comparators.errors import ComparatorsError, NothingSelected, UsageError
from comparators.plan.build import make_plan
from comparators.plan.interpreters import PROBE_S
from comparators.plan.model import Plan
from comparators.registry.catalogue import find, registered
from comparators.registry.entry_points import IN_SANDBOX, Kind, any_plugin
from comparators.registry.object_references import folders
from comparators.request.request import Request
from comparators.request.variants import Variant, parse_variant
from comparators.sandbox.plugins import end_of
from comparators.supervision.exchange import Reply

if TYPE_CHECKING:  # most plans need no child
    from comparators.supervision.supervised import Supervised

__all__ = ["main", "plan_with_third_party"]

DEADLINE_S = 60.0
"""Seconds for a plan, which takes a fraction of one, and the imports before it: large libraries on a cold disk take
longer. A longer timeout for a sample holds here, too, and every other Python that is asked gets its own in addition.
"""

SLOW_S = 3.0
"""After so many seconds people are told what is waited for."""

TRIES = 3
"""So often is a child started whose supervisor is killed."""

CHILD = """\
import json, sys
task = json.loads(sys.argv[1])
sys.path[:] = task["path"]
from comparators.sandbox.planning import main
main(task["request"], sys.argv[2])
"""

_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _ThirdParty:
    """Third-party code that takes part, as it was asked for: by a name or target, with parameters in brackets or without.

    `distribution` is the one that a plugin comes with, and empty for a target.
    """

    kind: Kind
    text: str
    name: str
    distribution: str = ""

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}'" + (f" of '{self.distribution}'" if self.distribution else "")

    def remedy(self, end: "_Broken | None") -> str | None:
        """Return what to do about it, from how planning with it ended."""
        if self.distribution:
            return f"update it, or remove it: pip uninstall {self.distribution}"
        return end.tip if end is not None else None


class _Broken(Exception):
    """A child did not come to the end of its plan; the message says how it ended."""

    def __init__(self, words: str, *, tip: str | None = None, trace: str = "") -> None:
        super().__init__(words)
        self.tip = tip
        self.__cause__ = _InChild(trace) if trace else None


class _InChild(Exception):
    """What was raised in a child, as text: for '--debug', and whoever calls `compare`."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


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
    third_party = tuple(_involved(request))
    if not third_party:
        return make_plan(request), ()
    from comparators.supervision.supervised import Supervised

    with Supervised() as supervised, _told_when_slow(third_party, tell):
        broken = dict(_unsound(third_party))
        left = _without(request, broken)
        try:
            plan = _rehearse(supervised, left)
        except _Broken as end:
            broken |= _culprits(supervised, left, [one for one in third_party if one not in broken], end)
            left = _without(request, broken)
            try:
                plan = _rehearse(supervised, left)
            except _Broken as again:
                tip = again.tip or "leave out one after the other"
                raise UsageError(f"planning {again}", tip=tip) from again.__cause__
    return plan, tuple(f"{third_party} is left out: {_words(cause)}" for third_party, cause in broken.items())


@contextmanager
def _told_when_slow(third_party: Sequence[_ThirdParty], tell: Callable[[str], object] | None) -> Iterator[None]:
    if tell is None:
        yield
        return
    line = f"planning takes long: waiting for {' and '.join(map(str, third_party))}"
    timer = threading.Timer(SLOW_S, tell, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def main(request: Mapping[str, Any], result: str) -> None:
    """Make a plan in the child, leave it or what was wrong with it in a file, and end at once."""
    aside = Path(result + ".new")
    aside.write_text(json.dumps(_answer(_request(request))), encoding="utf-8", errors="backslashreplace")
    aside.replace(result)
    os._exit(0)


def _answer(request: Request) -> dict[str, Any]:
    from comparators.journal.codec import SCHEMA, Codec
    from comparators.journal.records import Header

    try:
        header = Header(SCHEMA, make_plan(request), {}, 0.0)
        Codec().require_recordable(header)
    except (UsageError, NothingSelected) as error:
        said = {"error": type(error).__name__, "message": error.message, "tip": error.tip}
        return {**said, "trace": traceback.format_exc() if error.__cause__ is not None else ""}
    except BaseException as error:  # noqa: BLE001  a third-party class may raise anything
        return {"raised": _raised(error), "trace": traceback.format_exc()}
    ((_, data),) = Codec().encode(header)
    return {"header": data, "path": folders()}


def _raised(error: BaseException) -> str:
    """Return an error in one line, with the place where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error}".splitlines()[0] + _place(last.filename, last.lineno, last.name)


def _place(file: str, line: int | str | None, function: str) -> str:
    return f", in '{function}' ({Path(file).name}, line {line})"


def _request(data: Mapping[str, Any]) -> Request:
    """Return a request that has gone through JSON."""
    fields: dict[str, Any] = {key: _tuples(value) for key, value in data.items() if key != "workloads"}
    workloads = tuple(
        one if isinstance(one, str) else Variant(one["name"], _tuples(one["assignments"])) for one in data["workloads"]
    )
    return Request(workloads=workloads, **fields)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _involved(request: Request) -> Iterator[_ThirdParty]:
    """Yield the third-party code that take part in a plan, each once.

    Classes that are given, rather than named, count only beside others: this process has imported them already.
    """
    runners = [text for text in request.runners if text != "all"]
    if len(runners) < len(request.runners) or not runners:
        runners += request.every_runner
    named = {one: parse_variant(one, option="WORKLOAD").name for one in request.workloads if isinstance(one, str)}
    given = {one.name: one.name for one in request.workloads if not isinstance(one, str)}
    found = list(_third_party_among("workload", named))
    found += _third_party_among("runner", {text: parse_variant(text, option="--runner").name for text in runners})
    beside = list(_third_party_among("workload", given))
    if found or any(one.distribution for one in beside):
        yield from dict.fromkeys((*found, *beside))


def _third_party_among(kind: Kind, names: Mapping[str, str]) -> Iterator[_ThirdParty]:
    """Yield the third-party code among names and targets, by what was asked for."""
    plugins = {}
    if any_plugin(kind):
        plugins = {name: one for one in registered(kind) if one.distribution for name in (one.name, one.qualified)}
    for text, name in names.items():
        if ":" in name:
            yield _ThirdParty(kind, text, name)
        elif name in plugins:
            yield _ThirdParty(kind, text, plugins[name].name, plugins[name].distribution)


def _unsound(third_party: Sequence[_ThirdParty]) -> Iterator[tuple[_ThirdParty, str | _Broken]]:
    """Yield the plugins that cannot be imported, each with the cause."""
    for plugin in third_party:
        try:
            if plugin.distribution:
                find(plugin.kind, plugin.name)
        except UsageError as error:
            yield plugin, error.message.partition(": ")[2] or error.message


def _culprits(
    supervised: "Supervised", request: Request, third_party: Sequence[_ThirdParty], end: _Broken
) -> dict[_ThirdParty, _Broken]:
    """Return those with which a plan does not come to an end, each with how it ended."""
    if len(third_party) > 1:
        return dict(_culprits_among(supervised, request, third_party))
    return dict.fromkeys(third_party, end)


def _culprits_among(
    supervised: "Supervised", request: Request, third_party: Sequence[_ThirdParty]
) -> Iterator[tuple[_ThirdParty, _Broken]]:
    """Try each workload alone, then each runner with those that are left."""
    bad = set()
    for plugin in third_party:
        if plugin.kind == "workload":
            own = tuple(one for one in request.workloads if _text(one) == plugin.text)
            alone = replace(request, workloads=own, runners=("serial",))
        else:
            workloads = tuple(one for one in request.workloads if _text(one) not in bad)
            alone = replace(request, workloads=workloads, runners=(plugin.text,))
        try:
            _rehearse(supervised, replace(alone, pythons=()))
        except _Broken as end:
            bad.add(plugin.text)
            yield plugin, end
        except ComparatorsError:  # what was asked of it is wrong, or does not apply: it has answered
            continue


def _words(cause: str | _Broken) -> str:
    return cause if isinstance(cause, str) else f"planning with it {cause}"


def _text(workload: str | Variant) -> str:
    return workload if isinstance(workload, str) else workload.name


def _without(request: Request, broken: Mapping[_ThirdParty, str | _Broken]) -> Request:
    """Return the request without some third-party code.

    Raises:
        UsageError: nothing that was asked for by name is left.
    """
    texts = {kind: {one.text for one in broken if one.kind == kind} for kind in ("workload", "runner")}
    workloads = tuple(one for one in request.workloads if _text(one) not in texts["workload"])
    runners = tuple(text for text in request.runners if text not in texts["runner"])
    every = tuple(name for name in request.every_runner if name not in texts["runner"])
    for kind, before, after in (("workload", request.workloads, workloads), ("runner", request.runners, runners)):
        if before and not after:
            third_party, cause = next((one, cause) for one, cause in broken.items() if one.kind == kind)
            end = cause if isinstance(cause, _Broken) else None
            raise UsageError(f"{third_party} cannot be used: {_words(cause)}", tip=third_party.remedy(end)) from (
                end and end.__cause__
            )
    return replace(request, workloads=workloads, runners=runners, every_runner=every)


def _rehearse(supervised: "Supervised", request: Request) -> Plan:
    """Make a plan in a child.

    Raises:
        _Broken: the child did not come to an end, or not to that one.
        UsageError, NothingSelected: see `make_plan`; or the plan could not be recorded.
    """
    from comparators.journal.codec import Codec
    from comparators.journal.records import Header

    task = json.dumps({"path": folders(), "request": asdict(request)})
    environment = {**os.environ, IN_SANDBOX: "1", "PYTHONFAULTHANDLER": "1"}
    deadline_s = max(DEADLINE_S, request.timeout_s or 0.0) + len(request.pythons) * PROBE_S
    for _ in range(TRIES):
        reply, result = supervised.run([sys.executable, "-P", "-c", CHILD, task], environment, deadline_s)
        if not reply.unsupervised:
            break
    if result is None:
        raise _end(reply, deadline_s)
    answer = json.loads(result)
    if "raised" in answer:
        raise _Broken(f"raises {answer['raised']}", trace=answer["trace"])
    if "error" in answer:
        trace = answer["trace"]
        raise _error(answer["error"], answer["message"], answer["tip"]) from (_InChild(trace) if trace else None)
    header = Codec().decode("header", answer["header"])
    assert isinstance(header, Header)
    sys.path += [folder for folder in answer["path"] if folder not in sys.path]  # where targets were found
    return header.plan


def _error(name: str, message: str, tip: str | None) -> ComparatorsError:
    """Make an error of a child again: of the same class, whose constructor may take something else."""
    cls: type[ComparatorsError] = getattr(errors, name, UsageError)
    error = cls.__new__(cls)
    ComparatorsError.__init__(error, message, tip=tip)
    return error


def _end(reply: Reply, deadline_s: float) -> _Broken:
    guard = "what must not run on import goes under: if __name__ == '__main__':"
    if not reply.timed_out:
        return _Broken(end_of(reply), tip=guard if reply.code is not None else None)
    frame = _FRAME.search(reply.output)
    where = _place(frame[1], frame[2], frame[3]) if frame else ""
    return _Broken(f"takes longer than {deadline_s:g} s{where}", tip=f"'--timeout' gives it more time; {guard}")
