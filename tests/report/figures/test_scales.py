import pytest
from matplotlib.figure import Figure

from comparators.report.figures.scales import SECONDS, SIZES, Units, fit


@pytest.mark.parametrize(
    ("values", "units", "labels"),
    [
        ((0.219, 0.412), SECONDS, ["0 ms", "100 ms", "200 ms", "300 ms", "400 ms"]),
        ((0.05, 0.89), SECONDS, ["50 ms", "100 ms", "200 ms", "500 ms", "1 s"]),
        ((2.0e-6, 5.0), SECONDS, ["1 µs", "100 µs", "10 ms", "1 s"]),
        ((25 * 2**20, 50 * 2**20), SIZES, ["0 MiB", "10 MiB", "20 MiB", "30 MiB", "40 MiB", "50 MiB"]),
        ((7.0,), SIZES, ["0 bytes", "2 bytes", "4 bytes", "6 bytes"]),
    ],
)
def test_an_axis_has_few_round_ticks_with_units(values: tuple[float, ...], units: Units, labels: list[str]) -> None:
    axes = Figure().add_subplot()
    fit(axes, "x", values, units)
    low, high = axes.get_xlim()
    assert low <= min(values)
    assert high >= max(values)
    shown = [
        text.get_text() for tick, text in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True) if tick <= high
    ]
    assert shown == labels
