import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparators.errors import InvalidParameter, WrongResult
from comparators.workloads.hash import Hash, digest


def parts_of(workload: Hash) -> list[bytes]:
    return [digest(task) for task in workload.tasks()]


@given(count=st.integers(1, 5), size=st.integers(1, 600), buffers=st.integers(1, 5), blake=st.booleans())
def test_digests_are_those_of_the_whole_messages(count: int, size: int, buffers: int, blake: bool) -> None:
    workload = Hash(count=count, size=size, buffers=buffers, algorithm="blake2b" if blake else "sha256")
    buffer = bytes(i % 256 for i in range(size))
    plain = hashlib.blake2b if blake else hashlib.sha256
    expected = [plain(buffer * buffers + f"message {number}".encode()).digest() for number in range(count)]
    assert parts_of(workload) == expected
    assert workload.verify(expected) == ()


def test_a_digest_of_a_shorter_message_is_wrong() -> None:
    workload = Hash.from_preset("tiny")
    results = parts_of(workload)
    number, algorithm, size, buffers = workload.tasks()[5]
    results[5] = digest((number, algorithm, size, buffers - 1))
    with pytest.raises(WrongResult, match="digest of message 5: expected"):
        workload.verify(results)


def test_every_message_has_a_digest_of_its_own() -> None:
    results = parts_of(Hash.from_preset("tiny"))
    assert len(set(results)) == len(results)


def test_buffers_are_long_enough_to_let_go_of_the_gil() -> None:
    # hashlib documents 2047 bytes as the most that it hashes while holding the GIL.
    assert all(Hash.from_preset(preset).size > 2_047 for preset in Hash.presets)


def test_an_unknown_algorithm_names_the_known_ones() -> None:
    with pytest.raises(InvalidParameter, match="one of sha256, blake2b"):
        Hash(algorithm="md4")
