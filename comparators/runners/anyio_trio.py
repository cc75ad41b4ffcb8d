"""An anyio task group on trio: one coroutine for each task."""

from dataclasses import dataclass

from comparators.runner import RunnerInfo
from comparators.runners.anyio import Anyio

__all__ = ["AnyioTrio"]


@dataclass(kw_only=True, eq=False)
class AnyioTrio(Anyio):
    """The same as `Anyio`, on trio."""

    info = RunnerInfo(
        name="anyio-trio",
        model="async",
        summary="anyio task group on trio, one coroutine per task",
        api='anyio.create_task_group, backend="trio"',
        simplicity=2,
        asynchronous=True,
        modules=("trio",),
        imports=("anyio._backends._trio",),
        extra="trio",
    )
    backend = "trio"
