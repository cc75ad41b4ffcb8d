"""What a journal already holds, by what was measured."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comparators.journal.index import Index
from comparators.journal.journal import Journal, opened
from comparators.journal.records import CellRecipe, ParallelCapacity, Record
from tests.journal.records import (
    CELL,
    COLD,
    COMPARISON,
    LOOP,
    PLAN,
    SERIAL,
    evidence,
    failure,
    level_test,
    profile,
    sample,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with opened(tmp_path, PLAN, {}) as journal:
        yield journal


def indexed(journal: Journal, *records: Record) -> Index:
    """Return the index of a run that is resumed, with these records in its journal."""
    for record in records:
        journal.append(record)
    return Index(journal)


def test_a_sample_is_known_by_cell_stage_level_and_block(journal: Journal) -> None:
    known = sample(block=2)
    index = indexed(journal, known)
    assert index.sample(CELL, "test", "model", 2) is known
    assert index.sample(LOOP, "test", "model", 2) is None
    assert index.sample(CELL, "control", "model", 2) is None
    assert index.sample(CELL, "test", "workers", 2) is None
    assert index.sample(CELL, "test", "model", 1) is None
    assert index.sample(COLD.cell(CELL.runner, CELL.workers), "test", "model", 2) is None


def test_a_failure_takes_the_place_of_its_sample(journal: Journal) -> None:
    known = failure(block=2, cause="capped", limit_s=0.5)
    assert indexed(journal, known).sample(CELL, "test", "model", 2) is known


@pytest.mark.parametrize("known", [profile(), failure(LOOP, stage="profile", level=None, block=-1)])
def test_a_profile_or_its_failure_is_known_for_every_phase_and_no_other_python(journal: Journal, known: Record) -> None:
    index = indexed(journal, known)
    assert index.profile(COMPARISON) is known
    assert index.profile(COLD) is known
    assert index.profile(replace(COMPARISON, python="3.14")) is None


def test_a_test_is_known_by_its_level_and_comparison(journal: Journal) -> None:
    known = level_test()
    index = indexed(journal, known)
    assert index.test(COMPARISON, "model") is known
    assert index.test(COMPARISON, "workers") is None
    assert index.test(COLD, "model") is None


@pytest.mark.parametrize("known", [evidence(), failure(stage="evidence", level=None, block=-1)])
def test_a_traced_pass_or_its_failure_is_known_by_its_cell(journal: Journal, known: Record) -> None:
    index = indexed(journal, known)
    assert index.evidence(CELL) is known
    assert index.evidence(LOOP) is None


def test_capacities_and_recipes_are_known(journal: Journal) -> None:
    index = indexed(journal, ParallelCapacity(2, 1.9), CellRecipe(CELL, "code"))
    assert index.capacity(2) == ParallelCapacity(2, 1.9)
    assert index.capacity(4) is None
    assert index.has_recipe(CELL)
    assert not index.has_recipe(COMPARISON.cell(SERIAL, 1))


def test_what_is_added_is_known_written_and_counted(journal: Journal) -> None:
    index = indexed(journal)
    before = len(index)
    one = index.add(sample(block=0))
    assert index.sample(CELL, "test", "model", 0) is one
    assert journal.records[-1] is one
    index.add(sample(block=1))
    assert len(index) == before + 2
