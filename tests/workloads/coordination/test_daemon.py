import anyio
import pytest

from comparators.errors import WrongResult
from comparators.workload import Observation
from comparators.workloads.coordination._support import daemon_program
from comparators.workloads.coordination.daemon import EVENTS, OUTCOMES, Daemon, Ending, Exit, leave, leave_async

SHORT = 0.01


@pytest.mark.parametrize("model", OUTCOMES)
def test_every_kind_of_worker_ends_as_documented(model: str) -> None:
    workload = Daemon(model=model, count=1, left_s=SHORT)
    seen = workload.verify([leave(task) for task in workload.tasks()])
    assert seen == tuple(Observation(event, event in OUTCOMES[model], "") for event in EVENTS)


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_the_coroutine_runs_programs_too(library: str) -> None:
    workload = Daemon(model="pool-thread", count=1, left_s=SHORT)

    async def main() -> list[Ending]:
        return [await leave_async(task) for task in workload.tasks()]

    assert [one.value for one in workload.verify(anyio.run(main, backend=library))] == [1, 1, 1, 1]


def test_what_is_cut_off_and_what_is_not() -> None:
    def of(model: str) -> list[float]:
        happened = tuple(sorted(OUTCOMES[model]))
        return [one.value for one in Daemon(model=model, count=1).verify([Ending(0, 0, happened, "")])]

    assert of("thread") == [1, 0, 0, 1]
    assert of("process") == [1, 0, 0, 0]
    assert of("asyncio") == [1, 0, 1, 1]
    assert of("pool-thread") == of("pool-process") == [1, 1, 1, 1]


def test_only_workers_that_are_waited_for_have_little_to_do() -> None:
    long = {model for model in OUTCOMES if Daemon(model=model, left_s=SHORT).tasks()[0].seconds > SHORT}
    assert long == {"thread", "process", "asyncio"}


@pytest.mark.parametrize(
    "result",
    [
        Ending(0, 0, (), ""),
        Ending(0, 1, ("exit handler", "started"), ""),
        Ending(1, 0, ("exit handler", "started"), ""),
        Ending(0, 0, EVENTS, ""),
        None,
    ],
)
def test_another_end_is_wrong(result: object) -> None:
    with pytest.raises(WrongResult, match="end of program 0"):
        Daemon(count=1).verify([result])


def test_what_a_broken_program_says_is_found() -> None:
    ending = leave(Exit(0, "unheard-of", SHORT))
    assert ending.code == 1
    with pytest.raises(WrongResult, match="unheard-of"):
        Daemon(count=1).verify([ending._replace(said=ending.said.splitlines()[-1])])


def test_every_model_has_a_program() -> None:
    assert list(daemon_program.MODELS) == list(OUTCOMES)
