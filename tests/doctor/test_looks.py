"""What each look makes of a recorded system: grade, words, command, facts."""

import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from comparators.doctor import cpus, limits, load, python
from comparators.doctor.examine import LOOKS
from comparators.doctor.model import Finding, worst
from comparators.doctor.system import System, cpu_list
from tests.doctor.trees import tree

ELSEWHERE = System((0, 1), Path("/nowhere/proc"), Path("/nowhere/sys"), "elsewhere")
TOPOLOGY = "sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
GOVERNOR = "sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor"


@pytest.fixture(autouse=True)
def _a_host_with_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(limits, "_soft_limit", {"RLIMIT_NOFILE": 4096}.get)


def test_a_quiet_machine_is_good_in_everything(tmp_path: Path) -> None:
    system = tree(tmp_path)
    findings = [look(system) for look in LOOKS]
    assert [one.check for one in findings if one.grade != "good"] == []
    assert worst(findings) == "good"
    assert all(one.found for one in findings)
    assert len({one.check for one in findings}) == len(LOOKS)


def test_a_system_that_says_nothing_is_noted_and_never_an_error() -> None:
    findings = {one.check: one for one in (look(ELSEWHERE) for look in LOOKS)}
    silent = {name for name, one in findings.items() if one.grade == "note"}
    assert silent >= {"siblings", "isolated", "frequency", "turbo", "virtual", "pressure"}
    assert all(one.grade != "bad" or one.check == "load" for one in findings.values())


Look = Callable[[System], Finding]
CPUS = "sys/devices/system/cpu"

CASES: tuple[tuple[Look, dict[str, str | None], tuple[int, ...], str, str, str], ...] = (
    (cpus.find_cpus, {}, (0,), "bad", "1 of 4 CPUs can be used", ""),
    (
        cpus.find_cpus,
        {"sys/fs/cgroup/user/cpu.max": "150000 100000\n"},
        (0, 1),
        "note",
        "2 of 4 CPUs can be used, by a cgroup quota of 1.5",
        "docker update --cpus 2 CONTAINER",
    ),
    (
        cpus.find_cpus,
        {"sys/fs/cgroup/user/cpu.max": "200000 100000\n"},
        (0, 1),
        "good",
        "2 of 4 CPUs can be used, by a cgroup quota of 2",
        "",
    ),
    (
        cpus.find_siblings,
        {TOPOLOGY.format(0): "0,2", TOPOLOGY.format(2): "0,2", TOPOLOGY.format(1): "1,3", TOPOLOGY.format(3): "1,3"},
        (0, 1, 2, 3),
        "note",
        "the 4 usable CPUs are 2 cores",
        "taskset -c 0,1 comparators run",
    ),
    (
        cpus.find_siblings,
        {TOPOLOGY.format(0): "0-1", TOPOLOGY.format(1): "0-1"},
        (0, 1),
        "note",
        "the 2 usable CPUs are 1 core",
        "",
    ),
    (
        cpus.find_isolated,
        {f"{CPUS}/isolated": "2-3\n"},
        (2, 3),
        "bad",
        "this process runs on isolated CPUs (2,3)",
        "taskset -c 0,1 comparators run",
    ),
    (cpus.find_isolated, {f"{CPUS}/isolated": "2-3\n"}, (0, 1), "good", "CPUs 2-3 are isolated, and not used here", ""),
    (
        cpus.find_frequency,
        {GOVERNOR.format(1): "powersave\n"},
        (0, 1),
        "note",
        "the governor 'performance, powersave' slows idle CPUs down",
        "sudo cpupower frequency-set -g performance",
    ),
    (
        cpus.find_turbo,
        {f"{CPUS}/intel_pstate/no_turbo": "0\n"},
        (0, 1),
        "note",
        "turbo is on",
        f"echo 1 | sudo tee /{CPUS}/intel_pstate/no_turbo",
    ),
    (
        cpus.find_turbo,
        {f"{CPUS}/intel_pstate/no_turbo": None, f"{CPUS}/cpufreq/boost": "1\n"},
        (0, 1),
        "note",
        "turbo is on",
        f"echo 0 | sudo tee /{CPUS}/cpufreq/boost",
    ),
    (
        load.find_load,
        {"proc/loadavg": "1.50 1 1 1/5 9\n"},
        (0, 1, 2, 3),
        "note",
        "1.50 tasks wanted to run on 4 usable CPUs in the last minute",
        load.BUSIEST["linux"],
    ),
    (
        load.find_load,
        {"proc/loadavg": "4.00 1 1 1/5 9\n"},
        (0, 1, 2, 3),
        "bad",
        "4.00 tasks wanted to run on 4 usable CPUs in the last minute",
        load.BUSIEST["linux"],
    ),
    (
        load.find_pressure,
        {"proc/pressure/cpu": "some avg10=9.00 avg60=1 avg300=0 total=5\n"},
        (0, 1),
        "note",
        "tasks waited 9 % for cpu, 0 % for memory (last 10 s)",
        load.BUSIEST["linux"],
    ),
    (
        load.find_pressure,
        {"proc/pressure/io": "some avg10=40.00 avg60=1 avg300=0 total=5\n"},
        (0, 1),
        "bad",
        "tasks waited 0.5 % for cpu, 0 % for memory, 40 % for io (last 10 s)",
        load.BUSIEST["linux"],
    ),
    (
        load.find_virtual,
        {"proc/cpuinfo": "flags : fpu hypervisor sse\n", "sys/class/dmi/id/sys_vendor": "QEMU\n"},
        (0, 1),
        "note",
        "this is a virtual machine (QEMU)",
        "",
    ),
    (
        limits.find_processes,
        {"sys/fs/cgroup/user/pids.max": "600\n", "sys/fs/cgroup/user/pids.current": "100\n"},
        (0, 1),
        "note",
        "500 processes and threads may be started (cgroup)",
        "docker update --pids-limit -1 CONTAINER",
    ),
    (
        limits.find_processes,
        {"proc/sys/kernel/threads-max": "50\n"},
        (0, 1),
        "bad",
        "50 processes and threads may be started (kernel)",
        "",
    ),
    (
        limits.find_memory,
        {"sys/fs/cgroup/user/job/memory.max": f"{2**29}\n", "sys/fs/cgroup/user/job/memory.current": f"{2**28}\n"},
        (0, 1),
        "note",
        "0.25 GiB of memory are free (cgroup)",
        "",
    ),
    (limits.find_memory, {"proc/meminfo": "MemAvailable: 1024 kB\n"}, (0, 1), "bad", "0.000977 GiB of memory are", ""),
)


@pytest.mark.parametrize(("look", "files", "usable", "grade", "found", "command"), CASES)
def test_a_look(
    tmp_path: Path,
    look: Look,
    files: dict[str, str | None],
    usable: tuple[int, ...],
    grade: str,
    found: str,
    command: str,
) -> None:
    finding = look(tree(tmp_path, files, cpus=usable))
    assert (finding.grade, finding.command) == (grade, command)
    assert finding.found.startswith(found)
    assert bool(finding.advice) == (grade != "good")


def test_few_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_soft_limit", lambda name: 256)
    finding = limits.find_files(ELSEWHERE)
    assert (finding.grade, finding.command) == ("note", "ulimit -n 4096")
    monkeypatch.setattr(limits, "_soft_limit", lambda name: 64)
    assert limits.find_files(ELSEWHERE).grade == "bad"


@pytest.mark.parametrize(
    "text", ["", "x", "some", "some avg10=x", "\x00", "9" * 10_000, "-1", "max max", "nan", "inf inf", "some avg10=nan"]
)
def test_odd_contents_are_never_an_error(tmp_path: Path, text: str) -> None:
    names = (
        *tree(tmp_path).proc.parent.rglob("*"),
        tmp_path / "sys/fs/cgroup/user/cpu.max",
        tmp_path / "sys/fs/cgroup/user/memory.max",
    )
    for path in names:
        if not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for look in LOOKS:
        finding = look(tree(tmp_path, base={}))
        assert finding.found
        json.dumps(dict(finding.facts), allow_nan=False)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0-2,5", (0, 1, 2, 5)), ("3", (3,)), ("", ()), (None, ()), ("a-b,1", (1,)), ("1-", ()), ("2-1", ())],
)
def test_lists_of_cpus(text: str | None, numbers: tuple[int, ...]) -> None:
    assert cpu_list(text) == numbers


@pytest.mark.parametrize(("step", "grade"), [(5e-8, "good"), (2e-5, "note"), (0.015, "bad")])
def test_the_steps_of_a_clock(tmp_path: Path, step: float, grade: str) -> None:
    ticks = iter(range(10_000))
    finding = python.find_clock(tree(tmp_path), lambda: next(ticks) // 2 * step)
    assert finding.grade == grade
    assert finding.facts["step_s"] == pytest.approx(step)


def test_a_clock_that_is_slow_to_read(tmp_path: Path) -> None:
    source = "sys/devices/system/clocksource/clocksource0/current_clocksource"
    finding = python.find_clock(tree(tmp_path, {source: "hpet\n"}))
    assert (finding.grade, finding.facts["source"]) == ("note", "hpet")


@pytest.mark.parametrize(("free", "enabled", "grade"), [(0, True, "good"), (1, False, "good"), (1, True, "note")])
def test_the_gil(monkeypatch: pytest.MonkeyPatch, free: int, enabled: bool, grade: str) -> None:
    import sysconfig

    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: free)
    monkeypatch.setattr(python, "gil_is_on", lambda: enabled)
    finding = python.find_gil(ELSEWHERE)
    assert finding.grade == grade
    assert finding.facts == {"gil": enabled, "free_threaded_build": bool(free)}


def test_processes_that_cannot_share_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def Lock(self) -> None:  # noqa: N802  the name is multiprocessing's
            raise OSError(38, "Function not implemented")

    monkeypatch.setattr(multiprocessing, "get_context", lambda method: Broken())
    finding = python.find_start_methods(ELSEWHERE)
    assert (finding.grade, finding.found) == ("bad", "processes cannot share a lock: Function not implemented")


def test_variables_for_blas_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import threadpoolctl

    pool = {"user_api": "blas", "internal_api": "openblas", "num_threads": 8}
    monkeypatch.setattr(threadpoolctl, "threadpool_info", lambda: [pool])
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    finding = python.find_blas(ELSEWHERE)
    assert finding.found == "openblas takes 8 threads here, and 1 in each worker; OMP_NUM_THREADS set"
    assert finding.facts["threads"] == 8


@pytest.mark.parametrize(("ticks", "grade"), [(None, "note"), (0, "good"), (4, "note"), (40, "bad")])
def test_what_other_guests_took(tmp_path: Path, ticks: int | None, grade: str) -> None:
    stolen = None if ticks is None else ticks * os.sysconf("SC_CLK_TCK") // 100
    assert load.steal_finding(tree(tmp_path, cpus=(0,)), stolen, 1.0).grade == grade
