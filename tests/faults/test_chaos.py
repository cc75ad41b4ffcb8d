"""Random kills, stops and crashes of worker, supervisor and command, then the same command again: nothing is lost.

`--chaos 1000` plays more rounds than the usual 100.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(sys.platform != "linux", reason="the observer needs Linux"),
]

STREAMS = 2
"""Commands that are struck at the same time."""
SEED = 20
ROOT = Path(__file__).parents[2]


def test_random_blows_lose_nothing_and_leave_nothing(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    rounds: int = request.config.getoption("--chaos")
    streams = [
        start(tmp_path / str(number), rounds // STREAMS + (number < rounds % STREAMS)) for number in range(STREAMS)
    ]
    try:
        codes = [stream.wait(60 + 6 * rounds) for stream in streams]
    finally:
        for stream in streams:
            stream.kill()
    assert codes == [0] * STREAMS, "\n".join(path.read_text() for path in tmp_path.glob("*/errors"))
    blows = [line for path in tmp_path.glob("*/blows") for line in path.read_text().splitlines()]
    assert len(blows) == rounds
    if rounds >= 50:
        assert {"command", "supervisor", "watchdog", "worker", "job", "both"} <= {
            word for blow in blows for word in blow.split()
        }


def start(folder: Path, rounds: int) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    command = [sys.executable, "-m", "tests.faults.chaos", str(folder), str(rounds), f"{SEED}{folder.name}"]
    with (folder / "blows").open("wb") as blows, (folder / "errors").open("wb") as errors:
        return subprocess.Popen(command, stdout=blows, stderr=errors, cwd=ROOT)


def dying(folder: Path, store: str) -> subprocess.CompletedProcess[str]:
    """Let commands die in the middle of their writes, each at a later one."""
    command = [sys.executable, "-m", "tests.faults.chaos", str(folder), "4", str(SEED), store]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=100)


def test_death_in_the_middle_of_a_write_loses_nothing(tmp_path: Path) -> None:
    done = dying(tmp_path, "append")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 4


def test_a_store_that_rewrites_in_place_is_found_out(tmp_path: Path) -> None:
    done = dying(tmp_path, "rewrite")
    assert done.returncode == 1
    assert "LostRecords: what was measured before is not there any more" in done.stderr
