"""The command of the fault tests: measures cell after cell, several at once, and prints what became of each.

    python -m tests.faults.matrix FOLDER PARTS CHANGES

PARTS is a list of `Part` in JSON; they go on side by side. Every cell goes the whole way: sampler, supervisor,
worker, journal. It is a process of its own so that the test, which adopts what it leaves, can tell from outside whether
anything was. CHANGES is code that breaks the supervisors.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from comparators.campaign import worker_client
from comparators.campaign.clock import Clock
from comparators.campaign.outcome import Occasion
from comparators.campaign.sampler import Sampler
from comparators.journal.journal import opened
from comparators.journal.records import Failure, Sample
from comparators.plan.build import make_plan
from comparators.plan.model import Cell, Comparison, Plan
from comparators.request.request import Request
from comparators.supervision import supervised as supervised_module
from comparators.supervision.supervised import Supervised

__all__ = ["MEMORY", "Part", "arguments"]

MEMORY = 512 * 2**20
"""Bytes that a cell may use."""
SHORTER = "worker_run.HUNG_EXIT_S = 0.5"
printing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Part:
    """Workloads under runners.

    Attributes:
        workloads: names or targets.
        runners: names or targets.
        fresh: whether each sample has a fresh process instead of one that a warm interpreter forks.
        deadline_s: of each cell.
        lanes: cells at once; where all wait for their deadline, these may be more than the CPUs.
        workers: of each cell.
        cap_s: of the value; None for no cap.
    """

    workloads: tuple[str, ...]
    runners: tuple[str, ...]
    fresh: bool = False
    deadline_s: float = 3.0
    lanes: int = 6
    workers: int = 2
    cap_s: float | None = None

    def plan(self) -> Plan:
        asked = Request(self.workloads, self.runners, (self.workers,), preset="quick", phases=("warm",), seed=1)
        plan = make_plan(replace(asked, timeout_s=self.deadline_s))
        return replace(plan, settings=replace(plan.settings, fresh=self.fresh))


def arguments(folder: Path, parts: tuple[Part, ...], changes: str = "") -> list[str]:
    """Return how this command is started."""
    stated = json.dumps([asdict(part) for part in parts])
    return [sys.executable, "-m", "tests.faults.matrix", str(folder), stated, changes]


def main(folder: Path, stated: str, changes: str) -> None:
    """Measure and print."""
    change_supervisors(folder, changes)
    worker_client.RETAKES = 0 if changes else worker_client.RETAKES  # one is enough to see what is broken
    found: list[Callable[[], None]] = []
    for number, one in enumerate(json.loads(stated)):
        names = {key: tuple(value) for key, value in one.items() if isinstance(value, list)}
        found += lanes(folder / str(number), Part(**{**one, **names}))
    with ThreadPoolExecutor(len(found)) as threads:
        for done in [threads.submit(lane) for lane in found]:
            done.result()


def lanes(folder: Path, part: Part) -> list[Callable[[], None]]:
    """Return functions that together measure one part and print a line per cell."""
    folder.mkdir()
    plan = part.plan()
    cells = iter([(comparison, cell) for comparison in plan.comparisons for cell in cells_of(comparison)])
    taking = threading.Lock()

    def lane(number: int) -> None:
        with Supervised(MEMORY) as supervised, opened(folder / str(number), plan, {}) as journal:
            sampler = Sampler(plan, journal, Clock(0.0, None), supervised)
            supervised.run([sys.executable, "-S", "-c", ""], {}, 60.0)  # the supervisor has started
            while (taken := take()) is not None:
                comparison, cell = taken
                sampler.enter(comparison)
                sampler.calibrate(comparison, cell)  # its warm interpreter has started
                began = time.monotonic()
                record = sampler.sample(Occasion(cell, "pilot"), cap_s=part.cap_s)
                outcome = told(cell, record, time.monotonic() - began, part)
                with printing:
                    print(json.dumps(outcome), flush=True)

    def take() -> tuple[Comparison, Cell] | None:
        with taking:
            return next(cells, None)

    return [partial(lane, number) for number in range(part.lanes)]


def change_supervisors(folder: Path, changes: str) -> None:
    """Let supervisors wait less for a worker that has its result and does not end; break them where asked to."""
    script = folder / "python"
    code = "import select; from comparators.supervision import process_tree, supervisor, worker_run; "
    code += f"{SHORTER}; {changes or 0}; "
    code += "supervisor.main()"
    script.write_text(f'#!/bin/sh\nshift 3\nexec "{sys.executable}" -c "{code}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    stand_in = type("sys", (), {"executable": str(script)})  # all that is used of it
    setattr(supervised_module, "sys", stand_in)  # noqa: B010  to mypy, it is a module


def cells_of(comparison: Comparison) -> Iterator[Cell]:
    for one in comparison.candidates:
        yield comparison.cell(one.runner, max(one.counts, default=one.fewest))


def told(cell: Cell, record: Sample | Failure, took_s: float, part: Part) -> dict[str, Any]:
    failure = record if isinstance(record, Failure) else None
    return {
        "workload": cell.workload.name,
        "runner": cell.runner.label,
        "model": cell.runner.model,
        "cause": failure.cause if failure else "",
        "message": failure.message if failure else "",
        "details": failure.details if failure else "",
        "notes": {key: value for key, value in record.metadata.items() if key.startswith("comparators_")}
        if isinstance(record, Sample)
        else {},
        "took_s": took_s,
        "late_s": took_s - part.deadline_s,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
