"""Samples of forked and of fresh processes: the same function takes them, so all but the numbers must agree."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pytest

from comparators.parameters import ParameterValue
from comparators.plan.usable_cpus import usable_cpus
from comparators.registry.catalogue import find
from comparators.supervision.exchange import Generation
from comparators.supervision.supervised import Supervised
from comparators.worker.job import Job, JobResult
from comparators.worker.preload import Preload
from tests.campaign.small_work import target

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork and watch a process safely")

PATIENCE_S = 60.0
FORK: Mapping[str, ParameterValue] = {"start": "fork"}
RUNNERS: dict[str, Mapping[str, ParameterValue]] = {"serial": {}, "threading": {}, "asyncio": {}, "mp-pool": FORK}


@pytest.fixture(scope="module")
def supervised() -> Iterator[Supervised]:
    with Supervised() as opened:
        yield opened


@pytest.fixture(scope="module")
def generation() -> Generation:
    preload = Preload(
        workloads=(target("Good"),),
        runners=tuple(find("runner", name).target for name in RUNNERS),
        cpus=usable_cpus()[-1:],
    )
    arguments = [sys.executable, "-P", "-m", "comparators.worker.warm", json.dumps(asdict(preload))]
    return Generation("1", arguments, {**os.environ, "OPENBLAS_NUM_THREADS": "1"}, PATIENCE_S)


def job(runner: str) -> str:
    one = Job(
        kind="sample",
        workload=target("Good"),
        workload_parameters={"count": 2},
        runner=find("runner", runner).target,
        runner_parameters=RUNNERS[runner],
        workers=1 if runner == "serial" else 2,
        phase="warm",
        loops=2,
        warmups=1,
        name="the cell",
        cpus=usable_cpus()[-1:],
        path=(),
    )
    return json.dumps(asdict(one))


def the_run(result: bytes | None) -> tuple[dict[str, Any], JobResult]:
    answer = JobResult(**json.loads(result or b"{}"))
    assert answer.cause is None, answer.details
    assert answer.suite is not None
    run: dict[str, Any] = answer.suite["benchmarks"][0]["runs"][0]
    return run, answer


@pytest.mark.parametrize("runner", RUNNERS)
def test_forked_and_fresh_samples_say_the_same_things(
    supervised: Supervised, generation: Generation, runner: str
) -> None:
    reply, result = supervised.run_warm(generation, job(runner), PATIENCE_S)
    assert (reply.lost, reply.fork_unsafe, reply.leftovers) == ("", "", 0)
    forked, forked_answer = the_run(result)
    command = [sys.executable, "-P", "-m", "comparators.worker.main", job(runner)]
    _, result = supervised.run(command, dict(generation.environment), PATIENCE_S)
    fresh, fresh_answer = the_run(result)
    assert forked.keys() == fresh.keys()
    assert forked["metadata"].keys() == fresh["metadata"].keys()
    assert forked["metadata"]["cpu_affinity"] == fresh["metadata"]["cpu_affinity"]
    assert (forked_answer.facts or {}).keys() == (fresh_answer.facts or {}).keys()
    assert [seen[0] for seen in forked_answer.observations] == [seen[0] for seen in fresh_answer.observations]
    assert forked["values"][0] > 0
