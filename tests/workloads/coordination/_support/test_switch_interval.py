"""The switch interval, changed for a while."""

import sys
from collections.abc import Iterator

import pytest

from comparators.workloads.coordination._support.switch_interval import switch_interval


@pytest.fixture(autouse=True)
def known_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.25)
    yield
    sys.setswitchinterval(before)


def test_it_is_changed_inside_and_brought_back() -> None:
    with switch_interval(2_000):
        assert sys.getswitchinterval() == pytest.approx(0.002)
    assert sys.getswitchinterval() == pytest.approx(0.25)


def test_it_is_brought_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), switch_interval(2_000):
        raise ValueError("no")
    assert sys.getswitchinterval() == pytest.approx(0.25)


def test_zero_leaves_it_alone() -> None:
    with switch_interval(0):
        assert sys.getswitchinterval() == pytest.approx(0.25)


def test_the_last_who_leaves_brings_it_back_in_whatever_order_they_leave() -> None:
    first, second = switch_interval(2_000), switch_interval(2_000)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(0.002)
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(0.25)
