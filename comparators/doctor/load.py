"""Who else uses the machine: load, pressure, other guests."""

import os

from comparators.doctor.model import Finding
from comparators.doctor.system import System, number

__all__ = ["find_load", "find_pressure", "find_virtual", "steal_finding"]

CALM_LOAD, BUSY_LOAD = 0.3, 0.8
"""Tasks per usable CPU that want to run."""

CALM_SHARE, BUSY_SHARE = 5.0, 25.0
"""Per cent of the last ten seconds in which some task waited."""

CALM_STEAL, MUCH_STEAL = 0.01, 0.05
"""Share of the usable CPUs' time that other guests took."""

BUSIEST = {"linux": "ps -eo pcpu,pid,args --sort=-pcpu | head -5", "darwin": "ps -Aro pcpu,pid,comm | head -5"}


def find_load(system: System) -> Finding:
    """Look at how many tasks have wanted to run in the last minute."""
    load = _load(system)
    if load is None:
        return Finding("load", "note", "the system does not show its load", facts={"load_1min": None})
    share = load / len(system.cpus)
    found = f"{load:.2f} tasks wanted to run on {len(system.cpus)} usable CPUs in the last minute"
    facts = {"load_1min": load, "per_cpu": share}
    if share < CALM_LOAD:
        return Finding("load", "good", found, facts=facts)
    advice = "something else computes, and takes from each model at random: end it, or wait for it"
    command = BUSIEST.get(system.platform, "")
    return Finding("load", "note" if share < BUSY_LOAD else "bad", found, advice, command, facts)


def _load(system: System) -> float | None:
    text = system.proc_text("loadavg")
    if text is not None:
        return number(text.partition(" ")[0])
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):  # Windows has none
        return None


def find_pressure(system: System) -> Finding:
    """Look at how much of the last ten seconds tasks waited for CPUs, memory and disks."""
    shares = {name: _some_avg10(system.proc_text(f"pressure/{name}")) for name in ("cpu", "memory", "io")}
    known = {name: share for name, share in shares.items() if share is not None}
    if not known:
        return Finding("pressure", "note", "the system does not show how long tasks wait", facts=shares)
    worst = max(known, key=known.__getitem__)
    found = "tasks waited " + ", ".join(f"{share:g} % for {name}" for name, share in known.items()) + " (last 10 s)"
    if known[worst] < CALM_SHARE:
        return Finding("pressure", "good", found, facts=shares)
    advice = f"there is not enough {'disk speed' if worst == 'io' else worst} for what runs already"
    command = BUSIEST.get(system.platform, "")
    return Finding("pressure", "note" if known[worst] < BUSY_SHARE else "bad", found, advice, command, shares)


def _some_avg10(text: str | None) -> float | None:
    for line in (text or "").splitlines():
        words = line.split()
        if words[:1] == ["some"] and len(words) > 1:
            return number(words[1].removeprefix("avg10="))
    return None


def find_virtual(system: System) -> Finding:
    """Look at whether other guests can be on the same machine."""
    flags = system.proc_text("cpuinfo")
    vendor = " ".join(
        filter(None, (system.sys_text(f"class/dmi/id/{name}") for name in ("sys_vendor", "product_name")))
    )
    hypervisor = system.sys_text("hypervisor/type")
    if flags is None:
        return Finding(
            "virtual", "note", "the system does not show whether it is a virtual machine", facts={"virtual": None}
        )
    virtual = bool(hypervisor) or any(
        "hypervisor" in line.split() for line in flags.splitlines() if line.startswith("flags")
    )
    facts = {"virtual": virtual, "product": vendor or hypervisor}
    if not virtual:
        return Finding("virtual", "good", "this is no virtual machine, or hides it well", facts=facts)
    found = "this is a virtual machine" + (f" ({vendor or hypervisor})" if vendor or hypervisor else "")
    advice = "guests that cannot be seen may use the same CPUs: repeat what matters at another time"
    return Finding("virtual", "note", found, advice, facts=facts)


def steal_finding(system: System, stolen_ticks: int | None, seconds: float) -> Finding:
    """Judge what other guests took while `comparators doctor` measured.

    Args:
        system: the system.
        stolen_ticks: clock ticks that they took, on all CPUs; None if unknown.
        seconds: of the measuring.
    """
    if stolen_ticks is None or seconds <= 0 or not hasattr(os, "sysconf"):
        return Finding("steal", "note", "the system does not show what other guests take", facts={"share": None})
    share = stolen_ticks / os.sysconf("SC_CLK_TCK") / (seconds * len(system.cpus))
    found = f"other guests took {share * 100:.2g} % of the CPU time while this command measured"
    if share < CALM_STEAL:
        return Finding("steal", "good", found, facts={"share": share})
    advice = "the machine is crowded: measure at another time, or on another machine"
    return Finding("steal", "note" if share < MUCH_STEAL else "bad", found, advice, facts={"share": share})
