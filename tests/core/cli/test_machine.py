"""`tasks` and `doctor`: the list, a file that is added, and what is in its rows."""

from __future__ import annotations

import json

import pytest

from core.__main__ import main
from core.tasks import TASKS

ROWS = "remark,opinion\n" + "".join(f"remark {i} w{i}a w{i}b w{i}c,{'good' if i % 2 else 'bad'}\n" for i in range(40))


@pytest.fixture
def call(capsys, run_root, no_data):
    def run(*arguments):
        code = main([*map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def test_the_tasks_are_listed(call):
    code, out, _ = call("tasks", "--json")
    assert code == 0
    assert [task["task"] for task in json.loads(out)] == list(TASKS)


def test_a_file_once_added_is_a_task_by_its_name(call, tmp_path):
    path = tmp_path / "shop reviews.csv"
    path.write_text(ROWS + "remark 3 w3a w3b w3c,good\n")
    assert json.loads(call("tasks", "add", path, "--json")[1])["task"] == "shop reviews"
    path.unlink()
    assert json.loads(call("tasks", "--json")[1])[-1]["task"] == "shop reviews"
    found = {one["kind"]: one for one in json.loads(call("tasks", "check", "shop reviews", "--json")[1])}
    assert found["columns"]["example"] == "text: remark, label: opinion"
    assert found["duplicates"] == {
        "kind": "duplicates",
        "count": 1,
        "example": "'remark 3 w3a w3b w3c'",
        "why": "training rows repeat an earlier one's text and weigh as much again",
        "remedy": {"data.duplicates": "drop"},
    }
    code, out, _ = call("doctor", "--task", "shop reviews", "--set", "data.duplicates=drop")
    assert code == 0
    assert "duplicates dropped (1)" in out
    assert "mend with --set data.duplicates=keep" in out
    code, out, _ = call("train", "--task", "shop reviews", "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["config"]["task"].endswith("shop reviews.csv")
    code, out, _ = call("augment", "--task", "shop reviews", "--rows", 5, "--fraction", 1, "--json")
    assert code == 0
    assert {row["row"] for row in json.loads(out)["rows"]} == set(range(5))


def test_a_file_that_nobody_can_read_is_not_added(call, tmp_path):
    (tmp_path / "rows.csv").write_text("text,label\na,b,c\n")
    code, _, said = call("tasks", "add", tmp_path / "rows.csv")
    assert code == 2
    assert "line 2 has 3 columns, the header has 2" in said


def test_what_is_not_clear_is_asked_for_in_one_line(call, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,colour,shape\n" + "".join(f"a text {i},{'rg'[i % 2]},{'xy'[i % 2]}\n" for i in range(20)))
    code, _, said = call("tasks", "check", path)
    assert code == 2
    assert "set data.label to one, such as data.label=colour" in said
    assert call("tasks", "check", path, "--set", "data.label=shape")[0] == 0
