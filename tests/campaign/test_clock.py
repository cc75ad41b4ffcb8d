"""How much time a run has used and has left, with a clock that is moved by hand."""

import math

import pytest

from comparators.campaign.clock import Clock, OutOfTime


class Now:
    """A clock."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


def test_earlier_runs_count(now: Now) -> None:
    clock = Clock(30.0, 100.0, now)
    now.seconds += 5
    assert (clock.elapsed_s, clock.remaining_s) == (35.0, 65.0)


def test_without_a_limit_there_is_always_time(now: Now) -> None:
    clock = Clock(0.0, None, now)
    now.seconds += 1e9
    assert clock.remaining_s == math.inf
    clock.require(1e12)


def test_a_sample_takes_what_samples_took_on_average(now: Now) -> None:
    clock = Clock(0.0, None, now)
    assert clock.sample_s == Clock.FIRST_GUESS_S
    clock.saw_sample(1.0)
    clock.saw_sample(4.0)
    assert clock.sample_s == 2.5


@pytest.mark.parametrize(
    ("left", "deadline", "enough"),
    [
        (3.0, 30.0, True),  # an average sample fits
        (1.0, 30.0, False),
        (1.0, 0.5, True),  # this one will be stopped early enough
        (-1.0, 0.5, False),
    ],
)
def test_the_time_is_up_when_not_even_an_average_sample_fits(
    now: Now, left: float, deadline: float, enough: bool
) -> None:
    clock = Clock(0.0, 10.0, now)
    clock.saw_sample(2.0)
    now.seconds += 10.0 - left
    if enough:
        clock.require(deadline)
    else:
        with pytest.raises(OutOfTime):
            clock.require(deadline)
