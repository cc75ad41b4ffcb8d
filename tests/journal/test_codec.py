"""Records to lines and back."""

import json
import math
import zlib
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.journal.codec import VARYING, Codec, MalformedLine, decode_line, encode_line
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    Finished,
    Header,
    ParallelCapacity,
    Preflight,
    Race,
    Record,
    Sample,
)
from comparators.workload import Observation, Operation
from tests.journal.records import CELL, COLD, COMPARISON, HEADER, PLAN, SERIAL, THREADS, sample

numbers = st.floats(allow_nan=False, allow_infinity=False)
seconds = st.floats(0, 1e9)
whole = st.integers(-(2**53), 2**53)
some = st.integers(1, 10**9)
words = st.text(max_size=20)
values = st.one_of(st.booleans(), whole, numbers, words)
mappings = st.dictionaries(words | st.sampled_from(sorted(VARYING)), values, max_size=4)
parameters = st.lists(st.tuples(words, values), max_size=3).map(tuple)
cells = st.builds(
    lambda comparison, runner, workers: comparison.cell(runner, workers),
    st.sampled_from([COMPARISON, COLD]),
    st.sampled_from([SERIAL, THREADS]),
    st.integers(1, 10_000),
)
stages = st.sampled_from(["preflight", "pilot", "race", "control", "evidence"])
causes = st.sampled_from(["error", "wrong-result", "crashed", "timeout", "no-result", "capped"])
acts = st.sampled_from((None, *get_args(Operation)))
observations = st.lists(st.builds(Observation, words, numbers, words, words, words, acts), max_size=2).map(tuple)

records = st.one_of(
    st.builds(Header, st.just(1), st.just(PLAN), mappings, numbers),
    st.builds(ParallelCapacity, st.integers(1, 99), numbers),
    st.builds(Calibration, words, words, parameters),
    st.builds(Preflight, cells, numbers),
    st.builds(Race, st.lists(cells, max_size=3).map(tuple)),
    st.builds(
        Sample,
        cells,
        stages,
        seconds,
        st.none() | seconds,
        some,
        some,
        some,
        words,
        seconds,
        seconds,
        observations,
        mappings,
    ),
    st.builds(Failure, cells, stages, causes, words, words, some, seconds, st.none() | seconds),
    st.builds(Evidence, cells, some, *[seconds] * 4, some, some, some, seconds, seconds, some, some),
    st.builds(CellRecipe, cells, words),
    st.builds(Finished, st.sampled_from(["complete", "interrupted", "out-of-time"]), numbers),
)


DAMAGED, FOREIGN = "cut off or damaged", "not a line of a comparators journal"
NO_JSON = "not JSON that a journal holds"


def signed(body: bytes) -> bytes:
    """Return a line whose checksum is right, whatever is in it."""
    return f'{{"n":1,"crc":{zlib.crc32(body)},'.encode() + body[1:] + b"\n"


def written(codec: Codec, record: Record, number: int = 0) -> list[bytes]:
    return [encode_line(number + place, kind, data) for place, (kind, data) in enumerate(codec.encode(record))]


def read(codec: Codec, lines: list[bytes]) -> list[Record]:
    decoded = [codec.decode(*decode_line(line)[1:]) for line in lines]
    return [record for record in decoded if record is not None]


@given(st.lists(records, max_size=2))
def test_every_record_comes_back_as_it_was(those: list[Record]) -> None:
    writer, reader = Codec(), Codec()
    for record in [HEADER, *those]:
        assert read(reader, written(writer, record)) == [record]


@given(st.integers(0, 2**53), words, values)
def test_every_line_comes_back_with_and_without_its_end(number: int, kind: str, data: object) -> None:
    line = encode_line(number, kind, data)
    assert line.count(b"\n") == 1
    assert decode_line(line) == decode_line(line[:-1]) == (number, kind, data)


@given(records, st.data())
def test_every_flipped_bit_behind_the_number_is_noticed(record: Record, data: st.DataObject) -> None:
    (*_, line) = written(Codec(PLAN), record)
    place = data.draw(st.integers(line.index(b"crc"), len(line) - 2))  # the newline belongs to the file
    flipped = line[:place] + bytes([line[place] ^ 1 << data.draw(st.integers(0, 7))]) + line[place + 1 :]
    with pytest.raises(MalformedLine):
        decode_line(flipped)


def test_every_cut_is_noticed() -> None:
    (*_, line) = written(Codec(PLAN), sample())
    for place in range(len(line) - 1):
        with pytest.raises(MalformedLine):
            decode_line(line[:place])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", DAMAGED),
        (b"hello", FOREIGN),
        (b"\x80\x04K*.", FOREIGN),  # a pickle
        (b"[" * 100_000, FOREIGN),
        (b'{"n":NaN}', DAMAGED),
        (b"[1,2]", FOREIGN),
        (b'{"benchmarks":[]}', FOREIGN),
        (b'{"n":1,"crc":1,"kind":"parallel capacity","data":{}}', DAMAGED),
        (b'{"n":1,"crc":1,"kind":7,"data":{}}', DAMAGED),
        (encode_line(1, "a", {}).replace(b"{", b'{"n":1,', 1), DAMAGED),
        (signed(b'{"kind":7,"data":{}}'), FOREIGN),
        (signed(b'{"kind":"a","data":{},"more":1}'), FOREIGN),
        (signed(b'{"kind":"a"}'), FOREIGN),
        (signed(b'{"kind":"a","data":NaN}'), NO_JSON),
        (signed(b'{"kind":"a","data":-Infinity}'), NO_JSON),
        (signed(b'{"kind":"a","data":' + b"1" * 5000 + b"}"), NO_JSON),
        (signed(b'{"kind":"a","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), NO_JSON),
        (signed(b'{"kind":"a","data":"\xff"}'), NO_JSON),
    ],
)
def test_what_is_not_a_line(line: bytes, why: str) -> None:
    with pytest.raises(MalformedLine) as caught:
        decode_line(line)
    assert str(caught.value) == why


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        written(Codec(PLAN), sample(seconds=value))


def test_an_unknown_kind() -> None:
    with pytest.raises(MalformedLine, match="unknown kind 'verdict'"):
        Codec(PLAN).decode("verdict", {})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("capacity", {}),
        ("capacity", []),
        ("capacity", {"workers": "2", "speedup": 1.0}),
        ("capacity", {"workers": 2.0, "speedup": 1.0}),
        ("capacity", {"workers": True, "speedup": 1.0}),
        ("capacity", {"workers": 2, "speedup": 1.0, "more": 0}),
        ("finished", {"reason": "bored", "elapsed_s": 1.0}),
        ("preflight", {"cell": [0, 0], "elapsed_s": 1.0}),
        ("preflight", {"cell": [7, 0, 1], "elapsed_s": 1.0}),
        ("preflight", {"cell": {"workload": "noop"}, "elapsed_s": 1.0}),
        ("capacity", {"workers": 10**400, "speedup": 1.0}),
        ("calibration", {"workload": "x", "python": "3.11", "parameters": [["count", -(10**30)]]}),
        ("preflight", {"cell": [-1, 0, 1], "elapsed_s": 1.0}),
        ("preflight", {"cell": [0, -1, 1], "elapsed_s": 1.0}),
        ("preflight", {"cell": [0, 0, True], "elapsed_s": 1.0}),
        ("preflight", {"cell": [0, 0, 1], "elapsed_s": math.inf}),
        ("environment", [[], {}]),
        ("environment", [-1, {}]),
        ("environment", [0, {str(number): 0 for number in range(501)}]),
        ("sample", {"metadata": {}}),
        ("environment", {"python_version": "3.11"}),
    ],
)
def test_data_of_another_shape(kind: str, data: object) -> None:
    with pytest.raises(MalformedLine, match=f"not a valid {kind}: "):
        Codec(PLAN).decode(kind, data)


def test_metadata_that_stays_is_written_once() -> None:
    codec = Codec(PLAN)
    first = codec.encode(sample(metadata={"cpu_count": 2, "uptime": 1.0}))
    again = codec.encode(sample(metadata={"cpu_count": 2, "uptime": 2.0}))
    other = codec.encode(sample(metadata={"cpu_count": 4, "uptime": 3.0}))
    back = codec.encode(sample(metadata={"cpu_count": 2, "uptime": 4.0}))
    assert [[kind for kind, _ in lines] for lines in (first, again, other, back)] == [
        ["environment", "sample"],
        ["sample"],
        ["environment", "sample"],
        ["sample"],
    ]
    assert first[0][1] == [0, {"cpu_count": 2}]
    assert again[-1][1]["metadata"] == {"environment": 0, "uptime": 2.0}
    assert back[-1][1]["metadata"] == {"environment": 0, "uptime": 4.0}


def test_a_lost_environment_costs_no_sample_and_mixes_up_nothing() -> None:
    writer, reader = Codec(PLAN), Codec(PLAN)
    one, two = (sample(metadata={"cpu_count": count, "uptime": 1.0}) for count in (2, 4))
    lines = written(writer, one)[1:] + written(writer, two)
    assert read(reader, lines) == [replace(one, metadata={"uptime": 1.0}), two]


def test_a_reader_that_goes_on_writing_knows_what_was_written() -> None:
    writer, other = Codec(), Codec()
    read(other, written(writer, HEADER) + written(writer, sample()))
    assert [kind for kind, _ in other.encode(sample(block=2))] == ["sample"]


def test_a_cell_is_written_by_its_place_in_the_plan() -> None:
    codec = Codec(PLAN)
    ((_, data),) = codec.encode(Preflight(COLD.cell(THREADS, 8), 1.0))
    assert json.dumps(data["cell"]) == "[1, 1, 8]"
    assert codec.decode("preflight", data) == Preflight(COLD.cell(THREADS, 8), 1.0)
    assert COLD.cell(THREADS, 2) != CELL


def test_what_samples_share_is_checked_once_and_kept_once() -> None:
    """A journal of 100,000 samples has to be read in two seconds."""
    writer, reader = Codec(PLAN), Codec(PLAN)
    constant = {f"name{number}": "x" * 50 for number in range(40)}
    lines = [line for block in range(3) for line in written(writer, sample(block=block, metadata=constant))]
    assert len(lines) == 4
    first, _, third = read(reader, lines)
    assert isinstance(first, Sample)
    assert isinstance(third, Sample)
    assert first.cell is third.cell
    assert all(first.metadata[name] is third.metadata[name] for name in constant)
