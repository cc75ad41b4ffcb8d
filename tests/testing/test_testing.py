"""Every registered workload and runner keeps every rule."""

from typing import Any

import pytest

from comparators.registry.applicability import unavailable
from comparators.registry.built_in import RUNNERS, WORKLOADS
from comparators.registry.catalogue import load_runner, load_workload
from comparators.testing import (
    RUNNER_RULES,
    WORKLOAD_RULES,
    check_runner_rule,
    check_workload_rule,
    probes,
    runner_rules,
)


@pytest.mark.parametrize("rule", WORKLOAD_RULES)
@pytest.mark.parametrize("target", [one.target for one in WORKLOADS], ids=[one.name for one in WORKLOADS])
def test_built_in_workloads_keep_every_rule(target: str, rule: str) -> None:
    check_workload_rule(rule, load_workload(target))


@pytest.mark.parametrize("rule", RUNNER_RULES)
@pytest.mark.parametrize("target", [one.target for one in RUNNERS], ids=[one.name for one in RUNNERS])
def test_built_in_runners_keep_every_rule(target: str, rule: str) -> None:
    cls = load_runner(target)
    reason = unavailable(cls.info)
    if reason:
        pytest.skip(f"{cls.info.name} {reason}")
    check_runner_rule(rule, cls)


@pytest.mark.parametrize("module", [probes, runner_rules])
def test_what_is_public_is_there(module: Any) -> None:
    assert all(hasattr(module, name) for name in module.__all__)
