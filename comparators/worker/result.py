"""What a worker leaves in its result file: an answer, whole or not at all."""

from __future__ import annotations

import json
import traceback
from dataclasses import fields
from pathlib import Path

from comparators.errors import WrongResult
from comparators.worker.job import Answer
from comparators.worker.tracing import in_one_line

__all__ = ["failure", "publish"]

OURS = Path(__file__).resolve().parents[1]
"""Folder of this package, whose lines say nothing to people whose work fails."""


def publish(answer: Answer, result: Path) -> None:
    """Write an answer aside, then rename it: a reader of the file sees all of it. The first answer stays.

    It is not synced to disk: the supervisor reads it at once, and the journal is what must survive the machine.
    """
    if result.exists():
        return
    aside = result.with_suffix(".new")
    content = {field.name: getattr(answer, field.name) for field in fields(answer)}  # `asdict` would copy it all
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(result)


def failure(error: BaseException) -> Answer:
    """Return the answer that names an error."""
    if isinstance(error, WrongResult):
        return Answer(cause="wrong-result", message=error.message)
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return Answer(cause="error", message=in_one_line(error), details=_details(error))


def _details(error: BaseException) -> str:
    """Return the traceback from the first line that is not this package's own; all of it where every line is."""
    trace = error.__traceback__
    while trace is not None and Path(trace.tb_frame.f_code.co_filename).is_relative_to(OURS):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace or error.__traceback__))
