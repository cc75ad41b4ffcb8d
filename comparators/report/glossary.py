"""How to read a report: the words it uses, for people who see one for the first time."""

__all__ = ["GLOSSARY"]

GLOSSARY: dict[str, str] = {
    "win": "One runner is left: every other was proved slower, or was dropped by the pilot as screened out. "
    "At most 2.5 % of races end with a winner that is not the fastest in it.",
    "win (unstable)": "A win that a diagnostic speaks against, such as times that drift; the flag says which.",
    "tie": "The runners named are the same within the margin. Take the one that you find simplest.",
    "any of": "Each of the runners named surely beats serial; which of them is the fastest is not decided. Take any.",
    "unresolved": "The measurements do not decide: the noise is too large for the blocks that there are, or there was "
    "no race. The runners named are those that may be the fastest.",
    "not raced": "There is one sample of each runner, two of some, and no more. The runners named "
    " are those that the pilot did not drop.",
    "not reached": "The run ended before its turn came. The same command goes on from there.",
    "leading": "Who won, who ties, or who may be the fastest where that is not decided; the fastest so far first.",
    "workers": "How many tasks a runner may have in progress at once. The pilot chooses each runner's best count.",
    "times faster than serial": "Seconds of serial divided by seconds of the runner, on the same total work. "
    "Below 1 the runner is slower. The brackets hold the confidence interval; “about” means that there is none, "
    "because one of the two was not in the race.",
    "≥ 3×": "The runner was stopped at a limit. It takes at least so many times the seconds of the best.",
    "warm": "The workers are already started: what each further piece of work costs.",
    "cold": "Starting and stopping the workers is part of the time: what doing it once costs.",
    "block": "Every runner still in the race once, in random order, each in a fresh process. Runners are compared "
    "within blocks, so what changes slowly on the machine does not favour one of them.",
    "first result": "How long it takes until the caller has the first result; the seconds are those until it has the "
    "last. The two are alike where all results come together, in the end.",
    "start-up cost": "What starting and stopping the workers adds: cold seconds less warm seconds.",
    "CPU seconds": "Computing time of all processes and threads together, for one loop over all tasks.",
    "uncontended, contended": "One operation with a primitive that nobody else wants; one that others want at the same "
    "moment, so that they wait for each other.",
    "hand-off": "One item from one worker to another.",
    "start and end": "A worker is started, given one empty task, and ended.",
    "surveyed": "Measured to see what things cost, and not raced: nobody wins.",
    "failed": "No value, and the cause. A failure is never counted as zero and never left out.",
    "not applicable": "The runner cannot do this work here. The reason stands beside it.",
}
