"""What will be measured: cells, comparisons, what does not apply, and the settings of a run. Frozen data only."""

import hashlib
import json
from dataclasses import dataclass

from comparators.parameters import ParameterValue
from comparators.plan.code import CodeFile
from comparators.request.request import Scaling
from comparators.stats.thresholds import Level, Thresholds
from comparators.workload import Model, Phase

__all__ = [
    "Candidate",
    "Cell",
    "Comparison",
    "Interpreter",
    "NotApplicable",
    "Parameters",
    "Plan",
    "RunnerSpec",
    "Settings",
    "WorkloadSpec",
]

Parameters = tuple[tuple[str, ParameterValue], ...]
"""Names and values, in the order in which the class declares them."""


def _label(name: str, parameters: Parameters) -> str:
    if not parameters:
        return name
    return f"{name}[{','.join(f'{key}={value}' for key, value in parameters)}]"


@dataclass(frozen=True, slots=True)
class WorkloadSpec:
    """A workload and its parameters.

    Attributes:
        name: name in reports.
        target: where its class is, see `comparators.registry.catalogue`.
        parameters: every parameter.
        given: those that were asked for by hand; they are part of the label.
    """

    name: str
    target: str
    parameters: Parameters
    given: Parameters = ()

    @property
    def label(self) -> str:
        """Name and the parameters given by hand: `integrate[steps=1000]`."""
        return _label(self.name, self.given)


@dataclass(frozen=True, slots=True)
class RunnerSpec:
    """A runner and those of its parameters that differ from the defaults."""

    name: str
    target: str
    model: Model
    parameters: Parameters = ()

    @property
    def label(self) -> str:
        """Name and parameters as on the command line: `mp-pool[method=imap]`."""
        return _label(self.name, self.parameters)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that measures.

    Attributes:
        label: short name in reports, unique in a plan: `3.11`, `3.13t`.
        executable: absolute path.
        version: such as `3.11.7`.
        implementation: such as `CPython`.
        gil: whether the GIL is on in a fresh process of it.
        package: version of this package in its environment.
        libraries: names and versions of the libraries there that runners and workloads are made of.
    """

    label: str
    executable: str
    version: str
    implementation: str
    gil: bool
    package: str
    libraries: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The smallest thing that is measured: one workload under one runner with one worker count."""

    workload: WorkloadSpec
    runner: RunnerSpec
    workers: int
    phase: Phase
    python: str

    @property
    def key(self) -> str:
        """Unique name in a run, also the benchmark's name in `results.json`."""
        return f"{self.workload.label}/{self.runner.label}/{self.workers}/{self.phase}/{self.python}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A runner in a comparison and the worker counts it may have.

    Attributes:
        runner: the runner.
        counts: worker counts asked for; empty to choose and search them.
        fewest: the fewest workers that the work needs to come to an end: tasks that wait for each other.
        limit: the most workers that make sense here: the number of tasks, or what the model or host allows.
        api: what it is in code, with a place for the number of workers: `ThreadPoolExecutor({workers})`.
        rank: how simple the API is among those of its model, 0 for the simplest: what stands for the model, and what is
            recommended among equals.
    """

    runner: RunnerSpec
    counts: tuple[int, ...]
    fewest: int
    limit: int
    api: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A runner that cannot take part in a comparison, or a worker count it cannot have, with the reason."""

    runner: RunnerSpec
    reason: str
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The runners that are compared with each other: one workload, one phase, one Python.

    Attributes:
        tasks: how many tasks the workload has.
        levels: the questions that are tested; empty where only what the work reports beside the time is wanted.
        kind: the kind of work in plain words: "computing in Python"; the summary for own work.
        waits: whether its tasks are known to wait, before any profile.
        own: whether the work is a person's own function.
        timed: False for work of fixed duration, such as a deadlock's deadline: there is no verdict on time.
    """

    workload: WorkloadSpec
    phase: Phase
    python: str
    tasks: int
    candidates: tuple[Candidate, ...]
    not_applicable: tuple[NotApplicable, ...] = ()
    levels: tuple[Level, ...] = ("model", "workers", "api")
    kind: str = ""
    waits: bool = False
    own: bool = False
    timed: bool = True

    @property
    def key(self) -> str:
        """Unique name in a run."""
        return f"{self.workload.label}/{self.phase}/{self.python}"

    def cell(self, runner: RunnerSpec, workers: int) -> Cell:
        """Return the cell of one of the comparison's runners."""
        return Cell(self.workload, runner, workers, self.phase, self.python)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run measures; every number that changes a result is here, and so in the journal.

    Attributes:
        preset: how much is measured, see `comparators.request.presets`.
        seed: of every random order.
        seed_given: whether the seed was asked for by hand; only then it tells two plans apart.
        thresholds: every number that a verdict depends on.
        maximum_time_s: seconds for the whole run; None for no limit.
        timeout_s: deadline of one sample in seconds.
        cpus: CPUs this run may use; part of what a resumed run must agree on.
        cost_samples: samples that each runner gets at least where its work reports the cost of a primitive.
        memory_bytes: what all processes of a sample may use together; None for nine tenths of what is free.
        scaling: what grows with the workers, see `Scaling`.
        isolate: whether workers run in a process-id namespace.
        fresh: whether each sample has a process of its own instead of one forked from a warm interpreter.
    """

    preset: str
    seed: int
    seed_given: bool
    thresholds: Thresholds
    maximum_time_s: float | None
    timeout_s: float
    cpus: tuple[int, ...]
    cost_samples: int = 0
    memory_bytes: int | None = None
    scaling: Scaling = ""
    isolate: bool = False
    fresh: bool = False

    @property
    def margin(self) -> float:
        """Differences below this share count as none."""
        return self.thresholds.margin

    def copies(self, workers: int) -> int:
        """Return how often the tasks are done at once within a loop: once, or for weak scaling once per worker."""
        return workers if self.scaling == "weak" else 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run will measure.

    Attributes:
        settings: how.
        interpreters: the Pythons that measure.
        comparisons: what is compared.
        code: files of third-party code and their digests, see `comparators.plan.code`.
    """

    settings: Settings
    interpreters: tuple[Interpreter, ...]
    comparisons: tuple[Comparison, ...]
    code: tuple[CodeFile, ...] = ()

    def interpreter(self, label: str) -> Interpreter:
        """Return the interpreter that a cell names."""
        return next(one for one in self.interpreters if one.label == label)

    @property
    def fingerprint(self) -> str:
        """Identity of what is measured: a run resumes only a journal of the same fingerprint.

        The time limit does not count, so that a run which ended by it can be given more time.
        """
        from dataclasses import asdict

        document = asdict(self)
        del document["settings"]["maximum_time_s"]
        if not self.settings.seed_given:
            del document["settings"]["seed"]
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
