"""Moments of a run, made by hand."""

from typing import Any

from comparators.campaign.progress import Progress

__all__ = ["moment"]

THREADS = "hash/threading/4/warm/3.11"


def moment(**changes: Any) -> Progress:
    """Return a moment in the midst of a test of models."""
    usual: dict[str, Any] = {
        "activity": "model",
        "comparison": "hash/warm/3.11",
        "workload": "hash",
        "cell": THREADS,
        "block": 1,
        "models": (),
        "comparisons_done": 2,
        "comparisons": 18,
        "elapsed_s": 60.0,
        "remaining_s": 200.0,
    }
    return Progress(**{**usual, **changes})
