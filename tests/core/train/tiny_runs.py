"""Runs small enough for a test and real in every part: their configurations, and what two of them have to share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.config import RunConfig
from core.runs.folder.run import Run

UNSTEADY = {"time", "examples_per_s", "memory_mb", "cpu_percent"}
"""Metrics that a clock or the process decides, and no seed can."""
SMALL = {
    "data.max_train_rows": 40,
    "data.max_eval_rows": 24,
    "train.batch_size": 8,
    "train.epochs": 2,
    "train.eval_every": 3,
    "augment.fraction": 0.5,
}
VARIANTS = {
    "lora": {},
    "full": {"lora__enabled": False},
    "light": {"lora__enabled": False, "model__variant": "light", "model__layers": 1, "model__rank": 8},
}


def config_for(model: Path, **changes: object) -> RunConfig:
    """40 rows in batches of 8 for two epochs: ten steps."""
    keys = {key.replace("__", "."): value for key, value in changes.items()}
    return RunConfig(task="demo-intents", model=str(model)).replace({**SMALL, **keys})


def story(run: Run) -> list[dict]:
    """The metrics without what differs from one execution to the next."""
    return [{key: value for key, value in row.items() if key not in UNSTEADY} for row in run.metrics()[0]]


def weights(run: Run) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    (path,) = run.model_dir.glob("*.safetensors")
    return load_file(path)


def assert_equal(run: Run, whole: Run) -> None:
    """Metrics, weights, texts and embeddings to the last bit."""
    assert story(run) == story(whole)
    assert run.status().metrics == whole.status().metrics
    mine, theirs = weights(run), weights(whole)
    assert mine.keys() == theirs.keys()
    assert all(np.array_equal(mine[name], theirs[name]) for name in mine)
    assert run.augmented_epochs() == whole.augmented_epochs()
    assert all(run.load_augmented(epoch) == whole.load_augmented(epoch) for epoch in whole.augmented_epochs())
    assert run.embedding_steps() == whole.embedding_steps()
    for step in whole.embedding_steps():
        mine, theirs = run.load_embeddings(step), whole.load_embeddings(step)
        assert all(np.array_equal(mine[name], theirs[name]) for name in theirs)


def queue_again(run):
    with run.claim() as mine:
        assert mine
        run.set_status(state="queued", resume=True)


def finish(run, start):
    if run.status().state != "finished":
        queue_again(run)
        child = start(run)
        child.join(250)
        assert run.status().state == "finished", run.status().error
