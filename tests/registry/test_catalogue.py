"""What is registered, by this package and by others, and what names and targets lead to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comparators.errors import ComparatorsError, UnknownName, UsageError
from comparators.registry.built_in import RUNNERS, WORKLOADS
from comparators.registry.catalogue import Entry, find, load_runner, load_workload, registered
from tests.third_party import RUNNER, WORKLOAD, forgotten, install

INCOMPLETE = WORKLOAD.replace('    summary = "twice each number"\n', "")
OTHER_VERSION = WORKLOAD.replace('    nature = "cpu"\n', '    nature = "cpu"\n    interface = 2\n')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder of installed packages that this process imports from."""
    folder = tmp_path / "site"
    folder.mkdir()
    with forgotten(folder):
        sys.path.insert(0, str(folder))
        yield folder


def test_everything_built_in_is_found_under_its_own_name() -> None:
    assert [find("workload", one.name).target for one in WORKLOADS] == [one.target for one in WORKLOADS]
    assert [find("runner", f"comparators/{one.name}").target for one in RUNNERS] == [one.target for one in RUNNERS]


def test_third_party_come_after_our_own(site: Path) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    assert list(registered("workload"))[len(WORKLOADS) :] == [Entry("doubles", "doubler:Doubles", "a-doubler")]
    assert find("workload", "doubles") == find("workload", "a-doubler/doubles")
    assert "doubler" not in sys.modules  # looking a name up imports nothing


def test_two_plugins_of_one_name_are_told_apart_by_their_distributions(site: Path) -> None:
    install(site, "first", modules={"one": WORKLOAD}, workloads={"doubles": "one:Doubles"})
    install(site, "second", modules={"two": WORKLOAD}, workloads={"doubles": "two:Doubles"})
    with pytest.raises(UsageError) as caught:
        find("workload", "doubles")
    assert caught.value.message == "workload 'doubles' is registered by 'first' and 'second'"
    assert caught.value.tip == "say which one: 'first/doubles' or 'second/doubles'"
    assert find("workload", "second/doubles").target == "two:Doubles"
    assert find("workload", "second/doubles").short == "doubles"


def test_a_plugin_cannot_take_a_name_of_ours(site: Path) -> None:
    source = RUNNER.replace('"backwards"', '"serial"')
    install(site, "usurper", modules={"usurper": source}, runners={"serial": "usurper:Backwards"})
    assert find("runner", "serial").target == "comparators.runners.serial:Serial"
    assert find("runner", "usurper/serial").target == "usurper:Backwards"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nothing_like_it", "cannot import 'broken': ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("raise SystemExit(0)", "cannot import 'broken': SystemExit: 0"),
        ("raise ValueError('two\\nlines')", "cannot import 'broken': ValueError: two"),
        ("Doubles = 3", "'Doubles' cannot be called: its type is int"),
        ("class Doubles: pass", "'broken:Doubles' is not a workload"),
        ("", "unknown name 'Doubles' in "),
        (INCOMPLETE, "'broken:Doubles' is not complete: it has no 'summary'"),
        (OTHER_VERSION, "'broken:Doubles' was written for interface version 2, this is version 1"),
        (WORKLOAD.replace('"doubles"', '"<b>"'), "'broken:Doubles' has the name '<b>': must be letters, digits, "),
        (WORKLOAD.replace('"doubles"', '"twice"'), "its class calls itself 'twice'"),
    ],
)
def test_a_class_that_cannot_be_used_is_refused_with_the_reason(site: Path, source: str, reason: str) -> None:
    install(site, "breaker", modules={"broken": source}, workloads={"doubles": "broken:Doubles"})
    entry = find("workload", "doubles")
    with pytest.raises(UsageError) as refused:
        load_workload(entry.target, called=entry.short)
    assert refused.value.message.startswith(reason)


def test_a_runner_of_a_model_that_nothing_knows_is_refused(site: Path) -> None:
    install(site, "gpu", modules={"gpu": RUNNER.replace('"loop"', '"gpu"')}, runners={"backwards": "gpu:Backwards"})
    with pytest.raises(UsageError, match="'gpu:Backwards' has the model 'gpu': must be one of loop, threads, "):
        load_runner(find("runner", "backwards").target)


def test_a_broken_plugin_is_an_error_when_it_is_asked_for(site: Path) -> None:
    install(site, "breaker", modules={"broken": "1 / 0"}, workloads={"doubles": "broken:Doubles"})
    with pytest.raises(UsageError, match="cannot import 'broken': ZeroDivisionError: division by zero"):
        load_workload(find("workload", "doubles").target)


def test_a_plugin_works_in_processes_that_are_spawned(site: Path) -> None:
    install(site, "a-doubler", modules={"doubler": WORKLOAD}, workloads={"doubles": "doubler:Doubles"})
    arguments = ["bench", "doubles", "futures-processes[start=spawn]", "--workers=2"]
    worker = ["--worker", "--loops=1", "--values=1", "--warmups=0", "--output=out.json"]
    subprocess.run(
        [sys.executable, "-m", "comparators", *arguments, *worker],
        env={"PYTHONPATH": str(site)},
        cwd=site,
        check=True,
        capture_output=True,
    )
    (benchmark,) = json.loads((site / "out.json").read_text(encoding="utf-8"))["benchmarks"]
    assert len(benchmark["runs"]) == 1


def test_a_runner_of_a_third_party_measures(site: Path) -> None:
    install(site, "backwarder", modules={"backwarder": RUNNER}, runners={"backwards": "backwarder:Backwards"})
    cls = load_runner(find("runner", "backwards").target)
    with cls(work=str, tasks=range(3), workers=1) as runner:
        assert runner.run(2).results == ["0", "1", "2"]


def test_near_misses_are_suggested() -> None:
    with pytest.raises(UnknownName) as caught:
        find("workload", "integrat")
    assert caught.value.tip == "did you mean 'integrate'?"
    with pytest.raises(UnknownName) as caught:
        find("runner", "qqq")
    assert caught.value.tip == "known runners: " + ", ".join(sorted(one.name for one in RUNNERS))


def test_a_file_needs_a_name_in_it() -> None:
    with pytest.raises(UsageError) as caught:
        find("workload", "work.py")
    assert caught.value.tip == "write 'work.py:NAME'"


def test_a_function_in_a_file_is_a_workload(site: Path) -> None:
    (site / "mine.py").write_text("ITEMS = [1, 2]\ndef half(item):\n    return item / 2\n", encoding="utf-8")
    entry = find("workload", f"{site / 'mine.py'}:half")
    assert entry == Entry("half", f"{site / 'mine.py'}:half")
    assert list(load_workload(entry.target)().tasks()) == [1, 2]


def test_a_class_that_is_no_runner_is_refused() -> None:
    with pytest.raises(ComparatorsError, match=r"'json:JSONDecoder' is not a runner"):
        find("runner", "json:JSONDecoder")
