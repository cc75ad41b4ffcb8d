"""What an expert would add: with a number, else not at all."""

from collections.abc import Mapping

from comparators.verdict.analyse import analyse
from comparators.verdict.analysis import Verdict
from tests.verdict.builder import Details, Value, make_run, profile_of, times


def keys(verdict: Verdict) -> dict[str, str]:
    return {one.key: one.text for one in verdict.advice}


def waiting(*, details: Mapping[str, Details] | None = None, api: Mapping[str, list[Value]] | None = None) -> Verdict:
    run = make_run(
        model={"serial": times(0.9, 10), "futures-threads/40": times(0.05, 10), "asyncio/40": times(0.0503, 10)},
        profile=profile_of(cpu_share=0.05),
        details=details,
        api=api,
    )
    return analyse(run).verdicts[0]


def test_nothing_is_said_without_a_number() -> None:
    assert keys(waiting()) == {}


def test_an_equal_model_with_far_less_memory() -> None:
    details = {"futures-threads/40": Details(memory_bytes=400 << 20), "asyncio/40": Details(memory_bytes=31 << 20)}
    assert keys(waiting(details=details))["memory"] == (
        "async does the same with 31.0 MiB of memory instead of 400 MiB"
    )


def test_a_little_less_memory_is_no_reason() -> None:
    details = {"futures-threads/40": Details(memory_bytes=40 << 20), "asyncio/40": Details(memory_bytes=31 << 20)}
    assert "memory" not in keys(waiting(details=details))


def test_a_pool_that_must_be_kept() -> None:
    verdict = waiting(details={"futures-threads/40": Details(start_s=2.0)})
    assert keys(verdict)["keep-the-pool"] == "keep the pool: starting it takes 2 s, which pays from 95 calls on"


def test_chunks_are_advised_where_they_were_measured() -> None:
    run = make_run(
        model={"serial": times(0.9), "futures-processes/2": times(0.45)},
        api={"futures-processes/2": times(0.45), "futures-processes[chunk=64]/2": times(0.15)},
    )
    assert keys(analyse(run).verdicts[0])["chunksize"] == "chunksize=64: 3.0 times faster than one by one"


def test_data_that_travel_may_be_shared() -> None:
    run = make_run(
        model={"serial": times(0.2), "futures-threads/2": times(0.11), "futures-processes/2": times(0.9)},
        details={"futures-threads/2": Details(cpu_s=0.21)},
        profile=profile_of(task_s=0.005, pickled_bytes=8e6),
    )
    assert keys(analyse(run).verdicts[0])["share-memory"] == (
        "if it must be processes, put the 8 MB per task into shared memory"
    )
