"""Made-up looks at how runners went about tasks."""

from comparators.measure.records import Evidence
from comparators.plan.model import Cell, RunnerSpec, WorkloadSpec
from comparators.runner import Family
from comparators.verdict.model import Standing
from comparators.verdict.ways import Look
from tests.verdict.builder import Shown

__all__ = ["COMPUTING", "COROUTINES", "MIXED", "PARALLEL", "TINY", "TURNS", "WAITING", "look"]

WORKLOAD = WorkloadSpec("any", "elsewhere:Any", ())


def look(label: str, family: Family, workers: int, shown: Shown) -> Look:
    """Return a look that found these numbers."""
    runner = RunnerSpec(label, f"elsewhere:{label}", family)
    cell = Cell(WORKLOAD, runner, workers, "warm", "3.11")
    evidence = Evidence(
        cell=cell,
        tasks=shown.tasks,
        wall_s=shown.wall_s,
        total_s=shown.total_s if shown.total_s is not None else shown.wall_s * 1.01,
        busy_s=shown.busy_s,
        task_cpu_s=shown.task_cpu_s,
        peak=shown.peak,
        hands=shown.hands,
        pickled_bytes=shown.pickled_bytes,
        longest_s=shown.longest_s if shown.longest_s is not None else shown.busy_s / shown.tasks,
        idle_tail_s=shown.idle_tail_s,
        switches_voluntary=shown.switches_voluntary,
        switches_involuntary=shown.switches_involuntary,
        delayed_s=shown.delayed_s,
    )
    standing = Standing(runner, "raced", cell, 1.0, 5, None, None, None, (), "", None, None, None, None)
    return Look(standing, evidence)


COMPUTING = look("alone", "serial", 1, Shown(1.0, 1.0, 0.98, 1, 1))
WAITING = look("alone", "serial", 1, Shown(1.6, 1.6, 0.03, 1, 1, switches_voluntary=16))
MIXED = look("alone", "serial", 1, Shown(1.0, 1.0, 0.5, 1, 1, switches_voluntary=16))
TINY = look("alone", "serial", 1, Shown(0.001, 0.0004, 0.0004, 1, 1, tasks=1_000))
PARALLEL = look("forks", "processes", 2, Shown(0.52, 1.0, 1.0, 2, 2, pickled_bytes=1_500))
TURNS = look("strands", "threads", 4, Shown(1.02, 4.0, 1.0, 4, 4))
COROUTINES = look("loop", "async", 16, Shown(0.11, 1.62, 0.03, 16, 1))
