"""The workloads whose recipes are complete programs."""

from comparators.registry.built_in import WORKLOADS

__all__ = ["CORE", "DETERMINISTIC"]

CORE = {one.name: one.target for one in WORKLOADS if ".coordination." not in one.target}
"""Targets by name."""

DETERMINISTIC = {"integrate", "integrate-numpy", "hash", "noop", "transfer", "uneven"}
"""Those whose results hold no time."""
