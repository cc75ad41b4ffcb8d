"""Made-up looks at how runners went about tasks."""

from comparators.plan.model import Cell, RunnerSpec, WorkloadSpec
from comparators.runner import Model
from comparators.verdict.execution_patterns import Look
from comparators.verdict.model import Standing
from tests.verdict.builder import Shown, evidence_of

__all__ = ["COMPUTING", "COROUTINES", "MIXED", "PARALLEL", "TINY", "TURNS", "WAITING", "look"]

WORKLOAD = WorkloadSpec("any", "elsewhere:Any", ())


def look(label: str, model: Model, workers: int, shown: Shown) -> Look:
    """Return a look that found these numbers."""
    runner = RunnerSpec(label, f"elsewhere:{label}", model)
    cell = Cell(WORKLOAD, runner, workers, "warm", "3.11")
    standing = Standing(runner, "raced", cell, 1.0, 5, None, None, None, (), "", None, None, None, None)
    return Look(standing, evidence_of(cell, shown))


COMPUTING = look("alone", "loop", 1, Shown(1.0, 1.0, 0.98, 1, 1))
WAITING = look("alone", "loop", 1, Shown(1.6, 1.6, 0.03, 1, 1, switches_voluntary=16))
MIXED = look("alone", "loop", 1, Shown(1.0, 1.0, 0.5, 1, 1, switches_voluntary=16))
TINY = look("alone", "loop", 1, Shown(0.001, 0.0004, 0.0004, 1, 1, tasks=1_000))
PARALLEL = look("forks", "processes", 2, Shown(0.52, 1.0, 1.0, 2, 2, pickled_bytes=1_500))
TURNS = look("strands", "threads", 4, Shown(1.02, 4.0, 1.0, 4, 4))
COROUTINES = look("loop", "async", 16, Shown(0.11, 1.62, 0.03, 16, 1))
