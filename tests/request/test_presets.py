"""How much is measured under each preset."""

import math

import pytest

from comparators.errors import UnknownName
from comparators.plan.build import make_plan
from comparators.request.presets import EFFORTS, Effort, effort_of
from comparators.request.request import Request
from comparators.stats.thresholds import LEVELS, Thresholds


@pytest.mark.parametrize("preset", ["quick", "default", "rigorous", "full"])
def test_every_preset_has_a_sound_effort_and_thresholds(preset: str) -> None:
    effort = effort_of(preset)
    assert effort.levels == LEVELS[: len(effort.levels)]
    assert "model" in effort.levels
    assert effort.cost_samples >= 3  # fewer have next to no interval
    assert 0 < (effort.comparison_s or 1) <= (effort.maximum_time_s or math.inf)
    assert effort.timeout_s > Thresholds.for_preset(preset).target_value_s


def test_only_quick_leaves_out_the_api() -> None:
    assert [name for name, effort in EFFORTS.items() if "api" not in effort.levels] == ["quick"]


def test_the_thorough_presets_take_each_sample_in_a_process_of_its_own() -> None:
    assert [name for name, effort in EFFORTS.items() if effort.fresh] == ["rigorous", "full"]


@pytest.mark.parametrize(("lesser", "greater"), [("quick", "default"), ("default", "rigorous"), ("default", "full")])
def test_a_greater_preset_measures_at_least_as_much(lesser: str, greater: str) -> None:
    def amounts(effort: Effort) -> list[float]:
        return [
            len(effort.levels),
            effort.cost_samples,
            effort.comparison_s or math.inf,
            effort.maximum_time_s or math.inf,
            effort.timeout_s,
        ]

    less, more = amounts(EFFORTS[lesser]), amounts(EFFORTS[greater])
    assert all(low <= high for low, high in zip(less, more, strict=True))
    assert less != more


def test_an_unknown_preset_has_a_near_miss() -> None:
    with pytest.raises(UnknownName, match="unknown preset 'quik'") as caught:
        effort_of("quik")
    assert caught.value.tip == "did you mean 'quick'?"


def test_rigorous_plans_the_default_work() -> None:
    default, rigorous = (
        make_plan(Request(("noop",), ("serial",), preset=preset)) for preset in ("default", "rigorous")
    )
    assert rigorous.comparisons[0].workload == default.comparisons[0].workload
    assert rigorous.settings.thresholds == Thresholds.for_preset("rigorous")
    assert (default.settings.fresh, rigorous.settings.fresh) == (False, True)
