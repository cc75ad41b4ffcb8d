"""The rules of kits: each primitive is offered or has a reason, and what is offered behaves, with real workers."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from comparators.coordination.kit import PRIMITIVES, Kit, install, missing_reason
from comparators.coordination.kit_choice import kit_class_of, kit_of
from comparators.runner import Runner
from comparators.testing import kit_probes, kit_probes_async
from comparators.testing.rules import Broken, require, require_reason

__all__ = ["check_offers", "check_primitive", "offered"]

PARTIES = 2

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "semaphore": (2,),
    "bounded-semaphore": (2,),
    "queue": (2,),
    "array": ("q", 3),
}
"""What each primitive is made with for its probe, where it takes anything but nothing; a barrier takes the parties."""


def offered(cls: type[Runner]) -> list[str]:
    """Return the primitives that the workers of a runner can share, in their order."""
    kit = kit_class_of(cls.info)
    return [primitive for primitive in PRIMITIVES if kit.offers(primitive)]


def check_offers(kit: type[Kit]) -> None:
    """Require a kit to offer each primitive or to say why it does not, and nothing that is no primitive."""
    for primitive in PRIMITIVES:
        reason = missing_reason(kit, primitive)
        if reason is not None:
            require_reason(reason, f"for no {primitive}")
    made = {name.removeprefix("make_").replace("_", "-") for name in dir(kit) if name.startswith("make_")}
    unknown = sorted(made - set(PRIMITIVES))
    require(not unknown, f"the kit makes '{', '.join(unknown)}', which is none of the primitives")


def check_primitive(
    cls: type[Runner], parameters: Mapping[str, Any], primitive: str, new_kit: Callable[[Runner], Kit] = kit_of
) -> None:
    """Try a primitive of a runner's kit, with two tasks at once where the runner can have two."""
    workers = min(PARTIES, cls.info.workers_maximum or PARTIES)
    make: Any = cls  # a subclass's own fields are its parameters
    parties = make(work=str, tasks=range(PARTIES), workers=workers, **parameters).max_concurrency
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "marks")
        path.touch()
        tasks = [(str(path), number, parties) for number in range(parties)]
        runner = make(work=_probe(cls, primitive), tasks=tasks, workers=workers, **parameters)
        said = _tried(runner, primitive, parties, new_kit)
    require(not any(said), f"{primitive}: {'; '.join(filter(None, said))}")


def _tried(runner: Runner, primitive: str, parties: int, new_kit: Callable[[Runner], Kit]) -> list[str]:
    try:
        with new_kit(runner) as kit:
            made = _shared(kit, primitive, parties)
            install(made)
            runner.initializer = (install, (made,))
            with runner:
                return list(runner.run(1).results)
    except Exception as error:
        raise Broken(f"{primitive}: {type(error).__name__}: {error}") from error
    finally:
        install(None)


def _shared(kit: Kit, primitive: str, parties: int) -> Any:
    made = kit.make(primitive, *((parties,) if primitive == "barrier" else ARGUMENTS.get(primitive, ())))
    return made.dict() if primitive == "manager" else made


def _probe(cls: type[Runner], primitive: str) -> Callable[[Any], Any]:
    probes: Mapping[str, Any] = kit_probes_async.PROBES if cls.info.asynchronous else kit_probes.PROBES
    if primitive not in probes:
        raise Broken(f"{primitive}: there is no way to try it in an event loop")
    probe: Callable[[Any], Any] = probes[primitive]
    return probe
