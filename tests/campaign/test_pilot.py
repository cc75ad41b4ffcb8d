"""The pilot: worker counts, second chances and caps, on seconds that are known."""

import math
from dataclasses import replace
from typing import Any

import pytest
from comparators.campaign.pilot import PILOT_CAP

from comparators.plan.model import Candidate
from tests.campaign.simulated import (
    BASELINE,
    Simulated,
    comparison_of,
    fixed,
    race_workers,
    runner,
    searching,
    simulation,
    taking,
)
from tests.journal.records import SETTINGS


def test_the_pilot_finds_the_best_worker_count_and_the_race_uses_it() -> None:
    sampler = Simulated(lambda cell, ordinal: 1.0 + abs(math.log2(cell.workers / 16)) / 10)
    best = simulation(comparison_of(searching("threads")), sampler).measure()
    assert sampler.piloted() == {"threads": [2, 4, 8, 16, 32, 23]}
    assert race_workers(sampler) == {"threads": {16}}
    assert best == {runner("threads"): 16}


def test_a_count_that_fails_ends_the_climb() -> None:
    sampler = Simulated(lambda cell, ordinal: 1.0 / cell.workers, failing={("threads", "pilot", -1): "crashed"})
    simulation(comparison_of(searching("threads")), sampler).measure()
    assert sampler.piloted() == {"threads": [2]}
    assert sampler.blocks() == []


def test_counts_that_were_asked_for_are_all_piloted() -> None:
    candidate = Candidate(runner("threads"), (4, 1, 2), search=False, limit=4)
    sampler = Simulated(lambda cell, ordinal: float(cell.workers))
    best = simulation(comparison_of(candidate), sampler).measure()
    assert sampler.piloted() == {"threads": [4, 1, 2]}
    assert best == {runner("threads"): 1}


def test_hints_replace_the_search() -> None:
    comparison = replace(comparison_of(searching("hinted"), searching("other"), fixed("fixed")), phase="cold")
    sampler = Simulated(lambda cell, ordinal: 1.0 + abs(math.log2(cell.workers / 4)) / 10)
    hints = {runner("hinted"): 32, runner("fixed"): 32}
    simulation(comparison, sampler, hints=hints).measure()
    assert sampler.piloted()["hinted"] == [32]
    assert sampler.piloted()["other"][:3] == [2, 4, 8]
    assert sampler.piloted()["fixed"] == [2]


def test_the_search_stops_for_a_runner_that_is_far_behind() -> None:
    sampler = Simulated(lambda cell, ordinal: 1.0 if cell.runner.name == "fast" else 50.0 / cell.workers)
    simulation(comparison_of(fixed("fast"), searching("slow")), sampler).measure()
    assert sampler.piloted()["slow"] == [2]


def test_a_runner_far_behind_is_dropped_after_one_sample() -> None:
    sampler = Simulated(taking(fast=1.0, slow=3.1))
    simulation(comparison_of(fixed("fast"), fixed("slow")), sampler).measure()
    assert sampler.piloted() == {"fast": [2], "slow": [2]}
    assert all(block == ["fast"] for block in sampler.blocks())


def test_a_runner_somewhat_behind_gets_a_second_sample_before_it_is_dropped() -> None:
    sampler = Simulated(taking(fast=1.0, slow=2.0))
    simulation(comparison_of(fixed("fast"), fixed("slow")), sampler).measure()
    assert sampler.piloted() == {"fast": [2], "slow": [2, 2]}
    assert [block for stage, _, block, *_ in sampler.taken if stage == "pilot"] == [-1, -1, -2]
    assert all(block == ["fast"] for block in sampler.blocks())


def test_a_runner_that_was_only_unlucky_stays() -> None:
    sampler = Simulated(lambda cell, ordinal: 2.0 if (cell.runner.name, ordinal) == ("unlucky", 0) else 1.0)
    simulation(comparison_of(fixed("fast"), fixed("unlucky")), sampler).measure()
    assert sampler.piloted()["unlucky"] == [2, 2]
    assert all(set(block) == {"fast", "unlucky"} for block in sampler.blocks())


def test_the_pilot_caps_all_but_the_first_and_takes_the_baseline_last() -> None:
    sampler = Simulated(taking(serial=40.0, fast=0.5, slow=16.0), overhead_s=0.25)
    simulation(comparison_of(BASELINE, fixed("fast"), fixed("slow")), sampler).measure()
    caps = {cell.runner.name: cap for stage, cell, *_, cap in sampler.taken if stage == "pilot"}
    assert list(caps) == ["fast", "slow", "serial"]
    assert caps["fast"] is None
    assert caps["slow"] is not None
    assert caps["slow"].seconds == PILOT_CAP * 0.5
    assert caps["slow"].deadline_s == pytest.approx(2 * PILOT_CAP * 0.5 + 1.0 + 0.25)


def test_a_runner_whose_preflight_failed_is_not_measured() -> None:
    sampler = Simulated(taking(good=1.0), broken=["broken"])
    simulation(comparison_of(fixed("broken"), fixed("good")), sampler).measure()
    assert {cell.runner.name for _, cell, *_ in sampler.taken} == {"good"}


@pytest.mark.parametrize("scaling", ["strong", "weak"])
def test_a_look_at_scaling_takes_more_samples_of_every_count(scaling: Any) -> None:
    comparison = comparison_of(BASELINE, Candidate(runner("threads"), (1, 2, 4), search=False, limit=4))
    sampler = Simulated(lambda cell, ordinal: 1.0 / cell.workers)
    simulation(comparison, sampler, settings=replace(SETTINGS, scaling=scaling)).measure()
    assert sorted(sampler.piloted()["threads"]) == [1, 1, 1, 2, 2, 2, 4, 4, 4]
    assert sampler.piloted()["serial"] == [1, 1, 1]
    assert sampler.piloted()["threads"][3:] != [1, 2, 4, 1, 2, 4]
