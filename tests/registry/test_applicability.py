"""Why a Python cannot have a runner, from data alone."""

import sys

import pytest

from comparators.registry.applicability import unavailable
from comparators.runner import RunnerInfo


def info(
    *,
    python: tuple[int, int] = (3, 11),
    platforms: tuple[str, ...] = (),
    modules: tuple[str, ...] = (),
    extra: str | None = None,
) -> RunnerInfo:
    return RunnerInfo("made-up", "threads", "", python=python, platforms=platforms, modules=modules, extra=extra)


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        (info(), None),
        (info(python=sys.version_info[:2]), None),
        (info(python=(4, 2)), "needs Python 4.2"),
        (info(platforms=(sys.platform, "other")), None),
        (info(platforms=("plan9", "amiga")), "needs plan9 or amiga"),
        (info(modules=("json", "json.decoder")), None),
        (info(modules=("no_such_module",)), "needs the module no_such_module"),
        (info(modules=("no_such_module.part",)), "needs the module no_such_module.part"),
        (info(modules=("json", "not_here", "nor_this")), "needs the module not_here, nor_this"),
        (info(modules=("no_such_module",), extra="trio"), "needs pip install 'comparators[trio]'"),
        (info(extra="trio"), None),
        (info(python=(4, 2), platforms=("plan9",), modules=("not_here",)), "needs Python 4.2"),
        (info(platforms=("plan9",), modules=("not_here",)), "needs plan9"),
    ],
)
def test_the_first_thing_missing_is_said(needs: RunnerInfo, reason: str | None) -> None:
    assert unavailable(needs) == reason
