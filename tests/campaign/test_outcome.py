"""What became of a worker process, as a record."""

import signal
from dataclasses import replace

import pytest

from comparators.campaign.outcome import HANGS_BELOW, LONGEST, Occasion, failure_of, sample_of
from comparators.journal.records import Cause, Failure
from comparators.supervision.exchange import Reply
from comparators.worker.job import JobResult
from comparators.workload import Observation
from tests.journal.records import CELL

REPLY = Reply(code=0, elapsed_s=1.5, cpu_s=0.5, output="said\n")
STACKS = "Thread 0x1 (most recent call first):\n"
KILLED = replace(REPLY, code=None, timed_out=True, output=STACKS)
CAPPED = replace(REPLY, code=None, capped=True, value_s=0.3, value_cpu_s=0.3, output=STACKS)
IDLE = replace(KILLED, cpu_s=HANGS_BELOW * KILLED.elapsed_s / 2)
SUITE = {
    "metadata": {"python_version": "3.11.7"},
    "benchmarks": [
        {
            "metadata": {"cpu_count": 2},
            "runs": [{"metadata": {"loops": 4, "uptime": 9.0}, "values": [0.25], "warmups": [[4, 0.5]]}],
        }
    ],
}
CAP_S = 0.123456
OCCASION = Occasion(CELL, "test", "model", block=3, position=1, previous="before")


@pytest.mark.parametrize(
    ("reply", "answer", "limit_s", "cause", "message"),
    [
        pytest.param(
            REPLY, JobResult(cause="error", message="ValueError: no"), None, "error", "ValueError: no", id="own"
        ),
        pytest.param(
            REPLY,
            JobResult(cause="wrong-result", message="sum: expected 3, found 4"),
            None,
            "wrong-result",
            "sum: expected 3, found 4",
            id="wrong result",
        ),
        pytest.param(
            KILLED,
            JobResult(cause="error", message="KeyError: 1"),
            CAP_S,
            "error",
            "KeyError: 1",
            id="said before it hung",
        ),
        pytest.param(KILLED, None, None, "timeout", "no result after 7.5 s", id="deadline"),
        pytest.param(KILLED, None, CAP_S, "timeout", "no result after 7.5 s", id="deadline of a capped sample"),
        pytest.param(CAPPED, None, CAP_S, "capped", "stopped: slower than 0.123 s", id="cap"),
        pytest.param(
            CAPPED,
            JobResult(cause="error", message="KeyError: 1"),
            CAP_S,
            "error",
            "KeyError: 1",
            id="said before the cap",
        ),
        pytest.param(
            IDLE, None, CAP_S, "hangs", "no result after 7.5 s and no CPU time used: it hangs", id="no progress"
        ),
        pytest.param(
            replace(IDLE, disturbances=["a process was stopped"]),
            None,
            None,
            "hangs",
            "no result after 7.5 s and no CPU time used: it hangs; a process was stopped",
            id="stopped all the time",
        ),
        pytest.param(
            replace(KILLED, timed_out=False, over_memory_bytes=3 << 30, memory_limit_bytes=2 << 30),
            None,
            CAP_S,
            "memory",
            "killed for memory: 3.00 GiB in use, 2.00 GiB allowed",
            id="over its limit",
        ),
        pytest.param(
            replace(REPLY, code=-signal.SIGKILL, oom_kills=1),
            None,
            None,
            "memory",
            "killed for memory, by the system",
            id="out of memory",
        ),
        pytest.param(
            replace(REPLY, oom_kills=1),
            JobResult(cause="error", message="BrokenProcessPool: A process died"),
            None,
            "memory",
            "killed for memory, by the system: a process of the worker; BrokenProcessPool: A process died",
            id="a process of a pool out of memory",
        ),
        pytest.param(
            replace(REPLY, oom_kills=1),
            JobResult(cause="error", message="KeyError: 1"),
            None,
            "error",
            "KeyError: 1",
            id="another program out of memory",
        ),
        pytest.param(
            replace(KILLED, disturbances=["a process was stopped"]),
            None,
            None,
            "timeout",
            "no result after 7.5 s; a process was stopped",
            id="stopped until the deadline",
        ),
        pytest.param(
            replace(REPLY, code=None, lost="the warm interpreter has ended"),
            None,
            None,
            "crashed",
            "the warm interpreter has ended",
            id="a lost interpreter",
        ),
        pytest.param(
            replace(KILLED, replaced=12),
            None,
            None,
            "timeout",
            "no result after 7.5 s; its processes ended and others took their place, again and again: 12 were seen to",
            id="restart storm",
        ),
        pytest.param(replace(REPLY, code=-11), None, None, "crashed", "killed by SIGSEGV", id="signal"),
        pytest.param(
            replace(REPLY, code=-signal.SIGKILL), None, CAP_S, "crashed", "killed by SIGKILL", id="with a cap"
        ),
        pytest.param(replace(REPLY, code=-40), None, None, "crashed", "killed by signal 40", id="a nameless signal"),
        pytest.param(replace(REPLY, code=3), None, None, "crashed", "exit code 3 without a result", id="exit code"),
        pytest.param(REPLY, None, None, "no-result", "exit code 0 without a result", id="no result"),
        pytest.param(
            replace(REPLY, code=None, output="the supervisor process was killed"),
            None,
            None,
            "crashed",
            "the supervisor process was killed",
            id="no supervisor",
        ),
        pytest.param(replace(REPLY, code=None, output=""), None, None, "crashed", "no result", id="nothing known"),
    ],
)
def test_each_end_has_its_cause(
    reply: Reply, answer: JobResult | None, limit_s: float | None, cause: Cause, message: str
) -> None:
    failure = failure_of(OCCASION, reply, answer, deadline_s=7.5, limit_s=limit_s)
    assert (failure.cause, failure.message) == (cause, message)
    assert (failure.cell, failure.stage, failure.level, failure.block) == (CELL, "test", "model", 3)
    assert failure.elapsed_s == 1.5
    assert failure.limit_s == (CAP_S if cause == "capped" else None)


def failed(reply: Reply, answer: JobResult | None) -> Failure:
    return failure_of(OCCASION, reply, answer, deadline_s=1.0)


def test_the_details_are_the_traceback_and_the_output() -> None:
    answered = JobResult(cause="error", message="KeyError: 1", details="Traceback …\n")
    silent = replace(REPLY, output="\n")
    assert failed(REPLY, answered).details == "said\n\nTraceback …\n"
    assert failed(silent, answered).details == "Traceback …\n"
    assert failed(REPLY, replace(answered, details="")).details == "said\n"
    assert failed(KILLED, None).details == STACKS


def test_a_message_is_one_line_of_bearable_length() -> None:
    answer = JobResult(cause="error", message="\nValueError: first\nsecond")
    assert failed(REPLY, answer).message == "ValueError: first"
    assert failed(REPLY, replace(answer, message="x" * 9999)).message == "x" * LONGEST + "…"


def test_a_value_becomes_a_sample() -> None:
    answer = JobResult(
        suite=SUITE,
        observations=(("wait", 2.0, "ns", "by two workers", "lock", "contended"),),
        facts={"gil": "on", "blas_threads": 1},
    )
    sample = sample_of(OCCASION, 7, REPLY, answer)
    assert (sample.cell, sample.stage, sample.level, sample.generation) == (CELL, "test", "model", 7)
    assert (sample.block, sample.position, sample.previous) == (3, 1, "before")
    assert (sample.seconds, sample.warmup_s, sample.loops) == (0.25, 0.5, 4)
    assert (sample.elapsed_s, sample.cpu_s) == (1.5, 0.5)
    assert sample.observations == (Observation("wait", 2.0, "ns", "by two workers", "lock", "contended"),)
    assert sample.metadata == {
        "python_version": "3.11.7",
        "cpu_count": 2,
        "loops": 4,
        "uptime": 9.0,
        "comparators_gil": "on",
        "comparators_blas_threads": 1,
    }


def test_a_cold_value_has_neither_warm_up_nor_loops() -> None:
    suite = {"benchmarks": [{"runs": [{"values": [2.5]}]}]}
    sample = sample_of(Occasion(CELL, "pilot"), -1, REPLY, JobResult(suite=suite))
    assert (sample.stage, sample.level, sample.block, sample.generation) == ("pilot", None, -1, -1)
    assert (sample.seconds, sample.warmup_s, sample.loops, sample.metadata) == (2.5, None, 1, {})


def test_what_was_left_behind_is_noted_beside_a_good_value() -> None:
    reply = replace(REPLY, hung_exit=True, leftovers=3, disturbances=["the machine slept for 3.0 s"])
    metadata = sample_of(OCCASION, 0, reply, JobResult(suite=SUITE)).metadata
    assert metadata["comparators_hung_exit"] == "the process had to be killed after its result"
    assert metadata["comparators_leftovers"] == 3
    assert metadata["comparators_disturbance"] == "the machine slept for 3.0 s"
