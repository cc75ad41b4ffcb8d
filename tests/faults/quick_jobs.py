"""What workers of the chaos test do: answer at once, like a worker that has measured; some leave a process behind."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["ANSWERS", "LEAVES", "perform"]

ANSWERS: dict[str, dict[str, Any]] = {
    "sample": {"suite": {"benchmarks": [{"runs": [{"values": [0.01], "warmups": [[1, 0.01]]}]}]}},
    "profile": {
        "facts": {"tasks": 2, "seen": 2, "task_s": 0.005, "longest_s": 0.005, "total_s": 0.01, "cpu_share": 1.0}
    },
    "evidence": {"cause": "error", "message": "no evidence"},
    "calibrate": {"facts": {}},
}
LEAVES = 6
"""A worker whose process id is a multiple of it leaves a process that has left its session."""


def perform(folder: Path) -> None:
    """JobResult the job in a folder."""
    if os.getpid() % LEAVES == 0:
        subprocess.Popen(["sleep", "600"], start_new_session=True)
    kind = json.loads((folder / "job").read_text(encoding="utf-8"))["kind"]
    aside = folder / "result.new"
    aside.write_text(json.dumps(ANSWERS[kind]), encoding="utf-8")
    aside.replace(folder / "result.json")
