"""What `train` and `runs show` say around a run: what is in an own file before it, and whether it has learned after."""

from __future__ import annotations

import json

import pytest

from core.__main__ import main
from core.cli import training
from core.config import RunConfig
from core.runs.folder.store import Store

ROWS = "".join(f"row {i} tells of {'rain' if i % 2 else 'sun'} today,{'wet' if i % 2 else 'dry'}\n" for i in range(40))


class Silent:
    """Takes a run and starts nothing."""

    def submit(self, run):
        pass


@pytest.fixture
def silent(monkeypatch):
    monkeypatch.setattr(training, "launcher_of", lambda run: Silent())


def test_train_says_what_is_in_an_own_file_before_the_run(capsys, run_root, silent, tmp_path):
    (tmp_path / "skies.csv").write_text(f"text,label\n{ROWS}a row without one,\n", encoding="utf-8")
    (tmp_path / "dev.csv").write_text(f"text,label\n{ROWS[: ROWS.index('row 4')]}", encoding="utf-8")
    arguments = ("--task", str(tmp_path / "skies.csv"), "--set", f"data.eval_file={tmp_path / 'dev.csv'}", "--json")
    assert main(["train", *arguments]) == 0
    out, said = capsys.readouterr()
    assert json.loads(out)["state"] == "queued"
    assert "evaluation rows in training (4)" in said
    assert "--set data.leaks=drop" in said
    assert "missing labels (1): rows without a label in 'label' are left out" in said
    assert "line 42 of skies.csv" in said
    assert "text by its name, label by its name" in said


def test_show_says_whether_a_run_has_learned_and_which_evaluation_was_best(capsys, run_root):
    run = Store().create(RunConfig())
    best = {"step": 20, "accuracy": 0.75}
    run.set_status(state="finished", metrics={"accuracy": 0.5}, best=best, verdict="did not learn: try more")
    assert main(["runs", "show", run.id]) == 0
    said = capsys.readouterr().out
    assert "did not learn: try more" in said
    assert "best at step 20: accuracy 0.750" in said
