"""Values that people write: every form that is read, every one that is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import UnknownName, UsageError
from comparators.request import parsing


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("90s", 90.0),
        ("2m", 120.0),
        ("1.5h", 5400.0),
        ("30", 30.0),
        (" 2 m ", 120.0),
        (".5s", 0.5),
        ("1m30s", 90.0),
        ("1 min", 60.0),
        ("2 Hours 5 minutes", 7500.0),
        ("1h 1m 1s 1ms", 3661.001),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert parsing.duration(text, option="--timeout") == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "30s1m", "1m1m", "1m30", "30 1m", "5 parsecs", "٣s", "1e3s", "-5", "1m-5s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="must be a positive duration") as refused:
        parsing.duration(text, option="--timeout")
    assert refused.value.tip == "write numbers and units, h m s ms: '1m30s'"


def test_models_are_a_list() -> None:
    assert parsing.models("threads", option="--model") == ("threads",)
    assert parsing.models("processes, threads,processes", option="--model") == ("threads", "processes")
    with pytest.raises(UnknownName, match="unknown model 'thread' for '--model'") as refused:
        parsing.models("thread", option="--model")
    assert refused.value.tip == "did you mean 'threads'?"


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "", "٣", "9" * 30])
def test_a_count_is_a_whole_number_from_one(text: str) -> None:
    assert parsing.count(" 12 ", option="--first") == 12
    with pytest.raises(UsageError, match="must be a whole number of at least 1"):
        parsing.count(text, option="--first")


@pytest.mark.parametrize("read", [parsing.seed, parsing.percentage, parsing.size, parsing.worker_counts])
@pytest.mark.parametrize("text", ["٣", "１２", "1_0"])
def test_only_ascii_digits_are_numbers(read: Callable[..., object], text: str) -> None:
    with pytest.raises(UsageError):
        read(text, option="--option")


@pytest.mark.parametrize("read", [parsing.duration, parsing.seed, parsing.size, parsing.folder, parsing.models])
def test_a_message_quotes_no_more_than_80_characters(read: Callable[..., object]) -> None:
    with pytest.raises(UsageError) as refused:
        read("x" * 10_000, option="--option")
    assert f"'{'x' * 79}…'" in refused.value.message


@given(st.text())
def test_any_text_is_a_positive_finite_duration_or_refused(text: str) -> None:
    try:
        seconds = parsing.duration(text, option="--timeout")
    except UsageError:
        return
    assert 0 < seconds <= 3_600_000


@given(st.lists(st.integers(1, parsing.MOST_WORKERS), min_size=1, unique=True))
def test_worker_counts_are_a_list(counts: list[int]) -> None:
    assert parsing.worker_counts(",".join(map(str, counts)), option="--workers") == (tuple(counts), ())


@given(st.text())
def test_any_text_is_worker_counts_or_refused(text: str) -> None:
    try:
        counts, _ = parsing.worker_counts(text, option="--workers")
    except UsageError:
        return
    assert all(1 <= count <= parsing.MOST_WORKERS for count in counts)


def test_auto_means_no_counts() -> None:
    assert parsing.worker_counts("auto", option="--workers") == ((), ())


def test_a_duplicate_is_ignored_with_a_warning() -> None:
    counts, warnings = parsing.worker_counts("4,2,4", option="--workers")
    assert counts == (4, 2)
    assert warnings == ("duplicate value '4' for '--workers' is ignored",)


def test_the_limit_of_workers_can_be_lifted_but_not_for_ever() -> None:
    assert parsing.worker_counts("20000", option="--workers", above_limits=True) == ((20000,), ())
    with pytest.raises(UsageError, match="must be at most 1,000,000"):
        parsing.worker_counts("9" * 5000, option="--workers", above_limits=True)


@pytest.mark.parametrize(("text", "share"), [("5", 0.05), ("5%", 0.05), ("0.5", 0.005), ("50 %", 0.5)])
def test_percentages(text: str, share: float) -> None:
    assert parsing.percentage(text, option="--margin") == pytest.approx(share)


@pytest.mark.parametrize("text", ["0", "0.05", "51", "nan", "inf", "-5", "", "five"])
def test_other_percentages_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"must be a percentage from 0.1 to 50"):
        parsing.percentage(text, option="--margin")


@pytest.mark.parametrize("text", ["-1", "4294967296", "x", "1.5", "", "9" * 5000])
def test_a_seed_is_a_whole_number_of_32_bits(text: str) -> None:
    assert parsing.seed("0", option="--seed") == 0
    with pytest.raises(UsageError, match="must be a whole number from 0 to 4,294,967,295"):
        parsing.seed(text, option="--seed")


def test_assignments_are_names_and_values() -> None:
    read = parsing.parameter_assignments(["steps=1000", "integrate.steps = 5", "text=a=b"], option="--param")
    assert read == (("steps", "1000"), ("integrate.steps", "5"), ("text", "a=b"))
    for wrong in ("steps", "=3", ""):
        with pytest.raises(UsageError, match="must be NAME=VALUE"):
            parsing.parameter_assignments([wrong], option="--param")
    with pytest.raises(UsageError, match="parameter 'steps' given twice"):
        parsing.parameter_assignments(["steps=1", "steps=2"], option="--param")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2G", 2 << 30),
        ("512M", 512 << 20),
        ("1.5GiB", 3 << 29),
        ("100mb", 100 << 20),
        (" 1 t ", 1 << 40),
        ("67108864", 64 << 20),
        ("65536K", 64 << 20),
    ],
)
def test_sizes(text: str, count: int) -> None:
    assert parsing.size(text, option="--memory") == count


@pytest.mark.parametrize("text", ["", "G", "2X", "-2G", "1e9", "inf", "2 G B", "63M", "0", "9" * 400])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UsageError, match=r"for '--memory': must be"):
        parsing.size(text, option="--memory")
