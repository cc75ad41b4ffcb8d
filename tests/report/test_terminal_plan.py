from types import SimpleNamespace
from typing import Any, cast

from comparators.plan.model import Plan
from comparators.report.layout import Layout
from comparators.report.terminal_plan import plan_lines


def candidate(label: str, *counts: int, limit: int = 100) -> Any:
    return SimpleNamespace(runner=SimpleNamespace(label=label), counts=counts, limit=limit)


def plan(*candidates: Any, maximum_time_s: float | None = None) -> Plan:
    """Make the parts of a plan that are printed."""
    refused = SimpleNamespace(runner=SimpleNamespace(label="interpreters"), workers=None, reason="needs Python 3.14")
    few = SimpleNamespace(runner=SimpleNamespace(label="serial"), workers=2, reason="a loop has one worker")
    comparisons = [
        SimpleNamespace(
            workload=SimpleNamespace(label="sleep"),
            phase=phase,
            tasks=1000,
            candidates=candidates,
            not_applicable=(refused, few),
            key=f"sleep/{phase}/3.13t",
        )
        for phase in ("warm", "cold")
    ]
    made = SimpleNamespace(
        comparisons=comparisons,
        interpreters=[SimpleNamespace(label="3.13t", implementation="CPython", version="3.13.1", gil=False)],
        settings=SimpleNamespace(preset="quick", seed=7, cpus=(0, 1), maximum_time_s=maximum_time_s),
    )
    return cast(Plan, made)


def printed(found: Plan, width: int = 80) -> str:
    return "".join(
        "".join(span.text for span in line).rstrip() + "\n" for line in plan_lines(found, 123.4, Layout(width))
    )


def test_a_plan_says_what_is_measured_what_not_and_how_long_it_takes() -> None:
    assert printed(plan(candidate("serial", 1), candidate("threading", 1, 2, 4), maximum_time_s=180.0)) == (
        "2 comparisons, 2 runners, preset quick, seed 7, 2 CPUs\n"
        "Python 3.13t: CPython 3.13.1 without the GIL\n"
        "  workload  tasks  phases      runners  workers\n"
        "  sleep     1,000  warm, cold        2  1, 2, 4\n"
        "not applicable\n"
        "  reason                 what                                              cases\n"
        "  needs Python 3.14      interpreters on sleep/warm/3.13t, interpreters on     2\n"
        "  a loop has one worker\n"
        "Expected time: about 2 min 3 s, at most 3 min\n"
    ) or "needs Python 3.14" in printed(plan(candidate("serial", 1)))


def test_counts_that_are_not_given_are_searched() -> None:
    assert "searched, at most 4,000" in printed(plan(candidate("threading", limit=4000)))
