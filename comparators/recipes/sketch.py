"""What the tasks of a workload share, written down: its `make_shared` is called with a kit that makes source code.

Such a kit's primitives are `Sketched`: they remember what is done with them, and stand for an expression. What `make_shared`
returns, a primitive or tuples, lists, dictionaries and records of them, becomes the source of a function that returns
the same.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, NamedTuple, cast

from comparators.coordination.kit import Kit, Written
from comparators.workload import Workload

__all__ = ["Sketch", "Unwritable", "sketch"]

WIDTH = 100
"""Characters of a line, above which a record is written with a line for each of its fields."""

ALIKE = 3
"""So many primitives that are made alike are written as a loop."""


class Unwritable(Exception):
    """What is shared cannot be written down as plain code; the message says why."""


class Sketch(NamedTuple):
    """The source of a function that makes what is shared.

    Attributes:
        imports: import lines that it needs.
        helpers: functions that it calls.
        lines: its body, not indented.
    """

    imports: tuple[str, ...]
    helpers: tuple[str, ...]
    lines: tuple[str, ...]


def sketch(workload: Workload[Any, Any], kit: Kit) -> Sketch:
    """Write down what a workload shares with the primitives of a kit.

    Raises:
        Unwritable: it cannot be, with the reason.
    """
    pencil = _Pencil(kit)
    try:
        shared = workload.make_shared(cast(Kit, pencil))
    except Unwritable:
        raise
    except Exception as error:  # a workload does with its primitives what it likes; not all of it can be followed
        raise Unwritable(f"making it ends with {type(error).__name__}: {error}") from error
    return _Writing(pencil.steps).of(shared)


class _Pencil:
    """Stands in for a kit."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.steps: list[Sketched] = []

    def offers(self, primitive: str) -> bool:
        """Say whether the model has a primitive."""
        return type(self._kit).offers(primitive)

    def make(self, primitive: str, *arguments: Any) -> "Sketched":
        """Note that a primitive is made."""
        written = self._kit.write(primitive)
        if written is None:
            raise Unwritable(f"nobody has said how a person writes the {primitive} of {self._kit.model}")
        return Sketched(self, ("make", primitive.replace("-", "_"), written, arguments), noted=True)

    def at_end(self, ending: object) -> None:
        """Note nothing: the end of the program ends what is shared."""


class Sketched:
    """A primitive, something that it has, or what came of calling it."""

    __slots__ = ("_how", "_pencil")
    _how: tuple[Any, ...]
    _pencil: _Pencil

    def __init__(self, pencil: _Pencil, how: tuple[Any, ...], *, noted: bool = False) -> None:
        object.__setattr__(self, "_pencil", pencil)
        object.__setattr__(self, "_how", how)
        if noted:
            pencil.steps.append(self)

    def __getattr__(self, name: str) -> "Sketched":
        if name.startswith("_"):
            raise AttributeError(name)
        return Sketched(self._pencil, ("part", self, f".{name}"))

    def __getitem__(self, key: object) -> "Sketched":
        return Sketched(self._pencil, ("part", self, f"[{key!r}]"))

    def __iter__(self) -> "Iterator[Sketched]":
        ends = self._how[2].ends if self._how[0] == "make" else 0
        if not ends:
            raise Unwritable("it is looked through, item by item")
        return (self[number] for number in range(ends))

    def __call__(self, *arguments: Any, **keywords: Any) -> "Sketched":
        return Sketched(self._pencil, ("call", self, arguments, keywords), noted=True)

    def __setattr__(self, name: str, value: object) -> None:
        raise Unwritable(f"its attribute '{name}' is set")


def _how(value: Sketched) -> tuple[Any, ...]:
    """Return `make`, primitive, written, arguments; `part`, owner, suffix; or `call`, owner, arguments, keywords."""
    found: tuple[Any, ...] = object.__getattribute__(value, "_how")
    return found


def _is_literal(value: object) -> bool:
    """Tell whether the `repr` of a value is its source."""
    if isinstance(value, float):
        return isfinite(value)
    return value is None or isinstance(value, bool | int | str | bytes | range)


def _literal(value: object) -> str:
    plain = isinstance(value, str) and value.isprintable() and not set(value) & {'"', "\\"}
    return f'"{value}"' if plain else repr(value)


def _inside(value: Any) -> Iterator[Any]:
    """Yield what a value is made of, one level down."""
    match value:
        case Sketched():
            how = _how(value)
            yield from how[3] if how[0] == "make" else how[1:]
        case dict():
            yield from value.values()
        case tuple() | list():
            yield from value
        case _ if is_dataclass(value) and not isinstance(value, type):
            yield from (getattr(value, one.name) for one in fields(value))


class _Writing:
    """Turns steps, and what is made of them, into source; what is used more than once gets a name."""

    def __init__(self, steps: list[Sketched]) -> None:
        self._steps = steps
        self._uses: Counter[int] = Counter()
        self._names: dict[int, str] = {}
        self._imports: dict[str, None] = {}
        self._helpers: dict[str, None] = {}
        self._setups: dict[str, None] = {}

    def of(self, shared: Any) -> Sketch:
        """Return the source that makes what is shared."""
        self._count(shared)
        for step in self._steps:
            for part in _inside(step):
                self._count(part)
        lines = []
        for step in self._steps:
            uses = self._uses[id(step)]
            if uses == 0:
                lines.append(self._expression(step))
            elif uses > 1:
                source = self._expression(step)
                lines.append(f"{self._name(step)} = {source}")
        lines.append(f"return {self._returned(shared)}")
        return Sketch(tuple(self._imports), tuple(self._helpers), (*self._setups, *lines))

    def _count(self, value: Any) -> None:
        """Count each use of a step; what a step is itself made of is counted once, with the step."""
        if isinstance(value, Sketched) and _how(value)[0] != "part":
            self._uses[id(value)] += 1
            return
        for part in _inside(value):
            self._count(part)

    def _name(self, step: Sketched) -> str:
        kind, stem, *_ = _how(step)
        stem = stem if kind == "make" else "value"
        number = sum(name.rpartition("_")[0] == stem for name in self._names.values()) + 1
        return self._names.setdefault(id(step), f"{stem}_{number}")

    def _returned(self, shared: Any) -> str:
        source = self._source(shared)
        plain = type(shared) is tuple and len(shared) > 1
        return source[1:-1] if plain else source

    def _source(self, value: Any) -> str:
        if isinstance(value, Sketched):
            return self._names.get(id(value)) or self._expression(value)
        if _is_literal(value):
            return _literal(value)
        if isinstance(value, tuple | list | dict):
            return self._container(value)
        return self._other(value)

    def _container(self, value: Any) -> str:
        if isinstance(value, dict):
            items = (f"{self._source(key)}: {self._source(one)}" for key, one in value.items())
            return f"{{{', '.join(items)}}}"
        if isinstance(value, list):
            return f"[{self._listed(value)}]"
        if hasattr(value, "_fields"):
            return self._record(type(value), value._fields, value)
        return f"({', '.join(map(self._source, value))}{',' * (len(value) == 1)})"

    def _other(self, value: Any) -> str:
        if is_dataclass(value) and not isinstance(value, type):
            names = [one.name for one in fields(value)]
            return self._record(type(value), names, [getattr(value, name) for name in names])
        if callable(value) and "<" not in getattr(value, "__qualname__", "<"):
            return self._imported(value)
        raise Unwritable(f"part of it is of the type '{type(value).__name__}'")

    def _record(self, cls: type, names: Any, values: Any) -> str:
        pairs = [f"{name}={self._source(value)}" for name, value in zip(names, values, strict=True)]
        name = self._imported(cls)
        line = f"{name}({', '.join(pairs)})"
        if len(line) <= WIDTH - len("    return "):
            return line
        return "\n".join([f"{name}(", *(f"    {pair}," for pair in pairs), ")"])

    def _listed(self, values: list[Any]) -> str:
        sources = [self._source(value) for value in values]
        made = all(isinstance(value, Sketched) and id(value) not in self._names for value in values)
        if made and len(sources) >= ALIKE and len(set(sources)) == 1:
            return f"{sources[0]} for _ in range({len(sources)})"
        return ", ".join(sources)

    def _imported(self, found: Any) -> str:
        outer = found.__qualname__.partition(".")[0]
        self._imports[f"from {found.__module__} import {outer}"] = None
        return str(found.__qualname__)

    def _expression(self, value: Sketched) -> str:
        match _how(value):
            case ("make", _, written, arguments):
                return self._primitive(written, [self._source(one) for one in arguments])
            case ("part", owner, suffix):
                return self._source(owner) + str(suffix)
        _, owner, arguments, keywords = _how(value)
        given = [self._source(one) for one in arguments]
        given += [f"{name}={self._source(one)}" for name, one in keywords.items()]
        return f"{self._source(owner)}({', '.join(given)})"

    def _primitive(self, written: Written, arguments: list[str]) -> str:
        self._imports.update(dict.fromkeys(written.imports))
        if written.helper:
            self._helpers[written.helper] = None
        if written.setup:
            self._setups[written.setup] = None
        instead = dict(written.instead)
        given = [*arguments, *written.defaults[len(arguments) :]]
        return written.expression.format(*(instead.get(one, one) for one in given))
