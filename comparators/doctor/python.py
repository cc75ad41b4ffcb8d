"""This Python: its GIL, how it starts processes, its clock, the threads of BLAS."""

import os
import time
from collections.abc import Callable

from comparators.campaign.worker_client import BLAS_VARIABLES
from comparators.doctor.model import Finding
from comparators.doctor.system import System
from comparators.worker.host_counters import gil_is_on

__all__ = ["find_blas", "find_clock", "find_gil", "find_start_methods"]

FINE_S = 1e-6
COARSE_S = 1e-3
SLOW_CLOCKS = {"acpi_pm", "hpet", "jiffies", "pit", "refined-jiffies"}
"""Sources of time that take microseconds to read: each timed task pays for it."""


def find_gil(_system: System) -> Finding:
    """Look at whether threads of this Python can compute at the same time."""
    import sysconfig

    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    enabled = gil_is_on()
    facts = {"gil": enabled, "free_threaded_build": free}
    if free and enabled:
        advice = "an extension module that is not ready for it, PYTHON_GIL or -X gil switched the GIL on"
        return Finding(
            "gil", "note", "the GIL is on in a free-threaded build", advice, "PYTHON_GIL=0 comparators run", facts
        )
    found = "the GIL is on: threads share one CPU" if enabled else "the GIL is off: threads compute at the same time"
    return Finding("gil", "good", found, facts=facts)


def find_start_methods(_system: System) -> Finding:
    """Look at how processes can be started, and whether they can share a lock."""
    import multiprocessing

    methods = multiprocessing.get_all_start_methods()
    default = multiprocessing.get_start_method(allow_none=True) or methods[0]
    found = f"processes start by {default}" + "".join(f", or {one}" for one in methods if one != default)
    facts = {"default": default, "methods": ",".join(methods)}
    try:
        multiprocessing.get_context(default).Lock()
    except (OSError, ImportError) as error:
        advice = "process pools need the semaphores of the system, often /dev/shm: mount it into the container"
        found = f"processes cannot share a lock: {error.strerror if isinstance(error, OSError) else error}"
        return Finding("start-methods", "bad", found, advice, "docker run --shm-size 64m …", facts)
    return Finding("start-methods", "good", found, facts=facts)


def find_clock(system: System, read: Callable[[], float] = time.perf_counter) -> Finding:
    """Look at the smallest step of the clock that times everything, and at where its time comes from."""
    step = _smallest_step(read)
    source = system.sys_text("devices/system/clocksource/clocksource0/current_clocksource")
    facts = {"step_s": step, "source": source}
    found = f"the clock has steps of {step * 1e9:,.0f} ns" + (f", from '{source}'" if source else "")
    if step > COARSE_S:
        advice = "what takes less than a few hundred steps cannot be told apart: use longer work"
        return Finding("clock", "bad", found, advice, facts=facts)
    if source in SLOW_CLOCKS:
        advice = "reading this clock takes microseconds; the kernel found the CPU's own clock unreliable (see dmesg)"
        command = "cat /sys/devices/system/clocksource/clocksource0/available_clocksource"
        return Finding("clock", "note", found, advice, command, facts)
    return Finding("clock", "good" if step <= FINE_S else "note", found, facts=facts)


def _smallest_step(read: Callable[[], float]) -> float:
    """Return the smallest difference that the clock showed in a few thousand readings."""
    steps, last = [], read()
    for _ in range(5000):
        now = read()
        if now > last:
            steps.append(now - last)
        last = now
    return min(steps, default=float(time.get_clock_info("perf_counter").resolution))


def find_blas(_system: System) -> Finding:
    """Look at the threads that BLAS would take, which workers do not let it have."""
    import numpy as np
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    given = {name: os.environ[name] for name in BLAS_VARIABLES if name in os.environ}
    facts = {
        "numpy": np.__version__,
        "library": pools[0]["internal_api"] if pools else None,
        "threads": max((int(pool["num_threads"]) for pool in pools), default=None),
        **given,
    }
    if not pools:
        return Finding("blas", "good", "NumPy brings no BLAS with threads of its own", facts=facts)
    threads = f"{facts['threads']} {'thread' if facts['threads'] == 1 else 'threads'}"
    found = f"{facts['library']} takes {threads} here, and 1 in each worker"
    if given:
        advice = "the variables count outside of comparators only: a worker's BLAS would compete with the models"
        return Finding("blas", "good", f"{found}; {', '.join(given)} set", advice, facts=facts)
    return Finding("blas", "good", found, facts=facts)
