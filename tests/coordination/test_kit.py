"""Kits of primitives: what they offer, what they lack and why, how they end."""

from collections.abc import Mapping
from typing import ClassVar

import pytest

from comparators.coordination.kit import PRIMITIVES, Kit, NoKit, install, missing_reason, shared


class Small(Kit):
    """Has little."""

    model = "small"
    missing: ClassVar[Mapping[str, str]] = {"lock": "small things need no lock"}

    def make_bounded_semaphore(self, value: int) -> list[int]:
        made = [value]
        self.at_end(made.clear)
        return made


def test_a_primitive_is_offered_by_a_method_of_its_name() -> None:
    assert [name for name in PRIMITIVES if Small.offers(name)] == ["bounded-semaphore"]
    assert Small().make("bounded-semaphore", 3) == [3]


def test_what_is_missing_has_a_reason() -> None:
    assert missing_reason(Small, "bounded-semaphore") is None
    assert missing_reason(Small, "lock") == "small things need no lock"
    assert missing_reason(Small, "timer") == "small has no timer"
    assert {missing_reason(NoKit, name) for name in PRIMITIVES} == {
        "its workers take tasks only: nothing can be handed to them when they start"
    }


def test_asking_for_what_is_missing_says_why() -> None:
    with pytest.raises(LookupError, match="lock: small things need no lock"):
        Small().make("lock")


def test_leaving_ends_what_was_made_the_last_first() -> None:
    ended: list[str] = []
    with Small() as kit:
        made = kit.make("bounded-semaphore", 1)
        kit.at_end(lambda: ended.append("first"))
        kit.at_end(lambda: ended.append("last"))
        assert made == [1]
    assert made == []
    assert ended == ["last", "first"]


def test_an_ending_that_fails_does_not_keep_the_others() -> None:
    def fail() -> None:
        raise OSError("it is stuck")

    kit = Small()
    made = kit.make("bounded-semaphore", 1)
    kit.at_end(fail)
    with pytest.raises(OSError, match="it is stuck"), kit:
        pass
    assert made == []


def test_tasks_see_what_is_installed() -> None:
    install("something")
    try:
        assert shared() == "something"
    finally:
        install(None)
    assert shared() is None
