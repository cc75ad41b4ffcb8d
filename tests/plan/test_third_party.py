"""Third-party code that does anything when a plan asks it: each is named with its cause, and the rest is planned."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comparators import pipeline
from comparators.errors import NothingSelected, UnknownName, UsageError
from comparators.plan import third_party
from comparators.plan.build import make_plan
from comparators.plan.model import Plan
from comparators.plan.third_party import plan_with_third_party
from comparators.request.request import Request
from comparators.request.variants import Variant
from comparators.sandbox import parent
from comparators.sandbox.parent import ChildEnded, Sandbox
from comparators.supervision.supervised import Supervised
from tests.cli.support import call
from tests.third_party import BROKEN, RUNNER, WORKLOAD, forgotten, install

QUICK = Request(runners=("serial",), workers=(1,), preset="quick", phases=("warm",), seed=1)
TASKS = "    def tasks(self):\n"
ENTERING = "    def __enter__(self)"
HANGING = f"{TASKS}        import threading\n        threading.Event().wait()\n"

WORKLOADS = {
    "its tasks hang": (WORKLOAD.replace(TASKS, HANGING), "takes longer than 4 s, in 'tasks' (m.py, line "),
    "its tasks end the process": (
        WORKLOAD.replace(TASKS, f"{TASKS}        import os\n        os._exit(0)\n"),
        "ends the process with exit code 0",
    ),
    "its tasks crash": (
        WORKLOAD.replace(TASKS, f"{TASKS}        import os\n        os.kill(os.getpid(), 9)\n"),
        "ends the process by SIGKILL",
    ),
    "its tasks raise": (
        WORKLOAD.replace(TASKS, f"{TASKS}        raise OSError('no file')\n"),
        "raises OSError: no file",
    ),
    "its tasks exit": (WORKLOAD.replace(TASKS, f"{TASKS}        raise SystemExit(0)\n"), "raises SystemExit: 0"),
    "its needs hang": (
        WORKLOAD.replace(TASKS, f"    @property\n    def min_concurrency(self):\n        while True: pass\n{TASKS}"),
        "takes longer than 4 s, in 'min_concurrency' (m.py, line ",
    ),
    "what it does not apply to raises": (
        WORKLOAD.replace(TASKS, f"    def not_applicable(self, runner):\n        return 1 / 0\n{TASKS}"),
        "raises ZeroDivisionError: division by zero",
    ),
}
"""Sources of workloads that can be imported, and what is said of planning with each."""

MANY = RUNNER.replace(", workers_maximum=1", "")
RUNNERS = {
    "its limits hang": (
        MANY.replace(
            ENTERING, f"    @property\n    def max_concurrency(self):\n        while True: pass\n\n{ENTERING}"
        ),
        "takes longer than 4 s, in 'max_concurrency' (r.py, line ",
    ),
    "making it raises": (
        MANY.replace(ENTERING, f"    def __post_init__(self):\n        raise OSError('no file')\n\n{ENTERING}"),
        "raises OSError: no file",
    ),
}
NEEDY = WORKLOAD.replace(TASKS, f"    min_concurrency = 2\n\n{TASKS}")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty folder of installed packages that this process imports from."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(third_party, "DEADLINE_S", 4.0)
    monkeypatch.setattr(parent, "SLOW_S", 60.0)
    monkeypatch.chdir(tmp_path)
    with forgotten(folder):
        sys.path.insert(0, str(folder))
        yield folder


def workload(site: Path, source: str) -> None:
    assert source != WORKLOAD
    install(site, "third_party", modules={"m": source}, workloads={"doubles": "m:Doubles"})


def planned(plan: Plan) -> list[str]:
    return [comparison.workload.name for comparison in plan.comparisons]


@pytest.mark.parametrize("what", WORKLOADS)
def test_a_workload_that_cannot_be_planned_is_left_out_with_the_cause(site: Path, what: str) -> None:
    source, cause = WORKLOADS[what]
    workload(site, source)
    plan, (warning,) = plan_with_third_party(replace(QUICK, workloads=("doubles", "noop")))
    assert planned(plan) == ["noop"]
    assert warning.startswith(f"workload 'doubles' of 'third_party' is left out: planning with it {cause}")
    assert "m" not in sys.modules


@pytest.mark.parametrize("what", RUNNERS)
@pytest.mark.parametrize("asked", [("threading", "backwards"), ("all",)])
def test_a_runner_that_cannot_be_planned_is_left_out_with_the_cause(
    site: Path, what: str, asked: tuple[str, ...]
) -> None:
    source, cause = RUNNERS[what]
    install(
        site,
        "third_party",
        modules={"m": NEEDY, "r": source},
        workloads={"doubles": "m:Doubles"},
        runners={"backwards": "r:Backwards"},
    )
    request = replace(QUICK, workloads=("doubles",), runners=asked, workers=(2,))
    plan, (warning,) = plan_with_third_party(request)
    assert planned(plan) == ["doubles"]
    assert warning.startswith(f"runner 'backwards' of 'third_party' is left out: planning with it {cause}")


def test_alone_it_is_an_error(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workload(site, WORKLOADS["its tasks end the process"][0])
    said = "planning with it ends the process with exit code 0"
    answer = call(capsys, "run", "doubles", "--plan")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == [
        f"error: workload 'doubles' of 'third_party' cannot be used: {said}",
        "tip: update it, or remove it: pip uninstall third_party",
    ]


def test_one_that_cannot_be_imported_is_left_out_where_something_else_is_asked_for(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workload(site, BROKEN["ends with a code"][0])
    answer = call(capsys, "run", "doubles", "noop", "--runner", "serial", "--workers", "1", "--plan")
    assert answer.code == 0
    cause = "planning with it ends the process with exit code 7"
    assert f"warning: workload 'doubles' of 'third_party' is left out: {cause}" in answer.err.splitlines()


def test_a_plan_with_a_plugin_is_the_plan(site: Path) -> None:
    install(site, "third_party", modules={"m": WORKLOAD}, workloads={"doubles": "m:Doubles"})
    variant = Variant("doubles", (("count", "3"),))
    request = replace(QUICK, workloads=("noop", "doubles", variant), parameters=(("noop.count", "2"),))
    plan, warnings = plan_with_third_party(request)
    assert "m" not in sys.modules
    assert warnings == ()
    assert plan == make_plan(request)


GUARD = "what must not run on import goes under: if __name__ == '__main__':"
PATIENCE = f"'--timeout' gives it more time; {GUARD}"
OWN = {
    "its import hangs": ("while True: pass\n", "takes longer than 4 s, in '<module>' (own.py, line 1)", PATIENCE),
    "its import ends the process": ("import os\nos._exit(0)\n", "ends the process with exit code 0", GUARD),
    "its tasks run for ever": (
        WORKLOAD.replace(TASKS, f"{TASKS}        while True: pass\n"),
        "takes longer than 4 s, in 'tasks' (own.py, line ",
        PATIENCE,
    ),
    "its tasks raise": (WORKLOADS["its tasks raise"][0], "raises OSError: no file, in 'tasks' (own.py, line ", None),
}


@pytest.mark.parametrize("what", OWN)
def test_a_file_that_cannot_be_planned_is_left_out_with_the_cause(
    site: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, cause, tip = OWN[what]
    Path("own.py").write_text(source, encoding="utf-8")
    plan, (warning,) = plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles", "noop")))
    assert planned(plan) == ["noop"]
    cause = cause.replace("m.py", "own.py")
    assert warning.startswith(f"workload 'own.py:Doubles' is left out: planning with it {cause}")
    alone = call(capsys, "run", "own.py:Doubles", "--plan")
    assert alone.code == 2
    error, *tips = alone.err.splitlines()
    assert error.startswith(f"error: workload 'own.py:Doubles' cannot be used: planning with it {cause}")
    assert tips == ([] if tip is None else [f"tip: {tip}"])


@pytest.mark.parametrize("source", ["import missing_module\n", WORKLOADS["its tasks raise"][0]])
def test_where_it_was_raised_can_be_seen(site: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.py").write_text(source, encoding="utf-8")
    assert "own.py" in call(capsys, "run", "own.py:Doubles", "--plan", "--debug").err.partition("direct cause")[0]


def test_who_waits_is_told_for_what(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parent, "SLOW_S", 0.1)
    Path("own.py").write_text("while True: pass\n", encoding="utf-8")
    first, *_ = call(capsys, "run", "own.py:Doubles", "--plan").err.splitlines()
    assert first == "planning takes long: waiting for workload 'own.py:Doubles'"


def test_two_that_end_the_process_are_both_named(site: Path) -> None:
    for name in ("one", "two"):
        Path(f"{name}.py").write_text("import os\nos._exit(3)\n", encoding="utf-8")
    request = replace(QUICK, workloads=("one.py:Doubles", "noop", "two.py:Doubles"))
    plan, warnings = plan_with_third_party(request)
    assert planned(plan) == ["noop"]
    assert [warning.partition(" is left out")[0] for warning in warnings] == [
        "workload 'one.py:Doubles'",
        "workload 'two.py:Doubles'",
    ]


@pytest.mark.parametrize("answer", [ChildEnded("ends the process with exit code 5"), [], {"plan": {"settings": 1}}])
def test_an_answer_that_is_no_plan_and_has_no_culprit_is_an_error(
    site: Path, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    def ask(*_: object) -> object:
        if isinstance(answer, ChildEnded):
            raise answer
        return answer

    monkeypatch.setattr(Sandbox, "ask", ask)
    Path("own.py").write_text(WORKLOAD, encoding="utf-8")
    with pytest.raises(UsageError, match=r"planning (ends the process with exit code 5|answers what no plan is)"):
        plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",)))


def test_a_class_that_is_given_may_be_the_culprit(site: Path) -> None:
    """This process has imported it, and planned with it if no third party were beside it."""
    Path("mine.py").write_text(RUNNER, encoding="utf-8")
    Path("bad.py").write_text(WORKLOADS["its tasks raise"][0], encoding="utf-8")
    given = Variant(f"{Path('bad.py').absolute()}:Doubles")
    with pytest.raises(UsageError, match=r"workload '.*bad.py:Doubles' cannot be used: .* raises OSError: no file"):
        plan_with_third_party(replace(QUICK, workloads=(given,), runners=("mine.py:Backwards",)))


def test_what_python_passes_over_in_its_path_is_passed_over(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("own.py").write_text(f"import pathlib, sys\nsys.path.append(pathlib.Path('x'))\n{WORKLOAD}", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path, Path("y")])
    assert planned(plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",)))[0]) == ["doubles"]


def test_more_tasks_than_any_run_could_do_are_refused(site: Path) -> None:
    endless = WORKLOAD.replace("return range(self.count)", "return range(10**12)")
    assert endless != WORKLOAD
    Path("own.py").write_text(endless, encoding="utf-8")
    with pytest.raises(UsageError, match="'doubles' has 1,000,000,000,000 tasks: must be at most 1,000,000,000"):
        plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",)))


def test_a_large_exception_is_shortened(site: Path) -> None:
    Path("own.py").write_text("raise ValueError('x' * 20_000_000)\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"ValueError: x{100}") as raised:
        plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",)))
    assert len(raised.value.message) < 1_000


def test_a_circle_of_causes_is_named(site: Path) -> None:
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise error from error\n"
    Path("own.py").write_text(source, encoding="utf-8")
    with pytest.raises(UsageError, match=r"cannot import '.*own.py': ZeroDivisionError: division by zero"):
        plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",)))


def test_a_file_without_the_guard_is_named_with_its_line(site: Path) -> None:
    Path("own.py").write_text("from multiprocessing import Pool\n\npool = Pool(2)\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"own\.py', line 3, starts a process when the file is imported") as refused:
        plan_with_third_party(replace(QUICK, workloads=("own.py:double",)))
    assert "if __name__ == '__main__':" in str(refused.value.tip)


def test_errors_keep_their_class(site: Path) -> None:
    Path("own.py").write_text(WORKLOAD, encoding="utf-8")
    with pytest.raises(UnknownName, match="'Double'") as unknown:
        plan_with_third_party(replace(QUICK, workloads=("own.py:Double",)))
    assert unknown.value.tip == "did you mean 'double' or 'Doubles'?"
    assert unknown.value.__cause__ is None


def test_a_longer_timeout_is_also_one_for_planning(site: Path) -> None:
    Path("own.py").write_text(f"import time\ntime.sleep(4.1)\n{WORKLOAD}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"longer than 4 s, in '<module>' \(own.py, line 2\)"):
        plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",)))
    plan, _ = plan_with_third_party(replace(QUICK, workloads=("own.py:Doubles",), timeout_s=60.0))
    assert planned(plan) == ["doubles"]


@pytest.mark.parametrize("target", ["folder/own.py:Doubles", "own:Doubles"])
def test_what_a_file_prints_stays_away_and_workers_will_find_it(
    site: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], target: str
) -> None:
    folder = Path("folder").absolute()
    folder.mkdir()
    (folder / "own.py").write_text(f"print('hello')\n{WORKLOAD}", encoding="utf-8")
    if target.startswith("own"):
        monkeypatch.chdir(folder)
    plan, _ = plan_with_third_party(replace(QUICK, workloads=(target,)))
    assert planned(plan) == ["doubles"]
    assert "own" not in sys.modules
    assert capfd.readouterr() == ("", "")
    assert str(folder) in sys.path


def test_what_is_wrong_with_the_request_is_said_as_ever(site: Path) -> None:
    install(site, "third_party", modules={"m": WORKLOAD}, workloads={"doubles": "m:Doubles"})
    with pytest.raises(UsageError, match="'doubles'") as wrong:
        plan_with_third_party(replace(QUICK, workloads=("doubles[cuont=3]",)))
    assert wrong.value.tip == "did you mean 'count'?"
    with pytest.raises(NothingSelected, match="nothing to measure"):
        plan_with_third_party(replace(QUICK, workloads=("doubles",), runners=("asyncio",)))


def test_without_third_party_there_is_no_child(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workload(site, WORKLOADS["its tasks hang"][0])
    monkeypatch.setattr(Supervised, "run", lambda *arguments: pytest.fail("a child was started"))
    request = replace(QUICK, workloads=("noop", Variant("tests.campaign.small_work:Good")))  # imported by who gives it
    assert planned(pipeline.prepare(request, None).plan) == ["noop", "good"]
