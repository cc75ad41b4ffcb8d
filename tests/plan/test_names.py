"""From what people type to runners and workloads with parameters."""

import contextlib
import string
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comparators.errors import InvalidParameter, UnknownName, UsageError
from comparators.plan.names import (
    BASELINE,
    choose_runners,
    choose_workloads,
    workload_parameters,
    workload_spec,
)
from comparators.registry.built_in import RUNNERS
from comparators.registry.catalogue import Entry
from comparators.registry.suites import SUITES
from comparators.runners._support.pool_methods import METHODS
from comparators.workloads.integrate import Integrate
from tests.plan.waiting import WAITING


def labels(*texts: str) -> list[str]:
    return [chosen.spec.label for chosen in choose_runners(texts)]


def test_a_name_alone() -> None:
    chosen = choose_runners(["serial", "threading"])[1]
    assert (chosen.spec.name, chosen.spec.model, chosen.spec.parameters) == ("threading", "threads", ())
    assert chosen.cls.info.name == "threading"
    assert not chosen.baseline_only
    assert not chosen.alone


def test_parameters_are_read_by_type_and_defaults_left_out() -> None:
    chosen = choose_runners(["mp-pool[method=imap, start=spawn,chunksize=3]"])[1]
    assert dict(chosen.spec.parameters) == {"start": "spawn", "method": "imap", "chunksize": 3}
    assert labels("mp-pool[method=map]") == [BASELINE, "mp-pool"]


@pytest.mark.parametrize("text", ["mp-pool[]", " mp-pool ", "mp-pool[,]"])
def test_harmless_ways_to_write_a_name(text: str) -> None:
    assert labels(text) == [BASELINE, "mp-pool"]


def test_the_label_can_be_typed_again() -> None:
    (label,) = set(labels("mp-pool[start=spawn,method=imap]")) - {BASELINE}
    assert labels(label) == [BASELINE, label]


def test_the_baseline_is_added_first_and_marked() -> None:
    first, second = choose_runners(["threading"])
    assert first.spec.label == BASELINE
    assert first.baseline_only
    assert not second.baseline_only


def test_a_baseline_that_was_asked_for_keeps_its_place() -> None:
    chosen = choose_runners(["threading", BASELINE])
    assert [one.spec.label for one in chosen] == ["threading", BASELINE]
    assert not any(one.baseline_only or one.alone for one in chosen)


def test_the_baseline_alone() -> None:
    (only,) = choose_runners([BASELINE])
    assert only.alone


@pytest.mark.parametrize("texts", [(), ("all",)])
def test_all_are_those_registered_in_their_order(texts: tuple[str, ...]) -> None:
    assert labels(*texts)[: len(RUNNERS)] == [one.name for one in RUNNERS]


def test_all_and_one_more() -> None:
    assert set(labels("all", "mp-pool[method=imap]")) - set(labels("all")) == {"mp-pool[method=imap]"}


def test_a_plugin_whose_name_is_taken_is_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        Entry("serial", "comparators.runners.serial:Serial"),
        Entry("other/threading", "comparators.runners.threading:Threading", "other"),
    ]
    monkeypatch.setattr("comparators.plan.names.registered", lambda kind: iter(entries))
    monkeypatch.setattr("comparators.registry.catalogue.registered", lambda kind: iter(entries))
    assert labels() == ["serial", "other/threading"]


def test_a_runner_named_twice_counts_once() -> None:
    assert labels("threading", "threading[style=function]", "threading") == [BASELINE, "threading"]


def test_an_unknown_runner_has_a_near_miss() -> None:
    with pytest.raises(UnknownName, match="unknown runner 'threadin'") as caught:
        choose_runners(["threadin"])
    assert "'threading'" in str(caught.value.tip)


def test_an_unknown_parameter_has_a_near_miss() -> None:
    with pytest.raises(UnknownName, match="unknown parameter 'metod' of 'mp-pool'") as caught:
        choose_runners(["mp-pool[metod=imap]"])
    assert caught.value.tip == "did you mean 'method'?"


def test_a_parameter_value_out_of_range() -> None:
    with pytest.raises(InvalidParameter, match="invalid value 'fast' for 'method' of 'mp-pool': must be one of map"):
        choose_runners(["mp-pool[method=fast]"])


@pytest.mark.parametrize(
    "text", ["", "  ", "[method=imap]", "mp-pool[method=imap", "mp-pool]", "mp-pool[a=1]x", "a[b[c]]"]
)
def test_what_has_not_the_form(text: str) -> None:
    with pytest.raises(UsageError, match=r"invalid value '.*' for '--runner'") as caught:
        choose_runners([text])
    assert caught.value.tip == "write 'NAME' or 'NAME[KEY=VALUE,KEY=VALUE]'"


def test_a_parameter_without_a_value() -> None:
    with pytest.raises(UsageError, match="'method' has no value") as caught:
        choose_runners(["mp-pool[method]"])
    assert caught.value.tip == "write 'mp-pool[method=VALUE]'"


@given(st.text(st.sampled_from([*string.ascii_lowercase, "-", "[", "]", "=", ",", " ", "é", "\n", "'"]), max_size=30))
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(UsageError):
        choose_runners([text])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "method": st.sampled_from(list(METHODS)),
            "start": st.sampled_from(["spawn", "forkserver", "fork"]),
            "chunksize": st.integers(0, 1000),
        },
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_and_spacing_of_parameters_do_not_matter(values: dict[str, object], rng: object) -> None:
    chunks = METHODS[str(values.get("method", "map"))].chunks
    assume(chunks != "never" or not values.get("chunksize"))  # they do not go together
    pairs = [f"{key}={value}" for key, value in values.items()]
    spaced = [f" {pair.replace('=', ' = ')} " for pair in reversed(pairs)]
    assert labels(f"mp-pool[{','.join(pairs)}]") == labels(f"mp-pool[{','.join(spaced)}]")


def test_a_suite_stands_for_its_workloads_and_models_is_the_default() -> None:
    default = [one.spec.name for one in choose_workloads([], "quick", [])]
    named = [one.spec.name for one in choose_workloads(["models"], "quick", [])]
    assert default == named == list(SUITES["models"].workloads)
    coordinating = choose_workloads(["coordination"], "quick", [])
    assert [one.spec.label for one in coordinating] == list(SUITES["coordination"].workloads)
    assert {one.workload.nature for one in coordinating} == {"coordination"}
    assert {one.suite for one in coordinating} == {SUITES["coordination"]}


def test_every_parameter_is_in_the_spec_and_those_given_are_in_the_label() -> None:
    (chosen,) = choose_workloads(["integrate"], "quick", [("steps", "1e5")])
    spec, workload = chosen.spec, chosen.workload
    assert dict(spec.parameters) == dict(workload_parameters(workload))
    assert spec.given == (("steps", 100_000),)
    assert spec.label == "integrate[steps=100000]"
    assert isinstance(workload, Integrate)
    assert workload.steps == 100_000


def test_a_parameter_goes_to_every_workload_that_has_it() -> None:
    chosen = choose_workloads(["integrate", "integrate-numpy", "noop"], "quick", [("steps", "100000")])
    assert [one.spec.given for one in chosen] == [(("steps", 100_000),), (("steps", 100_000),), ()]


def test_a_qualified_parameter_goes_to_one_workload() -> None:
    names = ["integrate", "integrate-numpy"]
    for asked in permutations([("steps", "100000"), ("integrate.steps", "200000")]):
        chosen = choose_workloads(names, "quick", asked)
        assert [one.spec.label for one in chosen] == ["integrate[steps=200000]", "integrate-numpy[steps=100000]"]


def test_variants_of_one_workload_are_told_apart_by_their_labels() -> None:
    names = ["guarded[guard=queue, candidates=2]", "guarded", "guarded[candidates=2,guard=queue]", "guarded[count=4]"]
    chosen = choose_workloads(names, "quick", [("operations", "7")])
    assert [one.spec.label for one in chosen] == [
        "guarded[guard=queue,operations=7,candidates=2]",
        "guarded[operations=7]",
        "guarded[count=4,operations=7]",
    ]
    assert choose_workloads([chosen[0].spec.label], "quick", []) == chosen[:1]


def test_a_variant_of_a_target() -> None:
    (chosen,) = choose_workloads([f"{WAITING}[count=3]"], "quick", [])
    assert chosen.spec.label == "waiting[count=3]"


@pytest.mark.parametrize("key", ["count", "waiting.count"])
def test_a_parameter_with_two_values_is_refused_and_with_one_twice_is_not(key: str) -> None:
    assert len(choose_workloads([f"{WAITING}[count=3]"], "quick", [(key, "3")])) == 1
    with pytest.raises(UsageError, match=rf"'--param {key}=4' contradicts 'waiting\[count=3\]'"):
        choose_workloads([f"{WAITING}[count=3]"], "quick", [(key, "4")])


def test_a_workload_of_a_suite_that_is_named_too_counts_as_named() -> None:
    for names in (["coordination", "race"], ["race", "coordination"]):
        (race,) = (one for one in choose_workloads(names, "quick", []) if one.spec.label == "race")
        assert race.suite is None


def test_an_unknown_parameter_of_a_workload() -> None:
    with pytest.raises(UnknownName, match="unknown parameter 'step' of 'integrate', 'noop'") as caught:
        choose_workloads(["integrate", "noop"], "quick", [("step", "1")])
    assert caught.value.tip == "did you mean 'steps'?"


def test_a_qualified_parameter_that_the_workload_has_not() -> None:
    with pytest.raises(UnknownName, match="unknown parameter 'count' of 'integrate'"):
        choose_workloads(["integrate", "noop"], "quick", [("integrate.count", "1")])


def test_a_qualified_parameter_of_a_workload_that_takes_no_part() -> None:
    with pytest.raises(UnknownName, match=r"unknown workload 'intgrate' in '--param intgrate\.steps'") as caught:
        choose_workloads(["integrate"], "quick", [("intgrate.steps", "1")])
    assert caught.value.tip == "did you mean 'integrate'?"


def test_a_workload_parameter_out_of_range() -> None:
    with pytest.raises(InvalidParameter, match="invalid value '-3' for 'steps' of 'integrate': must be an int"):
        choose_workloads(["integrate"], "quick", [("steps", "-3")])


def test_an_unknown_workload() -> None:
    with pytest.raises(UnknownName, match="unknown workload 'integrat'") as caught:
        choose_workloads(["integrat"], "quick", [])
    assert "'integrate'" in str(caught.value.tip)


def test_an_unknown_preset() -> None:
    with pytest.raises(UnknownName, match="unknown preset 'fast'"):
        choose_workloads(["integrate"], "fast", [])


@pytest.mark.parametrize("again", ["integrate", "comparators.workloads.integrate:Integrate"])
def test_a_workload_named_twice_counts_once(again: str) -> None:
    assert len(choose_workloads(["integrate", again], "quick", [])) == 1


def test_a_file_is_a_workload() -> None:
    (chosen,) = choose_workloads([WAITING], "quick", [("waiting.count", "3")])
    assert chosen.spec.label == "waiting[count=3]"
    assert Path(chosen.spec.target.rpartition(":")[0]).is_absolute()


def test_two_workloads_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    (tmp_path / "other_waiting.py").write_text(
        "from tests.plan.waiting import Waiting as Base\nclass Waiting(Base):\n    pass\n", encoding="utf-8"
    )
    with pytest.raises(UsageError, match="two workloads are called 'waiting'"):
        choose_workloads([WAITING, f"{tmp_path / 'other_waiting.py'}:Waiting"], "quick", [])


def test_a_workload_made_in_python_as_data() -> None:
    entry = Entry("integrate", "comparators.workloads.integrate:Integrate")
    spec = workload_spec(entry, Integrate(steps=1000, chunks=4))
    assert dict(spec.parameters)["steps"] == 1000
    assert spec.given == ()


def test_a_runner_parameter_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="'method' is given twice"):
        choose_runners(["mp-pool[method=map,method=imap]"])


def test_runner_parameters_that_do_not_go_together_are_refused_before_measuring() -> None:
    with pytest.raises(InvalidParameter, match="'apply_async' has no chunks"):
        choose_runners(["mp-pool[method=apply_async,chunksize=3]"])
    with pytest.raises(InvalidParameter, match="'chunksize' of 'threadpool': 'imap_timeout' has no chunks"):
        choose_runners(["threadpool[method=imap_timeout,chunksize=3]"])
