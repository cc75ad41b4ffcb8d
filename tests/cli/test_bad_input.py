"""Bad input: the exact words on standard error, and the exit code; nothing on standard output, never a traceback."""

from pathlib import Path

import pytest

from comparators.registry import built_in
from comparators.registry.suites import SUITES
from tests.cli.support import call, same_in_ascii
from tests.third_party import WORKLOAD, forgotten, install

WORKERS_TIP = "use '--workers auto' to search for the best count, or a list such as '--workers 1,2,4'"
DURATION_TIP = "write numbers and units, h m s ms: '1m30s'"
MEMORY_TIP = "write a number and a unit, K M G T: '2G'"
MARGIN = "must be a percentage from 0.1 to 50"
SEED = "must be a whole number from 0 to 4,294,967,295"
NOWHERE_TIP = "'comparators run' makes them, in 'reports/' by default"
NO_COROUTINE = "the work has no coroutine form: it never waits, a coroutine would block the loop"
LIST_TIP = "'comparators list' shows what applies here"
METHODS = (
    "map, map_async, starmap, starmap_async, imap, imap_timeout, imap_unordered, apply, apply_async, "
    "apply_async_callback"
)
OPTIONS = (
    "known options: --above-limits, --debug, --first, --help, --isolate, --json, --margin, --max-time, --memory, "
    "--model, --output, --param, --phase, --plan, --preset, --python, --runner, --scaling, --seed, --star, --timeout, "
    "--verbose, --workers"
)
WORKLOADS = "known workloads: " + ", ".join(sorted([*(one.name for one in built_in.WORKLOADS), *SUITES]))
RUNNERS = "known runners: " + ", ".join(sorted(one.name for one in built_in.RUNNERS))

# Arguments behind `comparators`, the error, the tip.
USAGE: tuple[tuple[str, str, str | None], ...] = (
    ("run --workers 0", "invalid value '0' for '--workers': must be at least 1", WORKERS_TIP),
    ("run --workers -1", "invalid value '-1' for '--workers': must be at least 1", WORKERS_TIP),
    ("run --workers abc", "invalid value 'abc' for '--workers': must be a whole number, or 'auto'", WORKERS_TIP),
    ("run --workers 2.5", "invalid value '2.5' for '--workers': must be a whole number, or 'auto'", WORKERS_TIP),
    ("run --workers=", "invalid value '' for '--workers': must be a whole number, or 'auto'", WORKERS_TIP),
    ("run --workers 4,x", "invalid value 'x' for '--workers': must be a whole number, or 'auto'", WORKERS_TIP),
    (
        "run --workers 1000000000",
        "invalid value '1000000000' for '--workers': must be at most 10,000",
        "'--above-limits' lifts this limit",
    ),
    ("run --max-time nan", "invalid value 'nan' for '--max-time': must be a positive duration", DURATION_TIP),
    ("run --max-time inf", "invalid value 'inf' for '--max-time': must be a positive duration", DURATION_TIP),
    ("run --timeout -5", "invalid value '-5' for '--timeout': must be a positive duration", DURATION_TIP),
    ("run --timeout 1e400", "invalid value '1e400' for '--timeout': must be a positive duration", DURATION_TIP),
    ("run --timeout 5_parsecs", "invalid value '5_parsecs' for '--timeout': must be a positive duration", DURATION_TIP),
    (
        "run --max-time 0",
        "invalid value '0' for '--max-time': must be more than 0 and at most 1000h",
        "units are h m s ms: '1m30s'",
    ),
    ("run --memory 2x", "invalid value '2x' for '--memory': must be a size", MEMORY_TIP),
    ("run --memory -1G", "invalid value '-1G' for '--memory': must be a size", MEMORY_TIP),
    ("run --memory nan", "invalid value 'nan' for '--memory': must be a size", MEMORY_TIP),
    (
        "run --memory 9999999T",
        "invalid value '9999999T' for '--memory': must be at most 1048576T",
        "no machine has as much",
    ),
    ("run --memory 2k", "invalid value '2k' for '--memory': must be at least 64M", "Python alone takes about 40M"),
    ("run --margin 0", f"invalid value '0' for '--margin': {MARGIN}", "write '--margin 5' for 5 %"),
    ("run --margin x", f"invalid value 'x' for '--margin': {MARGIN}", "write '--margin 5' for 5 %"),
    ("run --seed x", f"invalid value 'x' for '--seed': {SEED}", None),
    ("run --seed -1", f"invalid value '-1' for '--seed': {SEED}", None),
    ("run integrat", "unknown workload 'integrat'", "did you mean 'integrate'?"),
    ("run qqqq", "unknown workload 'qqqq'", WORKLOADS),
    ("run --model thread", "unknown model 'thread' for '--model'", "did you mean 'threads'?"),
    ("run --first 0", "invalid value '0' for '--first': must be a whole number of at least 1", None),
    ("run --runner thredpool", "unknown runner 'thredpool'", "did you mean 'threadpool'?"),
    ("run --runner qqqq", "unknown runner 'qqqq'", RUNNERS),
    ("run --runner=", "invalid value '' for '--runner'", "write 'NAME' or 'NAME[KEY=VALUE,KEY=VALUE]'"),
    (
        "run --runner mp-pool[method",
        "invalid value 'mp-pool[method' for '--runner'",
        "write 'NAME' or 'NAME[KEY=VALUE,KEY=VALUE]'",
    ),
    (
        "run --runner mp-pool[method]",
        "invalid value 'mp-pool[method]' for '--runner': 'method' has no value",
        "write 'mp-pool[method=VALUE]'",
    ),
    (
        "run --runner mp-pool[method=imapp]",
        f"invalid value 'imapp' for 'method' of 'mp-pool': must be one of {METHODS}",
        None,
    ),
    ("run --runner mp-pool[metod=imap]", "unknown parameter 'metod' of 'mp-pool'", "did you mean 'method'?"),
    ("run integrate --param step=3", "unknown parameter 'step' of 'integrate'", "did you mean 'steps'?"),
    (
        "run integrate --param steps=-3",
        "invalid value '-3' for 'steps' of 'integrate': must be an int from 1 to 1,000,000,000,000",
        None,
    ),
    (
        "run integrate --param steps=x",
        "invalid value 'x' for 'steps' of 'integrate': must be an int from 1 to 1,000,000,000,000",
        None,
    ),
    (
        "run integrate --param steps",
        "invalid value 'steps' for '--param': must be NAME=VALUE",
        "for example '--param count=100'",
    ),
    (
        "run integrate --param steps=1 --param steps=2",
        "parameter 'steps' given twice for '--param'",
        "keep one of them",
    ),
    (
        "run integrate --param hash.size=3",
        "unknown workload 'hash' in '--param hash.size'",
        "known workloads: integrate",
    ),
    ("run coordinaton", "unknown workload 'coordinaton'", "did you mean 'coordination'?"),
    ("run guarded[gard=lock]", "unknown parameter 'gard' of 'guarded'", "did you mean 'guard'?"),
    (
        "run guarded[guard=luck]",
        (
            "invalid value 'luck' for 'guard' of 'guarded': must be one of lock, rlock, semaphore, condition, queue, "
            "atomic-per-worker"
        ),
        None,
    ),
    (
        "run guarded[guard]",
        "invalid value 'guarded[guard]' for 'WORKLOAD': 'guard' has no value",
        "write 'guarded[guard=VALUE]'",
    ),
    (
        "run guarded[guard=lock",
        "invalid value 'guarded[guard=lock' for 'WORKLOAD'",
        "write 'NAME' or 'NAME[KEY=VALUE,KEY=VALUE]'",
    ),
    (
        "run guarded[count=1,count=2]",
        "invalid value 'guarded[count=1,count=2]' for 'WORKLOAD': 'count' is given twice",
        None,
    ),
    (
        "run guarded[guard=lock] --param guard=rlock",
        "'--param guard=rlock' contradicts 'guarded[guard=lock]'",
        "leave out one of them",
    ),
    (
        "run coordination --param guarded.guard=rlock",
        "'--param guarded.guard=rlock' contradicts 'guarded[guard=lock]' of the suite 'coordination'",
        "name the workload: 'guarded[guard=rlock]'",
    ),
    ("list guarded[gard=lock]", "unknown parameter 'gard' of 'guarded'", "did you mean 'guard'?"),
    (
        "list models[count=1]",
        "invalid value 'models[count=1]' for 'NAME': 'models' has no parameters",
        "write 'comparators list models'",
    ),
    ("run --preset qick", "unknown preset 'qick' for '--preset'", "did you mean 'quick'?"),
    ("run --phase hot", "unknown phase 'hot' for '--phase'", "known phases: both, cold, warm"),
    ("run --work 2", "unknown option '--work'", "did you mean '--workers'?"),
    ("run --outptu x", "unknown option '--outptu'", "did you mean '--output'?"),
    ("run --qqqq", "unknown option '--qqqq'", OPTIONS),
    ("run --seed 1 --seed 2", "option '--seed' given 2 times", "give it once"),
    ("run --plan --plan", "option '--plan' given 2 times", "give it once"),
    ("run --seed", "option '--seed' requires an argument", "comparators run --help"),
    ("run --output=", "invalid value '' for '--output': must name a folder", None),
    ("run --plan --json", "'--json' and '--plan' exclude each other", "a plan has no verdicts"),
    ("rnu", "unknown command 'rnu'", "did you mean 'run'?"),
    ("qqqq", "unknown command 'qqqq'", "known commands: bench, doctor, list, recipe, report, run, show"),
    ("--verson", "unknown option '--verson'", "did you mean '--version'?"),
    ("run json:laods", "unknown name 'laods' in 'json'", "did you mean 'loads'?"),
    (
        "run json:JSONDecoder",
        "'json:JSONDecoder' is not a workload",
        "a workload is a subclass of comparators.Workload, or anything that can be called with an item",
    ),
    ("run :x", "':x' is not a target", "write 'package.module:NAME' or 'my_file.py:NAME'"),
    (
        "run missing.py",
        "'missing.py' does not say what to use from the file",
        "write 'missing.py:NAME'",
    ),
    (
        "run nothing.here:Thing",
        "cannot import 'nothing.here': ModuleNotFoundError: No module named 'nothing'",
        None,
    ),
    ("list integrat", "unknown name 'integrat'", "did you mean 'integrate'?"),
    ("list a b", "got unexpected extra argument (b)", "comparators list --help"),
    ("list --jsn", "unknown option '--jsn'", "did you mean '--json'?"),
    ("show", "missing 'RUN'", "comparators show --help"),
    ("show nowhere", "no run directory 'nowhere'", NOWHERE_TIP),
    ("report nowhere", "no run directory 'nowhere'", NOWHERE_TIP),
)

# The same for what is understood, but comes to nothing.
NOTHING: tuple[tuple[str, str, str], ...] = (
    (
        "run integrate --runner serial --workers 4",
        "nothing to measure: 'serial' with 4 workers on 'integrate': 'serial' has at most 1 worker",
        LIST_TIP,
    ),
    (
        "run integrate --runner asyncio",
        f"nothing to measure: 'asyncio' on 'integrate': {NO_COROUTINE}",
        LIST_TIP,
    ),
)


def stderr(error: str, tip: str | None) -> str:
    return f"error: {error}\n" + (f"tip: {tip}\n" if tip else "")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("arguments", "error", "tip"), USAGE, ids=[case[0] for case in USAGE])
def test_usage(capsys: pytest.CaptureFixture[str], arguments: str, error: str, tip: str | None) -> None:
    answer = call(capsys, *arguments.split())
    assert (answer.err, answer.out, answer.code) == (stderr(error, tip), "", 2)
    same_in_ascii(capsys, answer, *arguments.split())


@pytest.mark.parametrize(("arguments", "error", "tip"), NOTHING, ids=[case[0] for case in NOTHING])
def test_nothing_selected(capsys: pytest.CaptureFixture[str], arguments: str, error: str, tip: str) -> None:
    answer = call(capsys, *arguments.split())
    assert (answer.err, answer.out, answer.code) == (stderr(error, tip), "", 4)
    same_in_ascii(capsys, answer, *arguments.split())


def test_two_plugins_of_one_name_are_told_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forgotten(tmp_path):
        monkeypatch.syspath_prepend(str(tmp_path))
        install(tmp_path, "first", modules={"one": WORKLOAD}, workloads={"doubles": "one:Doubles"})
        install(tmp_path, "second", modules={"two": WORKLOAD}, workloads={"doubles": "two:Doubles"})
        answer = call(capsys, "run", "doubles")
        same_in_ascii(capsys, answer, "run", "doubles")
    tip = "say which one: 'first/doubles' or 'second/doubles'"
    assert (answer.err, answer.code) == (stderr("workload 'doubles' is registered by 'first' and 'second'", tip), 2)


def test_a_runner_that_cannot_be_here_is_not_unknown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comparators.plan.interpreters.unavailable", lambda info: "needs pip install 'comparators[x]'")
    answer = call(capsys, "run", "sleep", "--runner", "anyio-trio")
    same_in_ascii(capsys, answer, "run", "sleep", "--runner", "anyio-trio")
    error = "nothing to measure: 'anyio-trio' on 'sleep': needs pip install 'comparators[x]'"
    assert (answer.err, answer.code) == (stderr(error, LIST_TIP), 4)


def test_a_duplicate_worker_count_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "run", "noop", "--workers", "4,2,4", "--plan")
    same_in_ascii(capsys, answer, "run", "noop", "--workers", "4,2,4", "--plan")
    assert answer.err == "warning: duplicate value '4' for '--workers' is ignored\n"
    assert answer.code == 0


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = call(capsys, "run", "missing.py:f")
    same_in_ascii(capsys, answer, "run", "missing.py:f")
    assert (answer.err, answer.code) == (stderr(f"no file '{tmp_path / 'missing.py'}'", None), 2)


def test_an_output_that_cannot_hold_a_run_is_found_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    answer = call(capsys, "run", "--output", "file")
    same_in_ascii(capsys, answer, "run", "--output", "file")
    tip = "name a folder; it is made when it does not exist"
    assert (answer.err, answer.code) == (stderr("invalid value 'file' for '--output': is a file", tip), 2)

    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-a-friend").touch()
    answer = call(capsys, "run", "--output", "letters")
    same_in_ascii(capsys, answer, "run", "--output", "letters")
    error = "invalid value 'letters' for '--output': the folder is not empty and holds no run"
    assert (answer.err, answer.code) == (stderr(error, "name a new folder, or that of a run to go on with"), 2)

    monkeypatch.setattr("os.access", lambda path, mode: False)  # to the superuser, every folder can be written
    answer = call(capsys, "run", "--output", "new/run")
    same_in_ascii(capsys, answer, "run", "--output", "new/run")
    error = f"invalid value 'new/run' for '--output': '{tmp_path}' cannot be written"
    assert (answer.err, answer.code) == (stderr(error, "name a folder that you may write to"), 2)


def test_what_is_not_printable_never_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "run", "\x1b[31mred\u202e\n")
    same_in_ascii(capsys, answer, "run", "\x1b[31mred\u202e\n")
    assert answer.err.splitlines()[0] == r"error: invalid value '\x1b[31mred\u202e ' for 'WORKLOAD'"
    assert answer.code == 2


def test_arguments_that_are_no_text_are_shown_as_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "run", "\udcff")
    same_in_ascii(capsys, answer, "run", "\udcff")
    assert answer.err.splitlines()[0] == r"error: unknown workload '\udcff'"
    answer = call(capsys, "show", "")
    assert answer.err == "error: invalid value '' for 'RUN': must name a folder\n"


def test_a_very_long_name_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "run", "x" * 100_000)
    same_in_ascii(capsys, answer, "run", "x" * 100_000)
    assert len(answer.err) < 2500
    assert answer.code == 2


def test_debug_adds_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "run", "--workers", "0", "--debug")
    assert answer.err.startswith("Traceback (most recent call last):\n")
    assert answer.err.endswith(stderr(*USAGE[0][1:]))
    assert answer.code == 2


def test_a_bug_is_said_to_be_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(what: str) -> None:
        raise KeyError("x")

    monkeypatch.setattr("comparators.cli.details.choose", broken)
    answer = call(capsys, "list", "integrate")
    tip = "please report it, with the output of the same command and '--debug'"
    assert (answer.err, answer.code) == (stderr("this is a bug in comparators: KeyError: 'x'", tip), 3)
    answer = call(capsys, "--debug", "list", "integrate")
    assert "Traceback" in answer.err
