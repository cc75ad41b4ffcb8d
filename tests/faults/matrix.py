"""The command of the fault tests: measures one cell after the other, several at once, and prints what became of each.

    python -m tests.faults.matrix FOLDER DEADLINE_S ERRAND WORKLOADS RUNNERS CHANGES

Every cell goes the whole way: sampler, supervisor, worker, journal. It is a process of its own so that the test, which
adopts what it leaves, can tell from outside whether anything was.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from comparators.measure import supervised as supervised_module
from comparators.measure.clock import Clock
from comparators.measure.journal import opened
from comparators.measure.records import Failure, Record, Sample
from comparators.measure.sampler import Sampler
from comparators.measure.supervised import Supervised
from comparators.plan.build import make_plan
from comparators.plan.model import Cell, Plan
from comparators.plan.request import Request

LANES = 6
"""Most faults are about waiting: more cells at once than CPUs."""
SHORTER = "supervisor.HUNG_EXIT_S = 0.5"


def main(folder: Path, deadline_s: float, errand: str, workloads: str, runners: str, changes: str) -> None:
    """Measure and print."""
    asked = Request(tuple(workloads.split()), tuple(runners.split()), (2,), preset="quick", phases=("warm",), seed=1)
    plan = make_plan(replace(asked, timeout_s=deadline_s))
    change_supervisors(folder, changes)
    cells = iter(list(cells_of(plan)))
    taking, printing = threading.Lock(), threading.Lock()

    def lane(number: int) -> None:
        with Supervised(1 << 30) as supervised, opened(folder / str(number), plan, {}) as journal:
            sampler = Sampler(plan, journal, Clock(0.0, None), supervised.run)
            supervised.run([sys.executable, "-S", "-c", ""], {}, 60.0)  # the supervisor has started
            while (cell := take()) is not None:
                began = time.monotonic()
                record: Record
                if errand == "sample":
                    record = sampler.sample(cell, "scout")
                else:
                    record = sampler.preflight(cell, supervised.run)()
                outcome = told(cell, record, time.monotonic() - began)
                with printing:
                    print(json.dumps(outcome), flush=True)

    def take() -> Cell | None:
        with taking:
            return next(cells, None)

    threads = [threading.Thread(target=lane, args=(number,)) for number in range(LANES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def change_supervisors(folder: Path, changes: str) -> None:
    """Let supervisors wait less for a worker that has its result and does not end; break them where asked to."""
    script = folder / "python"
    code = f"import select; from comparators.measure import family, supervisor; {SHORTER}; {changes or 0}; "
    code += "supervisor.main()"
    script.write_text(f'#!/bin/sh\nshift 3\nexec "{sys.executable}" -c "{code}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    stand_in = type("sys", (), {"executable": str(script)})  # all that is used of it
    setattr(supervised_module, "sys", stand_in)  # noqa: B010  to mypy, it is a module


def cells_of(plan: Plan) -> Iterator[Cell]:
    for contest in plan.contests:
        for one in contest.contestants:
            yield contest.cell(one.runner, one.counts[0])


def told(cell: Cell, record: Record, took_s: float) -> dict[str, Any]:
    failure = record if isinstance(record, Failure) else None
    return {
        "workload": cell.workload.name,
        "runner": cell.runner.label,
        "family": cell.runner.family,
        "cause": failure.cause if failure else "",
        "message": failure.message if failure else "",
        "details": failure.details if failure else "",
        "notes": {key: value for key, value in record.metadata.items() if key.startswith("comparators_")}
        if isinstance(record, Sample)
        else {},
        "took_s": took_s,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:])
