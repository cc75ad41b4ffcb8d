"""What a workload shares, as source code."""

import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import neg
from typing import Any, ClassVar, NamedTuple

import pytest

from comparators.coordination.kit import PRIMITIVES, Kit, Written
from comparators.coordination.kits.threads import ThreadKit
from comparators.recipes.sketch import Unwritable, sketch
from comparators.runner import Runner
from comparators.workload import Workload
from comparators.workloads.noop import Noop
from tests.runners.variants import DEFAULTS, Variant

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "semaphore": (2,),
    "bounded-semaphore": (2,),
    "barrier": (2,),
    "array": ("q", 3),
}


class Pair(NamedTuple):
    """A record."""

    first: Any
    second: Any


@dataclass(frozen=True)
class Box:
    """Another kind of record."""

    inside: Any


def lines_of(share: Callable[[Any], Any], kit: Kit | None = None) -> tuple[str, ...]:
    workload: Workload[Any, Any] = type("Sharing", (Noop,), {"share": lambda self, kit: share(kit)})()
    return sketch(workload, kit or ThreadKit()).lines


def filled(kit: Any) -> Any:
    queue = kit.make("queue", 1)
    queue.put(0)
    return queue


def taken(kit: Any) -> Any:
    one, other = kit.make("lock"), kit.make("lock")
    return one, other, one.acquire(timeout=2)


@pytest.mark.parametrize(
    ("share", "lines"),
    [
        (lambda kit: kit.make("lock"), ["return Lock()"]),
        (lambda kit: (kit.make("lock"), None), ["return Lock(), None"]),
        (lambda kit: (kit.make("lock"),), ["return (Lock(),)"]),
        (lambda kit: [kit.make("lock"), 1.5, b"x", 'a"b'], ["return [Lock(), 1.5, b'x', 'a\"b']"]),
        (lambda kit: {"a": kit.make("queue"), "b": kit.make("queue", 3)}, ['return {"a": Queue(), "b": Queue(3)}']),
        (lambda kit: Pair(kit.make("event"), ("x", 2)), ['return Pair(first=Event(), second=("x", 2))']),
        (lambda kit: Box([kit.make("lock") for _ in range(4)]), ["return Box(inside=[Lock() for _ in range(4)])"]),
        (lambda kit: (kit.make("timer"), neg), ["return Timer, neg"]),
        (lambda kit: [kit.make("pipe")] * 2, ["pipe_1 = Pipe()", "return [pipe_1, pipe_1]"]),
        (lambda kit: Pair(*kit.make("pipe")), ["pipe_1 = Pipe()", "return Pair(first=pipe_1[0], second=pipe_1[1])"]),
        (
            filled,
            ["queue_1 = Queue(1)", "queue_1.put(0)", "return queue_1"],
        ),
        (
            taken,
            ["lock_1 = Lock()", "return lock_1, Lock(), lock_1.acquire(timeout=2)"],
        ),
    ],
)
def test_what_is_shared_is_written_as_a_person_would(share: Callable[[Any], Any], lines: list[str]) -> None:
    assert list(lines_of(share)) == lines


def test_a_long_record_has_a_line_for_each_field() -> None:
    lines = lines_of(lambda kit: Pair([kit.make("queue", number) for number in range(8)], kit.make("lock")))
    queues = ", ".join(f"Queue({number})" for number in range(8))
    assert lines == (f"return Pair(\n    first=[{queues}],\n    second=Lock(),\n)",)


@pytest.mark.parametrize(
    ("share", "reason"),
    [
        (lambda kit: object(), "part of it is of the type 'object'"),
        (lambda kit: lambda: 1, "of the type 'function'"),
        (lambda kit: float("inf"), "of the type 'float'"),
        (lambda kit: partial(neg, 1), "of the type 'partial'"),
        (lambda kit: list(kit.make("lock")), "item by item"),
        (lambda kit: setattr(kit.make("counter"), "value", 3), "its attribute 'value' is set"),
        (lambda kit: 1 / 0, "ends with ZeroDivisionError"),
        (lambda kit: len(kit.make("queue")), "ends with TypeError"),
    ],
)
def test_what_cannot_be_written_is_said_with_the_reason(share: Callable[[Any], Any], reason: str) -> None:
    with pytest.raises(Unwritable, match=reason):
        lines_of(share)


def test_a_kit_that_nobody_has_written_down() -> None:
    class Foreign(ThreadKit):
        model = "foreign"
        written: ClassVar[dict[str, Written]] = {}

    with pytest.raises(Unwritable, match="nobody has said how a person writes the lock of foreign"):
        lines_of(lambda kit: kit.make("lock"), Foreign())


def test_a_workload_may_ask_what_there_is() -> None:
    assert lines_of(lambda kit: kit.make("rlock" if kit.offers("rlock") else "lock")) == ("return RLock()",)


def new_runner(variant: Variant) -> Runner:
    return variant.make(neg, [1, 2], variant.workers(2))


@pytest.mark.parametrize("variant", DEFAULTS)
def test_every_primitive_of_every_kit_is_written_down(variant: Variant) -> None:
    offered = [primitive for primitive in PRIMITIVES if variant.info.kit.offers(primitive)]
    with new_runner(variant).new_kit() as kit:
        assert [one for one in PRIMITIVES if kit.write(one)] == offered
        for primitive in offered:
            lines_of(lambda kit, one=primitive: kit.make(one, *ARGUMENTS.get(one, ())), kit)  # type: ignore[misc]  # mypy knows no defaults of a lambda


@pytest.mark.parametrize("variant", DEFAULTS)
def test_what_is_written_makes_what_the_kit_makes(variant: Variant) -> None:
    """A program with all of them prints what they are."""
    kit_class = variant.info.kit
    offered = [primitive for primitive in PRIMITIVES if kit_class.offers(primitive)]
    if not offered:
        pytest.skip("has no primitives")
    arguments = {primitive: ARGUMENTS.get(primitive, ()) for primitive in offered}
    workload: Workload[Any, Any] = type(
        "All", (Noop,), {"share": lambda self, kit: {one: kit.make(one, *arguments[one]) for one in offered}}
    )()
    with new_runner(variant).new_kit() as kit:
        drawn = sketch(workload, kit)
        expected = {primitive: type(kit.make(primitive, *arguments[primitive])).__name__ for primitive in offered}
    body = "\n".join(f"    {line}" for line in drawn.lines)
    inside = any("anyio" in line for line in drawn.imports)
    source = "\n".join(
        [
            *drawn.imports,
            *drawn.helpers,
            f"{'async ' * inside}def make_shared():",
            body,
            'if __name__ == "__main__":',
            f"    made = {'anyio.run(make_shared)' if inside else 'make_shared()'}",
            "    print({name: type(one).__name__ for name, one in made.items()})",
        ]
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{source}\n{done.stderr}"
    found: dict[str, str] = literal_eval(done.stdout)
    assert found == {**expected, "counter": found["counter"]}, "but for the counter, which is a plain namespace"
