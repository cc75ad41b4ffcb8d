"""One real run, so that the fast tests notice when nothing can be measured at all."""

from pathlib import Path

from comparators import compare


def test_a_function_is_measured_and_answered(tmp_path: Path) -> None:
    comparison = compare("noop", parameters={"count": 10}, models=["threads"], workers=2, output=tmp_path / "run")
    assert {row.model for row in comparison.verdicts[0].models} == {"loop", "threads"}
    assert (tmp_path / "run" / "report.html").is_file()
