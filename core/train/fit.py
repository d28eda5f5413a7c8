"""A run folder in, a trained model in it out: the whole flow, top to bottom."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.augment.filters import augmentation_notes
from core.augment.policy import run_policy
from core.config import RunConfig
from core.data.rows import Corpus
from core.data.sources import load_corpus
from core.model.build import build_model
from core.model.build_notes import build_notes_of
from core.model.fetch import fetch
from core.model.saved import save_model
from core.model.score_head import scale_of
from core.model.source import ModelSource, resolve_model
from core.model.tokenizer import load_tokenizer
from core.runs.folder.contents import make_folder
from core.runs.folder.run import Run
from core.train import checkpoint, fingerprints, record
from core.train.batches import AugmentedRows, EncodedRows
from core.train.checkpoint import Checkpoint
from core.train.crowding import eased_threads
from core.train.defaults import resolved
from core.train.fast_path import settle_arithmetic
from core.train.history import History
from core.train.interrupt import Interrupted
from core.train.loss_notes import loss_notes
from core.train.process_group import ProcessGroup
from core.train.recorder import Recorder
from core.train.setup import TrainingSetup
from core.train.token_budget import budget_notes
from core.train.tracking import tracking_callbacks
from core.train.trainer import LabTrainer
from core.train.verdict import verdict

logger = logging.getLogger(__name__)


@eased_threads()
def fit(run: Run, should_stop: Callable[[], bool] = lambda: False, group: ProcessGroup | None = None) -> str:
    """Train what `run.config()` says, from its newest checkpoint where it has one; as a member of `group`, if any.

    Returns `finished`, or `stopped` when `should_stop` said so; a checkpoint is kept then. Raises DataError,
    ModelError, ValueError with a message for people, ChangedError, and DivergedError when the loss does.
    """
    settle_arithmetic()
    config = run.config()
    run.set_status(phase="loading data")
    corpus = load_corpus(config)
    run.set_status(phase="loading model")
    source = resolve_model(config.model)
    source = replace(source, path_or_id=str(fetch(source)), needs_download=False)
    setup = prepare(run, config, corpus, source, should_stop, group)
    trackers = tracking_callbacks(run, config.train.report_to) if setup.group.is_main else []
    trainer = LabTrainer(setup, Recorder(setup), trackers)
    resume = checkpoint.newest_checkpoint(run.checkpoint_dir)
    if resume:
        before = resume.state.get("fingerprints") or resume.state.get("origins", {})  # as earlier versions called them
        fingerprints.check(before, setup.all_fingerprints, resume.state["step"])
        means = resolved(config, corpus, setup.train.lengths())
        fingerprints.check_settings(run.record().get("resolved", {}), means, resume.state["step"])
    _describe(trainer, corpus, source)
    _evaluate_first(trainer, resume)
    if not trainer.eval_pending and not trainer.ended_early and trainer.state.global_step < setup.total_steps:
        try:
            trainer.train(resume_from_checkpoint=str(resume.path) if resume else None)
        except Interrupted:
            trainer.stop_within_step()

    if trainer.eval_pending or (trainer.state.global_step < setup.total_steps and not trainer.ended_early):
        return "stopped"
    if setup.group.is_main:
        _save(trainer)
    return "finished"


def prepare(
    run: Run,
    config: RunConfig,
    corpus: Corpus,
    source: ModelSource,
    should_stop: Callable[[], bool],
    group: ProcessGroup | None = None,
) -> TrainingSetup:
    """Tokenizer, model, and encoded rows under the augmentation policy."""
    task = corpus.task
    tokenizer = load_tokenizer(source)
    scores = scale_of(corpus.train.labels, task.is_regression)
    model = build_model(config, task.num_labels, task.is_regression, task.labels or None, source=source, scores=scores)
    length = config.data.max_length
    train = AugmentedRows(tokenizer, corpus.train, length, run_policy(config, task))
    return TrainingSetup(
        config=config,
        task=task,
        model=model,
        tokenizer=tokenizer,
        train=train,
        evals={name: EncodedRows(tokenizer, rows, length) for name, rows in corpus.evals.items()},
        run=run,
        should_stop=should_stop,
        fingerprints=fingerprints.fingerprints_of(config, corpus, Path(source.path_or_id)),
        history=History(f"eval_{task.metrics[0]}"),
        lr=resolved(config, corpus, train.lengths())["train.lr"],
        score_scale=scores,
        group=group or ProcessGroup(),
    )


def _describe(trainer: LabTrainer, corpus: Corpus, source: ModelSource) -> None:
    """Write down what the run means and computes with, before its first step."""
    setup, config = trainer.setup, trainer.setup.config
    regression, lengths = corpus.task.is_regression, trainer.setup.train.lengths()
    budget = config.train.token_budget
    said = [
        source.note,
        *(budget_notes(lengths, budget, config.augment.changes_rows) if budget else []),
        *augmentation_notes(config.augment, corpus.task, setup.train.rows),
        *loss_notes(config.train, setup.train.rows.labels, regression, lengths),
        build_notes_of(setup.model),
        trainer.bf16_deviation.sentence() if trainer.bf16_deviation and not trainer.bf16 else "",
        *record.undefined(setup),
    ]
    before = setup.run.record().get("notes", []) if setup.group.is_main else []
    notes = [note for note in dict.fromkeys([*before, *said, *checkpoint.damaged(setup.run.checkpoint_dir)]) if note]
    described = record.describe(
        setup, corpus, source, {"bf16": trainer.bf16, "path": trainer.path}, resolved(config, corpus, lengths)
    )
    alone = record.majority(setup)
    tried = {"bf16": asdict(trainer.bf16_deviation)} if trainer.bf16_deviation else {}
    setup.run.save_record(**described, **tried, majority=alone, notes=notes)
    setup.run.set_status(weights_note="; ".join(notes), majority=alone)


def _evaluate_first(trainer: LabTrainer, resume: Checkpoint | None) -> None:
    """Rewind the records to where training goes on, and make up for an evaluation that is still owed.

    A run's first point is the untrained model: where the curve, and the clusters, start from.
    """
    setup, step, owed = trainer.setup, 0, True
    if resume:
        step, owed = resume.state["step"], resume.state["eval_pending"]
        logger.info("going on from the checkpoint of step %d", step)
        checkpoint.load_weights(resume.path, setup.model)
        trainer.saved_step = trainer.state.global_step = step
        trainer.state.epoch = resume.state["epoch"]
    rows, _offset = setup.run.metrics()
    if any(row["step"] > step for row in rows):
        setup.run.rewind_metrics(step)
    trainer.restore_history([row for row in rows if row["step"] <= step])
    if setup.group.on_any(owed and not any(row["step"] == step and "eval_loss" in row for row in rows)):
        trainer.evaluate()


def _save(trainer: LabTrainer) -> None:
    """The trained model, and what can be said of the run now that it is over."""
    setup, run = trainer.setup, trainer.setup.run
    run.set_status(phase="saving")
    step, best_step = trainer.state.global_step, setup.history.best_step
    if best_step == step:
        shutil.rmtree(run.best_dir, ignore_errors=True)  # the same weights a second time
    shutil.rmtree(run.model_dir, ignore_errors=True)  # of a kill while it was saved
    make_folder(run.model_dir)
    shape = setup.config.surgery
    cut = {"layers": shape.layers, "keep": shape.keep, "rank": shape.rank} if shape.variant == "light" else {}
    about = {"model": setup.config.model, "variant": shape.variant, **cut, "seed": setup.config.seed}
    save_model(setup.model, setup.tokenizer, run.model_dir, {**about, "files": setup.fingerprints["model"]})
    rows = run.metrics()[0]
    found = run.record()
    notes = [*found.get("notes", []), *([said] if (said := record.silent_term(rows, setup.config.train)) else [])]
    if trainer.ended_early:
        notes.append(
            f"ended early at step {step} of {setup.total_steps}: no better {setup.task.metrics[0]} in "
            f"{setup.history.without_better} evaluations (train.patience)"
        )
    said = _verdict(trainer, rows, found) or run.recorded_status().verdict
    run.save_record(notes=list(dict.fromkeys(notes)), end={"step": step, "best_step": best_step, "verdict": said})
    run.set_status(weights_note="; ".join(dict.fromkeys(notes)), verdict=said)


def _verdict(trainer: LabTrainer, rows: list[dict[str, Any]], found: dict[str, Any]) -> str:
    """What `verdict` says of the last evaluation; '' where it was made before a resume, which kept what was said."""
    if trainer.outputs is None:
        return ""
    metric, last = trainer.setup.task.metrics[0], trainer.setup.history.rows[-1]
    losses = [row["loss"] for row in rows if row.get("loss") is not None]
    resolved = dict(found.get("resolved", {}))
    if trainer.setup.config.train.max_steps is not None:  # the steps decide, and epochs play no part
        resolved.pop("train.epochs", None)
    return verdict(
        metric,
        trainer.outputs.logits,
        trainer.outputs.labels,
        last.get(f"eval_{metric}"),
        found.get("majority", {}).get(metric),
        losses,
        resolved,
        _better(trainer.setup, last),
    )


def _better(setup: TrainingSetup, last: Mapping[str, Any]) -> tuple[int, float] | None:
    """Step and score of an evaluation that was better than the last one, where its weights are kept."""
    best, metric = setup.history.best, setup.history.metric
    if best is None or not setup.config.train.keep_best or best[metric] == last.get(metric):
        return None
    return best["step"], float(best[metric])
