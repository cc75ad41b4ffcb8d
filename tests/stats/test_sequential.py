"""The sequential test on small made-up blocks, and what holds for all blocks."""

import itertools
import math
import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparators.stats.sequential import AtLeast, Look, SequentialTest, Value
from comparators.stats.thresholds import LEVELS, Level
from tests.stats.simulated import rule_of

Blocks = Sequence[Mapping[str, Value]]


def wobble(seconds: float, count: int, *, share: float = 0.002, start: int = 0) -> list[float]:
    """Return values close to `seconds` that repeat no pattern of another start."""
    return [seconds * (1 + share * (((number + start) * 7919 % 13) - 6) / 6) for number in range(count)]


def noisy(seconds: float, count: int, *, spread: float, seed: int) -> list[float]:
    """Return log-normal times, always the same."""
    rng = random.Random(seed)
    return [seconds * rng.lognormvariate(0, spread) for _ in range(count)]


def blocks_of(**seconds: Sequence[Value]) -> Blocks:
    return [dict(zip(seconds, row, strict=True)) for row in zip(*seconds.values(), strict=True)]


def started(blocks: Blocks, *, level: Level = "api", **rule: object) -> SequentialTest:
    """Return a test with these blocks, looked at as planned before the last of them."""
    test = SequentialTest(tuple(blocks[0]), rule_of(level, **rule))
    for block in blocks:
        if test.due and test.blocks:
            test.look()
        test.add(block)
    return test


def last_look(blocks: Blocks, *, level: Level = "api", last: bool = False, **rule: object) -> Look:
    return started(blocks, level=level, **rule).look(last=last)


def test_a_clear_winner_is_decided_at_the_first_look() -> None:
    look = last_look(blocks_of(a=wobble(1.0, 2), b=wobble(2.0, 2, start=3)))
    assert (look.status, look.leader, look.leaders, look.blocks) == ("decided", "a", ("a",), 2)
    assert look.rivals["b"].relation == "slower"
    assert look.slower["b"].than == "a"
    assert look.slower["b"].blocks == 2
    assert look.rivals["b"].ratio.ratio == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("level", LEVELS)
def test_equal_candidates_are_equal(level: Level) -> None:
    look = last_look(blocks_of(a=wobble(1.0, 3), b=wobble(1.0, 3, start=3), c=wobble(1.0, 3, start=5)), level=level)
    assert look.status == "equal"
    assert set(look.leaders) == {"a", "b", "c"}
    assert look.related("within") == look.leaders[1:]
    assert look.span is not None
    assert 1 < look.span < 1.05


def test_what_is_slower_but_within_the_margin_is_as_good() -> None:
    """The order is certain, and not worth a word: nothing within the margin is called slower."""
    look = last_look(blocks_of(a=[1.0] * 2, b=[1.02] * 2))
    assert (look.status, look.leader, look.leaders) == ("equal", "a", ("a", "b"))
    assert look.rivals["b"].relation == "within"
    assert not look.slower


def test_without_a_margin_a_certain_lead_decides() -> None:
    look = last_look(blocks_of(a=[1.0] * 2, b=[1.02] * 2), margin=0.0)
    assert (look.status, look.leaders) == ("decided", ("a",))
    assert look.related("slower") == ("b",)


def test_slower_by_less_than_the_margin_as_far_as_known_stays_open_in_words() -> None:
    look = last_look(blocks_of(a=[1.0] * 4, b=[1.02, 1.04, 1.05, 1.03]), looks=(4,), margin=0.045)
    assert (look.status, look.rivals["b"].relation) == ("decided", "open")
    assert look.rivals["b"].slower_after == 4


def test_models_stop_where_the_difference_is_not_worth_it() -> None:
    times = {"a": noisy(1.0, 3, spread=0.02, seed=1), "b": noisy(1.07, 3, spread=0.02, seed=3)}
    blocks = blocks_of(**times, c=wobble(9.0, 3, start=5))
    model, api = last_look(blocks, level="model"), last_look(blocks, level="api")
    assert (model.status, model.leaders, model.equal_within) == ("equal", ("a", "b"), 0.30)
    assert model.rivals["b"].relation == "open"
    assert model.slower.keys() == {"c"}
    assert api.status is None


def test_models_are_not_equal_where_two_rivals_may_differ_by_more() -> None:
    """Each rival is within 30 % of the leader, but they are not within 30 % of each other."""
    apart = [1.17, 0.87] * 3 + [1.17, 0.88]
    look = last_look(blocks_of(a=[1.0] * 8, b=apart, c=apart[1:] + apart[:1]), level="model", looks=(8,))
    assert look.status == "undecided"
    assert all(rival.ratio.high is not None and rival.ratio.high < 1.3 for rival in look.rivals.values())


def test_the_slower_leave_and_the_others_go_on() -> None:
    test = started(blocks_of(a=[1.0, 1.1], b=[1.1, 1.05], c=wobble(9.0, 2)))
    assert test.look().status is None
    assert test.remaining == ("a", "b")
    test.add({"a": 1.0, "b": 1.1})
    assert test.look().slower["c"].blocks == 2


def test_what_a_slow_one_said_about_noise_is_kept_when_it_leaves() -> None:
    """Two that are left would need far more blocks if all began anew with two degrees of freedom."""
    times = {"a": [1.0, 1.01, 0.97, 1.0], "b": [1.17, 1.13, 1.19, 1.14]}
    test = started(blocks_of(**times, c=[3.0, 3.1, 3.0, 3.0]))
    assert test.remaining == ("a", "b")
    assert test.look().status == "decided"
    assert last_look(blocks_of(**times), error=0.025 / 2).status is None


def test_the_end_without_a_verdict_is_undecided_with_an_estimate() -> None:
    blocks = blocks_of(a=noisy(1.0, 7, spread=0.1, seed=1), b=noisy(1.1, 7, spread=0.1, seed=3))
    assert last_look(blocks).status is None
    look = last_look(blocks, last=True)
    assert look.status == "undecided"
    assert look.blocks_needed is not None
    assert 7 < look.blocks_needed < 200


def test_the_last_planned_look_gives_a_status() -> None:
    blocks = blocks_of(a=noisy(1.0, 20, spread=0.3, seed=1), b=noisy(1.0, 20, spread=0.3, seed=2))
    assert last_look(blocks).status == "undecided"


def test_hopeless_differences_have_no_estimate() -> None:
    look = last_look(blocks_of(a=[1.0, 9.0] * 3, b=[9.0, 1.0] * 3), last=True, margin=0.0)
    assert (look.status, look.blocks_needed) == ("undecided", None)


def test_a_single_candidate_is_decided_at_once() -> None:
    test = SequentialTest(("a",), rule_of("api"))
    assert test.due
    assert test.look().status == "decided"


def test_without_candidates_or_times_nothing_leads() -> None:
    assert SequentialTest((), rule_of("api")).look().status == "undecided"
    look = SequentialTest(("a", "b"), rule_of("api")).look(last=True)
    assert (look.status, look.leader, look.rivals) == ("undecided", None, {})


def test_a_single_block_settles_nothing() -> None:
    look = last_look(blocks_of(a=[1.0], b=[9.0]), last=True)
    assert (look.status, look.leader, look.rivals["b"].relation) == ("undecided", "a", "open")
    assert look.rivals["b"].ratio.low is None


def test_looks_come_as_planned_only() -> None:
    test = started(blocks_of(a=[1.0] * 6, b=[1.1, 1.2] * 3), margin=0.0)
    assert not test.due
    with pytest.raises(ValueError, match="no look is planned after 6 blocks"):
        test.look()
    assert test.look(last=True).status is not None


def test_a_settled_test_stays_as_it_is() -> None:
    test = started(blocks_of(a=[1.0] * 2, b=[2.0] * 2))
    look = test.look()
    test.add({"b": 0.1})
    assert test.look(last=True) is look
    assert not test.due


def test_a_failure_leaves_the_error_of_the_others_unchanged() -> None:
    test = SequentialTest(("a", "b", "c"), rule_of("api"))
    before = test.error
    test.drop("c")
    assert (test.error, test.remaining) == (before, ("a", "b"))
    assert before == 0.025 / (8 * 2)


def test_a_failed_candidate_is_in_no_look() -> None:
    test = started(blocks_of(a=[1.0] * 2, b=[2.0] * 2, c=[3.0] * 2))
    test.drop("b")
    look = test.look()
    assert look.status == "decided"
    assert look.rivals.keys() == look.slower.keys() == {"c"}


def test_a_candidate_that_left_and_fails_is_no_rival_any_more() -> None:
    test = started(blocks_of(a=[1.0, 1.2, 1.1], b=[1.1, 1.0, 1.2], c=[9.0, 9.1, 9.2]))
    assert test.look().rivals.keys() == {"b", "c"}
    test.drop("c")
    test.add({"a": 1.0, "b": 1.0})
    assert test.look().rivals.keys() == {"b"}


def test_a_baseline_that_left_decides_nothing_about_the_others() -> None:
    """It may stay in later blocks, for its ratio."""
    blocks = blocks_of(a=[1.0, 1.2, 0.9], b=[1.1, 1.0, 1.0], c=wobble(9.0, 3))
    with_it, without = started(blocks), started(blocks)
    for wild, (a, b) in enumerate([(1.0, 1.1), (1.05, 1.0)]):
        for test in (with_it, without):
            test.look()
        with_it.add({"a": a, "b": b, "c": 0.001 + wild})
        without.add({"a": a, "b": b})
    assert with_it.look() == without.look()
    assert with_it.ratio("c", "a") != without.ratio("c", "a")


def test_blocks_must_be_complete_and_their_values_times() -> None:
    test = SequentialTest(("a", "b"), rule_of("api"))
    with pytest.raises(ValueError, match=r"missing \['b'\]"):
        test.add({"a": 1.0})
    with pytest.raises(ValueError, match=r"unknown \['z'\]"):
        test.add({"a": 1.0, "b": 1.0, "z": 1.0})
    for bad in (0.0, -1.0, math.nan, math.inf, AtLeast(math.nan)):
        with pytest.raises(ValueError, match="b has"):
            test.add({"a": 1.0, "b": bad})
    with pytest.raises(ValueError, match="not distinct"):
        SequentialTest(("a", "a"), rule_of("api"))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("share", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("first", [3.1, 19.0, 800.0, AtLeast(3.0)])
@pytest.mark.parametrize("others", [(), ("c",), ("c", "d")])
def test_stopped_in_every_block_is_slower_after_at_most_three(
    level: Level, share: float, first: Value, others: tuple[str, ...]
) -> None:
    """With or without noise, and with other rivals that were stopped as well."""
    leader = wobble(1.0, 3, share=share)
    capped = [AtLeast(3 * min(leader[: place + 1])) for place in range(3)]
    stopped: list[Value] = [first, *capped[1:]]
    look = last_look(blocks_of(a=leader, b=stopped, **dict.fromkeys(others, stopped)), level=level)
    assert (look.status, look.leader) == ("decided", "a")
    assert look.related("slower") == ("b", *others)
    assert look.rivals["b"].at_least
    low = look.rivals["b"].ratio.low
    assert low is not None
    assert low >= 3 * (1 - 2 * share) - 1e-6


def test_bounds_alone_do_not_lead() -> None:
    """A cap below all times says nothing about who is fastest."""
    look = last_look(blocks_of(a=[AtLeast(0.5)] * 3, b=[1.0, 1.1, 1.2]))
    assert (look.status, look.leader, look.leaders) == (None, "b", ("b", "a"))
    assert last_look(blocks_of(a=[AtLeast(0.5)] * 3, b=[AtLeast(0.5)] * 3)).leader is None


def test_where_mean_and_blocks_contradict_each_other_nothing_is_decided() -> None:
    """`a` has the least mean through a single block, and is slower than `b` in eighteen of twenty."""
    stopped: list[Value] = [1.0, AtLeast(1.0), *[1.0] * 18]
    look = last_look(blocks_of(a=[0.001, *[1.1] * 19], b=stopped))
    assert (look.status, look.leader, look.leaders) == ("undecided", "a", ("a", "b"))


def test_a_ratio_of_single_samples_has_no_interval() -> None:
    test = started(blocks_of(a=[1.0], b=[2.0]))
    ratio = test.ratio("b", "a")
    assert ratio is not None
    assert (ratio.ratio, ratio.low, ratio.high) == (2.0, None, None)
    assert started(blocks_of(a=[1.0], b=[AtLeast(2.0)])).ratio("b", "a") is None
    assert SequentialTest(("a", "b"), rule_of("api")).ratio("b", "a") is None


values = st.floats(1e-3, 1e3) | st.floats(0.9, 1.1)
samples = values | st.builds(AtLeast, values)
tables = st.integers(2, 5).flatmap(
    lambda count: st.lists(st.lists(samples, min_size=count, max_size=count), min_size=2, max_size=20)
)


@given(tables, st.sampled_from(LEVELS), st.sampled_from([0.0, 0.05, 0.3]))
@settings(max_examples=150, deadline=None)
def test_no_look_contradicts_itself(table: list[list[Value]], level: Level, margin: float) -> None:
    labels = "abcde"[: len(table[0])]
    test = SequentialTest(labels, rule_of(level, margin=margin))
    gone: dict[str, int] = {}
    for row in table:
        test.add(dict(zip(labels, row, strict=True)))
        if test.due:
            look = test.look(last=test.blocks == len(table))
            assert_consistent(look, labels, margin)
            assert gone.items() <= {label: proof.blocks for label, proof in look.slower.items()}.items()
            gone = {label: proof.blocks for label, proof in look.slower.items()}
    look = test.look(last=True)
    assert look.status is not None
    assert_consistent(look, labels, margin)
    assert_leader_is_fastest(look, table[: look.blocks], labels)


def assert_consistent(look: Look, labels: str, margin: float) -> None:
    """Check what no look may contradict."""
    assert not set(look.leaders) & look.slower.keys()
    assert set(look.leaders) | look.slower.keys() == set(labels)
    assert (look.status == "decided") == (len(look.leaders) == 1)
    assert look.leader in (None, look.leaders[0])
    assert look.blocks_needed is None or look.blocks_needed > look.blocks
    for proof in look.slower.values():
        assert proof.ratio.low is not None
        assert proof.ratio.low > 1
    for label, rival in look.rivals.items():
        low, high = rival.ratio.low or 0, rival.ratio.high or math.inf
        assert low <= rival.ratio.ratio * (1 + 1e-12)
        assert rival.ratio.ratio <= high * (1 + 1e-12)
        assert rival.relation != "slower" or (label in look.slower and low > 1 and rival.ratio.ratio > 1 + margin)
        assert rival.relation != "within" or high < 1 + margin
        assert (rival.slower_after is not None) == (label in look.slower)
    if look.status == "equal":
        assert look.span is not None
        assert look.span <= 1 + look.equal_within


def assert_leader_is_fastest(look: Look, table: list[list[Value]], labels: str) -> None:
    """Check that no other leader without stopped samples has a smaller mean."""
    columns = {label: [row[place] for row in table] for place, label in enumerate(labels)}
    timed = {label: [one for one in column if isinstance(one, float)] for label, column in columns.items()}
    means = {label: math.fsum(map(math.log, column)) for label, column in timed.items() if len(column) == len(table)}
    if look.leader in means:
        assert means[look.leader] <= min(means.get(label, math.inf) for label in look.leaders) + 1e-9


@given(st.integers(0, 10**6), st.integers(2, 12), st.sampled_from([1e-3, 0.5, 2.0, 1e3]))
@settings(max_examples=50, deadline=None)
def test_units_and_the_state_of_the_host_change_nothing(seed: int, count: int, scale: float) -> None:
    rng = random.Random(seed)
    rows = [{label: rng.lognormvariate(0, 0.05) for label in "abc"} for _ in range(count)]
    moved = [{label: value * scale * (1 + number) for label, value in row.items()} for number, row in enumerate(rows)]
    one, other = (last_look(each, last=True) for each in (rows, moved))
    assert (one.status, one.leaders, one.slower.keys()) == (other.status, other.leaders, other.slower.keys())


@given(st.integers(0, 10**6), st.integers(2, 8))
@settings(max_examples=30, deadline=None)
def test_the_order_of_candidates_changes_nothing(seed: int, count: int) -> None:
    rng = random.Random(seed)
    rows = [{label: rng.lognormvariate(place / 10, 0.03) for place, label in enumerate("abc")} for _ in range(count)]
    looks = [
        last_look([{label: row[label] for label in order} for row in rows], last=True)
        for order in itertools.permutations("abc")
    ]
    assert len({(look.status, look.leaders, tuple(sorted(look.slower))) for look in looks}) == 1


def test_worker_counts_that_stand_for_one_model_are_screened_after_the_first_block() -> None:
    """Which model is best does not depend on a count that is far slower than another count of the same model."""
    groups = {"threads/2": "threads", "threads/40": "threads", "processes/2": "processes", "serial/1": "loop"}
    test = SequentialTest(tuple(groups), rule_of("model"), groups)
    test.add({"threads/2": 0.4, "threads/40": 0.02, "processes/2": 0.4, "serial/1": 0.8})
    assert test.remaining == ("threads/40", "processes/2", "serial/1")
    assert test.screened == ("threads/2",)


def test_counts_of_one_model_that_are_about_as_fast_stay() -> None:
    groups = {"threads/2": "threads", "threads/4": "threads", "serial/1": "loop"}
    test = SequentialTest(tuple(groups), rule_of("model"), groups)
    test.add({"threads/2": 0.5, "threads/4": 0.51, "serial/1": 1.0})
    assert test.remaining == tuple(groups)


def test_it_is_decided_when_all_that_remain_stand_for_one_model() -> None:
    groups = {"threads/2": "threads", "threads/4": "threads", "serial/1": "loop"}
    test = SequentialTest(tuple(groups), rule_of("model"), groups)
    for _ in range(2):
        test.add({"threads/2": 0.5, "threads/4": 0.51, "serial/1": 1.0})
    look = test.look()
    assert (look.status, set(look.leaders)) == ("decided", {"threads/2", "threads/4"})
