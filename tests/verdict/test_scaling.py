"""Scaling in words."""

from dataclasses import replace

from comparators.journal.records import ParallelCapacity
from comparators.report.json_document import to_document
from comparators.verdict.scaling import scaling_lines
from comparators.verdict.verdicts import verdicts_of
from tests.verdict.builder import SETTINGS, Lane, make_run, wobble

LANES = {
    "serial": Lane("loop", {1: 1.0}, wobble(1.0, 5)),
    "forks": Lane(
        "processes", {n: (1 + 0.05 * (n - 1) + 0.01 * n * (n - 1)) / n for n in (1, 2, 4, 8, 16)}, wobble(0.3, 5)
    ),
}
CAPACITIES = (ParallelCapacity(1, 1.0), ParallelCapacity(2, 1.9), ParallelCapacity(4, 3.0))


def test_gains_and_laws_are_told() -> None:
    run = make_run(LANES, settings=replace(SETTINGS, scaling="strong"), capacities=CAPACITIES)
    (verdict,) = verdicts_of(run)
    text = "\n".join(verdict.evidence)
    assert "Efficiency" not in text
    assert (
        "Scaling of `forks`, by workers: 1: 1.00 times, 100 % of the ideal and 100 % of what this host reaches" in text
    )
    assert "Universal Scalability Law for `forks`: 5 % of the work does not run in parallel" in text
    assert "fastest with about 10 (10 to 10) workers" in text
    assert "Amdahl for `forks`: not reliable, it misses the measured times by" in text
    assert "of `serial`" not in text


def test_a_run_that_did_not_ask_for_it_has_none() -> None:
    run = make_run(LANES, capacities=CAPACITIES)
    (verdict,) = verdicts_of(run)
    assert not [line for line in verdict.evidence if "Scal" in line or "Amdahl" in line]
    comparisons = to_document(run, [verdict])["comparisons"]
    assert isinstance(comparisons, list)
    assert comparisons[0]["scaling"] == []


def test_every_verdict_tells_what_the_workers_gained_of_what_there_is() -> None:
    lanes = {"serial": LANES["serial"], "forks": Lane("processes", {2: 0.55}, wobble(0.55, 5))}
    (verdict,) = verdicts_of(make_run(lanes, capacities=CAPACITIES))
    assert (
        "Efficiency of `forks` with 2 workers: 91 % of the ideal and 96 % of what this host reaches."
        in verdict.evidence
    )
    (unknown,) = verdicts_of(make_run(lanes))
    assert "Efficiency of `forks` with 2 workers: 91 % of the ideal." in unknown.evidence


def test_work_that_waits_is_not_compared_with_busy_processes() -> None:
    lanes = {"serial": LANES["serial"], "tasks": Lane("async", {16: 0.07}, wobble(0.07, 5))}
    (verdict,) = verdicts_of(make_run(lanes, capacities=CAPACITIES))
    assert "Efficiency of `tasks` with 16 workers: 89 % of the ideal." in verdict.evidence


def test_one_worker_and_no_serial_have_no_efficiency() -> None:
    for lanes in ({"serial": LANES["serial"]}, {"forks": Lane("processes", {2: 0.55}, wobble(0.55, 5))}):
        (verdict,) = verdicts_of(make_run(lanes, capacities=CAPACITIES))
        assert not [line for line in verdict.evidence if "Efficiency" in line]


def test_the_document_has_the_numbers() -> None:
    run = make_run(LANES, settings=replace(SETTINGS, scaling="strong"))
    comparisons = to_document(run, verdicts_of(run))["comparisons"]
    assert isinstance(comparisons, list)
    laws = {(one["runner"], one["law"]): one for one in comparisons[0]["scaling"]}
    assert set(laws) == {("forks", "amdahl"), ("forks", "usl")}
    assert round(laws["forks", "usl"]["peak"]["ratio"]) == 10
    assert laws["forks", "amdahl"]["doubt"] is not None


def test_one_count_alone_has_no_lines() -> None:
    (verdict,) = verdicts_of(make_run({"serial": LANES["serial"]}))
    assert scaling_lines(verdict.standings, {}) == ()
