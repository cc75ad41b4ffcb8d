"""CPU-bound work in C code that lets go of the GIL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observations, Workload
from comparators.workloads._support.checks import check_count

__all__ = ["Hash", "Message", "digest"]

Message = tuple[int, str, int, int]
"""Number of the message, algorithm, bytes in a buffer, buffers in the message."""


def digest(task: Message) -> bytes:
    """Return the digest of a long message that is read buffer by buffer and ends with its own number."""
    import hashlib

    number, algorithm, size, buffers = task
    state = hashlib.new(algorithm, usedforsecurity=False)
    buffer = _buffer(size)
    for _ in range(buffers):
        state.update(buffer)
    state.update(_ending(number))
    return state.digest()


def _buffer(size: int) -> bytes:
    return (bytes(range(256)) * (size // 256 + 1))[:size]


def _ending(number: int) -> bytes:
    return b"message %d" % number


@dataclass(frozen=True)
class Hash(Workload[Message, bytes]):
    """Compute digests of long messages with hashlib.

    What it teaches: threads do help CPU-bound work when the time goes to C code that lets go of the GIL. hashlib
    does so for buffers of 2048 bytes and more: with `size=1024` the same threads win nothing.

    All messages begin alike and differ in the number at their end. A digest can only be right when the whole
    message was read, yet one pass over the common beginning gives every expected digest.
    """

    name = "hash"
    summary = "digests of long messages by hashlib, which lets go of the GIL"
    nature = "cpu-releases-gil"
    presets: ClassVar = {
        "tiny": {"count": 8, "size": 4_096, "buffers": 2},
        "quick": {"buffers": 150},
        "default": {},
        "full": {"count": 64, "buffers": 2_500},
    }
    work = staticmethod(digest)

    count: int = parameter(16, "messages, one task each", minimum=1, maximum=10**6)
    size: int = parameter(2**16, "bytes in a buffer", minimum=1, maximum=10**9)
    buffers: int = parameter(750, "buffers in a message", minimum=1, maximum=10**9)
    algorithm: str = parameter("sha256", "hash function", choices=("sha256", "blake2b"))

    def tasks(self) -> Sequence[Message]:
        """Return what each message is made of; its bytes are made inside the task."""
        return [(number, self.algorithm, self.size, self.buffers) for number in range(self.count)]

    def verify(self, result: object) -> Observations:
        """Check every digest against one that is computed here, one after the other."""
        digests = check_count(result, self.count, "digests")
        for number, (right, found) in enumerate(zip(self._expected(), digests, strict=True)):
            if found != right:
                raise WrongResult(f"digest of message {number}", expected=right, found=found)
        return ()

    def _expected(self) -> list[bytes]:
        import hashlib

        beginning = hashlib.new(self.algorithm, usedforsecurity=False)
        buffer = _buffer(self.size)
        for _ in range(self.buffers):
            beginning.update(buffer)
        expected = []
        for number in range(self.count):
            state = beginning.copy()
            state.update(_ending(number))
            expected.append(state.digest())
        return expected
