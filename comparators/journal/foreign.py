"""Files that people take for a run: what they are, from their first bytes, and what reads them."""

from collections.abc import Callable
from pathlib import Path

__all__ = ["HEAD_BYTES", "recognised"]

HEAD_BYTES = 65_536
"""Bytes that are looked at."""


_PYPERF, _VERDICTS = "results of pyperf", "the verdicts of a run"
_OWN = (_PYPERF, _VERDICTS)
"""What a run directory holds, too."""

_KNOWN: tuple[tuple[Callable[[bytes], bool], str, str], ...] = (
    (
        lambda head: head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"),
        "a pickle",
        "pickles are never read, as that could run anything; a run directory holds text only",
    ),
    (
        lambda head: head.startswith(b"\x1f\x8b"),
        "a file compressed by gzip",
        "if pyperf wrote it: python -m pyperf show '{path}'",
    ),
    (
        lambda head: b'"benchmarks"' in head and b'"machine_info"' in head,
        "results of pytest-benchmark",
        "pytest-benchmark compare '{path}'",
    ),
    (lambda head: b'"benchmarks"' in head, _PYPERF, "python -m pyperf show '{path}'"),
    (
        lambda head: b'"comparators-verdicts"' in head,
        _VERDICTS,
        "name the run directory that it comes from",
    ),
    (
        lambda head: b'"results"' in head and b'"command"' in head,
        "results of hyperfine",
        "hyperfine times whole commands; 'comparators run' compares models of concurrency",
    ),
)
"""Looks like it, what it is, what to do; the first that fits counts."""


def recognised(path: Path, head: bytes) -> tuple[str, str] | None:
    """Say what a file that is no journal looks like, and what to do with it; None when it looks like nothing known.

    Args:
        path: the file, for the advice.
        head: its first bytes; they are searched for words, never parsed, so nothing in them can do harm.
    """
    found = [(what, advice) for test, what, advice in _KNOWN if test(head)]
    if not found:
        return None
    what, advice = found[0]
    return what, _own_run(path) if what in _OWN and _own_run(path) else advice.format(path=path)


def _own_run(path: Path) -> str:
    """Return the command for the run that a derived file lies in; empty when it lies elsewhere."""
    journal = path.with_name("journal.jsonl")
    return f"comparators show '{path.parent}'" if journal.is_file() and journal != path else ""
