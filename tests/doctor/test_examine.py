"""The whole examination, with instruments that measure nothing; and once with the real one, for its form."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from comparators.doctor import noise
from comparators.doctor.examine import LIMIT_S, LOOKS, PAIRS, examine
from comparators.doctor.measuring import Instrument, instrument
from tests.doctor.trees import tree


@dataclass
class Paper:
    """Measures as told, on a clock of its own."""

    factor: float = 1.01
    speedups: dict[int, float | None] = field(default_factory=lambda: {2: 1.95, 4: 3.9})
    pair_s: float = 0.5
    broken_from: int = 99
    now_s: float = 0.0
    left: bool = False

    @contextmanager
    def __call__(self, limit_s: float) -> Iterator[Instrument]:
        assert limit_s == LIMIT_S
        yield self
        self.left = True

    def speedup(self, processes: int) -> float | None:
        return self.speedups[processes]

    def pair(self, number: int) -> tuple[float, float] | None:
        self.now_s += self.pair_s
        return None if number >= self.broken_from else (1.0, self.factor if number % 2 else 1 / self.factor)


def examined(
    folder: Path, paper: Paper, cpus: tuple[int, ...] = (0, 1, 2, 3)
) -> tuple[dict[str, list[str]], list[str]]:
    told: list[str] = []
    found: dict[str, list[str]] = {}
    for finding in examine(tree(folder, cpus=cpus), told.append, paper, lambda: paper.now_s):
        found.setdefault(finding.check, []).append(finding.grade)
    assert paper.left
    return found, told


def test_it_looks_first_and_then_measures_and_says_so(tmp_path: Path) -> None:
    found, told = examined(tmp_path, Paper())
    assert list(found)[len(LOOKS) :] == ["overlap", "noise", "steal"]
    assert found["overlap"] == ["good", "good"]  # two processes, and as many as there are CPUs
    assert found["noise"] == ["good"]
    assert [line.split(",")[0] for line in told] == [
        "measuring how much 2 busy processes do at once",
        "measuring how much 4 busy processes do at once",
        f"measuring the same work {2 * PAIRS} times in fresh processes",
    ]


def test_two_processes_are_enough_on_two_cpus(tmp_path: Path) -> None:
    found, _ = examined(tmp_path, Paper(), cpus=(0, 1))
    assert found["overlap"] == ["good"]


@pytest.mark.parametrize(("factor", "grade"), [(1.001, "good"), (1.15, "note"), (1.6, "bad")])
def test_noise_is_judged_by_what_a_run_would_make_of_it(tmp_path: Path, factor: float, grade: str) -> None:
    assert examined(tmp_path, Paper(factor))[0]["noise"] == [grade]


def test_a_slow_host_gets_fewer_pairs(tmp_path: Path) -> None:
    paper = Paper(pair_s=6.0)
    examined(tmp_path, paper)
    assert paper.now_s == 18.0


@pytest.mark.parametrize("broken_from", [0, 1])
def test_samples_that_fail_are_bad(tmp_path: Path, broken_from: int) -> None:
    assert examined(tmp_path, Paper(broken_from=broken_from))[0]["noise"] == ["bad"]


@pytest.mark.parametrize(("speedup", "grade"), [(1.9, "good"), (1.4, "note"), (1.0, "bad"), (None, "bad")])
def test_processes_must_overlap(speedup: float | None, grade: str) -> None:
    assert noise.overlap_finding(2, speedup).grade == grade


def test_the_real_instrument_measures_pairs_in_fresh_processes() -> None:
    with instrument(60.0) as real:
        first, second = real.pair(0), real.pair(1)
    assert first is not None
    assert second is not None
    assert all(0 < seconds < 10 for seconds in (*first, *second))


def test_a_time_that_is_up_ends_measuring() -> None:
    with instrument(-1.0) as real:
        assert real.pair(0) is None
