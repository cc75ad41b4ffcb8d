"""How much is measured under each preset."""

import pytest

from comparators.errors import UnknownName
from comparators.plan.build import make_plan
from comparators.plan.presets import EFFORTS, Effort, effort_of
from comparators.request.request import Request


@pytest.mark.parametrize("preset", ["quick", "default", "rigorous", "full"])
def test_every_preset_has_a_sound_effort(preset: str) -> None:
    effort = effort_of(preset)
    for looks in (effort.looks, effort.cold_looks):
        assert list(looks) == sorted(set(looks))
        assert all(look >= 3 for look in looks)  # fewer blocks have next to no interval
    assert effort.looks
    assert 1 < effort.drop_above <= effort.certain_above
    assert effort.minimum_time_s > 0
    assert effort.timeout_s > effort.sample_s > 0
    assert effort.racers_maximum >= 2
    assert effort.cost_samples >= 5  # the interval of a cost is as narrow as those of the races


@pytest.mark.parametrize(("lesser", "greater"), [("quick", "default"), ("default", "rigorous"), ("default", "full")])
def test_a_greater_preset_measures_at_least_as_much(lesser: str, greater: str) -> None:
    less, more = EFFORTS[lesser], EFFORTS[greater]

    def amounts(effort: Effort) -> list[float]:
        return [
            effort.looks[-1],
            len(effort.cold_looks),
            effort.minimum_time_s,
            effort.drop_above,
            effort.certain_above,
            effort.racers_maximum,
            effort.maximum_time_s or float("inf"),
            effort.timeout_s,
        ]

    assert all(low <= high for low, high in zip(amounts(less), amounts(more), strict=True))


def test_an_unknown_preset_has_a_near_miss() -> None:
    with pytest.raises(UnknownName, match="unknown preset 'quik'") as caught:
        effort_of("quik")
    assert caught.value.tip == "did you mean 'quick'?"


def test_rigorous_does_the_default_work_with_more_samples() -> None:
    default, rigorous = effort_of("default"), effort_of("rigorous")
    assert rigorous.size == default.size == "default"
    assert rigorous.looks[-1] == rigorous.cold_looks[-1] == 40


def test_rigorous_plans_the_default_work() -> None:
    default, rigorous = (
        make_plan(Request(("noop",), ("serial",), preset=preset)) for preset in ("default", "rigorous")
    )
    assert rigorous.comparisons[0].workload == default.comparisons[0].workload
    assert rigorous.settings.looks == effort_of("rigorous").looks
