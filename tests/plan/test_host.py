"""Facts about the machine."""

import os
import platform
import subprocess
from pathlib import Path

import pytest

from comparators.parameters import ParameterValue
from comparators.plan.host import host_difference, host_facts


def test_the_facts_of_this_machine() -> None:
    facts = host_facts()
    assert list(facts) == ["name", "system", "machine", "cpu_model", "cpus", "cpus_usable", "memory_bytes"]
    assert facts["name"] == platform.node()
    assert facts["cpus"] == os.cpu_count()
    assert 1 <= int(facts["cpus_usable"]) <= int(facts["cpus"])
    assert int(facts["memory_bytes"]) > 2**20
    assert facts["cpu_model"]


def test_no_process_is_started_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could be stopped, and nobody would end it."""
    monkeypatch.setattr(platform, "_uname_cache", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert host_facts()["system"] == f"{platform.system()} {platform.release()} {platform.machine()}"


@pytest.mark.parametrize(
    ("now", "difference"),
    [
        ({}, ""),
        ({"name": "one", "cpu_model": "risc", "cpus": 2, "cpus_usable": 1, "system": "newer"}, ""),
        ({"name": "other", "cpu_model": "risc"}, "its name is one, not other"),
        ({"name": "one", "cpu_model": "cisc"}, "its cpu_model is risc, not cisc"),
        ({"name": "one", "cpus": 4}, "its cpus is 2, not 4"),
    ],
)
def test_another_host_is_told_from_the_same_one(now: dict[str, ParameterValue], difference: str) -> None:
    before: dict[str, ParameterValue] = {"name": "one", "cpu_model": "risc", "cpus": 2, "cpus_usable": 2}
    assert host_difference(before, now) == difference
    assert host_difference(host_facts(), host_facts()) == ""


@pytest.mark.parametrize(
    ("listing", "model"),
    [
        ("processor: 0\nmodel name\t: Example: CPU @ 2 GHz\nmodel name\t: Other\n", "Example: CPU @ 2 GHz"),
        ("processor: 0\n", "risc"),
        (None, "risc"),
    ],
)
def test_the_cpu_model_comes_from_linux_or_the_platform(
    monkeypatch: pytest.MonkeyPatch, listing: str | None, model: str
) -> None:
    real_exists, real_read = Path.exists, Path.read_text

    def exists(path: Path) -> bool:
        return listing is not None if str(path) == "/proc/cpuinfo" else real_exists(path)

    def read_text(path: Path, encoding: str | None = None, errors: str | None = None) -> str:
        return str(listing) if str(path) == "/proc/cpuinfo" else real_read(path, encoding, errors)

    monkeypatch.setattr(Path, "exists", exists)
    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(platform, "machine", lambda: "risc")
    monkeypatch.delenv("PROCESSOR_IDENTIFIER", raising=False)
    assert host_facts()["cpu_model"] == model
