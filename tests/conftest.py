"""What all tests share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from comparators.cli.interruption import SIGNALS

TESTS = Path(__file__).parent
PROCESSES = (
    "campaign/test_campaign.py",
    "cli/test_bad_files.py",
    "cli/test_bench.py",
    "cli/test_exit_codes.py",
    "cli/test_interruption.py",
    "cli/test_output.py",
    "cli/test_run.py",
    "cli/test_startup.py",
    "cli/test_whole.py",
    "faults",
    "plan/test_interpreters.py",
    "plan/test_third_party.py",
    "recipes",
    "registry/test_catalogue.py",
    "report/test_browser.py",
    "runners",
    "sandbox",
    "supervision",
    "test_api.py",
    "test_docs.py",
    "test_makefile.py",
    "test_wheel.py",
    "testing",
    "worker/test_main.py",
    "worker/test_memory.py",
    "worker/test_parallel_capacity.py",
    "workloads",
)
"""What starts programs, workers or real measuring, by file or folder.

It gets the mark `processes`, and `make test-fast` leaves it out. What a test does decides, never its duration.
"""
THOROUGH = (
    "journal/test_reader.py",
    "report/figures",
    "stats/test_guarantees.py",
    "stats/test_needed.py",
    "verdict/test_contradictions.py",
)
"""What simulates hundreds of runs, searches for contradictions in random journals, or draws every picture: it gets the
mark `thorough`, and `make test-fast` leaves it out as well."""

# The same examples in every run, and no deadline: on a shared machine the time of one example says nothing.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


LEFT_OUT = {"processes": PROCESSES, "thorough": THOROUGH}
"""By mark, where it applies."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what `-m "not MARK"` leaves out; importing it takes longer than the fast tests."""
    chosen: str = config.option.markexpr
    places = (place for mark, several in LEFT_OUT.items() if f"not {mark}" in chosen for place in several)
    return True if any(collection_path.is_relative_to(TESTS / place) for place in places) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is not fast, and run what starts interpreters last.

    anyio keeps interpreters, and a process that has some cannot fork safely.
    """
    for item in items:
        for mark, places in LEFT_OUT.items():
            if any(item.path.is_relative_to(TESTS / place) for place in places):
                item.add_marker(mark)
    items.sort(key=lambda item: "interpreters" in item.name)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let people ask for more than a usual run of the tests has time for."""
    group = parser.getgroup("comparators")
    group.addoption(
        "--faults", choices=("some", "full"), default="some", help="faults under some runners, or under all"
    )
    group.addoption("--chaos", type=int, default=100, metavar="N", help="runs that are killed at random; default: 100")


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is remembered of the host away from the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def signals_heeded() -> Iterator[None]:
    """Heed the signals that `nohup` and a shell in the background let everything ignore that they start."""
    ignored = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.default_int_handler)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
