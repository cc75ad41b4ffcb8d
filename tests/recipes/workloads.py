"""The workloads whose recipes are complete programs."""

from comparators.registry.catalogue import WORKLOADS

__all__ = ["CORE", "DETERMINISTIC"]

CORE = {name: target for name, target in WORKLOADS if ".coordination." not in target}
"""Targets by name."""

DETERMINISTIC = {"integrate", "integrate-numpy", "hash", "noop", "transfer", "uneven"}
"""Those whose results hold no time."""
