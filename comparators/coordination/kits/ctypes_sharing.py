"""Numbers in the memory of this process that every interpreter in it reaches by their address.

The kit keeps them as long as any interpreter uses them.
"""

import ctypes
from typing import Any

__all__ = ["Number", "array_of"]

TYPES: dict[str, Any] = {
    "b": ctypes.c_byte,
    "B": ctypes.c_ubyte,
    "h": ctypes.c_short,
    "H": ctypes.c_ushort,
    "i": ctypes.c_int,
    "I": ctypes.c_uint,
    "l": ctypes.c_long,
    "L": ctypes.c_ulong,
    "q": ctypes.c_longlong,
    "Q": ctypes.c_ulonglong,
    "f": ctypes.c_float,
    "d": ctypes.c_double,
}
"""The types behind the typecodes of the module `array`."""


class Number(ctypes.c_int64):
    """A 64-bit integer with the attribute `value`; pickled as its address."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Number.from_address, (ctypes.addressof(self),)


def array_of(typecode: str, size: int) -> Any:
    """Return `size` numbers, all zero; pickled as their address."""
    return _array_type(typecode, size)()


def _at(typecode: str, size: int, address: int) -> Any:
    return _array_type(typecode, size).from_address(address)


def _array_type(typecode: str, size: int) -> Any:
    def reduced(self: Any) -> tuple[Any, ...]:
        return _at, (typecode, size, ctypes.addressof(self))

    return type("Numbers", (TYPES[typecode] * size,), {"__reduce__": reduced})
