"""`compare`: what it asks for, what it returns, and the scripts that call it."""

import subprocess
import sys
import textwrap
import types
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comparators import Comparison, api, compare, pipeline
from comparators.campaign.progress import Observer, ignore
from comparators.errors import NothingSelected, UsageError
from comparators.journal.records import Run
from comparators.plan.names import choose_workloads
from comparators.request.request import Request
from comparators.request.variants import Variant
from comparators.workloads.integrate import Integrate
from comparators.workloads.sleep import Sleep
from tests.verdict.builder import make_run, times

MEASURED = make_run(
    model={"serial": times(0.89), "futures-threads/40": times(0.05), "futures-processes/8": times(0.12)},
    workers={"futures-threads/40": times(0.05), "futures-threads/20": times(0.08)},
)

ITEMS = [1, 2, 3]


def triple(item: int) -> int:
    """Do a little work."""
    return 3 * item


Requests = Sequence[tuple[Request, Path | None, Observer]]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """Keep what is asked for; planning, measuring and drawing are replaced, the analysis is the real one."""
    kept: list[Any] = []

    def prepare(request: Request, output: Path | None, *, ahead: bool) -> pipeline.Prepared:
        assert ahead
        kept.append((request, output))
        return pipeline.Prepared(MEASURED.header.plan, output or Path("run"), ("this strains",))

    def measure(prepared: pipeline.Prepared, observe: Observer) -> Run:
        kept[-1] = (*kept[-1], observe)
        return MEASURED

    monkeypatch.setattr(pipeline, "prepare", prepare)
    monkeypatch.setattr(pipeline, "measure", measure)
    monkeypatch.setattr(pipeline, "write_reports", lambda run, analysis, directory: ())
    return kept


def test_without_arguments_it_measures_the_suite_in_seconds_and_silence(requests: Requests) -> None:
    compare()
    assert requests == [(Request(preset="quick"), None, ignore)]


def test_every_argument_reaches_the_request(requests: Requests, tmp_path: Path) -> None:
    seen: list[Any] = []
    compare(
        "integrate",
        Sleep,
        triple,
        models=["async", "threads"],
        runners=["serial", "mp-pool[method=imap]"],
        workers=[1, 4],
        preset="rigorous",
        phases=["cold"],
        parameters={"steps": 1000},
        python=["python3.13"],
        seed=7,
        margin=0.02,
        max_time="2m",
        timeout=0.5,
        memory="512M",
        isolate=True,
        output=tmp_path / "mine",
        progress=seen.append,
        above_limits=True,
    )
    assert requests == [
        (
            Request(
                workloads=("integrate", Variant("comparators.workloads.sleep:Sleep"), Variant(f"{__name__}:triple")),
                models=("threads", "async"),
                runners=("serial", "mp-pool[method=imap]"),
                workers=(1, 4),
                parameters=(("steps", "1000"),),
                preset="rigorous",
                phases=("cold",),
                pythons=("python3.13",),
                seed=7,
                margin=0.02,
                maximum_time_s=120.0,
                timeout_s=0.5,
                memory_bytes=512 << 20,
                isolate=True,
                above_limits=True,
            ),
            tmp_path / "mine",
            seen.append,
        )
    ]


def test_an_instance_brings_the_parameters_that_differ_from_the_preset(requests: Requests) -> None:
    compare(Integrate(steps=500), preset="quick")
    (request, *_) = requests[0]
    assert request.workloads == (Variant("comparators.workloads.integrate:Integrate", (("steps", "500"),)),)
    assert request.parameters == ()


def test_the_comparison_answers_and_holds_everything(requests: Requests) -> None:
    comparison = compare("integrate", workers=2)
    assert isinstance(comparison, Comparison)
    assert (comparison.model, comparison.workers) == ("threads", 40)
    assert comparison.run is MEASURED
    assert comparison.directory == Path("run")
    assert comparison.warnings == ("this strains",)
    assert comparison.verdicts == comparison.analysis.verdicts
    answer, report = str(comparison).splitlines()
    assert answer == comparison.verdicts[0].headline
    assert answer.startswith("use THREADS, 40 of them.")
    assert report == f"report: {Path('run') / 'report.html'}"


def test_a_comparison_without_an_answer_says_so(requests: Requests) -> None:
    found = compare("integrate")
    nothing = replace(found, analysis=replace(found.analysis, verdicts=()))
    assert str(nothing).startswith("nothing was measured\n")
    assert (nothing.model, nothing.workers) == ("", None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"workers": 0}, "invalid value '0' for 'workers': must be at least 1"),
        ({"workers": [2.5]}, "invalid value '2.5' for 'workers': must be a whole number, or 'auto'"),
        ({"runners": "serial"}, "invalid value 'serial' for 'runners': must be a list of texts"),
        ({"phases": ["hot"]}, "invalid value 'hot' for 'phases': must be 'warm', 'cold' or both"),
        ({"phases": []}, "invalid value '' for 'phases': must be 'warm', 'cold' or both"),
        ({"margin": 5}, "invalid value '5' for 'margin': must be from 0.001 to 0.5"),
        ({"max_time": -1}, "invalid value '-1' for 'max_time': must be a positive duration"),
        ({"memory": "much"}, "invalid value 'much' for 'memory': must be a size"),
        ({"timeout": float("nan")}, "invalid value 'nan' for 'timeout': must be a positive duration"),
        ({"output": ""}, "invalid value '' for 'output': must name a folder"),
        ({"preset": None}, "invalid value 'None' for 'preset': must be one of quick, default, rigorous, full"),
        ({"preset": "fast"}, "unknown preset 'fast' for 'preset'"),
        ({"workers": None}, "invalid value 'None' for 'workers': must be a whole number, a list of them, or 'auto'"),
        ({"workers": True}, "invalid value 'True' for 'workers': must be a whole number, a list of them, or 'auto'"),
        ({"workers": []}, "invalid value '' for 'workers': must be a whole number, a list of them, or 'auto'"),
        ({"workers": [[1]]}, "invalid value '[1]' for 'workers': must be a whole number, a list of them, or 'auto'"),
        ({"workers": b"2"}, "invalid value 'b'2'' for 'workers': must be a whole number, a list of them, or 'auto'"),
        ({"runners": None}, "invalid value 'None' for 'runners': must be a list of texts"),
        ({"runners": [5]}, "invalid value '5' for 'runners': must be a list of texts"),
        ({"runners": {"serial": 1}}, "invalid value '{'serial': 1}' for 'runners': must be a list of texts"),
        ({"python": 3.13}, "invalid value '3.13' for 'python': must be a list of texts"),
        ({"phases": 5}, "invalid value '5' for 'phases': must be a list of texts"),
        ({"phases": [None]}, "invalid value 'None' for 'phases': must be a list of texts"),
        ({"parameters": ["steps=1"]}, "invalid value '['steps=1']' for 'parameters': must map names to values"),
        ({"parameters": {5: 1}}, "invalid value '5' for 'parameters': must be the name of a parameter"),
        (
            {"parameters": {"count": [1]}},
            "invalid value '[1]' for 'parameters['count']': must be a number, a text, True or False",
        ),
        ({"models": ["thread"]}, "unknown model 'thread' for 'models'"),
        ({"margin": "5"}, "invalid value '5' for 'margin': must be from 0.001 to 0.5"),
        ({"margin": float("nan")}, "invalid value 'nan' for 'margin': must be from 0.001 to 0.5"),
        ({"max_time": [1]}, "invalid value '[1]' for 'max_time': must be a number of seconds, or a text such as '90s'"),
        ({"timeout": True}, "invalid value 'True' for 'timeout': must be a number of seconds, or a text such as '90s'"),
        ({"memory": b"2G"}, "invalid value 'b'2G'' for 'memory': must be a number of bytes, or a text such as '2G'"),
        ({"output": 5}, "invalid value '5' for 'output': must name a folder"),
        ({"output": b"run"}, "invalid value 'b'run'' for 'output': must name a folder"),
        ({"seed": 1.5}, "invalid value '1.5' for 'seed': must be a whole number from 0 to 4,294,967,295"),
        ({"seed": "x"}, "invalid value 'x' for 'seed': must be a whole number from 0 to 4,294,967,295"),
        ({"progress": 5}, "invalid value '5' for 'progress': must be callable, or None"),
        ({"above_limits": "no"}, "invalid value 'no' for 'above_limits': must be True or False"),
        ({"seed": -1}, "invalid value '-1' for 'seed': must be a whole number from 0 to 4,294,967,295"),
    ],
)
def test_wrong_arguments_are_told_in_the_words_of_the_command(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        compare("noop", **arguments)
    assert caught.value.message == message


@pytest.mark.parametrize("workload", [None, 5, [], {"noop"}])
def test_what_is_no_workload_is_refused(workload: Any) -> None:
    with pytest.raises(UsageError, match="is neither a class nor a function"):
        compare(workload)


def test_what_workers_cannot_import_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'.*<lambda>' cannot be imported by worker processes"):
        compare(lambda item: item)


def test_two_instances_of_one_workload_are_two_variants(requests: Requests) -> None:
    compare(Integrate(steps=5), Integrate(steps=6), "integrate[steps=7]")
    labels = [one.spec.label for one in choose_workloads(requests[0][0].workloads, "default", ())]
    assert labels == ["integrate[steps=5]", "integrate[steps=6]", "integrate[steps=7]"]


def test_a_parameter_of_an_instance_cannot_have_another_value_besides() -> None:
    with pytest.raises(UsageError, match=r"'--param steps=6' contradicts 'integrate\[steps=5\]'"):
        compare(Integrate(steps=5), parameters={"steps": 6})


def test_nothing_selected_is_raised() -> None:
    with pytest.raises(NothingSelected, match="'serial' has at most 1 worker"):
        compare("noop", runners=["serial"], workers=4)


def test_a_module_that_compares_when_it_is_imported_by_a_worker_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = types.ModuleType("__main__")
    worker.__spec__ = types.SimpleNamespace(name="comparators.worker.main")  # type: ignore[assignment]  # a stand-in
    monkeypatch.setitem(sys.modules, "__main__", worker)
    with pytest.raises(UsageError) as caught:
        compare("noop")
    assert caught.value.tip == "put the call under: if __name__ == '__main__':"


def run_script(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(textwrap.dedent(source), encoding="utf-8")
    command = [sys.executable, "script.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)


def test_a_script_that_compares_at_its_top_level_does_not_call_itself_for_ever(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        from comparators import compare
        ITEMS = [1, 2]
        def work(item):
            return item
        compare(work, runners=["serial"], preset="quick")
        """,
    )
    assert done.returncode == 1
    assert "a module compares at its top level, and is imported to be compared" in done.stderr


def test_a_session_without_a_file_cannot_be_imported(tmp_path: Path) -> None:
    code = "import comparators\ndef work(item): return item\ncomparators.compare(work)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "'work' exists in this interactive session only" in done.stderr


def test_importing_the_face_is_enough() -> None:
    assert api.compare is compare
