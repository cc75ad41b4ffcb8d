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
    Cause,
    CellRecipe,
    Evidence,
    Failure,
    Finished,
    Header,
    Level,
    LevelTest,
    ParallelCapacity,
    Profile,
    Record,
    Sample,
    Stage,
)
from comparators.workload import Observation, Operation
from tests.journal.records import CELL, COLD, COMPARISON, HEADER, LOOP, PLAN, SERIAL, THREADS, profile, sample

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
stages = st.sampled_from(get_args(Stage))
causes = st.sampled_from(get_args(Cause))
levels = st.sampled_from(get_args(Level))
operations = st.sampled_from((None, *get_args(Operation)))
observations = st.lists(st.builds(Observation, words, numbers, words, words, words, operations), max_size=2).map(tuple)
shares = st.floats(0, 1e6)
tested = st.lists(
    st.tuples(st.sampled_from([SERIAL, THREADS]), st.integers(1, 99)), min_size=1, max_size=4, unique=True
)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Return profiles as workers make them: no more tasks seen than there are."""
    tasks = draw(some)
    return Profile(
        workload=draw(words),
        python=draw(words),
        tasks=tasks,
        seen=draw(st.integers(0, tasks)),
        task_s=draw(seconds),
        longest_s=draw(seconds),
        total_s=draw(seconds),
        cpu_share=draw(shares),
        library_threads=draw(shares),
        threads_gain=draw(st.none() | shares),
        repeat_ratio=draw(st.none() | shares),
        pickled_bytes=draw(st.none() | shares),
        unpicklable=draw(words),
        blocked_share=draw(st.none() | shares),
    )


@st.composite
def level_tests(draw: st.DrawFn) -> LevelTest:
    """Return tests of different cells of one comparison."""
    comparison, places = draw(st.sampled_from([COMPARISON, COLD])), draw(tested)
    loops = draw(st.lists(some, min_size=len(places), max_size=len(places)))
    cells = tuple(comparison.cell(runner, workers) for runner, workers in places)
    return LevelTest(level=draw(levels), cells=cells, loops=tuple(loops))


records = st.one_of(
    st.builds(Header, st.just(1), st.just(PLAN), mappings, numbers),
    st.builds(ParallelCapacity, st.integers(1, 99), numbers),
    st.builds(Calibration, words, words, parameters),
    profiles(),
    level_tests(),
    st.builds(
        Sample,
        cell=cells,
        stage=stages,
        seconds=seconds,
        warmup_s=st.none() | seconds,
        loops=some,
        block=st.integers(-1, 10**9),
        position=some,
        previous=words,
        elapsed_s=seconds,
        cpu_s=seconds,
        observations=observations,
        metadata=mappings,
        level=st.none() | levels,
        generation=st.integers(-1, 10**9),
    ),
    st.builds(
        Failure,
        cell=cells,
        stage=stages,
        cause=causes,
        message=words,
        details=words,
        block=st.integers(-1, 10**9),
        elapsed_s=seconds,
        limit_s=st.none() | seconds,
        level=st.none() | levels,
    ),
    st.builds(
        Evidence,
        cell=cells,
        tasks=some,
        wall_s=seconds,
        total_s=seconds,
        busy_s=seconds,
        task_cpu_s=seconds,
        peak=some,
        workers_seen=some,
        pickled_bytes=some,
        longest_s=seconds,
        idle_tail_s=seconds,
        switches_voluntary=some,
        switches_involuntary=some,
        delayed_s=seconds,
    ),
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


@given(records)
def test_what_a_run_writes_its_own_reader_accepts(record: Record) -> None:
    Codec(PLAN).require_readable(record)


@pytest.mark.parametrize(
    "changes",
    [
        {"task_s": -1.0},
        {"total_s": math.nan},
        {"longest_s": 1e12},
        {"cpu_share": -0.1},
        {"repeat_ratio": math.inf},
        {"pickled_bytes": -1.0},
        {"seen": 11},
        {"seen": -1},
        {"tasks": -1},
        {"tasks": "ten"},
        {"unpicklable": None},
    ],
)
def test_a_profile_that_no_worker_finds_is_not_readable(changes: dict[str, object]) -> None:
    Codec(PLAN).require_readable(profile())
    with pytest.raises(ValueError, match=r"not a valid profile|Out of range float"):
        Codec(PLAN).require_readable(profile(**changes))


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
        (b'{"n":1,"crc":1,"kind":"capacity","data":{}}', DAMAGED),
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
        ("recipe", {"cell": [0, 0], "source": ""}),
        ("recipe", {"cell": [7, 0, 1], "source": ""}),
        ("recipe", {"cell": {"workload": "noop"}, "source": ""}),
        ("capacity", {"workers": 10**400, "speedup": 1.0}),
        ("calibration", {"workload": "x", "python": "3.11", "parameters": [["count", -(10**30)]]}),
        ("recipe", {"cell": [-1, 0, 1], "source": ""}),
        ("recipe", {"cell": [0, -1, 1], "source": ""}),
        ("recipe", {"cell": [0, 0, True], "source": ""}),
        ("finished", {"reason": "complete", "elapsed_s": math.inf}),
        ("test", {"level": "phase", "cells": [[0, 0, 1]], "loops": [1]}),
        ("test", {"level": "model", "cells": [], "loops": []}),
        ("test", {"level": "model", "cells": [[0, 0, 1]], "loops": []}),
        ("test", {"level": "model", "cells": [[0, 0, 1]], "loops": [0]}),
        ("test", {"level": "model", "cells": [[0, 0, 1], [0, 0, 1]], "loops": [1, 1]}),
        ("test", {"level": "model", "cells": [[0, 0, 1], [1, 1, 2]], "loops": [1, 1]}),
        ("profile", {"workload": "noop", "python": "3.11"}),
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


@pytest.mark.parametrize("name", ["start_s", "first_s", "first_call_s", "later_call_s", "cpu_s", "memory_bytes"])
def test_what_each_sample_measures_beside_its_value_is_no_new_environment(name: str) -> None:
    codec = Codec(PLAN)
    lines = [
        codec.encode(sample(block=block, metadata={"cpu_count": 2, f"comparators_{name}": block / 7}))
        for block in range(3)
    ]
    assert [len(one) for one in lines] == [2, 1, 1]


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
    ((_, data),) = codec.encode(CellRecipe(COLD.cell(THREADS, 8), "code"))
    assert json.dumps(data["cell"]) == "[1, 1, 8]"
    assert codec.decode("recipe", data) == CellRecipe(COLD.cell(THREADS, 8), "code")
    ((_, data),) = codec.encode(LevelTest("model", (LOOP, CELL), (7, 9)))
    assert json.dumps(data["cells"]) == "[[0, 0, 1], [0, 1, 2]]"
    assert codec.decode("test", data) == LevelTest("model", (LOOP, CELL), (7, 9))
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
