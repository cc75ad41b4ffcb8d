from comparators.report.by_workload import group_verdicts
from tests.examples import PYTHONS, example_run, example_verdicts


def test_phases_and_pythons_of_a_workload_stand_together() -> None:
    verdicts = example_verdicts(example_run(workloads=("integrate", "hash"), pythons=PYTHONS))
    groups = group_verdicts(verdicts, several_pythons=True)
    assert [(group.anchor, group.workload) for group in groups] == [("w1", "integrate"), ("w2", "hash")]
    assert [answer.where for answer in groups[0].answers] == [
        "warm, Python 3.11",
        "cold, Python 3.11",
        "warm, Python 3.13t",
        "cold, Python 3.13t",
    ]
    assert sum(len(group.answers) for group in groups) == len(verdicts)


def test_the_same_recipe_is_shown_once() -> None:
    verdicts = example_verdicts(example_run(workloads=("noop",)))
    (group,) = group_verdicts(verdicts, several_pythons=False)
    assert [(recipe.runner, recipe.where) for recipe in group.recipes] == [("serial", "warm; cold")]


def test_seconds_by_worker_count_mark_the_best() -> None:
    verdicts = example_verdicts(example_run(workloads=("integrate",), phases=("warm",), workers=(1, 2, 4)))
    (answer,) = group_verdicts(verdicts, several_pythons=False)[0].answers
    rows = {row.runner: row.cells for row in answer.by_workers}
    assert answer.counts == (1, 2, 4)
    assert [best for _, best in rows["futures-processes"]] == [False, True, False]
    assert [value.text for value, _ in rows["serial"]][1:] == ["–", "–"]
