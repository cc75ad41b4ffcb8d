"""Records to lines of a journal and back.

A line is a JSON object: `n` sequence number, `crc` checksum of the rest, `kind` and `data` of a record. Two things that
would otherwise repeat in every line are written once: a cell is `[contest, runner, workers]` by its place in the plan,
and metadata that does not change from sample to sample is an `environment` line of its own, `[number, metadata]`. When
that line is damaged its samples are not lost, they only lack this part of their metadata.
"""

import json
import zlib
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import cattrs

from comparators.measure.records import (
    Calibration,
    Ceiling,
    Evidence,
    Failure,
    Finished,
    Header,
    Preflight,
    Race,
    Record,
    Sample,
)
from comparators.parameters import ParameterValue
from comparators.plan.model import Cell, Plan

__all__ = ["SCHEMA", "Codec", "Line", "MalformedLine", "decode_line", "encode_line"]

SCHEMA = 1
"""Version of the journal's format."""

KINDS: dict[str, type[Any]] = {
    "header": Header,
    "ceiling": Ceiling,
    "calibration": Calibration,
    "preflight": Preflight,
    "race": Race,
    "sample": Sample,
    "failure": Failure,
    "evidence": Evidence,
    "finished": Finished,
}
_NAMES = {cls: kind for kind, cls in KINDS.items()}

Line = tuple[int, str, Any]
"""Sequence number, kind and data."""

Metadata = Mapping[str, ParameterValue]

VARYING = frozenset(
    {
        "comparators_hung_exit",
        "comparators_leftovers",
        "comparators_pressure_s",
        "comparators_steal_s",
        "comparators_switches_involuntary",
        "comparators_switches_voluntary",
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


class MalformedLine(ValueError):
    """A line is not one that this module writes; the message says in what way."""


def encode_line(number: int, kind: str, data: object) -> bytes:
    """Return a journal line, newline included."""
    body = json.dumps({"kind": kind, "data": data}, separators=(",", ":"), allow_nan=False)
    return f'{{"n":{number},"crc":{zlib.crc32(body.encode())},{body[1:]}\n'.encode()


def decode_line(line: bytes) -> Line:
    """Read a journal line.

    Raises:
        MalformedLine: it is cut off, damaged or something else altogether.
    """
    try:
        document = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise MalformedLine("not a JSON object") from None
    if not isinstance(document, dict) or not {"n", "crc", "kind", "data"} <= document.keys():
        raise MalformedLine("not a line of a comparators journal")
    number, kind, data = document["n"], document["kind"], document["data"]
    if not isinstance(number, int) or not isinstance(kind, str) or not _is_as_written(line, number, kind, data):
        raise MalformedLine("damaged: its checksum does not match")
    return number, kind, data


def _is_as_written(line: bytes, number: int, kind: str, data: object) -> bool:
    try:
        return encode_line(number, kind, data) == _ended(line)
    except (ValueError, RecursionError):  # such as 1e999, which this module does not write
        return False


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _refuse(constant: str) -> None:
    raise ValueError(constant)


_SCALARS: dict[Any, tuple[type, ...]] = {
    int: (int,),
    float: (int, float),
    str: (str,),
    bool: (bool,),
    ParameterValue: (int, float, str, bool),
}
"""What a value of each type may look like in JSON; nothing is converted silently."""


def _scalar(accepted: tuple[type, ...], value: object, _: object) -> object:
    if type(value) not in accepted:
        raise TypeError(f"{value!r} is not {' or '.join(one.__name__ for one in accepted)}")
    return value


class Codec:
    """Turns records into data and back, for one plan."""

    def __init__(self, plan: Plan | None = None) -> None:
        self._converter = cattrs.Converter(forbid_extra_keys=True)
        self._converter.register_unstructure_hook(Cell, self._from_cell)
        self._converter.register_structure_hook(Cell, lambda data, _: self._to_cell(data))
        for kind, accepted in _SCALARS.items():
            self._converter.register_structure_hook(kind, partial(_scalar, accepted))
        self._plan = plan
        self._environments: dict[int, Metadata] = {}
        self._places: dict[tuple[object, ...], list[int]] = {}

    def encode(self, record: Record) -> list[tuple[str, Any]]:
        """Return the kinds and data of the lines for a record: the record's own, before it what it refers to."""
        data = self._converter.unstructure(record)
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
                self._environments[number] = dict(constant)
                return None
            if kind == "sample":
                varying = dict(data["metadata"])
                constant = self._environments.get(varying.pop("environment"), {})
                data = {**data, "metadata": {**constant, **varying}}
            record = cast(Record, self._converter.structure(data, KINDS[kind]))
        except Exception as error:
            raise MalformedLine(f"not a valid {kind}: {type(error).__name__}") from error
        if isinstance(record, Header):
            self._plan = record.plan
        return record

    def _from_cell(self, cell: Cell) -> list[int]:
        assert self._plan is not None
        key = (cell.workload, cell.phase, cell.python, cell.runner)
        if not self._places:
            for number, contest in enumerate(self._plan.contests):
                for place, one in enumerate(contest.contestants):
                    self._places[contest.workload, contest.phase, contest.python, one.runner] = [number, place]
        return [*self._places[key], cell.workers]

    def _to_cell(self, data: list[int]) -> Cell:
        assert self._plan is not None
        number, place, workers = data
        contest = self._plan.contests[number]
        return contest.cell(contest.contestants[place].runner, workers)
