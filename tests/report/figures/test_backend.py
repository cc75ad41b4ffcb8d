"""Importing and drawing in a fresh interpreter, whatever the environment says about matplotlib."""

import os
import subprocess
import sys

PROGRAM = """
import sys
from comparators.report import figures
assert "matplotlib" not in sys.modules
from tests.report.analyses import gil_bound
print(len(figures.draw(gil_bound())), "matplotlib.pyplot" in sys.modules)
"""


def test_a_backend_that_does_not_exist_does_not_matter() -> None:
    environment = {**os.environ, "MPLBACKEND": "no-such-backend"}
    found = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["2", "False"]
