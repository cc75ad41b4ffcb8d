"""What a sample costs beside time: CPU seconds and memory of the whole process tree, as metadata."""

import time

from comparators.parameters import ParameterValue
from comparators.worker.cpu_time import CpuMeter
from comparators.worker.memory import tree_memory

__all__ = ["ResourceUsage"]


class ResourceUsage:
    """Reads beside the clock of a sample, never within it.

    Attributes:
        facts: `cpu_s` per loop of the last value, `memory_bytes`, `memory_kind`.
    """

    def __init__(self) -> None:
        self.facts: dict[str, ParameterValue] = {}
        self._meter = CpuMeter()
        self._own_s = 0.0

    def start(self) -> None:
        """Begin to count CPU seconds."""
        self._own_s = 0.0
        self._meter.start()

    def stop(self, loops: int) -> None:
        """Note the CPU seconds per loop, without those that looking at the memory took."""
        self.facts["cpu_s"] = max(0.0, self._meter.stop() - self._own_s) / loops

    def memory(self) -> None:
        """Note the memory; called while the workers are there."""
        began = time.process_time()
        self.facts["memory_bytes"], self.facts["memory_kind"] = tree_memory()
        self._own_s += time.process_time() - began
