"""The control of a run in words: what this host makes of no difference at all."""

from comparators.verdict.noise import WIDEST_TIE, Control
from comparators.verdict.text_format import ends, percent, plural, ratio_of

__all__ = ["control_words"]


def control_words(control: Control) -> str:
    """Say how a cell compared with its own copy, and from which difference on this host tells two cells apart."""
    within, cell = ends(control.ratio), control.cell
    took = f"a copy of {cell.runner.label} on {cell.workload.label} took {ratio_of(control.ratio)} times its seconds"
    if within is None:
        return f"{took}, in {plural(control.blocks, 'block')}"
    took += f" ({within[0]} to {within[1]}), in {plural(control.blocks, 'block')}"
    if control.differs:
        return f"{took}: different for sure, which no copy is; do not trust small differences in this run"
    if not control.floor:
        return f"{took}: too few blocks to say how large this host's own noise is"
    if control.floor > WIDEST_TIE:
        return f"{took}: with noise of {percent(control.floor)} nothing is called equal; measure again when it is quiet"
    return f"{took}: no difference, as it must be; this host's own noise is {percent(control.floor)}"
