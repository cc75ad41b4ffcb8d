"""Which primitives the workers of a runner can share: found from its model, so that runners know nothing of kits."""

from typing import TYPE_CHECKING

from comparators.coordination.kit import Kit, NoKit

if TYPE_CHECKING:
    from comparators.runner import Runner, RunnerInfo

__all__ = ["kit_class_of", "kit_of"]


def kit_class_of(info: "RunnerInfo") -> type[Kit]:
    """Return the kind of kit for a runner; `NoKit` where its workers cannot be given anything when they start."""
    if info.model in {"loop", "threads"}:
        from comparators.coordination.kits.threads import ThreadKit

        return ThreadKit
    if info.model == "async":
        from comparators.coordination.kits.coroutines import AsyncKit

        return AsyncKit
    if not info.initializer:
        return NoKit
    if info.model == "processes":
        from comparators.coordination.kits.processes import ProcessKit

        return ProcessKit
    from comparators.coordination.kits.interpreters import InterpreterKit

    return InterpreterKit


def kit_of(runner: "Runner") -> Kit:
    """Return a new kit for a runner: of its start method's context, or of its kind of event loop."""
    from comparators.runners._support.start_method import START_METHODS

    cls = kit_class_of(runner.info)
    match runner.info.model:
        case "processes" if cls is not NoKit:
            from comparators.coordination.kits.processes import ProcessKit

            return ProcessKit(getattr(runner, "start", START_METHODS[0]))
        case "async":
            from comparators.coordination.kits.coroutines import AsyncKit

            return AsyncKit(getattr(runner, "backend", "asyncio"))
    return cls()
