"""Pure-Python work of any length whose answer is known without doing it."""

__all__ = ["FACTOR", "MODULUS", "spin", "spun"]

FACTOR, MODULUS = 75, 65_537
"""The random number generator of the Sinclair ZX81: small enough that every product is one machine word for Python."""


def spin(seed: int, turns: int) -> int:
    """Multiply the seed `turns` times by 75, modulo 65537, one Python instruction after the other."""
    value = seed
    for _ in range(turns):
        value = value * FACTOR % MODULUS
    return value


def spun(seed: int, turns: int) -> int:
    """Return what `spin` returns, from 75 to the power of `turns`, in a few multiplications."""
    return seed * pow(FACTOR, turns, MODULUS) % MODULUS
