"""Plans for tests: a host with two CPUs and Pythons that nothing has to start."""

from collections.abc import Iterable, Mapping

import pytest

from comparators.plan.build import make_plan
from comparators.plan.interpreters import Described
from comparators.plan.model import Comparison, Interpreter, Plan
from comparators.request.request import Request

__all__ = ["described", "interpreter", "one", "plan_of"]


def interpreter(label: str = "3.11", **changes: str | bool) -> Interpreter:
    """Return a Python that exists on paper only."""
    facts = {"executable": f"/opt/{label}/bin/python", "version": f"{label}.1", "implementation": "CPython"}
    return Interpreter(**{"label": label, **facts, "gil": True, "package": "0.1.0", **changes})  # type: ignore[arg-type]  # a mixed dict


def described(*labels: str, unavailable: Mapping[str, str] | None = None) -> tuple[Described, ...]:
    """Return Pythons, all with the same runners missing."""
    return tuple(Described(interpreter(label), unavailable or {}) for label in labels or ("3.11",))


def plan_of(
    monkeypatch: pytest.MonkeyPatch,
    request: Request,
    *,
    pythons: tuple[Described, ...] | None = None,
    cpus: Iterable[int] = (0, 1),
) -> Plan:
    """Make a plan on a host with these CPUs and Pythons."""
    monkeypatch.setattr("comparators.plan.build.describe", lambda executables, targets: pythons or described())
    monkeypatch.setattr("comparators.plan.build.usable_cpus", lambda: tuple(cpus))
    return make_plan(request)


def one(plan: Plan) -> Comparison:
    """Return the plan's only comparison."""
    (comparison,) = plan.comparisons
    return comparison
