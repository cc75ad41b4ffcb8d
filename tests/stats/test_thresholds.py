"""Thresholds are plain numbers that survive the journal."""

import json
from dataclasses import asdict, fields, replace

import cattrs
import pytest

from comparators.errors import UnknownName
from comparators.stats.censored import FEWEST_BLOCKS
from comparators.stats.thresholds import LEVELS, Thresholds

PRESETS = ("quick", "default", "rigorous", "full")


@pytest.mark.parametrize("preset", PRESETS)
def test_thresholds_come_back_from_json_unchanged(preset: str) -> None:
    thresholds = Thresholds.for_preset(preset)
    assert cattrs.structure(json.loads(json.dumps(asdict(thresholds))), Thresholds) == thresholds


def test_every_field_is_explained() -> None:
    assert Thresholds.__doc__
    missing = [one.name for one in fields(Thresholds) if f" {one.name}:" not in Thresholds.__doc__.replace(",", ":")]
    assert not missing


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(UnknownName, match="quik"):
        Thresholds.for_preset("quik")


@pytest.mark.parametrize("preset", PRESETS)
def test_looks_begin_after_the_fewest_blocks_and_ascend(preset: str) -> None:
    looks = Thresholds.for_preset(preset).looks
    assert looks[0] == FEWEST_BLOCKS == 2
    assert list(looks) == sorted(set(looks))


def test_rigorous_looks_twice_more_and_tells_models_apart_within_the_margin() -> None:
    default, rigorous = Thresholds.for_preset("default"), Thresholds.for_preset("rigorous")
    assert rigorous.looks == (*default.looks, 28, 40)
    assert rigorous.model_worth == rigorous.margin < default.model_worth


def test_levels_differ_in_what_counts_as_equal() -> None:
    thresholds = replace(Thresholds(), workers_margin=0.1)
    within = {level: thresholds.rule(level).equal_within for level in LEVELS}
    assert within == {"model": 0.30, "workers": 0.10, "api": 0.05}


def test_a_margin_above_the_usual_one_is_used_everywhere() -> None:
    assert Thresholds().rule("api", margin=0.2).equal_within == 0.2
    assert Thresholds().rule("model", margin=0.4).equal_within == 0.4


def test_cold_comparisons_have_looks_of_their_own() -> None:
    assert Thresholds().rule("api", cold=True).looks == Thresholds().cold_looks
    assert Thresholds.for_preset("quick").rule("api", cold=True).looks == (3, 4, 5, 7)


def test_models_need_all_of_their_own_error_and_the_others_half() -> None:
    assert [Thresholds().rule(level).own_share for level in LEVELS] == [1.0, 0.5, 0.5]
