"""A run folder in, a trained model in it out: the whole flow, top to bottom."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.augment.run_policy import run_policy
from core.config import RunConfig
from core.data.rows import Corpus
from core.data.sources import load_corpus
from core.model.build import build_model, fetch, load_tokenizer, said_of_padding
from core.model.source import resolve_model
from core.runs.folder.contents import make_folder
from core.runs.folder.run import Run
from core.sections import loss_note
from core.train import checkpoint, fingerprints
from core.train.batches import AugmentedRows, EncodedRows
from core.train.callbacks import Recorder, embedding_recorder
from core.train.interrupt import Interrupted
from core.train.team import Team
from core.train.tracking import tracking_callbacks
from core.train.trainer import Job, LabTrainer

logger = logging.getLogger(__name__)


def fit(run: Run, should_stop: Callable[[], bool] = lambda: False, team: Team | None = None) -> str:
    """Train what `run.config()` says, from its newest checkpoint where it has one; as a member of `team`, if any.

    Returns `finished`, or `stopped` when `should_stop` said so; a checkpoint is kept then. Raises DataError,
    ModelError, ValueError with a message for people, ChangedError, and DivergedError when the loss does.
    """
    config = run.config()
    run.set_status(phase="loading data")
    corpus = load_corpus(config)
    run.set_status(phase="loading model")
    source = resolve_model(config.model)
    job = make_job(run, config, corpus, should_stop, team)
    said = (source.note, loss_note(config.train.loss, corpus.task.is_regression), said_of_padding(job.model))
    run.set_status(weights_note="; ".join(note for note in said if note))

    recorder = Recorder(job)
    callbacks = [recorder, *(tracking_callbacks(run, config.train.report_to) if job.team.leads else [])]
    trainer = LabTrainer(job, callbacks, embedding_recorder(run, next(iter(job.evals.values()))))
    recorder.trainer = trainer
    resume = checkpoint.newest_checkpoint(run.checkpoint_dir)
    if resume:
        fingerprints.check(resume[1].get("origins", {}), job.origins, resume[1]["step"])
    _evaluate_first(trainer, resume)
    if not trainer.eval_pending and trainer.state.global_step < job.total_steps:
        try:
            trainer.train(resume_from_checkpoint=str(resume[0]) if resume else None)
        except Interrupted:
            trainer.leave_step()

    if trainer.state.global_step < job.total_steps or trainer.eval_pending:
        return "stopped"
    run.set_status(phase="saving")
    if job.team.leads:
        shutil.rmtree(run.model_dir, ignore_errors=True)  # of a kill while it was saved
        make_folder(run.model_dir)
        job.model.save_pretrained(run.model_dir)  # type: ignore[operator]
        job.tokenizer.save_pretrained(run.model_dir)
    return "finished"


def _evaluate_first(trainer: LabTrainer, resume: tuple[Path, dict[str, Any]] | None) -> None:
    """Rewind the records to where training goes on, and make up for an evaluation that is still owed.

    A run's first point is the untrained model: where the curve, and the clusters, start from.
    """
    run, step, owed = trainer.job.run, 0, True
    if resume:
        path, state = resume
        step, owed = state["step"], state["eval_pending"]
        logger.info("going on from the checkpoint of step %d", step)
        checkpoint.load_weights(path, trainer.job.model)
        trainer.kept_step = trainer.state.global_step = step
        trainer.state.epoch = state["epoch"]
    rows, _offset = run.metrics()
    if any(row["step"] > step for row in rows):
        run.rewind_metrics(step)
    if trainer.job.team.agree(owed and not any(row["step"] == step and "eval_loss" in row for row in rows)):
        trainer.evaluate()


def make_job(
    run: Run, config: RunConfig, corpus: Corpus, should_stop: Callable[[], bool], team: Team | None = None
) -> Job:
    """Tokenizer, model, and encoded rows under the augmentation policy."""
    task = corpus.task
    source = resolve_model(config.model)
    tokenizer = load_tokenizer(source)
    model = build_model(config, task.num_labels, task.is_regression, task.labels or None)
    length = config.data.max_length
    policy = run_policy(config, task)
    train = AugmentedRows(tokenizer, corpus.train, length, policy)
    evals = {name: EncodedRows(tokenizer, rows, length) for name, rows in corpus.evals.items()}
    found = fingerprints.origins_of(config, corpus, fetch(source))
    return Job(config, task, model, tokenizer, train, evals, run, should_stop, found, team or Team())
