"""A journal and workers on paper for the tests of sampling."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comparators.journal.journal import Journal, opened
from tests.campaign.paper_workers import PaperWorkers
from tests.journal.records import PLAN


@pytest.fixture
def workers() -> PaperWorkers:
    """Return workers that answer as told."""
    return PaperWorkers()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return the journal of a run that has just begun."""
    with opened(tmp_path, PLAN, {}) as journal:
        yield journal
