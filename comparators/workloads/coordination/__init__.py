"""Workloads whose tasks share, guard, hand over or wait."""
