"""Parameters of workloads and runners: dataclass fields with a range, read from text such as `steps=1000`."""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, get_type_hints

from comparators.errors import InvalidParameter, UnknownName, shortened

__all__ = [
    "Parameter",
    "ParameterValue",
    "check_parameters",
    "parameter",
    "parameters_of",
    "parse_parameters",
]

ParameterValue = int | float | str | bool
"""What a parameter may be; everything a cell is identified by survives a round trip through JSON."""

_KEY = "comparators.parameter"
_TYPES = (bool, int, float, str)


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its type, default and range. `minimum` and `maximum` are inclusive."""

    name: str
    kind: type[ParameterValue]
    default: ParameterValue
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        """Type and range in words, such as `an int of at least 1`."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        article = "an" if self.kind is int else "a"
        name = {bool: "bool (true or false)", str: "text", float: "finite number"}.get(self.kind, self.kind.__name__)
        limits = ""
        if self.minimum is not None and self.maximum is not None:
            limits = f" from {_readable(self.minimum)} to {_readable(self.maximum)}"
        elif self.minimum is not None:
            limits = f" of at least {_readable(self.minimum)}"
        elif self.maximum is not None:
            limits = f" of at most {_readable(self.maximum)}"
        return f"{article} {name}{limits}"

    def parse(self, text: str, *, owner: str) -> ParameterValue:
        """Read the value from text.

        Raises:
            InvalidParameter: names the parameter, its owner, type and range.
        """
        try:
            return self.check(self._convert(text), owner=owner)
        except (ValueError, InvalidParameter):  # the message shows what was written, not what it was read as
            raise self._invalid(text, owner) from None

    def check(self, value: object, *, owner: str) -> ParameterValue:
        """Return the value when type and range are right, an int widened to float where a float is wanted.

        Raises:
            InvalidParameter: names the parameter, its owner, type and range.
        """
        if self.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not self.kind:
            raise self._invalid(value, owner)
        if isinstance(value, int | float) and not isinstance(value, bool):
            low = -math.inf if self.minimum is None else self.minimum
            high = math.inf if self.maximum is None else self.maximum
            if not math.isfinite(value) or not low <= value <= high:
                raise self._invalid(value, owner)
        if self.choices and value not in self.choices:
            raise self._invalid(value, owner)
        return value

    def _convert(self, text: str) -> ParameterValue:
        if self.kind is bool:
            truths = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            if text.lower() not in truths:
                raise ValueError(text)
            return truths[text.lower()]
        if self.kind is not str and not text.isascii():
            raise ValueError(text)  # Python reads digits of every script
        if self.kind is int:
            return _whole_number(text)
        return self.kind(text)

    def _invalid(self, value: object, owner: str) -> InvalidParameter:
        return InvalidParameter(
            f"invalid value '{shortened(value)}' for '{self.name}' of '{owner}': must be {self.range_text}"
        )


def _readable(limit: float) -> str:
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"


def _whole_number(text: str) -> int:
    """Read `1000`, `1_000`, `10**8` or `1e8`: people write large counts in each of these ways."""
    base, power, exponent = text.partition("**")
    if power:
        if len(base) > 15 or not re.fullmatch(r"\d{1,2}", exponent, re.ASCII):
            raise ValueError(text)
        return math.prod([int(base)] * int(exponent))
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not number.is_integer() or abs(number) > 1e15:
            raise ValueError(text) from None
        return int(number)


def parameter(
    default: ParameterValue,
    help: str = "",  # noqa: A002  the word that argparse and click use
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Iterable[str] = (),
) -> Any:
    """Declare a parameter as a dataclass field with help text and range, both ends inclusive."""
    limits = {"help": help, "minimum": minimum, "maximum": maximum, "choices": tuple(choices)}
    return dataclasses.field(default=default, metadata={_KEY: limits})


def parameters_of(cls: type) -> tuple[Parameter, ...]:
    """Return the parameters of a workload or runner class, in the order in which they were declared.

    Fields without a default belong to the machinery (a runner's tasks, say) and are not parameters.
    """
    return _declared(cls)


@cache  # resolving annotations takes longer than all the rest of making a workload
def _declared(cls: type) -> tuple[Parameter, ...]:
    hints = get_type_hints(cls)
    found = []
    for field in dataclasses.fields(cls):
        if field.default is dataclasses.MISSING:
            continue
        kind = hints[field.name]
        if kind not in _TYPES:
            raise TypeError(
                f"parameter '{field.name}' of {cls.__qualname__} must be int, float, str or bool, not {kind}"
            )
        found.append(Parameter(field.name, kind, field.default, **field.metadata.get(_KEY, {})))
    return tuple(found)


def parse_parameters(cls: type, assignments: Mapping[str, str], *, owner: str) -> dict[str, ParameterValue]:
    """Read `{"steps": "1000"}` against the parameters of `cls`.

    Raises:
        UnknownName: a parameter that `cls` does not have.
        InvalidParameter: a value of the wrong type or out of range.
    """
    known = {declared.name: declared for declared in parameters_of(cls)}
    for name in assignments:
        if name not in known:
            raise UnknownName("parameter", name, known, where=f"of '{owner}'")
    return {name: known[name].parse(text, owner=owner) for name, text in assignments.items()}


def check_parameters(instance: object, *, owner: str) -> None:
    """Check every parameter of a workload or runner that was made from Python rather than from text.

    Raises:
        InvalidParameter: a value of the wrong type or out of range.
    """
    for declared in parameters_of(type(instance)):
        value = declared.check(getattr(instance, declared.name), owner=owner)
        object.__setattr__(instance, declared.name, value)  # an int given for a float becomes one, also when frozen
