"""Kills, stops and crashes processes of a run at random moments, lets the run go on, and looks at what came of it.

    python -m tests.faults.chaos FOLDER ROUNDS SEED [append|rewrite]

The command, its journal, its supervisors, warm interpreters and all signals are real. What they fork answers at once,
see `tests.faults.quick_jobs`, and every other round has fresh workers, a few lines of shell, so that a round takes a
second; some of them leave a process behind that has left its session.
The command is forked from this process, which has imported everything. All that a dead command leaves comes to this
process, so that it sees from outside whether anything stays.

With `append` or `rewrite` the command dies in the middle of a write instead, of the store as it is, or of one that
rewrites its file in place.
"""

import json
import os
import random
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from comparators.campaign import worker_client
from comparators.campaign.campaign import measure
from comparators.campaign.sampler import Sampler
from comparators.journal import atomic_io
from comparators.journal.journal import FILE_NAME, load
from comparators.journal.records import Run
from comparators.plan.build import make_plan
from comparators.plan.model import Plan
from comparators.request.request import Request
from comparators.supervision import starting
from comparators.supervision import supervised as supervised_module
from comparators.supervision.process_tree import PR_SET_CHILD_SUBREAPER, children_of, prctl, status_of
from tests.faults.observer import leftovers
from tests.faults.quick_jobs import ANSWERS, LEAVES

__all__ = ["LostRecords", "check_round", "main"]

PATIENCE_S = 60.0
"""Only a round that fails takes so long."""
DEADLINE_S = 0.5
STARTS_S = 6.0
"""A warm interpreter is there in a fraction of it; a supervisor that is stopped before is waited for as long."""
ROOT = Path(__file__).parents[2]
SUPERVISOR = (
    "import sys; sys.path.insert(0, {root!r}); "
    "from comparators.supervision import process_tree, starting, supervisor, worker_run; "
    "process_tree.DUMP_S = worker_run.DUMP_S = process_tree.HELPERS_S = worker_run.LEFTOVERS_S = 0.02; "
    "starting.STARTS_S = 0.3; supervisor.main()"
)
WORKER = """#!/bin/sh
if [ "$3" = comparators.worker.warm ]; then exec {python} -S -E -c '{warm}' "$4" "$5"; fi
case "$4" in
{answers}
esac
[ $(($$ % {leaves})) = 0 ] && (setsid sleep 600 &)
printf '%s' "$answer" > "$5.new" && mv "$5.new" "$5"
"""
WARM = (
    "import sys; sys.path.insert(0, {root!r}); from comparators.worker import warm; "
    "sys.argv[1] = {preload!r}; warm.main()"
)
SIGNALS = (signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV)


class LostRecords(AssertionError):
    """A journal lacks what it once had, has something twice, or lacks a cell."""


def main(folder: Path, rounds: int, seed: int, store: str = "") -> None:
    """Play rounds and print what was struck, one line each; stop at the first that went wrong."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    plans = [prepare(folder, fresh=fresh) for fresh in (False, True)]
    sound = [undisturbed(plan, folder / f"undisturbed-{at}") for at, plan in enumerate(plans)]
    for number in range(rounds):
        directory = folder / str(number)
        plan = plans[number % 2]
        expected, takes_s = sound[number % 2]
        blow = Blow(random.Random(f"{seed}/{number}"), takes_s)
        if store:
            kept = die_writing(plan, directory, store, number + 2)
        else:
            run_command(plan, directory, blow.fall)
            kept = (directory / FILE_NAME).read_bytes() if (directory / FILE_NAME).exists() else b""
        left = leftovers(set())
        if b"\n" not in kept:  # no whole header: nothing had been measured, and the message tells people to do this
            (directory / FILE_NAME).unlink(missing_ok=True)
        run_command(plan, directory, lambda pid: None)
        check_round(kept, directory, expected)
        left += leftovers(set())
        assert not left, f"round {number}, {blow.words}: {left} were left running"
        print(f"{number} {store or blow.words}", flush=True)


def undisturbed(plan: Plan, directory: Path) -> tuple[Run, float]:
    """Let a command go through; return its run, and the seconds that it took."""
    began = time.monotonic()
    run_command(plan, directory, lambda pid: None)
    return load(directory), time.monotonic() - began


def die_writing(plan: Plan, directory: Path, store: str, ordinal: int) -> bytes:
    """Let a command die in the middle of a write; return what was on disk before that write."""
    sound, before = atomic_io.append, directory.with_suffix(".before")
    writes = iter(range(1, ordinal + 1))

    def append(descriptor: int, content: bytes) -> None:
        if next(writes) < ordinal:
            return sound(descriptor, content)
        path = directory / FILE_NAME
        before.write_bytes(path.read_bytes())
        if store == "rewrite":
            path.write_bytes((path.read_bytes() + content)[: path.stat().st_size // 2])
        else:
            os.write(descriptor, content[: len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    atomic_io.append = append
    run_command(plan, directory, lambda pid: None)
    atomic_io.append = sound
    return before.read_bytes()


def prepare(folder: Path, *, fresh: bool) -> Plan:
    """Make a plan of a workload under two runners, with stand-ins for the workers and for what takes long."""
    worker, supervisor = folder / "worker", folder / "supervisor"
    worker.write_text(worker_script(), encoding="utf-8")
    code = SUPERVISOR.format(root=str(ROOT))
    supervisor.write_text(f'#!/bin/sh\nshift 3\nexec "{sys.executable}" -S -E -c "{code}" "$@"\n', encoding="utf-8")
    for script in (worker, supervisor):
        script.chmod(0o755)
    setattr(supervised_module, "sys", type("sys", (), {"executable": str(supervisor)}))  # noqa: B010  to mypy, a module
    supervised_module.SILENT_S = supervised_module.ENDS_S = starting.STARTS_S = 0.5
    worker_client.START_S = STARTS_S
    setattr(Sampler, "capacity", lambda self, workers: None)  # noqa: B010  to mypy, a method
    plan = make_plan(Request(("noop",), ("serial", "threading"), (1,), preset="quick", phases=("warm",), seed=1))
    interpreters = tuple(replace(one, executable=str(worker)) for one in plan.interpreters)
    settings = replace(
        plan.settings,
        thresholds=replace(plan.settings.thresholds, looks=(3,)),
        timeout_s=DEADLINE_S,
        cpus=plan.settings.cpus[:1],
        maximum_time_s=None,
        fresh=fresh,
    )
    return replace(plan, settings=settings, interpreters=interpreters)


def worker_script() -> str:
    """Return a program that passes for a Python with workers."""
    preload = json.dumps({"performer": "tests.faults.quick_jobs", "path": [str(ROOT)]})
    warm = WARM.format(root=str(ROOT), preload=preload).replace("'", "'\\''")
    cases = [f"*'\"kind\": \"{kind}\"'*) answer='{json.dumps(answer)}' ;;" for kind, answer in ANSWERS.items()]
    return WORKER.format(python=sys.executable, warm=warm, answers="\n".join(cases), leaves=LEAVES)


def run_command(plan: Plan, directory: Path, strike: Callable[[int], None]) -> None:
    """Measure in a process of its own, and let something happen to it."""
    pid = os.fork()
    if pid == 0:
        try:
            measure(plan, directory)
            os._exit(0)
        except BaseException:  # noqa: BLE001  whatever it is, this process ends here
            traceback.print_exc()
            os._exit(1)
    strike(pid)
    until = time.monotonic() + PATIENCE_S
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise AssertionError("the command did not come to its end")
        select.select([], [], [], 0.002)


class Blow:
    """A signal to one process of a run at one moment."""

    def __init__(self, chance: random.Random, longest_s: float) -> None:
        self.chance = chance
        self.delay_s = chance.uniform(0.0, longest_s)
        self.victim = chance.choice(("command", "supervisor", "watchdog", "worker", "job", "both"))
        self.signal = signal.SIGKILL if self.victim == "both" else chance.choice(SIGNALS)
        self.words = f"{self.signal.name} to {self.victim} after {self.delay_s:.3f} s"

    def fall(self, command: int) -> None:
        """Strike the first of its kind from then on; a stopped command goes on, or is killed, a little later.

        `both` are the command and one that is above its worker, killed so that neither sees the other's death.
        """
        select.select([], [], [], self.delay_s)
        while not (candidates := self._candidates(command)):
            status = status_of(command)
            if status is None or status.state == "Z":
                self.words += ": it was over by then"
                return
        pid = self.chance.choice(candidates)
        for number in (signal.SIGSTOP, self.signal) if self.victim == "both" else (self.signal,):
            for each in (command, pid) if self.victim == "both" else (pid,):
                send(each, number)
        if self.signal == signal.SIGSTOP and self.victim == "command":
            select.select([], [], [], 0.05)
            send(pid, self.chance.choice((signal.SIGCONT, signal.SIGKILL)))

    def _candidates(self, command: int) -> list[int]:
        watchdogs = children_of(command)
        supervisors = [pid for watchdog in watchdogs for pid in children_of(watchdog)]
        workers = [pid for supervisor in supervisors for pid in children_of(supervisor)]
        return {
            "command": [command],
            "watchdog": watchdogs,
            "supervisor": supervisors,
            "worker": workers,
            "job": [pid for worker in workers for pid in children_of(worker)],
            "both": supervisors and [*watchdogs, *supervisors],
        }[self.victim]


def send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:  # it has just ended
        return


def check_round(kept: bytes, directory: Path, expected: Run) -> None:
    """Check the journal of a run that was struck and has gone on.

    Args:
        kept: what the journal held when the run had been struck.
        directory: of the run.
        expected: an undisturbed run.

    Raises:
        LostRecords: something that was there is gone, or twice, or a cell is missing.
    """
    final = (directory / FILE_NAME).read_bytes()
    whole = kept[: kept.rfind(b"\n") + 1]
    if not final.startswith(whole):
        raise LostRecords("what was measured before is not there any more")
    run = load(directory)
    twice = [each for each, count in Counter(_identities(run)).items() if count > 1]
    if twice:
        raise LostRecords(f"recorded twice: {twice}")
    if _cells(run) != _cells(expected):
        raise LostRecords(f"cells differ: {_cells(run) ^ _cells(expected)}")
    if run.finished is None or run.finished.reason != "complete":
        raise LostRecords(f"not complete: {run.finished}")


def _identities(run: Run) -> Iterator[tuple[Any, ...]]:
    values: list[Any] = [*run.samples, *run.failures]
    yield from ((one.stage, one.level, one.cell.key, one.block) for one in values)
    yield from (("profile", one.workload) for one in run.profiles)
    yield from (("evidence", one.cell.key) for one in run.evidence)


def _cells(run: Run) -> set[str]:
    records: list[Any] = [*run.samples, *run.failures]
    return {one.cell.key for one in records}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
