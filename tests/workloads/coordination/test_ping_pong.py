from typing import Any

import pytest

from comparators.errors import WrongResult
from comparators.runners._support.start_method import START_METHODS
from comparators.worker.timing import timed
from comparators.workloads.coordination._support.ping_pong_channels import NEEDS
from comparators.workloads.coordination.ping_pong import PingPong, Played
from tests.runners.variants import DEFAULTS, Variant


def run_twice(workload: PingPong, variant: Variant, phase: str = "warm", **parameters: Any) -> None:
    with timed(workload, variant.cls, parameters, 2, phase) as time_func:  # type: ignore[arg-type]  # a phase
        for _ in range(2):
            time_func(1)
            middle, late, cost = time_func.observations
            assert 0 < middle.value <= late.value
            assert cost.value == middle.value / 2


@pytest.mark.parametrize("channel", NEEDS)
@pytest.mark.parametrize("variant", DEFAULTS)
def test_every_channel_of_every_model_carries_there_and_back(variant: Variant, channel: str) -> None:
    workload = PingPong.from_preset("tiny", channel=channel)
    if variant.info.workers_maximum == 1:
        pytest.skip("two players need each other")
    if reason := workload.not_applicable(variant.info):
        pytest.skip(reason)
    run_twice(workload, variant)


@pytest.mark.parametrize("channel", NEEDS)
@pytest.mark.parametrize("name", ["threading", "asyncio", "anyio-trio"])
def test_players_that_start_with_the_clock_play_too(name: str, channel: str) -> None:
    run_twice(PingPong.from_preset("tiny", channel=channel), Variant(name, {}), "cold")


@pytest.mark.parametrize("start", START_METHODS[1:])
@pytest.mark.parametrize("channel", NEEDS)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_channels_reach_processes_whatever_way_they_are_started(channel: str, start: str) -> None:
    run_twice(PingPong.from_preset("tiny", channel=channel), Variant("multiprocessing", {}), start=start)


def game() -> list[Any]:
    """Return two rounds, and one before them, of 3 and 4 seconds."""
    return [Played(0, [1, 3, 5], [0.0, 9.0, 12.0, 16.0]), Played(1, [0, 2, 4], [8.0, 10.0, 15.0])]


@pytest.mark.parametrize("channel", NEEDS)
def test_times_are_of_all_rounds_but_the_first(channel: str) -> None:
    results = game()
    if channel == "event":
        results = [result._replace(heard=[None] * 3) for result in results]
    middle, late, cost = PingPong(rounds=2, channel=channel).verify(results)
    assert (middle.name, middle.value, middle.unit) == ("median round trip", 3.5e6, "µs")
    assert (late.name, late.value, late.unit) == ("99th percentile of round trip", 4e6, "µs")
    assert (cost.value, cost.unit, cost.primitive, cost.operation) == (1.75e6, "µs", channel, "hand-off")


@pytest.mark.parametrize(
    ("player", "change", "said"),
    [
        (0, {"heard": [1, 3, 3]}, "message 2 to player 0: expected 5, found 3"),
        (1, {"heard": [0, None, 4]}, "message 1 to player 1: expected 2, found None"),
        (1, {"heard": [0, 2]}, "messages to player 1: expected 3, found 2"),
        (0, {"times": [1.0]}, "messages to player 0"),
        (0, {"player": 1}, "result 0: expected what player 0 heard"),
        (1, {"times": [8.0, 10.0, 16.5]}, "round 2: .* found 4.5e[+]06 µs after the beginning of 4e[+]06 µs"),
        (1, {"times": [8.0, 8.5, 15.0]}, "round 1: .* found -5e[+]05 µs after the beginning of 3e[+]06 µs"),
    ],
)
def test_what_was_not_heard_in_its_round_is_wrong(player: int, change: dict[str, Any], said: str) -> None:
    results = game()
    results[player] = results[player]._replace(**change)
    with pytest.raises(WrongResult, match=said):
        PingPong(rounds=2).verify(results)


def test_events_carry_nothing() -> None:
    with pytest.raises(WrongResult, match="message 0 to player 0: expected None, found 1"):
        PingPong(rounds=2, channel="event").verify(game())


def test_two_players_are_needed_at_once() -> None:
    workload = PingPong()
    assert (workload.min_concurrency, len(workload.tasks())) == (2, 2)
