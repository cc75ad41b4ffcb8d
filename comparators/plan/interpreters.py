"""Which Pythons measure, and which runners each of them has.

python -P -m comparators.plan.interpreters TARGET…     describes the Python that runs it, as JSON
"""

import json
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import comparators
from comparators.errors import UsageError
from comparators.plan.model import Interpreter
from comparators.registry.applicability import unavailable
from comparators.registry.catalogue import load_runner

__all__ = ["Described", "describe", "describe_this"]

PROBE_S = 30.0  # starting Python and importing this package takes well under a second

LIBRARIES = ("anyio", "trio", "numpy", "pyperf")
"""Whose versions are recorded: what a result may depend on beside Python."""


@dataclass(frozen=True, slots=True)
class Described:
    """A Python and, by runner target, why it cannot have a runner."""

    interpreter: Interpreter
    unavailable: Mapping[str, str]


def describe(executables: Sequence[str], targets: Sequence[str]) -> tuple[Described, ...]:
    """Describe each Python, or the running one when none is named.

    Args:
        executables: paths, or commands on the search path.
        targets: runners to ask about.

    Raises:
        UsageError: one cannot be run, or lacks this package.
    """
    found: list[Described] = []
    for executable in executables or (sys.executable,):
        answer = _ask(executable, targets) if executable != sys.executable else describe_this(targets)
        found.append(_with_unique_label(answer, [one.interpreter.label for one in found]))
    return tuple(found)


def describe_this(targets: Sequence[str]) -> Described:
    """Describe the Python that runs this."""
    gil_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    reasons = {}
    for target in targets:
        reason = unavailable(load_runner(target).info)
        if reason:
            reasons[target] = reason
    threaded = "t" if "t" in getattr(sys, "abiflags", "") else ""
    interpreter = Interpreter(
        label="{}.{}".format(*sys.version_info[:2]) + threaded,
        executable=sys.executable,
        version=platform.python_version(),
        implementation=platform.python_implementation(),
        gil=gil_enabled(),
        package=comparators.__version__,
        libraries=tuple(_versions()),
    )
    return Described(interpreter, reasons)


def _versions() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:  # an extra that is not installed
            continue


def _ask(executable: str, targets: Sequence[str]) -> Described:
    command = [executable, "-P", "-m", "comparators.plan.interpreters", *targets]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=PROBE_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"invalid value '{executable}' for '--python': cannot be run: no answer within {PROBE_S:g} s"
        ) from error
    except OSError as error:
        raise UsageError(f"invalid value '{executable}' for '--python': cannot be run: {error}") from error
    if done.returncode and done.stderr.startswith("unknown option -P"):
        raise UsageError(f"invalid value '{executable}' for '--python': it is older than Python 3.11")
    if done.returncode and not _speaks_as_python(done.stderr):
        raise _no_python(executable)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise UsageError(
            f"invalid value '{executable}' for '--python': {last}",
            tip=f"install this package there: '{executable} -m pip install {_requirement()}'",
        )
    try:
        answer = json.loads(done.stdout)
        libraries = tuple((str(name), str(version)) for name, version in answer["interpreter"].pop("libraries"))
        described = Described(Interpreter(**answer["interpreter"], libraries=libraries), answer["unavailable"])
    except (ValueError, TypeError, KeyError) as error:
        raise _no_python(executable) from error
    if described.interpreter.package != comparators.__version__:
        raise UsageError(
            f"'{executable}' has version {described.interpreter.package} of this package, "
            f"this is {comparators.__version__}",
            tip=f"install the same version there: '{executable} -m pip install {_requirement()}'",
        )
    return described


def _speaks_as_python(complaint: str) -> bool:
    """Say whether a failure may be one of Python's, to which installing this package is the answer."""
    return not complaint or "No module named" in complaint or "Traceback" in complaint


def _no_python(executable: str) -> UsageError:
    return UsageError(
        f"invalid value '{executable}' for '--python': it does not answer as Python does",
        tip="give the path of a Python: '--python /path/to/python'",
    )


def _requirement() -> str:
    """What to hand to pip: the checkout when this is one, the published version otherwise."""
    checkout = Path(comparators.__file__).parent.parent
    return str(checkout) if (checkout / "pyproject.toml").is_file() else f"comparators=={comparators.__version__}"


def _with_unique_label(described: Described, taken: Sequence[str]) -> Described:
    from dataclasses import replace

    one = described.interpreter
    choices = (one.label, one.version, *(f"{one.version}-{number}" for number in range(2, 100)))
    label = next(choice for choice in choices if choice not in taken)
    return replace(described, interpreter=replace(one, label=label))


def _main() -> None:
    from dataclasses import asdict

    described = describe_this(sys.argv[1:])
    json.dump({"interpreter": asdict(described.interpreter), "unavailable": dict(described.unavailable)}, sys.stdout)


if __name__ == "__main__":
    _main()
