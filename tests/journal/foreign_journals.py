"""Journals as others may hand them over: damaged, made up, hostile. For tests and for a longer search by hand.

    python -m tests.journal.foreign_journals [SECONDS] [SEED]

changes a small journal at random, with checksums that are right, reads, analyses and reports what comes of it, until
the time is up or something raises another error than one of ours. `fuzz` takes any bytes, for tools that choose them.
"""

import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from comparators.campaign.pyperf_results import write_results
from comparators.errors import ComparatorsError
from comparators.journal.codec import Codec, encode_line
from comparators.journal.journal import FILE_NAME, load
from comparators.journal.records import Calibration, CellRecipe, Finished, Record, Run
from comparators.report.terminal import print_summary
from comparators.verdict.analyse import analyse
from tests.journal.records import CELL, HEADER, LOOP, evidence, failure, level_test, profile, sample

__all__ = ["KINDS", "fuzz", "mutated", "read_and_report", "signed", "small_journal"]

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**400, -(10**18), 0.0, -0.0, 1e-320, 1e308, 0.5, -3.5),
    *("", "x", "../../x", "<script>alert(1)</script>", "\x1b[31m", "\ud800", "=1+1", "`|$", "y" * 300, "a\nb"),
    *([], {}, [[]], [0, 0, 1], [-1, 0, 0], {"a": 1}, [None] * 3),
)
KINDS = (
    "header",
    "capacity",
    "calibration",
    "profile",
    "test",
    "sample",
    "failure",
    "evidence",
    "recipe",
    "finished",
    "x",
    "",
)


def small_journal() -> bytes:
    """Return a journal with a record of nearly every kind, two runners and a test of three blocks."""
    tested = [sample(cell, block=block, seconds=0.5 + block / 100) for block in range(3) for cell in (LOOP, CELL)]
    records: tuple[Record, ...] = (
        HEADER,
        Calibration("noop", "3.11", (("count", 3),)),
        profile(),
        *(sample(cell, stage="pilot", level=None, block=-1, seconds=0.5) for cell in (LOOP, CELL)),
        level_test(),
        *tested,
        *(sample(LOOP, stage="control", level=None, block=block, seconds=0.52) for block in range(3)),
        CellRecipe(CELL, "def run(tasks):\n    return []\n"),
        evidence(),
        failure(block=3),
        Finished("complete", 9.0),
    )
    codec, lines = Codec(), b""
    for record in records:
        for kind, data in codec.encode(record):
            lines += encode_line(lines.count(b"\n"), kind, data)
    return lines


def signed(body: bytes) -> bytes:
    """Return a line whose checksum is right, whatever is in it."""
    return f'{{"n":1,"crc":{zlib.crc32(body)},'.encode() + body[1:] + b"\n"


def mutated(chance: random.Random, journal: bytes) -> bytes:
    """Return a journal in which some values are others, lines are missing, doubled or in another order."""
    lines = [json.loads(line) for line in journal.splitlines()]
    for _ in range(chance.randint(1, 4)):
        line = chance.choice(lines if chance.random() < 0.7 else lines[:1])
        match chance.randrange(8):
            case 0:
                lines.insert(chance.randrange(len(lines) + 1), json.loads(json.dumps(chance.choice(lines))))
            case 1 if len(lines) > 1:
                lines.remove(line)
            case 2:
                line["kind"] = chance.choice(KINDS)
            case _:
                _change(chance, line)
    bodies = [{"kind": line.get("kind"), "data": line.get("data")} for line in lines]
    return b"".join(signed(json.dumps(body, separators=(",", ":")).encode()) for body in bodies)


def _change(chance: random.Random, line: dict[str, Any]) -> None:
    places = list(_places(line))
    if not places:  # all of it has been taken away before
        return
    holder, key = chance.choice(places)
    if isinstance(holder, dict) and chance.random() < 0.1:
        del holder[key]
    elif isinstance(holder, list) and chance.random() < 0.2:
        holder.append(holder[key])
    else:
        holder[key] = chance.choice(ODD)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            if key not in ("n", "crc", "kind"):
                yield value, key
                yield from _places(value[key])


def read_and_report(path: Path) -> Run | None:
    """Do what `show` does with a journal, and write what it holds as a pyperf file; None where it was refused.

    Raises:
        Exception: anything but an error of ours is a defect.
    """
    from rich.console import Console

    before = path.read_bytes()
    try:
        run = load(path)
    except ComparatorsError:
        return None
    finally:
        assert path.read_bytes() == before
    write_results(run, path.with_name("results.json"))
    analysis = analyse(run)
    with Path("/dev/null").open("w", encoding="utf-8", errors="backslashreplace") as nowhere:
        print_summary(analysis, Console(file=nowhere, width=100), verbose=True)
    return run


def fuzz(data: bytes) -> None:
    """Read any bytes as a journal: as they are, behind a good beginning, and as the content of lines that are whole.

    What a tool for fuzzing drives: `atheris.Setup(sys.argv, fuzz)`, `atheris.Fuzz()`; hypothesis does in the tests.

    Raises:
        Exception: anything but an error of ours is a defect.
    """
    journal = small_journal()
    header = journal[: journal.index(b"\n") + 1]
    whole = b"".join(signed(b'{"kind":"%s","data":%s}' % (kind.encode(), data)) for kind in KINDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, FILE_NAME)
        for content in (data, header + data, journal + data, header + whole, whole):
            path.write_bytes(content)
            run = read_and_report(path)
            assert run is None or run.header == HEADER or content == data


def search(seconds: float, seed: int) -> None:
    """Change and read until the time is up.

    Raises:
        Exception: the first defect; its journal is kept and named.
    """
    chance, journal = random.Random(seed), small_journal()
    end, rounds, understood = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, FILE_NAME)
        while time.monotonic() < end:
            path.write_bytes(mutated(chance, journal))
            rounds += 1
            try:
                understood += read_and_report(path) is not None
            except Exception:
                kept = Path(tempfile.mkdtemp(prefix="foreign-"), FILE_NAME)
                path.rename(kept)
                print(f"after {rounds} rounds: {kept}")
                raise
    print(f"{rounds:,} journals read, {understood:,} of them understood")


if __name__ == "__main__":
    given = [*sys.argv[1:], *("60", "0")[len(sys.argv) - 1 :]]
    search(float(given[0]), int(given[1]))
