"""How a run ended, in one sentence for all documents."""

from comparators.verdict.analysis import Analysis
from comparators.verdict.text_format import plural

__all__ = ["ending"]

_WORDS = {
    "interrupted": "the run was interrupted",
    "out-of-time": "the run's time was used up",
    "": "the run has not ended, or was killed",
}


def ending(analysis: Analysis) -> str:
    """Say why a run is incomplete and how it goes on; empty when it is complete."""
    if analysis.finished == "complete":
        return ""
    words = _WORDS.get(analysis.finished, _WORDS[""])
    missing = f", {plural(analysis.missing, 'cell')} not reached" if analysis.missing else ""
    return f"{words}{missing}; the same command goes on from there"
