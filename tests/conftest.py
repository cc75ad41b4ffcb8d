"""What all tests share."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from comparators.cli.interruption import SIGNALS

# The same examples in every run, and no deadline: on a shared machine the time of one example says nothing.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what starts interpreters last: anyio keeps them, and a process that has some cannot fork safely."""
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
