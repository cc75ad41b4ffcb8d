"""Whole verdicts of made-up runs: outcome, standings, words."""

import math
from dataclasses import replace

import pytest

from comparators.journal.records import CellRecipe, ParallelCapacity, Race, Run
from comparators.verdict.model import Standing, Verdict
from comparators.verdict.verdicts import verdicts_of
from tests.verdict.builder import SETTINGS, Broken, Capped, Lane, Shown, make_run, merge_runs, wobble

SERIAL = Lane("loop", {1: 1.0}, wobble(1.0, 5), Shown(1.0, 1.0, 0.98, 1, 1))
FORKS = Lane("processes", {1: 1.02, 2: 0.53, 4: 0.54}, wobble(0.53, 5, start=2), Shown(0.52, 1.0, 1.0, 2, 2), workers=2)
STRANDS = Lane("threads", {1: 1.0, 2: 1.04}, wobble(1.04, 5, start=5), Shown(1.02, 2.0, 1.0, 2, 2))


def verdict_of(run: Run) -> Verdict:
    (verdict,) = verdicts_of(run)
    return verdict


def row(verdict: Verdict, label: str) -> Standing:
    return next(one for one in verdict.standings if one.runner.label == label)


def rows(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.runner.label, one.status) for one in verdict.standings]


def test_a_win() -> None:
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS, "strands": STRANDS}))
    assert (verdict.outcome, verdict.winners, verdict.runner_up) == ("win", ("forks",), "serial")
    assert (verdict.blocks, verdict.blocks_needed, verdict.unstable, verdict.confidence) == (5, None, False, 0.975)
    assert verdict.headline == (
        "Use `forks` with 2 workers: 1.88 times faster than serial (95 % interval 1.88 to 1.88)."
    )
    assert rows(verdict) == [("forks", "raced"), ("serial", "eliminated"), ("strands", "eliminated")]
    assert row(verdict, "serial").reason == "slower for sure after 5 blocks"
    assert verdict.why == (
        "The tasks compute 98 % of their time; `forks` really computed at the same time (1.92 CPU seconds per second), "
        "while the threads of `strands` took turns on the GIL (0.98 CPU seconds per second), each task 2.00 times as "
        "long as alone."
    )


def test_numbers_of_a_standing() -> None:
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS}))
    forks = row(verdict, "forks")
    assert forks.seconds == pytest.approx(0.53, rel=0.01)
    assert forks.samples == 5
    assert forks.cell is not None
    assert forks.cell.workers == 2
    assert forks.to_winner is not None
    assert (forks.to_winner.ratio, forks.to_winner.low, forks.to_winner.high) == (1.0, 1.0, 1.0)
    assert forks.to_serial == verdict.to_serial
    assert verdict.to_serial is not None
    assert verdict.to_serial.ratio == pytest.approx(1.0 / 0.53, rel=0.01)
    assert verdict.lead is not None
    assert verdict.lead.ratio == pytest.approx(verdict.to_serial.ratio)
    assert dict(forks.by_workers) == {1: 1.02, 2: pytest.approx(0.53, rel=0.01), 4: 0.54}
    assert forks.flat_workers == (2, 4)
    assert row(verdict, "serial").flat_workers is None
    assert forks.cpu_s == pytest.approx(1.06 * 0.53, rel=0.02)
    assert forks.seconds is not None
    assert forks.first_s == pytest.approx(forks.seconds / 10)
    assert forks.startup_s is None


def test_a_win_names_the_runner_up_and_a_lead_below_the_margin() -> None:
    rival = Lane("processes", {2: 0.54}, wobble(0.541, 5, start=7))
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS, "rival": rival}))
    assert verdict.headline == (
        "Use `forks` with 2 workers: 1.88 times faster than serial (95 % interval 1.88 to 1.88), "
        "1.02 times faster than `rival`. The lead of 2 % is certain but below the margin of 5 %."
    )


def test_a_lead_of_next_to_nothing_is_no_zero() -> None:
    rival = Lane("processes", {2: 0.54}, [value * 1.0004 for value in FORKS.race if isinstance(value, float)])
    headline = verdict_of(make_run({"serial": SERIAL, "forks": FORKS, "rival": rival})).headline
    assert headline.endswith(" The lead of less than 0.1 % is certain but below the margin of 5 %.")


def test_nothing_beats_serial() -> None:
    slow = Lane("processes", {2: 1.3}, wobble(1.3, 5, start=3))
    verdict = verdict_of(make_run({"serial": SERIAL, "slow": slow}))
    assert verdict.winners == ("serial",)
    assert verdict.headline == (
        "Nothing beats serial here: serial is 1.30 times faster than `slow` (95 % interval 1.30 to 1.30)."
    )
    slow_row = row(verdict, "slow")
    assert slow_row.to_serial is not None
    assert slow_row.to_serial.ratio == pytest.approx(1 / 1.3, rel=0.01)


def test_serial_alone() -> None:
    verdict = verdict_of(make_run({"serial": SERIAL}))
    assert (verdict.outcome, verdict.lead, verdict.runner_up) == ("win", None, "")
    assert verdict.headline == "Nothing beats serial here: no other runner was measured."


def test_a_tie() -> None:
    twin = Lane("processes", {2: 0.53}, [0.533, 0.527, 0.532, 0.528, 0.53])
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS, "twin": twin}))
    assert verdict.outcome == "tie"
    assert set(verdict.winners) == {"forks", "twin"}
    assert verdict.runner_up == "serial"
    assert verdict.headline.startswith("It does not matter: `")
    assert "are within 5 % of each other, 1.8" in verdict.headline


def test_a_tie_with_serial() -> None:
    twin = Lane("threads", {2: 1.0}, [1.006, 0.994, 1.004, 0.996, 1.0])
    headline = verdict_of(make_run({"serial": SERIAL, "twin": twin})).headline
    assert headline.startswith("Nothing beats serial by more than 5 % here: `")
    assert headline.endswith(" are within 5 % of each other.")


def test_unresolved_shows_the_interval_and_the_blocks_to_go() -> None:
    first = Lane("processes", {2: 1.0}, wobble(1.0, 10, share=0.1))
    second = Lane("threads", {2: 1.0}, wobble(1.04, 10, share=0.1, start=4))
    verdict = verdict_of(make_run({"first": first, "second": second}))
    assert (verdict.outcome, verdict.blocks, verdict.winners) == ("unresolved", 10, ("first", "second"))
    assert verdict.blocks_needed == 43
    assert verdict.headline == (
        "Not settled: `first` and `second` could not be told apart in 10 blocks; about 50 blocks in all would settle "
        "it."
    )
    assert verdict.recipe == ""


def test_unresolved_says_what_is_certain_first() -> None:
    serial = Lane("loop", {1: 3.0}, wobble(3.0, 10))
    first = Lane("processes", {2: 1.0}, wobble(1.0, 10, share=0.1))
    second = Lane("threads", {2: 1.0}, wobble(1.04, 10, share=0.1, start=4))
    verdict = verdict_of(make_run({"serial": serial, "first": first, "second": second}))
    assert (verdict.outcome, verdict.winners) == ("unresolved", ("first", "second"))
    assert verdict.headline.startswith("Use any of `first` and `second`: 2.86 to 3.05 times faster than serial with 2 ")
    assert "workers. Not settled in 10 blocks which is best; about 50 blocks in all" in verdict.headline


def test_serial_in_every_block_must_be_beaten_by_the_race_itself() -> None:
    """The pilot dropped serial, wrongly; the blocks know better."""
    serial = Lane("loop", {1: 3.5}, wobble(1.0, 5))
    rival = Lane("threads", {2: 1.0}, wobble(1.2, 5, start=3))
    verdict = verdict_of(make_run({"serial": serial, "rival": rival}))
    assert verdict.winners == ("serial",)
    assert rows(verdict) == [("serial", "raced"), ("rival", "eliminated")]


def test_what_the_pilot_dropped_is_about() -> None:
    slow = Lane("threads", {1: 3.3, 2: 3.18})
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS, "slow": slow}))
    dropped = row(verdict, "slow")
    assert dropped.status == "piloted"
    assert dropped.reason == "dropped by the pilot: took about 6.0 times the best's seconds in 1 sample"
    assert dropped.to_winner is not None
    assert dropped.to_winner.ratio == pytest.approx(6.0)
    assert dropped.to_winner.low is None
    assert dropped.to_serial is not None
    assert dropped.to_serial.ratio == pytest.approx(1 / 3.18)
    assert dropped.to_serial.low is None
    assert "The pilot dropped 1 runner: `slow`." in verdict.evidence


def test_too_many_for_the_race() -> None:
    lanes = {"serial": SERIAL, "forks": FORKS, "third": Lane("threads", {2: 0.55})}
    settings = replace(SETTINGS, racers_maximum=1)
    assert row(verdict_of(make_run(lanes, settings=settings)), "third").reason == (
        "not raced: only the 1 fastest of the pilot race"
    )


def test_a_stopped_runner_has_a_bound_and_no_ratio() -> None:
    slow = Lane("threads", {2: 1.05}, [*wobble(2.0, 1), *[Capped(1.59)] * 4])
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS, "slow": slow}))
    stopped = row(verdict, "slow")
    assert (stopped.status, stopped.to_winner, stopped.to_serial, stopped.samples) == ("capped", None, None, 1)
    assert stopped.seconds == pytest.approx(2.0, rel=0.01)
    assert stopped.reason == "stopped at the limit in 4 of 5 blocks"
    assert stopped.at_least == pytest.approx(math.exp((math.log(2 / 0.53) + 4 * math.log(3)) / 5), rel=0.01)
    assert verdict.winners == ("forks",)


def test_a_runner_stopped_in_the_pilot() -> None:
    lanes = {"forks": FORKS, "slow": Lane("threads", {2: Capped(15.9)})}
    verdict = verdict_of(make_run(lanes))
    stopped = row(verdict, "slow")
    assert (stopped.status, stopped.seconds) == ("capped", None)
    assert stopped.at_least == pytest.approx(30, rel=0.01)
    assert stopped.reason == "stopped: slower than 15.9 s"
    assert verdict.runner_up == "slow"
    assert verdict.lead is None


def test_serial_stopped_in_the_pilot_is_a_bound_in_the_headline() -> None:
    lanes = {"serial": Lane("loop", {1: Capped(15.9)}), "forks": FORKS}
    verdict = verdict_of(make_run(lanes))
    assert verdict.to_serial is None
    assert verdict.headline == (
        "Use `forks` with 2 workers: at least 30 times faster than serial, which was stopped there."
    )


def test_serial_only_in_the_pilot_is_about() -> None:
    verdict = verdict_of(make_run({"serial": Lane("loop", {1: 10.6}), "forks": FORKS}))
    assert verdict.headline == "Use `forks` with 2 workers: about 20 times faster than serial."


def test_failures_are_null_with_their_cause() -> None:
    lanes = {
        "serial": SERIAL,
        "forks": FORKS,
        "early": Lane("threads", preflight=Broken("error", "ValueError: no")),
        "piloted": Lane("threads", {2: Broken("timeout", "no result after 60 s")}),
        "late": Lane("threads", {2: 0.54}, [0.5, 0.5, Broken("wrong-result", "sum: expected 1, found 2")]),
    }
    verdict = verdict_of(make_run(lanes, not_applicable={"new": "needs Python 3.14"}))
    assert verdict.winners == ("forks",)
    assert rows(verdict)[2:] == [
        ("early", "failed"),
        ("piloted", "failed"),
        ("late", "failed"),
        ("new", "not-applicable"),
    ]
    assert [one.reason for one in verdict.standings[2:]] == [
        "ValueError: no",
        "timeout: no result after 60 s",
        "wrong result: sum: expected 1, found 2",
        "needs Python 3.14",
    ]
    for one in verdict.standings[2:]:
        assert (one.seconds, one.to_serial, one.to_winner, one.at_least) == (None, None, None, None)


def test_a_failed_worker_count_is_no_failed_runner() -> None:
    forks = replace(FORKS, pilot={**FORKS.pilot, 8: Broken()})
    assert row(verdict_of(make_run({"serial": SERIAL, "forks": forks})), "forks").status == "raced"


def test_a_preflight_failure_counts_in_both_phases() -> None:
    broken = Lane("threads", preflight=Broken("error", "ValueError: no"))
    warm = make_run({"serial": SERIAL, "broken": broken})
    cold = make_run({"serial": SERIAL, "broken": Lane("threads")}, phase="cold")
    verdicts = verdicts_of(merge_runs(warm, cold))
    assert [row(verdict, "broken").status for verdict in verdicts] == ["failed", "failed"]


def test_nothing_could_be_measured() -> None:
    broken = Lane("threads", preflight=Broken("error", "ValueError: no"))
    verdict = verdict_of(make_run({"serial": replace(broken, model="loop"), "broken": broken}))
    assert (verdict.outcome, verdict.winners, verdict.why) == ("none", (), "")
    assert verdict.headline == "Nothing could be measured: `serial` failed (ValueError: no), and 1 more."


def test_nothing_applies() -> None:
    verdict = verdict_of(make_run({}, not_applicable={"new": "needs Python 3.14"}))
    assert verdict.headline == "Nothing could be measured: no runner applies here."


def test_cut_off_before_the_comparison() -> None:
    verdict = verdict_of(make_run({"serial": Lane("loop"), "forks": Lane("processes")}, finished="interrupted"))
    assert verdict.outcome == "not-reached"
    assert verdict.headline == "Not reached: the run ended before anything was measured here."
    assert rows(verdict) == [("serial", "not-reached"), ("forks", "not-reached")]


def test_cut_off_before_the_race() -> None:
    lanes = {"serial": replace(SERIAL, race=()), "forks": replace(FORKS, race=())}
    verdict = verdict_of(make_run(lanes, finished=None))
    assert (verdict.outcome, verdict.winners, verdict.blocks) == ("unresolved", ("forks", "serial"), 0)
    assert verdict.headline == (
        "Not settled, the run ended before the race: `forks` with 2 workers was the fastest in the pilot, "
        "about 1.9 times faster than serial."
    )


def test_a_comparison_that_is_not_raced() -> None:
    lanes = {"serial": replace(SERIAL, race=()), "forks": replace(FORKS, race=())}
    verdict = verdict_of(make_run(lanes, phase="cold", settings=replace(SETTINGS, cold_looks=())))
    assert (verdict.outcome, verdict.unstable) == ("unresolved", False)
    assert verdict.headline == (
        "Not raced: `forks` with 2 workers was the fastest in the pilot, about 1.9 times faster than serial."
    )
    assert row(verdict, "forks").reason == "1 sample in the pilot"


def test_cut_off_within_a_block() -> None:
    """The last block lacks a runner: it does not count, and who is alone in it has not won."""
    lanes = {"serial": replace(SERIAL, race=wobble(1.0, 3)), "forks": replace(FORKS, race=wobble(0.53, 4))}
    verdict = verdict_of(make_run(lanes, finished="interrupted"))
    assert (verdict.outcome, verdict.blocks, verdict.flags) == ("win", 3, ())
    alone = {"forks": replace(FORKS, race=wobble(0.53, 1)), "serial": replace(SERIAL, pilot={1: 9.0}, race=())}
    verdict = verdict_of(make_run(alone, finished="interrupted"))
    assert (verdict.outcome, verdict.blocks) == ("unresolved", 1)
    assert verdict.headline == "Not settled: `forks` is the only one left, after 1 block."


def test_two_blocks_are_too_few() -> None:
    lanes = {"serial": replace(SERIAL, race=wobble(1.0, 2)), "forks": replace(FORKS, race=wobble(0.53, 2))}
    verdict = verdict_of(make_run(lanes, finished="interrupted"))
    assert verdict.outcome == "unresolved"
    assert verdict.headline.endswith("; that is too few to judge by.")


def test_everybody_fails_in_the_race() -> None:
    lanes = {"a": Lane("threads", {2: 1.0}, [Broken()]), "b": Lane("threads", {2: 1.0}, [Broken()])}
    verdict = verdict_of(make_run(lanes))
    assert (verdict.outcome, verdict.winners) == ("unresolved", ())
    assert verdict.headline == "Not settled: every runner that raced failed."


def test_blocks_after_the_decision_change_nothing() -> None:
    lanes = {"serial": SERIAL, "forks": FORKS}
    longer = {"serial": SERIAL, "forks": replace(FORKS, race=[*FORKS.race, 99.0, 99.0])}
    before, after = verdict_of(make_run(lanes)), verdict_of(make_run(longer))
    assert after.blocks == 5
    assert (after.headline, after.lead, after.to_serial) == (before.headline, before.lead, before.to_serial)


def test_the_eliminated_leave_and_the_others_go_on() -> None:
    noisy = Lane("threads", {2: 0.54}, wobble(0.55, 10, share=0.1, start=3))
    fast = Lane("processes", {2: 0.53}, wobble(0.53, 10, share=0.1))
    verdict = verdict_of(make_run({"serial": SERIAL, "fast": fast, "noisy": noisy}))
    assert verdict.blocks == 10
    assert row(verdict, "serial").status == "eliminated"
    assert row(verdict, "serial").samples == 5


def test_a_drift_makes_a_win_unstable() -> None:
    drifting = [0.6 + 0.02 * number for number in range(10)]
    lanes = {
        "first": Lane("processes", {2: 0.5}, wobble(0.5, 10, share=0.01)),
        "second": Lane("threads", {2: 0.55}, [*drifting]),
    }
    verdict = verdict_of(make_run(lanes, settings=replace(SETTINGS, looks=(10,))))
    assert (verdict.outcome, verdict.unstable) == ("win", True)
    (flag,) = verdict.flags
    assert flag.startswith("the ratio of `second` to `first` drifted by ")


def test_cold_start_up_is_cold_less_warm() -> None:
    warm = make_run({"serial": SERIAL, "forks": FORKS})
    starting = Lane("processes", {2: 0.73}, wobble(0.73, 5, start=2))
    cold = make_run({"serial": SERIAL, "forks": starting}, phase="cold")
    verdicts = verdicts_of(merge_runs(warm, cold))
    for verdict in verdicts:
        assert row(verdict, "forks").startup_s == pytest.approx(0.2, rel=0.05)
        assert row(verdict, "serial").startup_s is None
    cold_verdict = verdicts[1]
    assert any("Starting and stopping the workers of `forks` adds" in line for line in cold_verdict.evidence)
    assert cold_verdict.why == verdicts[0].why


def test_serial_has_no_workers_to_start() -> None:
    runs = (make_run({"serial": SERIAL}), make_run({"serial": SERIAL}, phase="cold"))
    cold_verdict = verdicts_of(merge_runs(*runs))[1]
    assert cold_verdict.winners == ("serial",)
    assert not [line for line in cold_verdict.evidence if line.startswith("Starting")]


def test_evidence_names_the_host_and_its_limits() -> None:
    verdict = verdict_of(make_run({"serial": SERIAL, "forks": FORKS}, capacities=[ParallelCapacity(2, 1.9)]))
    assert "This host: 2 busy processes do 1.90 times the work of one." in verdict.evidence


def test_the_recipe_is_the_one_that_was_recorded_for_the_winner() -> None:
    run = make_run({"serial": SERIAL, "forks": FORKS})
    best = row(verdict_of(run), "forks").cell
    assert best is not None
    others = (replace(best, workers=best.workers + 1), replace(best, phase="cold"))
    recipes = [CellRecipe(cell, "another") for cell in others] + [CellRecipe(best, "code")]
    assert verdict_of(replace(run, recipes=tuple(recipes))).recipe == "code"


def test_a_recipe_that_was_not_recorded_is_left_out() -> None:
    assert verdict_of(make_run({"serial": SERIAL, "forks": FORKS})).recipe == ""


def test_times_that_no_clock_gives_are_left_out() -> None:
    damaged = replace(FORKS, pilot={**FORKS.pilot, 4: math.nan, 1: math.inf})
    forks = row(verdict_of(make_run({"serial": SERIAL, "forks": damaged})), "forks")
    assert [count for count, _ in forks.by_workers] == [2]


def test_records_of_no_comparison_are_left_out() -> None:
    run = make_run({"serial": SERIAL, "forks": FORKS})
    other = make_run({"serial": SERIAL}, phase="cold")
    stray = replace(run, samples=(*run.samples, *other.samples))
    assert verdicts_of(stray) == verdicts_of(run)


def test_pilot_and_race_are_never_mixed_in_a_number() -> None:
    """The host is half as fast in the race as it was in the pilot."""
    lanes = {
        "serial": Lane("loop", {1: 1.0}, wobble(2.0, 5)),
        "forks": Lane("processes", {2: 0.5, 4: 0.6}, wobble(1.0, 5, start=2)),
        "strands": Lane("threads", {2: 1.2}),
        "stopped": Lane("processes", {2: Capped(15.0)}),
    }
    verdict = verdict_of(make_run(lanes))
    forks, strands, stopped = (row(verdict, label) for label in ("forks", "strands", "stopped"))
    assert forks.seconds == pytest.approx(1.0, rel=0.01)
    assert forks.by_workers == ((2, 0.5), (4, 0.6))
    assert strands.seconds == 1.2
    assert strands.to_serial is not None
    assert strands.to_serial.ratio == pytest.approx(1.0 / 1.2)
    assert stopped.at_least == pytest.approx(30.0)


def test_what_the_pilot_saw_is_shown_as_it_was_compared() -> None:
    """The fastest of a pilot's values counts, so that a slower one beside a better ratio would make no sense."""
    lanes = {"serial": SERIAL, "strands": Lane("threads", {2: 3.2})}
    run = make_run(lanes)
    samples = tuple(replace(one, warmup_s=2.9) if one.seconds == 3.2 else one for one in run.samples)
    strands = row(verdict_of(replace(run, samples=samples)), "strands")
    assert strands.seconds == 2.9


def test_a_lead_is_told_where_its_interval_says_so() -> None:
    first = Lane("processes", {2: 1.0}, wobble(1.0, 4, share=0.02))
    second = Lane("threads", {2: 1.0}, wobble(1.06, 4, share=0.04, start=4))
    verdict = verdict_of(make_run({"first": first, "second": second}, finished="interrupted"))
    assert verdict.outcome == "unresolved"
    assert (
        "; `first` is 1.08 times faster than `second` so far (95 % interval 1.02 to 1.15); about 6 " in verdict.headline
    )


def test_who_may_be_as_fast_is_named_where_nobody_raced() -> None:
    close = {"strands": Lane("threads", {1: 1.01}), "loop": Lane("async", {1: 1.02})}
    settings = replace(SETTINGS, looks=())
    lanes = {"serial": replace(SERIAL, race=()), **close, "slow": Lane("threads", {1: 9.0})}
    verdict = verdict_of(make_run(lanes, settings=settings))
    assert verdict.winners == ("serial", "strands", "loop")
    assert verdict.headline == (
        "Not raced: `serial` was the fastest in the pilot; `strands` and `loop` were not far behind and may be as fast."
    )
    assert "The pilot dropped 1 runner: `slow`." in verdict.evidence or not verdict.why
    fast = {"serial": replace(SERIAL, race=()), "strands": Lane("threads", {2: 0.97})}
    assert verdict_of(make_run(fast, settings=settings)).headline == (
        "Not raced: `strands` with 2 workers was the fastest in the pilot; `serial` was not far behind and may be as "
        "fast."
    )


def test_a_runner_that_the_pilot_dropped_for_a_slower_one_is_no_runner_up() -> None:
    """A disturbed pilot: serial, which wins the race, was slower there than one that it did not let race."""
    lanes = {
        "serial": Lane("loop", {1: 3.0}, wobble(1.0, 5)),
        "strands": Lane("threads", {2: 1.0}, wobble(2.5, 5, start=3)),
        "loop": Lane("async", {2: 2.1}),
    }
    run = make_run(lanes)
    again = [replace(one, block=-2) for one in run.samples if one.cell.runner.label == "loop"]
    verdict = verdict_of(replace(run, samples=(*run.samples, *again)))
    assert (verdict.outcome, verdict.unstable, verdict.runner_up) == ("win", True, "strands")
    assert verdict.headline.startswith("Nothing beats serial here: serial is 2.50 times faster than `strands` (95 % ")
    assert verdict.flags == ("`loop` did not race, though faster in the pilot than `serial`",)
    assert row(verdict, "loop").reason == "dropped by the pilot: took about 2.1 times the best's seconds in 2 samples"


def test_serial_has_no_workers_whose_start_could_cost_anything() -> None:
    warm, cold = (
        make_run({"serial": SERIAL}),
        make_run({"serial": Lane("loop", {1: 1.5}, wobble(1.5, 5))}, phase="cold"),
    )
    for verdict in verdicts_of(merge_runs(warm, cold)):
        assert row(verdict, "serial").startup_s is None


def test_starting_that_adds_nothing_is_not_mentioned() -> None:
    lanes = {"serial": SERIAL, "forks": FORKS}
    warm, cold = make_run(lanes), make_run(lanes, phase="cold")
    _, verdict = verdicts_of(merge_runs(warm, cold))
    assert row(verdict, "forks").startup_s == 0
    assert not [line for line in verdict.evidence if line.startswith("Starting and stopping")]


def test_a_gil_that_an_import_switched_back_on_is_said() -> None:
    run = make_run({"serial": SERIAL, "threads": STRANDS}, gil=False)
    samples = tuple(
        replace(one, metadata={"comparators_gil": "on" if one.cell.runner.name == "threads" else "off"})
        for one in run.samples
    )
    (verdict,) = verdicts_of(replace(run, samples=samples))
    reasons = {one.runner.label: one.reason for one in verdict.standings}
    assert reasons["threads"].endswith("an import switched the GIL back on")
    assert "GIL" not in reasons["serial"]
    assert "An import switched the GIL back on under `threads`: they did not run without it." in verdict.why
    (usual,) = verdicts_of(run)
    assert "switched" not in usual.why + "".join(one.reason for one in usual.standings)


def test_a_racer_of_whom_everything_else_is_lost_was_not_reached() -> None:
    run = make_run({"serial": SERIAL, "forks": FORKS})
    cells = {one.cell.runner.label: one.cell for one in run.samples}
    lost = replace(run, races=(Race((cells["serial"], cells["forks"])),), samples=())
    assert {one.status for one in verdict_of(lost).standings} == {"not-reached"}


def test_blocks_that_the_plan_did_not_ask_for_are_no_race() -> None:
    run = make_run({"serial": SERIAL, "forks": FORKS})
    plan = run.header.plan
    unasked = replace(plan, settings=replace(plan.settings, looks=()))
    verdict = verdict_of(replace(run, header=replace(run.header, plan=unasked)))
    assert (verdict.outcome, verdict.blocks, verdict.recipe) == ("unresolved", 0, "")
