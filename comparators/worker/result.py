"""What a worker leaves in its result file: an answer, whole or not at all."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from comparators.errors import WrongResult
from comparators.worker.job import JobResult
from comparators.worker.tracing import in_one_line, trace_of

__all__ = ["failure", "publish"]


def publish(answer: JobResult, result: Path) -> None:
    """Write an answer aside, then rename it: a reader of the file sees all of it. The first answer stays.

    It is not synced to disk: the supervisor reads it at once, and the journal is what must survive the machine.
    """
    if result.exists():
        return
    aside = result.with_suffix(".new")
    content = {field.name: getattr(answer, field.name) for field in fields(answer)}  # `asdict` would copy it all
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(result)


def failure(error: BaseException) -> JobResult:
    """Return the answer that names an error."""
    if isinstance(error, WrongResult):
        return JobResult(cause="wrong-result", message=error.message)
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return JobResult(cause="error", message=in_one_line(error), details=trace_of(error))
