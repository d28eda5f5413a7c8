"""Class names and tasks of runs: by their records, and for runs of before there were records."""

from __future__ import annotations

from core.analysis.recorded import class_names, evaluated_rows, record_of, rows_told, task_of_run
from core.config import RunConfig
from core.runs.folder.store import Store

RECORDED = {"name": "letters.csv", "title": "t", "columns": ["a", "b"], "labels": ["x", "y"], "label_column": "l",
            "metrics": ["accuracy"], "evals": ["dev"]}  # fmt: skip


def test_the_record_counts_and_not_what_the_configuration_names_now(run_root):
    run = Store().create(RunConfig(task="demo-intents"))
    assert len(task_of_run(run).labels) == 6  # there is no record yet
    run.save_record(task=RECORDED)
    task = task_of_run(run)
    assert (task.name, task.columns, task.labels, task.is_pair) == ("letters.csv", ("a", "b"), ("x", "y"), True)
    assert class_names(run, 2) == ("x", "y")


def test_classes_have_numbers_where_nothing_tells_so_many_names(run_root):
    run = Store().create(RunConfig(task="demo-sentiment"))
    assert class_names(run, 3) == ("class 0", "class 1", "class 2")
    gone = Store().create(RunConfig(task="/no/such/file.csv"))
    assert class_names(gone, 2) == ("class 0", "class 1")


def test_a_damaged_record_is_none_to_whoever_only_compares(run_root):
    run = Store().create(RunConfig())
    (run.dir / "record.json").write_text("{torn")
    assert record_of(run) == {}
    assert class_names(run, 2) == ("class 0", "class 1")


def test_rows_that_were_evaluated_and_not_kept_are_told(run_root):
    run = Store().create(RunConfig())
    assert rows_told(60, evaluated_rows(run, 60)) == "60 rows"
    run.save_record(rows={"train": 9, "evals": {"dev_matched": 9_815, "dev_mismatched": 10_000}})
    assert rows_told(1_000, evaluated_rows(run, 1_000)) == "1,000 of 9,815 rows"
    assert evaluated_rows(run, 1_000) == 9_815
