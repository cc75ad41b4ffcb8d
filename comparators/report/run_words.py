"""What holds for a run as a whole, in the same words everywhere: how it ended, its noise."""

from comparators.report.values import ratio
from comparators.verdict.analysis import Analysis, Noise
from comparators.verdict.text_format import percent, plural

__all__ = ["ending", "noise_words"]

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


def noise_words(noise: Noise) -> str:
    """Say how a cell compared with its own copy: what this host makes of no difference."""
    return (
        f"{noise.runner} against its own copy on {noise.comparison}: {ratio(noise.ratio).text} in "
        f"{plural(noise.blocks, 'round')}; differences up to {percent(noise.floor)} are noise here"
    )
