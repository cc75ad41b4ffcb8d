"""What warm interpreters of the tests do: execute a job as code."""

from pathlib import Path

__all__ = ["perform"]


def perform(folder: Path) -> None:
    """Execute the job in a folder; it finds its result's path as `result`."""
    exec((folder / "job").read_text(encoding="utf-8"), {"result": str(folder / "result.json"), "__name__": "job"})
