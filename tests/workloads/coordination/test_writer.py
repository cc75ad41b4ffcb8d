from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import WrongResult
from comparators.parameters import parameters_of
from comparators.workload import Observations
from comparators.workloads.coordination.writer import Writer, most_at_once, piece_of, write
from tests.workloads.running import TOGETHER, observed

TWO = Writer(count=2, lines=1, pieces=2)
A1, A2, B1, B2 = (piece_of(writer, 0, piece, 2) for writer in (0, 1) for piece in (0, 1))


def verified(workload: Writer, data: bytes) -> Observations:
    return workload.verify(([(writer, workload.lines) for writer in range(workload.count)], data))


def values(seen: Observations) -> list[float]:
    return [one.value for one in seen]


@pytest.mark.parametrize("runner", ["serial", *TOGETHER])
@pytest.mark.parametrize(("guard", "most"), [("none", 3), ("lock", 1), ("semaphore", 2)])
def test_guards_keep_what_they_promise(guard: str, most: int, runner: str) -> None:
    jumbled, share, max_concurrency = observed(
        Writer.from_preset("tiny", guard=guard), runner, 1 if runner == "serial" else 3
    )
    assert max_concurrency.value <= (1 if runner == "serial" else most)
    assert (jumbled.value == 0) == (max_concurrency.value == 1)
    assert share.value == pytest.approx(100 * jumbled.value / 9)


def test_coroutines_that_take_turns_jumble_every_line() -> None:
    assert values(observed(Writer.from_preset("tiny"), "asyncio", 3)) == [9, 100, 3]


def test_pieces_are_whole_and_of_one_length() -> None:
    assert piece_of(3, 41, 0, 2) == b"0003.000041.000 "
    assert piece_of(3, 41, 1, 2) == b"0003.000041.001\n"


def test_jumbled_lines_are_counted_and_no_failure_without_a_guard() -> None:
    assert values(verified(TWO, A1 + A2 + B1 + B2)) == [0, 0, 1]
    assert values(verified(TWO, A1 + B1 + A2 + B2)) == [2, 100, 2]
    assert values(verified(TWO, A1 + B1 + B2 + A2)) == [2, 100, 2]


def test_lines_that_mix_under_a_lock_are_wrong() -> None:
    workload = TWO.with_parameters(guard="lock")
    assert values(verified(workload, B1 + B2 + A1 + A2)) == [0, 0, 1]
    with pytest.raises(WrongResult, match="writers at once with a lock: expected at most 1, found 2"):
        verified(workload, A1 + B1 + A2 + B2)


def test_a_third_writer_under_the_semaphore_is_wrong() -> None:
    c1, c2 = piece_of(2, 0, 0, 2), piece_of(2, 0, 1, 2)
    workload = Writer(guard="semaphore", count=3, lines=1, pieces=2)
    assert values(verified(workload, A1 + B1 + A2 + c1 + B2 + c2))[2] == 2
    with pytest.raises(WrongResult, match="with a semaphore: expected at most 2, found 3"):
        verified(workload, A1 + B1 + c1 + A2 + B2 + c2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        A1 + A2 + B1,
        A1 + A2 + B1 + B2 + B2,
        A2 + A1 + B1 + B2,
        A1 + A2 + B1 + B2[:-1],
        A1 + A2 + A1 + A2,
        A1 + A2 + B1 + B2.replace(b"1", b"x"),
        A1 + A2 + piece_of(2, 0, 0, 2) + B2,
    ],
)
def test_a_byte_that_is_missing_too_much_or_out_of_order_is_wrong(data: bytes) -> None:
    with pytest.raises(WrongResult, match="file"):
        verified(TWO, data)


@given(st.data(), st.integers(1, 4), st.integers(1, 3), st.integers(2, 3))
def test_any_order_of_the_writers_is_understood(data: st.DataObject, count: int, lines: int, pieces: int) -> None:
    turns = data.draw(st.permutations([writer for writer in range(count) for _ in range(lines * pieces)]))
    done = [0] * count
    written: list[tuple[int, int, int]] = []
    for writer in turns:
        written.append((writer, *divmod(done[writer], pieces)))
        done[writer] += 1
    text = b"".join(piece_of(*one, pieces) for one in written)
    jumbled, _, max_concurrency = values(verified(Writer(count=count, lines=lines, pieces=pieces), text))
    whole = sum(
        written[start : start + pieces] == [(*written[start][:2], piece) for piece in range(pieces)]
        for start in range(len(written))
        if start == 0 or written[start - 1][2] == pieces - 1  # in the file, a line begins where another ends
    )
    assert jumbled == count * lines - whole
    assert (max_concurrency == 1) == (jumbled == 0)
    assert max_concurrency == most_at_once([(writer, piece) for writer, _, piece in written], pieces)


def test_a_loop_begins_with_an_empty_file_that_goes_away() -> None:
    with Writer(count=1, lines=2).setup() as workload:
        for _ in range(2):
            workload.reset(None)
            results = [write(task) for task in workload.tasks()]
            assert workload.verify(workload.combine(results))[0].value == 0
        assert workload.path
        path = Path(workload.path)
    assert not path.parent.exists()


def test_nobody_can_have_their_own_file_emptied() -> None:
    assert "path" not in [declared.name for declared in parameters_of(Writer)]


def test_every_write_goes_to_the_end_of_the_file() -> None:
    with TWO.setup() as workload:
        for task in workload.tasks():
            write(task)
        assert Path(workload.path).read_bytes() == A1 + A2 + B1 + B2
