"""Journals from anybody: repaired, or refused with file and line; no traceback, little memory, and never a change."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparators.errors import UnreadableInput
from comparators.journal import reader
from comparators.journal.codec import Codec, encode_line
from comparators.journal.journal import FILE_NAME, load
from comparators.journal.records import Run
from tests.journal.foreign_journals import fuzz, mutated, read_and_report, signed, small_journal
from tests.journal.records import HEADER, sample

JOURNAL = small_journal()
HEADER_LINE = JOURNAL[: JOURNAL.index(b"\n") + 1]
LINE_ENDS = [place for place, byte in enumerate(JOURNAL) if byte == ord("\n")]
PLACES = {*range(0, len(JOURNAL), 101), *(end + off for end in LINE_ENDS for off in range(-2, 9))} & {
    *range(len(JOURNAL))
}
"""Some bytes of the journal, and all around the ends of its lines."""
REPOSITORY = Path(__file__).parents[2]
MEMORY = 256 * 2**20
LARGE = MEMORY + 64 * 2**20
"""Bytes of a file that cannot be read whole within MEMORY."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


def refused(path: Path) -> UnreadableInput:
    with pytest.raises(UnreadableInput) as caught:
        load(path)
    assert caught.value.tip
    return caught.value


def read(path: Path, content: bytes) -> Run:
    path.write_bytes(content)
    run = load(path)
    assert path.read_bytes() == content
    return run


def times(run: Run) -> list[tuple[object, ...]]:
    """Return what must never come back changed."""
    return [(one.cell, one.stage, one.block, one.seconds) for one in run.samples]


def test_wherever_it_is_cut_it_is_refused_or_read_up_to_there(path: Path) -> None:
    whole = times(read(path, JOURNAL))
    for cut in sorted(PLACES):
        if cut < len(HEADER_LINE) - 1:
            path.write_bytes(JOURNAL[:cut])
            message = refused(path).message
            assert message == f"'{path}' is empty" or message.endswith("line 1: cut off or damaged")
            continue
        run = read(path, JOURNAL[:cut])
        assert times(run) == whole[: len(run.samples)]
        torn = not (JOURNAL[:cut].endswith(b"\n") or JOURNAL[cut : cut + 1] == b"\n")
        assert [warning.endswith("cut off or damaged") for warning in run.warnings] == [True] * torn


def test_whichever_byte_is_damaged_it_is_refused_or_loses_that_line(path: Path) -> None:
    whole = times(read(path, JOURNAL))
    for place in sorted(PLACES):
        path.write_bytes(JOURNAL[:place] + bytes([JOURNAL[place] ^ 1 << place % 8]) + JOURNAL[place + 1 :])
        if 10 < place < len(HEADER_LINE):
            assert "line 1: " in refused(path).message
            continue
        if place <= 10:  # the line's number counts for nothing
            continue
        run = load(path)
        assert len(run.warnings) <= 2  # a newline that is none joins two lines, a new one cuts one in two
        assert set(times(run)) <= set(whole)
        assert len(run.samples) >= len(whole) - 2


def test_no_change_of_a_journal_by_a_third_party_is_a_bug_of_ours(path: Path) -> None:
    chance = random.Random(20)
    for _ in range(40):  # `python -m tests.journal.foreign_journals` goes on for longer
        path.write_bytes(mutated(chance, JOURNAL))
        read_and_report(path)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=9,
)


@settings(max_examples=20)
@given(st.binary(max_size=300) | anything.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_at_all_are_a_bug_of_ours(data: bytes) -> None:
    fuzz(data)


def changed_header(change: Callable[[dict[str, object]], object]) -> bytes:
    """Return a header whose plan or settings are changed, with a right checksum."""
    ((kind, data),) = Codec().encode(HEADER)
    data = json.loads(json.dumps(data))
    change(data["plan"])
    return encode_line(0, kind, data)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda plan: plan.update(interpreters=[]), "no Python"),
        (lambda plan: plan["interpreters"].append(plan["interpreters"][0]), "Python '3.11' twice"),
        (lambda plan: plan["comparisons"].append(plan["comparisons"][0]), "comparison 'noop/warm/3.11' twice"),
        (lambda plan: plan["comparisons"][0].update(python="9"), "a comparison under Python '9', which is not there"),
        (lambda plan: plan["comparisons"][0].update(tasks=-1), "-1 tasks"),
        (lambda plan: plan["comparisons"][0]["candidates"][0].update(counts=[0]), "worker counts [0] of 'serial'"),
        (lambda plan: plan["comparisons"][0]["candidates"][0].update(fewest=0), "worker counts [] of 'serial'"),
        (lambda plan: plan["comparisons"][0]["candidates"][0].update(limit=0), "worker counts [] of 'serial'"),
        (lambda plan: plan["comparisons"][0]["candidates"].append(plan["comparisons"][0]["candidates"][0]), "runner"),
        (lambda plan: plan["settings"]["thresholds"].update(margin=0.0), "a margin of 0"),
        (lambda plan: plan["settings"]["thresholds"].update(looks=[5, 3]), "looks after [5, 3] blocks"),
        (lambda plan: plan["settings"]["thresholds"].update(cold_looks=[0]), "looks after [0] blocks"),
        (lambda plan: plan["settings"]["thresholds"].update(target_value_s=-1.0), "-1 s"),
        (lambda plan: plan["settings"].update(cpus=[]), "no CPU to measure on"),
        (lambda plan: plan["settings"].update(timeout_s=-1.0), "-1 s"),
    ],
)
def test_a_plan_that_no_run_has_is_refused(path: Path, change: Callable[[dict[str, object]], object], why: str) -> None:
    path.write_bytes(changed_header(change))
    assert f"line 1: not a valid header: {why}" in refused(path).message


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"seconds": -1.0}, "-1 s"),
        ({"seconds": 1e300}, "1e+300 s"),
        ({"loops": 0}, "0 loops"),
        ({"block": 10**12}, "block 1000000000000"),
        ({"cell": [0, 0, 0]}, "0 workers"),
        ({"seconds": None}, "ClassValidationError"),
        ({"metadata": {"environment": 0, "x": []}}, "metadata 'x' that is neither number nor text"),
    ],
)
def test_a_sample_that_no_run_has_is_skipped(path: Path, data: dict[str, object], why: str) -> None:
    (*_, (kind, good)) = Codec(HEADER.plan).encode(sample())
    run = read(path, HEADER_LINE + encode_line(1, kind, {**good, **data}))
    assert run.samples == ()
    assert run.warnings == (f"{FILE_NAME}: line 2 skipped: not a valid sample: {why}",)


def test_a_second_header_is_skipped(path: Path) -> None:
    other = changed_header(lambda plan: plan.update(comparisons=[]))
    run = read(path, HEADER_LINE + other)
    assert run.header == HEADER
    assert run.warnings == (f"{FILE_NAME}: line 2 skipped: a second header",)


def test_keys_given_twice_are_damage_whatever_their_checksum(path: Path) -> None:
    run = read(path, HEADER_LINE + b'{"n":1,"n":1,"crc":3,"kind":"capacity","data":{"workers":2,"speedup":2.0}}\n')
    assert run.warnings == (f"{FILE_NAME}: line 2 skipped: cut off or damaged",)


def test_the_first_skipped_lines_are_named_and_the_rest_counted(path: Path) -> None:
    run = read(path, HEADER_LINE + b"x\n" * 5000)
    assert len(run.warnings) == reader.MOST_WARNINGS + 1
    assert run.warnings[-1] == f"{FILE_NAME}: 4,980 more lines skipped"


def test_a_line_without_end_is_skipped_and_the_next_one_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LONGEST_LINE", 5000)
    capacity = encode_line(2, "capacity", {"workers": 2, "speedup": 2.0})
    for length in (5000, 5001, 20_000):
        run = read(path, HEADER_LINE + b"x" * length + b"\n" + capacity)
        assert run.warnings == (f"{FILE_NAME}: line 2 skipped: longer than 5,000 bytes",)
        assert len(run.capacities) == 1


def test_reading_a_journal_imports_and_runs_nothing_that_it_names(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = path.parent / "trap.py"
    trap.write_text("from pathlib import Path\nPath(__file__).with_name('sprung').touch()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(path.parent))
    for target in ("trap:Trap", f"{trap}:Trap"):
        lines = [json.loads(line) for line in JOURNAL.replace(b"comparators.workloads.noop:Noop", b"T").splitlines()]
        text = json.dumps(lines).replace('"T"', json.dumps(target)).replace("comparators.runners.threading:", "trap:")
        bodies = ({"kind": line["kind"], "data": line["data"]} for line in json.loads(text))
        path.write_bytes(b"".join(signed(json.dumps(body, separators=(",", ":")).encode()) for body in bodies))
        run = read_and_report(path)
        assert run is not None
        assert run.header.plan.comparisons[0].workload.target == target
    assert "trap" not in sys.modules
    assert not (path.parent / "sprung").exists()


PYPERF = b'{"benchmarks":[{"runs":[{"values":[0.5]}]}],"metadata":{"name":"x"},"version":"1.0"}\n'


@pytest.mark.parametrize(
    ("content", "what", "tip"),
    [
        (PYPERF, "results of pyperf", "python -m pyperf show '{path}'"),
        (
            b'{\n    "machine_info": {"node": "x"},\n    "benchmarks": []\n}',
            "results of pytest-benchmark",
            "pytest-benchmark compare '{path}'",
        ),
        (
            b'{\n  "results": [\n    {\n      "command": "sleep 1",\n      "mean": 1.0}]}',
            "results of hyperfine",
            "hyperfine times whole commands; 'comparators run' compares models of concurrency",
        ),
        (b"\x1f\x8b\x08\x00", "a file compressed by gzip", "if pyperf wrote it: python -m pyperf show '{path}'"),
        (
            b"\x80\x05\x95\x10\x00",
            "a pickle",
            "pickles are never read, as that could run anything; a run directory holds text only",
        ),
        (b'{"schema": "comparators-verdicts"}', "the verdicts of a run", "name the run directory that it comes from"),
    ],
)
def test_files_of_other_tools_are_recognised(path: Path, content: bytes, what: str, tip: str) -> None:
    path.write_bytes(content)
    error = refused(path)
    assert error.message.startswith(f"'{path}' is not a comparators journal: line 1: ")
    assert error.message.endswith(f"; it looks like {what}")
    assert error.tip == tip.format(path=path)


def test_a_derived_file_leads_to_its_run(path: Path) -> None:
    path.write_bytes(JOURNAL)
    results = path.with_name("results.json")
    results.write_bytes(PYPERF)
    assert refused(results).tip == f"comparators show '{path.parent}'"


@pytest.mark.parametrize("content", [b"\x00" * 1000, random.Random(1).randbytes(1000), b"hello\n", b"\xff\xfe{\x00"])
def test_what_is_nothing_known_says_what_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert refused(path).tip == reader.WHAT_IT_IS


def test_pipes_and_devices_are_not_opened(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(path)
    assert refused(path).message == f"cannot read '{path}': it is not an ordinary file"
    assert refused(path.parent).message == f"cannot read '{path}': it is not an ordinary file"
    assert "not an ordinary file" in refused(Path(os.devnull)).message


def test_what_cannot_be_read_to_its_end_says_why(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(JOURNAL)

    def fail(self: Path, mode: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(UnreadableInput, match=f"cannot read '{path}': Input/output error"):
        load(path)


def test_a_file_larger_than_any_journal_is_refused_at_once(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(2**40)  # a hole: it takes no room
    message = f"'{path}' has 1,099,511,627,776 bytes; a journal has at most 536,870,912"
    assert refused(path).message == message


PEAK = """
import re, sys
from pathlib import Path
from comparators.errors import UnreadableInput
from comparators.journal.journal import load
try:
    print(len(load(Path(sys.argv[1])).warnings))
except UnreadableInput as error:
    print(error.message)
print(int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024)
"""


def worst_line() -> bytes:
    """Return the line that takes the most memory, as far as a line may be long: empty lists, with a right checksum."""
    inner = b"{}," * ((reader.LONGEST_LINE - 100) // 3)
    return signed(b'{"kind":"header","data":[' + inner + b"0]}")


@pytest.mark.parametrize("kind", ["hole", "one line", "worst first line", "worst lines"])
def test_nothing_takes_much_memory(path: Path, kind: str) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not say how much memory a program took since it began")
    with path.open("wb") as stream:
        match kind:
            case "hole":
                stream.truncate(LARGE)
            case "one line":
                stream.write(HEADER_LINE)
                stream.truncate(LARGE)
            case "worst first line":
                stream.write(worst_line())
            case "worst lines":
                stream.write(HEADER_LINE)
                stream.writelines([worst_line()] * 3)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert int(done.stdout.splitlines()[-1]) < MEMORY, done.stdout
