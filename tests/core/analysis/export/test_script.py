"""A run's script gives the run's own score, where the lab cannot be imported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.analysis.export import augmentation, script, surgery
from core.analysis.export.script import TEMPLATE, write_script
from core.analysis.export.script_parts import FAST, LOSSES, OPTIMIZERS, SCHEDULES, SCORES, _imports, draws_rows
from core.augment.policy import run_policy
from core.config import RunConfig
from core.data.sources import load_corpus
from core.model.cp.decomposition import decompose
from core.runs.folder.store import RunError, Store
from core.sections import AugmentConfig
from core.train.fit import fit
from core.train.losses import compute_loss
from core.train.schedule import SCHEDULES as OF_RUNS
from tests.core.train.tiny_runs import VARIANTS, config_for

ONE_BY_ONE = """
import runpy, os, sys
for folder in sys.argv[1:]:
    before = set(sys.modules)
    os.chdir(folder)
    sys.path[0] = folder
    runpy.run_path("again.py", run_name="__main__")
    for name in set(sys.modules) - before:  # each script has modules of its own beside it, of the same names
        if str(getattr(sys.modules[name], "__file__", "")).startswith(folder):
            del sys.modules[name]
"""


def test_they_get_the_runs_own_scores_to_four_digits(tmp_path, tiny_model_dir):
    kinds = {
        "lora": {"task": "demo-paraphrase", "augment__style": "paper"},
        "light": {"train__loss": "joint", "train__optimizer": "bert_adam"},  # careful edits are read
        "full": {"task": str(tmp_path / "scores.csv"), "augment__mode": "none"},
    }
    lines = [f"{['bad', 'fine', 'good'][row % 3]} thing {row},{row % 3 * 40 + row / 7:.2f}" for row in range(48)]
    (tmp_path / "scores.csv").write_text("\n".join(["text,score", *lines]))
    runs, folders = [], [str(tmp_path / "away" / variant) for variant in kinds]
    for folder, (variant, changes) in zip(folders, kinds.items(), strict=True):
        run = Store(tmp_path / "runs").create(config_for(tiny_model_dir, **VARIANTS[variant], **changes))
        run.set_status(state=fit(run))
        runs.append(run)
        assert write_script(run, Path(folder, "again.py"))["lines"] < 150
        for part in Path(folder).rglob("*.py"):
            assert part.read_text().count("\n") < 150 or part.name == "fast_path.py"
            assert not re.search(r"(?m)^\s*(from|import) core", part.read_text())
        text = Path(folder, "again.py").read_text()
        assert "import core" not in text
        assert "from core" not in text
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LAB_"))}
    done = subprocess.run([sys.executable, "-c", ONE_BY_ONE, *folders], cwd=tmp_path / "away", env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    for run, line in zip(runs, done.stdout.splitlines(), strict=True):
        metric = next(iter(run.status().metrics))
        assert json.loads(line)[metric] == pytest.approx(run.status().metrics[metric], abs=5e-5)


@pytest.mark.parametrize("mode", ["dynamic", "static"])
@pytest.mark.parametrize("strength", [None, 0.3])
@pytest.mark.parametrize("task", ["demo-paraphrase", "demo-sentiment"])
def test_the_augmentation_written_out_changes_the_rows_that_a_run_does_and_how(task, strength, mode):
    changes = {"augment.style": "paper", "augment.mode": mode, "augment.strength": strength, "augment.fraction": 0.4,
               "augment.weights": "2,1,1", "data.max_train_rows": 60}  # fmt: skip
    config = RunConfig(task=task).replace(changes)
    corpus = load_corpus(config)
    policy = run_policy(config, corpus.task)
    plain = list(script._rows(corpus.train))
    words = script._synonyms(corpus.train, policy)
    for epoch in (0, 3):
        rows, done = policy.epoch(corpus.train, epoch)
        drawn = 0 if mode == "static" else epoch
        methods = {name: (policy.weights[name], policy.strengths[name]) for name in config.augment.methods}
        found = augmentation.augment(plain, drawn, config.seed, 0.4, methods, policy.sides, words)
        made = list(script._rows(rows))
        assert found == [{**made[one.row], "row": one.row} for one in done]
        assert len(found) == 24


def test_only_the_papers_own_style_over_all_rows_is_drawn_by_the_script():
    paper = AugmentConfig(style="paper")
    assert draws_rows(paper)
    assert not draws_rows(AugmentConfig())
    assert not draws_rows(replace(paper, min_words=4))
    assert not draws_rows(replace(paper, methods=("typo", "context")))
    assert not draws_rows(replace(paper, mode="none"))


@pytest.mark.parametrize(
    ("heads", "size", "inputs", "rank"), [(4, 4, 16, 8), (4, 4, 16, 16), (2, 3, 8, 20), (4, 8, 32, 20)]
)
def test_the_surgery_written_out_gives_the_factors_of_a_run(heads, size, inputs, rank):
    Q, K = np.random.default_rng(1).normal(size=(2, heads, size, inputs))
    found = []
    decompose([(Q, K, 13)], rank, lambda _place, factors: found.append(factors))
    for own, written in zip(found[0], surgery.decompose(Q, K, rank, 13), strict=True):
        np.testing.assert_array_equal(written, own)  # to the last bit: what differs there grows as it is trained


@pytest.mark.parametrize("loss", ["ce", "joint", "supcon_textbook"])
def test_the_loss_written_out_is_the_one_that_was_trained(loss):
    import torch
    import torch.nn.functional as F  # noqa: N812

    written = {"torch": torch, "F": F}
    exec(LOSSES[loss], written)  # noqa: S102 - the project's own text
    logits = 3 * torch.randn(12, 4, generator=torch.Generator().manual_seed(1))
    labels = torch.tensor([0, 1, 2, 0, 1, 1, 0, 2, 2, 0, 1, 3])
    expected, _ = compute_loss(loss, logits, labels)
    assert float(written["loss_of"](logits, labels)) == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("name", list(OF_RUNS))
def test_the_schedule_written_out_is_the_one_that_was_trained(name):
    written: dict = {"STEPS": 10}
    exec(f"def factor(step):\n    {SCHEDULES[name]}", written)  # noqa: S102 - the project's own text
    assert [written["factor"](step) for step in range(10)] == pytest.approx([OF_RUNS[name](s, 10) for s in range(10)])


def test_a_run_that_is_not_finished_and_a_name_that_is_no_python_file_are_refused(tmp_path, tiny_model_dir):
    run = Store(tmp_path / "runs").create(config_for(tiny_model_dir))
    with pytest.raises(RunError, match="not finished"):
        write_script(run, tmp_path / "again.py")
    run.set_status(state="finished")
    with pytest.raises(ValueError, match=r"ends in \.py"):
        write_script(run, tmp_path / "again.txt")


def test_a_run_whose_own_method_is_not_here_is_refused_before_anything_is_written(tmp_path, tiny_model_dir):
    config = config_for(tiny_model_dir).replace({"augment.methods": ("/elsewhere/mine.py:slang",)})
    run = Store(tmp_path / "runs").create(config)
    run.set_status(state="finished")
    with pytest.raises(ValueError, match="not opened on this machine"):
        write_script(run, tmp_path / "again.py")
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_the_longest_passages_together_stay_under_150_lines():
    longest = [max(text.count("\n") + 1 for text in kind.values()) for kind in (LOSSES, OPTIMIZERS, SCORES)]
    lora = 5 + FAST.count("\n")
    placeholders = 4
    fixed = TEMPLATE.read_text().count("\n") - placeholders
    assert fixed + sum(longest) + lora + _imports(False, True, True).count("\n") + 2 < 150
