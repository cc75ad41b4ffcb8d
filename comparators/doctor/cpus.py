"""The CPUs: how many, which share a core, how fast they run."""

import math
import os

from comparators.doctor.model import Finding
from comparators.doctor.system import System, cpu_list
from comparators.plan.usable_cpus import affinity, cpu_quota

__all__ = ["find_cpus", "find_frequency", "find_isolated", "find_siblings", "find_turbo"]


def find_cpus(system: System) -> Finding:
    """Look at how many CPUs this process may use: by its affinity, and by the quotas of its cgroups."""
    total, allowed = os.cpu_count() or 1, len(affinity())
    quota = cpu_quota(system.proc / "self/cgroup", system.sysfs / "fs/cgroup")
    limited = math.isfinite(quota)
    usable = len(system.cpus)
    facts = {"cpus": total, "affinity": allowed, "quota": quota if limited else None, "usable": usable}
    found = f"{usable} of {total} CPUs can be used"
    if limited:
        found += f", by a cgroup quota of {quota:g}"
    elif allowed < total:
        found += ", by the affinity of this process"
    if usable < 2:
        advice = "nothing runs at the same time on one CPU: only waiting can be shared. Take a host with two or more"
        return Finding("cpus", "bad", found, advice, facts=facts)
    if limited and quota < usable:
        advice = f"with {usable} workers all of them are stopped for a part of every period: set a whole number of CPUs"
        return Finding("cpus", "note", found, advice, f"docker update --cpus {usable} CONTAINER", facts)
    return Finding("cpus", "good", found, facts=facts)


def find_siblings(system: System) -> Finding:
    """Look at which CPUs are two threads of one core."""
    cores: dict[tuple[int, ...], list[int]] = {}
    for cpu in system.cpus:
        siblings = cpu_list(system.cpu_text(cpu, "topology/thread_siblings_list"))
        if not siblings:
            return Finding(
                "siblings", "note", "the system does not show which CPUs share a core", facts={"cores": None}
            )
        cores.setdefault(siblings, []).append(cpu)
    facts = {"usable": len(system.cpus), "cores": len(cores)}
    if len(cores) == len(system.cpus):
        return Finding("siblings", "good", "each usable CPU is a core of its own", facts=facts)
    found = f"the {len(system.cpus)} usable CPUs are {len(cores)} {'core' if len(cores) == 1 else 'cores'}"
    advice = (
        "two threads of a core do far less than two cores: the speedup to hope for is nearer to the number of cores"
    )
    firsts = ",".join(str(shared[0]) for shared in cores.values())
    command = f"taskset -c {firsts} comparators run" if len(cores) > 1 else ""
    return Finding("siblings", "note", found, advice, command, facts)


def find_isolated(system: System) -> Finding:
    """Look at CPUs that the scheduler leaves alone: it does not move work between them either."""
    text = system.sys_text("devices/system/cpu/isolated")
    if text is None:
        return Finding(
            "isolated", "note", "the system does not show whether CPUs are isolated", facts={"isolated": None}
        )
    isolated = set(cpu_list(text))
    used = isolated & set(system.cpus)
    if used and len(system.cpus) > 1:
        found = f"this process runs on isolated CPUs ({','.join(map(str, sorted(used)))})"
        advice = "the scheduler spreads nothing over isolated CPUs: all workers stay on one of them. Use the others"
        others = sorted(set(range(os.cpu_count() or 1)) - isolated)
        command = f"taskset -c {','.join(map(str, others))} comparators run" if others else ""
        return Finding("isolated", "bad", found, advice, command, {"isolated": text})
    found = f"CPUs {text} are isolated, and not used here" if isolated else "no CPU is isolated"
    return Finding("isolated", "good", found, facts={"isolated": text})


def find_frequency(system: System) -> Finding:
    """Look at who decides how fast the CPUs run."""
    governors = {system.cpu_text(cpu, "cpufreq/scaling_governor") for cpu in system.cpus} - {None}
    names = ", ".join(sorted(map(str, governors)))
    if not governors:
        found = "the system does not show how fast its CPUs run, as is usual in virtual machines"
        return Finding("frequency", "note", found, facts={"governor": None})
    if governors == {"performance"}:
        return Finding(
            "frequency", "good", "the CPUs run at full speed (governor 'performance')", facts={"governor": names}
        )
    found = f"the governor '{names}' slows idle CPUs down"
    advice = "the first moments after a wait are slow, which costs models that sleep more than those that compute"
    command = "sudo cpupower frequency-set -g performance"
    return Finding("frequency", "note", found, advice, command, {"governor": names})


def find_turbo(system: System) -> Finding:
    """Look at whether few busy CPUs run faster than many."""
    no_turbo = system.sys_text("devices/system/cpu/intel_pstate/no_turbo")
    boost = system.sys_text("devices/system/cpu/cpufreq/boost")
    if no_turbo is None and boost is None:
        return Finding("turbo", "note", "the system does not show whether turbo is on", facts={"turbo": None})
    if no_turbo == "1" or (no_turbo is None and boost == "0"):
        return Finding("turbo", "good", "turbo is off: CPUs run as fast alone as together", facts={"turbo": False})
    advice = (
        "one busy CPU runs faster than all of them together, which favours serial. That is true of this host; turn it "
        "off to compare hosts, or for less noise"
    )
    file, value = ("intel_pstate/no_turbo", "1") if no_turbo is not None else ("cpufreq/boost", "0")
    command = f"echo {value} | sudo tee /sys/devices/system/cpu/{file}"
    return Finding("turbo", "note", "turbo is on", advice, command, {"turbo": True})
