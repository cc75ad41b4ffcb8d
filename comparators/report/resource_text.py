"""What a runner costs beside time, in words: CPU seconds, memory, starting its workers."""

from comparators.report.table_rows import memory_of, serial_of
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.text_format import named, seconds

__all__ = ["cost_words"]


def cost_words(verdict: Verdict) -> str:
    """Say what the first of the winners costs, and serial for comparison; empty without numbers."""
    first = next((one for one in verdict.standings if one.runner.label in verdict.winners), None)
    shown = dict.fromkeys(one for one in (first, serial_of(verdict)) if one is not None)
    parts = [f"{named(one.runner.label)} {', '.join(costs)}" for one in shown if (costs := _costs(one))]
    return f"Cost: {'; '.join(parts)}." if parts else ""


def _costs(standing: Standing) -> list[str]:
    found = []
    if standing.cpu_s is not None:
        found.append(f"{seconds(standing.cpu_s)} of CPU time")
    if standing.memory_bytes is not None:
        found.append(f"{memory_of(standing).text} of memory")
    if standing.startup_s:
        found.append(f"{seconds(standing.startup_s)} to start and stop")
    return found
