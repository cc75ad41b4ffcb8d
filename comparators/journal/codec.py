"""Records to lines of a journal and back.

A line is a JSON object: `n` sequence number, `crc` checksum of the rest, `kind` and `data` of a record. Two things that
would otherwise repeat in every line are written once: a cell is `[comparison, runner, workers]` by its place in the
plan, and metadata that does not change from sample to sample is an `environment` line of its own, `[number, metadata]`.
When that line is damaged its samples are not lost, they only lack this part of their metadata.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from math import isfinite
from sys import intern
from typing import Any, cast

import cattrs

from comparators.errors import UsageError
from comparators.journal.records import (
    Calibration,
    CellRecipe,
    Evidence,
    Failure,
    Finished,
    Header,
    LevelTest,
    ParallelCapacity,
    Profile,
    Record,
    Sample,
)
from comparators.journal.validation import Implausible, check
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell, Plan

__all__ = ["SCHEMA", "Codec", "Line", "MalformedLine", "decode_line", "encode_line"]

SCHEMA = 1
"""Version of the journal's format."""

KINDS: dict[str, type[Any]] = {
    "header": Header,
    "profile": Profile,
    "test": LevelTest,
    "capacity": ParallelCapacity,
    "calibration": Calibration,
    "sample": Sample,
    "failure": Failure,
    "evidence": Evidence,
    "recipe": CellRecipe,
    "finished": Finished,
}
_NAMES = {cls: kind for kind, cls in KINDS.items()}

Line = tuple[int, str, Any]
"""Sequence number, kind and data."""

Metadata = Mapping[str, ParameterValue]

VARYING = frozenset(
    {
        "comparators_cpu_s",
        "comparators_disturbance",
        "comparators_first_call_s",
        "comparators_first_s",
        "comparators_hung_exit",
        "comparators_later_call_s",
        "comparators_leftovers",
        "comparators_memory_bytes",
        "comparators_pressure_s",
        "comparators_start_s",
        "comparators_steal_s",
        "comparators_switches_involuntary",
        "comparators_switches_voluntary",
        "comparators_throttled_s",
        "cpu_freq",
        "cpu_temp",
        "date",
        "duration",
        "load_avg_1min",
        "mem_max_rss",
        "name",
        "python_hash_seed",
        "runnable_threads",
        "uptime",
    }
)
"""Metadata that differs from sample to sample; the rest goes into `environment` lines."""


LARGEST = 2**64
"""Whole numbers beyond it are no count of anything, and break what computes with them."""

MOST_METADATA = 500
"""Names in the metadata of a sample; there are about 50."""

_BEGINNING = b'{"n":'
_LINE = re.compile(rb'\{"n":(\d{1,18}),"crc":(\d{1,10}),("kind":.*)', re.DOTALL)


def _innermost(error: BaseException) -> BaseException:
    """Return the first of the errors that an error was made of."""
    while (inner := error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__) is not None:
        error = inner
    return error


class MalformedLine(ValueError):
    """A line is not one that this module writes; the message says in what way."""


def encode_line(number: int, kind: str, data: object) -> bytes:
    """Return a journal line, newline included."""
    body = json.dumps({"kind": kind, "data": data}, separators=(",", ":"), allow_nan=False)
    return f'{{"n":{number},"crc":{zlib.crc32(body.encode())},{body[1:]}\n'.encode()


def decode_line(line: bytes) -> Line:
    """Read a journal line; nothing but its checksum is looked at before that is right.

    Raises:
        MalformedLine: it is cut off, damaged or something else altogether.
    """
    found = _LINE.match(line)
    if found is None:
        begins = _BEGINNING.startswith(line[: len(_BEGINNING)].rstrip())
        raise MalformedLine("cut off or damaged" if begins else "not a line of a comparators journal")
    number, checksum, rest = found.groups()
    body = b"{" + rest.removesuffix(b"\n")
    if zlib.crc32(body) != int(checksum):
        raise MalformedLine("cut off or damaged")
    try:
        document = _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        raise MalformedLine("not JSON that a journal holds") from None
    if not isinstance(document, dict) or document.keys() != {"kind", "data"} or not isinstance(document["kind"], str):
        raise MalformedLine("not a line of a comparators journal")
    return int(number), document["kind"], document["data"]


def _refuse(constant: str) -> None:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)

_SCALARS: dict[Any, frozenset[type]] = {
    int: frozenset({int}),
    float: frozenset({int, float}),
    str: frozenset({str}),
    bool: frozenset({bool}),
    ParameterValue: frozenset({int, float, str, bool}),
}
"""What a value of each type may look like in JSON; nothing is converted silently."""


def _scalar(accepted: frozenset[type], value: object, _: object = None) -> object:
    kind = type(value)
    if kind not in accepted:
        raise TypeError(f"{value!r} is not {' or '.join(sorted(one.__name__ for one in accepted))}")
    if kind is float and not isfinite(cast(float, value)):
        raise ValueError(f"{value!r} is not finite")
    if kind is int and abs(cast(int, value)) > LARGEST:
        raise ValueError("a number of too many digits")
    return value


def _number(value: object, _: object) -> object:
    if type(value) is float and isfinite(value):  # a sample has many; the rest is for the general rule
        return value
    return _scalar(_SCALARS[float], value)


@cache
def _converter() -> cattrs.Converter:
    """Return what turns records into data and back, made once; cells stay as they are, they need a plan."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(Cell, lambda cell: cell)
    converter.register_structure_hook(Cell, lambda cell, _: cell)
    converter.register_structure_hook_func(lambda kind: kind == Metadata, _metadata)
    for kind, accepted in _SCALARS.items():
        converter.register_structure_hook(kind, partial(_scalar, accepted))
    converter.register_structure_hook(float, _number)
    return converter


class Codec:
    """Turns records into data and back, for one plan."""

    def __init__(self, plan: Plan | None = None) -> None:
        self._plan = plan
        self._environments: dict[int, Metadata] = {}
        self._cells: dict[tuple[int, ...], Cell] = {}
        self._places: dict[tuple[object, ...], list[int]] = {}

    def encode(self, record: Record) -> list[tuple[str, Any]]:
        """Return the kinds and data of the lines for a record: the record's own, before it what it refers to."""
        data = _converter().unstructure(record)
        if "cell" in data:
            data["cell"] = self._from_cell(data["cell"])
        if "cells" in data:
            data["cells"] = [self._from_cell(cell) for cell in data["cells"]]
        lines = []
        if isinstance(record, Header):
            self._plan = record.plan
        if isinstance(record, Sample):
            constant = {key: value for key, value in record.metadata.items() if key not in VARYING}
            environment = next((number for number, one in self._environments.items() if one == constant), None)
            if environment is None:
                environment = max(self._environments, default=-1) + 1
                self._environments[environment] = constant
                lines.append(("environment", [environment, constant]))
            varying = {key: value for key, value in record.metadata.items() if key in VARYING}
            data["metadata"] = {"environment": environment, **varying}
        return [*lines, (_NAMES[type(record)], data)]

    def decode(self, kind: str, data: Any) -> Record | None:
        """Return the record of a line; None for a line that only other lines refer to.

        Raises:
            MalformedLine: the kind is unknown or the data is not that of such a record.
        """
        if kind != "environment" and kind not in KINDS:
            raise MalformedLine(f"unknown kind '{kind}'")
        try:
            if kind == "environment":
                number, constant = data
                _place(number)
                self._environments[number] = _checked(constant)
                return None
            if kind == "sample":
                varying = data["metadata"]
                shared = self._environments.get(varying.pop("environment"), {})
                data["metadata"] = _Metadata(shared, _checked(varying))
            if "cell" in data:
                data["cell"] = self._to_cell(data["cell"])
            if "cells" in data:
                data["cells"] = [self._to_cell(place) for place in data["cells"]]
            record = cast(Record, _converter().structure(data, KINDS[kind]))
            check(record)
        except Implausible as error:
            raise MalformedLine(f"not a valid {kind}: {error}") from error
        except Exception as error:
            raise MalformedLine(f"not a valid {kind}: {type(error).__name__}") from error
        if isinstance(record, Header):
            self._plan = record.plan
        return record

    def require_readable(self, record: Record) -> None:
        """Make sure that a record of this plan could be read back: what a worker says is not to be trusted.

        Raises:
            ValueError: it could not.
            TypeError: it could not even be written.
        """
        trial = Codec(self._plan)
        for kind, data in trial.encode(record):
            trial.decode(*decode_line(encode_line(0, kind, data))[1:])

    def require_recordable(self, header: Header) -> None:
        """Make sure that a plan could be read back.

        Raises:
            UsageError: it could not; third-party code choose some of its values.
        """
        try:
            self.require_readable(header)
        except (TypeError, ValueError) as error:
            raise UsageError(f"the plan cannot be recorded: {_innermost(error)}") from error

    def _from_cell(self, cell: Cell) -> list[int]:
        assert self._plan is not None
        key = (cell.workload, cell.phase, cell.python, cell.runner)
        if not self._places:
            for number, comparison in enumerate(self._plan.comparisons):
                for place, one in enumerate(comparison.candidates):
                    self._places[comparison.workload, comparison.phase, comparison.python, one.runner] = [number, place]
        return [*self._places[key], cell.workers]

    def _to_cell(self, data: list[int]) -> Cell:
        assert self._plan is not None
        number, place, workers = map(_place, data)
        key = (number, place, workers)
        if key not in self._cells:
            comparison = self._plan.comparisons[number]
            self._cells[key] = comparison.cell(comparison.candidates[place].runner, workers)
        return self._cells[key]


def _place(number: object) -> int:
    """Return a number that counts from 0 as such a number; -1 would be the last of a list."""
    if type(number) is not int or number < 0:
        raise Implausible(f"{number!r:.20} counts nothing")
    return number


class _Metadata(Mapping[str, ParameterValue]):
    """Metadata of a sample: what is its own, and what it shares with others, which is checked and kept once."""

    __slots__ = ("_own", "_shared")

    def __init__(self, shared: Metadata, own: Metadata) -> None:
        self._shared = shared
        self._own = own

    def __getitem__(self, name: str) -> ParameterValue:
        return self._own[name] if name in self._own else self._shared[name]

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._shared

    def __iter__(self) -> Iterator[str]:
        yield from self._shared
        yield from (name for name in self._own if name not in self._shared)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _metadata(data: object, _: object = None) -> Metadata:
    return data if isinstance(data, _Metadata) else _checked(data)


def _checked(data: object) -> Metadata:
    """Return metadata with every value checked; each name is kept once.

    Raises:
        Implausible: they are too many, or one is neither number nor text.
    """
    given = cast(dict[str, Any], data)
    if len(given) > MOST_METADATA:
        raise Implausible(f"metadata of {len(given):,} names")
    found: dict[str, ParameterValue] = {}
    for name, value in given.items():  # a journal has millions of these: nothing is called for most of them
        kind = type(value)
        if (
            kind is str
            or kind is bool
            or (kind is float and isfinite(value))
            or (kind is int and -LARGEST <= value <= LARGEST)
        ):
            found[intern(name)] = value
        else:
            raise Implausible(f"metadata '{name!s:.20}' that is neither number nor text")
    return found
