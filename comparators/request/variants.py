"""A name with parameters in brackets, as people write them: `mp-pool[method=imap]`, `guarded[guard=rlock]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from comparators.errors import UsageError, shortened

__all__ = ["Variant", "parse_variant"]

_TEXT = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<parameters>[^\[\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Variant:
    """A name or target, and the parameters that were written with it, still as text."""

    name: str
    assignments: tuple[tuple[str, str], ...] = ()

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters by name."""
        return dict(self.assignments)


def parse_variant(text: str, *, option: str) -> Variant:
    """Read `name` or `name[key=value,key=value]`; spaces around the parts do not count.

    Raises:
        UsageError: not of that form, a parameter without a value, or one twice; `option` says where it was written.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"invalid value '{shortened(text)}' for '{option}'", tip="write 'NAME' or 'NAME[KEY=VALUE,KEY=VALUE]'"
        )
    name = match["name"].strip()
    found: dict[str, str] = {}
    for assignment in filter(None, (match["parameters"] or "").split(",")):
        key, equals, value = (part.strip() for part in assignment.partition("="))
        if not equals:
            raise UsageError(
                f"invalid value '{shortened(text)}' for '{option}': '{assignment}' has no value",
                tip=f"write '{name}[{key}=VALUE]'",
            )
        if key in found:
            raise UsageError(f"invalid value '{shortened(text)}' for '{option}': '{key}' is given twice")
        found[key] = value
    return Variant(name, tuple(found.items()))
