from hypothesis import given
from hypothesis import strategies as st

from comparators.workloads._support.spin import FACTOR, MODULUS, spin, spun


@given(seed=st.integers(1, MODULUS - 1), turns=st.integers(0, 500))
def test_the_closed_form_is_what_the_loop_computes(seed: int, turns: int) -> None:
    assert spun(seed, turns) == spin(seed, turns)


def test_no_turn_is_without_effect() -> None:
    # 75 is a primitive root of the prime 65537: only a whole period of 65536 turns comes back to the seed.
    seen = {pow(FACTOR, turns, MODULUS) for turns in range(MODULUS - 1)}
    assert len(seen) == MODULUS - 1
