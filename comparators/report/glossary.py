"""The words of a report, for people who see one for the first time, and their page `docs/glossary.md`."""

from collections.abc import Iterator

from comparators.report.columns import TABLES
from comparators.report.values import STATUSES
from comparators.verdict.analysis import ResultStatus

__all__ = ["GLOSSARY", "STATUS_HELP", "glossary_page"]

GLOSSARY: dict[str, str] = {
    "workload": "Work to be done: tasks, a function that does one of them, a check of the results.",
    "model": "What does the work: a plain loop, threads, processes, async or interpreters.",
    "runner": "One API of a model, such as `futures-threads` or `mp-pool`.",
    "workers": "The most tasks in progress at once.",
    "phase": "warm: the workers are there. cold: starting and stopping them counts.",
    "cell": "What is measured: a workload under a runner with a number of workers, in a phase, under a Python.",
    "comparison": "All cells of one workload, phase and Python; its candidates are the runners.",
    "profile": "A look at a few tasks first: do they wait, do they hold the GIL, how much data travels.",
    "pilot": "A few samples that screen out what is hopeless; they never count in a result.",
    "sample": "One value of one cell with its checked result.",
    "round, block": "One sample of every cell that is left, in random order. Cells are compared within rounds, so that "
    "a machine that becomes slower favours none of them.",
    "sequential test": "Decides after planned numbers of rounds and stops as soon as it can.",
    "verdict": "The answer on one of three levels, the model, the workers, the API: decided, equal or undecided.",
    "decided": "Every other one is slower beyond doubt; the probability that this is wrong stands beside it.",
    "equal": "Shown to differ by less than the margin. Take the one that you find simplest.",
    "undecided": "Neither; the interval and the number of rounds that would settle it stand beside it.",
    "margin": "Differences below it count as none: 5 %, or the noise of this host where that is more.",
    "interval": "Where the true ratio lies, with the stated confidence; “about” means a single sample without one.",
    "A/A control, noise": "A cell against its own copy; no difference as small as theirs is called one.",
    "parallel capacity": "How much more independent busy processes do than one on this host.",
    "cause": "The one reason for the answer, from what the timed runs showed; its numbers stand in brackets.",
    "cost": "What an operation on a lock, a queue or another primitive costs.",
    "third-party": "Plugins and your own files: imported and run in child processes only.",
    "≥ 20×": "It was stopped at a limit: it takes at least this many times the seconds of the best.",
}
"""Words and what they mean, in the order in which a reader meets them."""

STATUS_HELP: dict[ResultStatus, str] = {
    "best": "The recommended one.",
    "equal": "Within the margin of the best.",
    "open": "May be as fast as the best; not told apart.",
    "slower": "Slower beyond doubt and beyond the margin.",
    "bound": "Stopped because it is slow; it has a bound and no time.",
    "pilot": "So slow in a first sample that it was not tested; it has no time beside those that were.",
    "failed": "No value, and the reason. A failure is never zero and never left out.",
    "hangs": "No progress and no CPU used until its deadline.",
    "wrong": "Its results are wrong, by lost updates or a deadlock: no time, no rank, no code.",
    "not-applicable": "Cannot do this work here; the reason stands beside it.",
    "not-reached": "The run ended before its turn. The same command goes on from there.",
}
"""How a model, a runner or a worker count came out."""


def glossary_page() -> str:
    """Return the glossary as a page, in Markdown."""
    lines = ["# Glossary", "", "## Words", "", "| word | meaning |", "|---|---|"]
    lines += [f"| {word} | {meaning} |" for word, meaning in GLOSSARY.items()]
    lines += ["", "## Results", "", "| word | meaning |", "|---|---|"]
    lines += [f"| {STATUSES[status]} (`{status}`) | {meaning} |" for status, meaning in STATUS_HELP.items()]
    lines += ["", "## Columns", "", "| column | meaning |", "|---|---|", *_columns()]
    return "\n".join(lines) + "\n"


def _columns() -> Iterator[str]:
    """Yield a row for each heading that is no word of the glossary, with what it means where it stands first."""
    told = {word for words in GLOSSARY for word in words.split(", ")}
    for columns in TABLES.values():
        for column in columns:
            if column.heading not in told:
                told.add(column.heading)
                yield f"| {column.heading} | {column.help} |"
