"""A configuration in, a corpus out: whichever of demo, own file, local folder or hub the task comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from core.config import RunConfig
from core.data import hub, local, own_file
from core.data.rows import Corpus, DataError, Rows
from core.demo.corpora import build_corpus
from core.tasks import Task, get_task

# Evaluation rows are drawn with a seed of their own, so that runs with other seeds are scored on the same rows.
EVAL_SEED = 20260101


def load_corpus(config: RunConfig) -> Corpus:
    """Training and evaluation rows as the configuration limits them. DataError says what to do."""
    task = task_of(config)
    if task.origin == "demo":
        corpus = _demo(task)
    elif task.origin == "file":
        corpus = _own_file(config)
    else:
        corpus = _benchmark(task)
    train = _draw(corpus.train, config.data.max_train_rows, config.seed)
    evals = {name: _draw(rows, config.data.max_eval_rows, EVAL_SEED) for name, rows in corpus.evals.items()}
    return replace(corpus, train=train, evals=evals)


def task_of(config: RunConfig) -> Task:
    """The task that a configuration names; the path of a data file names the task `file`."""
    if config.data.file or config.task.lower().endswith(own_file.SUFFIXES):
        return get_task("file")
    return get_task(config.task)


def available(task: Task) -> dict[str, int] | None:
    """Row counts by split where they can be had without the hub, else None."""
    if task.origin == "file":
        return None
    try:
        corpus = _demo(task) if task.origin == "demo" else _local(task)
    except DataError:
        return None
    if corpus is None:
        return None
    return {"train": len(corpus.train), "dev": len(next(iter(corpus.evals.values())))}


def _demo(task: Task) -> Corpus:
    train, dev = (
        Rows(
            [row["text"] for row in rows],
            [row["pair"] for row in rows] if task.is_pair else None,
            [row["label"] for row in rows],
        )
        for rows in build_corpus(task.name)
    )
    return Corpus(task, train, {"dev": dev}, "shipped with the lab")


def _benchmark(task: Task) -> Corpus:
    corpus = _local(task)
    if corpus is not None:
        return corpus
    train = hub.read_split(task, "train")
    return Corpus(task, train, {name: hub.read_split(task, name) for name in task.evals}, "the model hub")


def _local(task: Task) -> Corpus | None:
    root = local.data_root()
    if root is None:
        return None
    train = local.read_split(root, task, "train")
    return Corpus(task, train, {name: local.read_split(root, task, name) for name in task.evals}, str(root))


def _own_file(config: RunConfig) -> Corpus:
    data = config.data
    if not data.file and config.task.lower() == "file":
        raise DataError("no file is named; give its path as the task, or as data.file")
    path = Path(data.file or config.task).expanduser()
    frame = own_file.read_table(path)
    columns = own_file.choose_columns(frame, data.text, data.label, data.pair, path.name)
    task = own_file.file_task(frame, columns, own_file.inspect(frame, columns, path.name))
    rows = own_file.to_rows(frame, task, path.name)
    if data.eval_file:
        other = Path(data.eval_file).expanduser()
        eval_frame = own_file.read_table(other)
        own_file.choose_columns(eval_frame, columns.text, columns.label, columns.pair, other.name)
        return Corpus(task, rows, {"dev": own_file.to_rows(eval_frame, task, other.name)}, path.name)
    # A tenth is held out, at least one row and never all; the draw is the same for every run seed.
    order = np.random.default_rng(EVAL_SEED).permutation(len(rows))
    held_out = max(1, round(len(rows) / 10))
    dev, train = sorted(order[:held_out].tolist()), sorted(order[held_out:].tolist())
    return Corpus(task, rows.take(train), {"dev": rows.take(dev)}, f"{path.name}, a tenth held out")


def _draw(rows: Rows, limit: int | None, seed: int) -> Rows:
    if limit is None or limit >= len(rows):
        return rows
    chosen = np.random.default_rng(seed).permutation(len(rows))[:limit]
    return rows.take(sorted(chosen.tolist()))
