"""A configuration in, a corpus out: whichever of demo, own file, local folder or hub the task comes from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.config import RunConfig
from core.data import hub, local, own_file, own_task
from core.data.duplicates import plain_text, repeated, seen_in_training
from core.data.rows import Corpus, DataError, Finding, Rows
from core.data.split import held_out, share_of
from core.demo.corpora import DEV_ROWS, TRAIN_ROWS, build_corpus
from core.files import typed_path
from core.tasks import Task, get_task
from core.wording import percent

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
    corpus = _remedied(corpus, config)
    train = _draw(corpus.train, config.data.max_train_rows, config.seed)
    evals = {name: _draw(rows, config.data.max_eval_rows, EVAL_SEED) for name, rows in corpus.evals.items()}
    return replace(corpus, train=train, evals=evals)


def task_of(config: RunConfig) -> Task:
    """The task that a configuration names; the path of a data file names the task `file`."""
    if config.data.file or own_file.is_data_file(config.task):
        return get_task("file")
    return get_task(config.task)


def available(task: Task) -> dict[str, int] | None:
    """Row counts by split where they can be had without the hub, else None."""
    if task.origin == "file":
        return None
    if task.origin == "demo":
        return {"train": TRAIN_ROWS, "dev": DEV_ROWS}
    try:
        corpus = _local(task)
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
    if not data.file and config.task.strip().lower() == "file":
        raise DataError("no file is named; give its path as the task, or as data.file", "data.file")
    path = typed_path(data.file or config.task)
    read = own_task.read_training(own_file.read_table(path), data)
    own, rows, findings = read.own, read.rows, read.findings
    if data.eval_file:
        other = typed_path(data.eval_file)
        names = (*own.columns.texts, own.columns.label)
        dev, more = own_task.read_evaluation(own_file.read_table(other, expected=names), own)
        return Corpus(own.task, rows, {"dev": dev}, path.name, (*findings, *more))
    if read.parts is not None:
        held = "dev" if "dev" in read.parts else "test"
        train, dev = (rows.take([i for i, part in enumerate(read.parts) if part == side]) for side in ("train", held))
        source = f"{path.name}, split by its column {own.columns.split!r}"
        return Corpus(own.task, train, {"dev": dev}, source, tuple(findings))
    texts = [plain_text(rows, row) for row in range(len(rows))]
    share = data.hold_out or share_of(len(rows))
    out = held_out(rows.labels, texts, bool(own.task.labels), data.split_seed, share)
    rest = sorted(set(range(len(rows))) - set(out))
    source = f"{path.name}, {percent(share)} held out"
    return Corpus(own.task, rows.take(rest), {"dev": rows.take(out)}, source, tuple(findings), share)


def _remedied(corpus: Corpus, config: RunConfig) -> Corpus:
    """Without the training rows that the configuration leaves out; what went is said."""
    data, train, findings = config.data, corpus.train, list(corpus.findings)
    if data.duplicates == "drop":
        gone = set(repeated(train))
        train = train.take([row for row in range(len(train)) if row not in gone])
        why = "training rows that repeat an earlier one are left out, as data.duplicates says"
        findings += [Finding("duplicates dropped", len(gone), "", why, {"data.duplicates": "keep"})] if gone else []
    if data.leaks == "drop":
        found = [seen_in_training(train, dev) for dev in corpus.evals.values()]
        gone = {row for same, nearly in found for _, row in (*same, *nearly)}
        train = train.take([row for row in range(len(train)) if row not in gone])
        why = "training rows that an evaluation split holds as well are left out, as data.leaks says"
        findings += [Finding("leaks dropped", len(gone), "", why, {"data.leaks": "keep"})] if gone else []
    if len(train) < 2:
        raise DataError("data.duplicates and data.leaks leave fewer than two training rows; keep some", "data.leaks")
    return replace(corpus, train=train, findings=tuple(findings))


def _draw(rows: Rows, limit: int | None, seed: int) -> Rows:
    if limit is None or limit >= len(rows):
        return rows
    chosen = np.random.default_rng(seed).permutation(len(rows))[:limit]
    return rows.take(sorted(chosen.tolist()))
