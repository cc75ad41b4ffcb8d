"""Gains by worker count and the laws fitted to them, where counts were given."""

from comparators.stats.interval import Interval
from comparators.verdict.analysis import CountResult
from comparators.verdict.scaling import scaling_lines

LAW = {n: (1 + 0.05 * (n - 1) + 0.01 * n * (n - 1)) / n for n in (1, 2, 4, 8, 16)}


def points(times: dict[int, float]) -> list[CountResult]:
    gain = Interval(1.0, None, None, 0.95)
    return [CountResult("forks", "processes", workers, s, 3, gain, "slower") for workers, s in times.items()]


def test_gains_and_laws_are_told() -> None:
    text = "\n".join(scaling_lines(points(LAW), 1.0, {1: 1.0, 2: 1.9, 4: 3.0}))
    assert (
        "Scaling of `forks`, by workers: 1: 1.00 times, 100 % of the ideal and 100 % of what this host reaches" in text
    )
    assert "Universal Scalability Law for `forks`: 5 % of the work does not run in parallel" in text
    assert "fastest with about 10 (10 to 10) workers" in text
    assert "Amdahl for `forks`: not reliable, it misses the measured times by" in text


def test_more_than_the_host_reaches_is_not_told() -> None:
    (line,) = scaling_lines(points({1: 1.0, 2: 0.55}), 1.0, {1: 1.0, 2: 1.5})
    assert line.endswith("2: 1.82 times, 91 % of the ideal.")


def test_one_count_has_no_lines() -> None:
    assert scaling_lines(points({2: 0.5}), 1.0, {}) == ()
