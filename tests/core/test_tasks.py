"""The task table: names as people type them, and a task from outside that touches nothing else."""

from __future__ import annotations

import json

import pytest

from core.config import RunConfig
from core.data.sources import load_corpus
from core.tasks import TASKS, FileLayout, HubTable, Task, get_task


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sst2", "SST-2"), ("SST2", "SST-2"), ("sst", "SST-2"), ("SST_2", "SST-2"), ("stsb", "STS-B"),
        ("sts b", "STS-B"),
        ("cola", "CoLA"), ("COLA", "CoLA"), ("glue/cola", "CoLA"), ("boolq", "BoolQ"), ("super_glue/boolq", "BoolQ"),
        ("demo_intents", "demo-intents"), (" rte ", "RTE"), ("mnli", "MNLI"), ("FILE", "file"),
    ],
)  # fmt: skip
def test_names_are_known_as_people_type_them(typed, name):
    assert get_task(typed) == TASKS[name]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("mnli-mm", "mismatched"), ("MNLI_mismatched", "mismatched"), ("mnli-m", "matched"), ("mnli_matched", "matched")],
)
def test_an_evaluation_split_in_the_name_comes_first(typed, first):
    task = get_task(typed)
    assert task.name == "MNLI"
    assert task.evals[0] == first
    assert set(task.evals) == {"matched", "mismatched"}


@pytest.mark.parametrize(("typed", "near"), [("sst3", "SST-2"), ("colla", "CoLA"), ("demo-intent", "demo-intents")])
def test_a_near_miss_is_answered_with_the_nearest(typed, near):
    with pytest.raises(ValueError, match=f"did you mean '{near}'"):
        get_task(typed)


def test_a_name_like_nothing_gets_the_list_alone():
    with pytest.raises(ValueError, match=r"unknown task 'xyz'; choose from \['demo-intents'"):
        get_task("xyz")


def test_a_task_from_outside_is_one_entry(monkeypatch, tmp_path):
    """Columns, layout, words for labels, header and quoting are the entry's alone."""
    toy = Task(
        "Toy", "Is it a toy?", ("thing",), ("no", "yes"), ("accuracy",), 1e-3, ("text",), label_column="toy",
        label_words={"nope": 0}, files=FileLayout("toys/{split}.tsv", ("id", "toy", "thing"), True, {"dev": "eval"}),
        hub=HubTable("someone/toys"), aliases={"plaything": ""},
    )  # fmt: skip
    monkeypatch.setitem(TASKS, "Toy", toy)
    monkeypatch.setenv("LAB_DATA", str(tmp_path))
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys/train.tsv").write_text('1\tyes\t"a ""red"" ball"\n2\tNope\ta stone\n3\t1\ta kite\n')
    (tmp_path / "toys/eval.tsv").write_text("4\t0\ta nail\n5\t1\ta doll\n")
    corpus = load_corpus(RunConfig(task="plaything"))
    assert corpus.train.texts == ['a "red" ball', "a stone", "a kite"]
    assert corpus.train.labels == [1, 0, 1]
    assert corpus.evals["dev"].labels == [0, 1]


def test_a_jsonl_task_with_a_line_that_is_no_object_is_refused_with_it(monkeypatch, tmp_path):
    monkeypatch.setenv("LAB_DATA", str(tmp_path))
    (tmp_path / "boolq").mkdir()
    row = json.dumps({"question": "is it", "passage": "it is", "answer": True})
    for split in ("train", "dev"):
        (tmp_path / f"boolq/{split}.jsonl").write_text(f"{row}\n[1]\n")
    with pytest.raises(ValueError, match="line 2 is not a JSON object"):
        load_corpus(RunConfig(task="boolq"))


@pytest.mark.parametrize("score", ["inf", "nan", "high"])
def test_a_score_that_is_no_number_is_refused_with_its_line(monkeypatch, tmp_path, score):
    monkeypatch.setenv("LAB_DATA", str(tmp_path))
    (tmp_path / "glue/STS-B").mkdir(parents=True)
    (tmp_path / "glue/STS-B/train.tsv").write_text("sentence1\tsentence2\tscore\na\tb\t1.5\n")
    (tmp_path / "glue/STS-B/dev.tsv").write_text(f"sentence1\tsentence2\tscore\na\tb\t2\na\tb\t{score}\n")
    with pytest.raises(ValueError, match=rf"dev\.tsv: line 3 has the label '{score}'; STS-B wants a number"):
        load_corpus(RunConfig(task="stsb"))
