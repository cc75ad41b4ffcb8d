import pytest

from comparators.workloads.coordination._support.percentiles import median_and_p99


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5.0], (5.0, 5.0)),
        ([3.0, 1.0], (2.0, 3.0)),
        ([float(value) for value in range(1, 101)], (50.5, 99.0)),
        ([float(value) for value in range(1, 102)], (51.0, 100.0)),
        ([float(value) for value in range(1000, 0, -1)], (500.5, 990.0)),
    ],
)
def test_the_nearest_rank(values: list[float], expected: tuple[float, float]) -> None:
    assert median_and_p99(values) == expected
