"""Everything that is known of some runs before they start, and what stands in their way: one answer for all who ask.

The launch page, the sweep form and the command line call `check` and show what it says. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.analysis.preview import guesser_lack
from core.augment.filters import augmentation_notes
from core.config import RunConfig
from core.data.doctor import describe
from core.data.lengths import text_lengths
from core.data.rows import Corpus, DataError
from core.data.sources import load_corpus, task_of
from core.fields import ConfigError
from core.model.expected_notes import expected_notes
from core.model.files import check_files
from core.model.limits import model_problems, target_note
from core.model.memory import Memory, count, estimate_memory, machine_memory, shortage
from core.model.pieces import load_pieces
from core.model.source import ModelError, ModelSource, resolve_model
from core.plan.forecast import Forecast, data_key, forecast
from core.plan.lengths import batch_lengths, compared_batches
from core.plan.speed import speed_key
from core.runs.folder.store import Store
from core.tasks import Task
from core.train.defaults import resolved
from core.train.loss_notes import loss_notes, size_key
from core.train.steps import Steps, count_steps
from core.train.tracking import check_tracker

Load = Callable[[RunConfig], "Corpus | None"]


@dataclass(frozen=True)
class Parameters:
    """Of a model, and of these those that a run changes."""

    total: int
    trainable: int


@dataclass(frozen=True)
class Plan:
    """What is known before a launch; None is not known before the run."""

    errors: Mapping[str, str] = field(default_factory=dict)
    """Configuration key -> what is wrong and what to do."""
    notes: tuple[str, ...] = ()
    """What the run's record will say, such as that its weights are random, and what may go wrong."""
    task: Task | None = None
    train_rows: int | None = None
    eval_rows: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    """Where the rows come from."""
    steps: Steps | None = None
    parameters: Parameters | None = None
    memory: Memory | None = None
    """Bytes at its peak, about."""
    time: Forecast | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """What `core.data.doctor` describes: columns, kind of label, classes, findings with what mends them."""
    resolved: Mapping[str, Any] = field(default_factory=dict)
    """Key -> the value that a setting left open stands for."""

    @property
    def ok(self) -> bool:
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """As `train --dry-run --json` prints it."""
        rows = None if self.train_rows is None else {"train": self.train_rows, **self.eval_rows}
        return {
            "ok": self.ok,
            "errors": dict(self.errors),
            "notes": list(self.notes),
            "data": dict(self.data) if self.data else None,
            "rows": rows,
            "source": self.source,
            "steps": self.steps.total if self.steps else None,
            "parameters": vars(self.parameters) if self.parameters else None,
            "time_s": self.time.seconds if self.time else None,
            "memory_mb": self.memory.total / 1e6 if self.memory else None,
            "resolved": dict(self.resolved),
        }


def check(
    configs: Sequence[RunConfig],
    store: Store,
    thorough: bool = True,
    load: Load = load_corpus,
    find: Callable[[str], ModelSource] = resolve_model,
    examined: bool = False,
) -> Plan:
    """What is known of these runs: the first one's figures, and every one's obstacles and notes.

    Args:
        configs: one or more runs that are to be started together.
        store: the runs there are to learn from.
        thorough: the data are examined and the runs are timed, too, which may take some seconds.
        load: the rows of a configuration, or None where they come only with the run.
        find: where a model of that name comes from.
        examined: the data are examined all the same where they are an own file's, which nobody else has looked at.

    Returns: the plan. Its memory is the largest one's, its time that of all.
    """
    corpora: dict[str, Corpus | None] = {}
    plans: dict[str, Plan] = {}
    steps: list[Steps | None] = []
    for config in configs:
        alike = repr([data_key(config), speed_key(config), config.augment, config.train, config.surgery, config.lora])
        if alike not in plans:
            plans[alike] = _check(config, corpora, load, find)
        steps.append(plans[alike].steps)
    first, *others = plans.values()
    errors, notes, needs = dict(first.errors), dict.fromkeys(first.notes), [first.memory]
    for plan in others:
        errors, notes = {**plan.errors, **errors}, notes | dict.fromkeys(plan.notes)
        needs.append(plan.memory)
    notes |= dict.fromkeys(compared_batches(configs, steps))
    largest = max((need for need in needs if need), key=lambda need: need.total, default=None)
    time, known = None, {key: corpus for key, corpus in corpora.items() if corpus is not None}
    if thorough and not errors and len(known) == len(corpora) and largest is not None:
        try:
            time = forecast(configs, known, [one for one in steps if one], store)
        except ValueError as error:
            notes[f"the time is not known: {error}"] = None
    own = examined and first.task is not None and first.task.origin == "file"
    data = _describe(configs[0], known) if thorough or own else {}
    return replace(first, errors=errors, notes=tuple(notes), memory=largest, time=time, data=data)


def _check(
    config: RunConfig, corpora: dict[str, Corpus | None], load: Load, find: Callable[[str], ModelSource]
) -> Plan:
    errors: dict[str, str] = {}
    notes: list[str] = []
    try:
        check_tracker(config.train.report_to)
    except ValueError as error:
        errors["train.report_to"] = str(error)
    source = _model(config, find, errors, notes)
    corpus, task = _rows(config, corpora, load, errors)
    plan = Plan(task=task)
    if corpus is not None:
        rows, train = corpus.train, config.train
        _augmentation(config, corpus, errors, notes)
        lengths, said = batch_lengths(config, rows, source)
        notes += [*said, *loss_notes(train, rows.labels, corpus.task.is_regression, lengths)]
        steps = count_steps(train, len(rows), lengths, own=corpus.task.origin == "file")
        evals = {name: len(split) for name, split in corpus.evals.items()}
        plan = Plan(
            task=corpus.task,
            train_rows=len(rows),
            eval_rows=evals,
            source=corpus.source,
            steps=steps,
            resolved=_resolved(config, corpus, lengths),
        )
        if source is not None and not source.needs_download and "model" not in errors:
            notes += filter(None, [expected_notes(source, corpus.task.labels, corpus.task.is_regression)])
            total, trainable = count(config, corpus.task.num_labels)
            need = _memory(config, corpus, errors, notes)
            plan = replace(plan, parameters=Parameters(total, trainable), memory=need)
    elif task is not None and not errors:
        notes.append("the rows are fetched from the model hub when the run starts")
    return replace(plan, errors=errors, notes=tuple(notes))


def _augmentation(config: RunConfig, corpus: Corpus, errors: dict[str, str], notes: list[str]) -> None:
    try:
        notes += augmentation_notes(config.augment, corpus.task, corpus.train)
    except ConfigError as error:
        errors[error.key] = str(error)


def _describe(config: RunConfig, corpora: Mapping[str, Corpus]) -> Mapping[str, Any]:
    """What is in the rows of a run, its texts measured in the word pieces of its model where that is here."""
    corpus = corpora.get(data_key(config))
    if corpus is None:
        return {}
    try:
        return describe(corpus, config, load_pieces(config.model))
    except ModelError:
        return describe(corpus, config)


def _model(
    config: RunConfig, find: Callable[[str], ModelSource], errors: dict[str, str], notes: list[str]
) -> ModelSource | None:
    """Where the model comes from; what it does not have goes into `errors`."""
    try:
        source = find(config.model)
        if not source.needs_download:
            check_files(source)
            errors.update(model_problems(config))
            if lack := guesser_lack(config, source):
                errors["augment.methods"] = lack
    except ModelError as error:
        errors["model"] = str(error)
        return None
    said = "" if source.needs_download or errors else target_note(config)
    notes += filter(None, [source.note, said])
    return source


def _rows(
    config: RunConfig, corpora: dict[str, Corpus | None], load: Load, errors: dict[str, str]
) -> tuple[Corpus | None, Task | None]:
    key, task = data_key(config), None
    try:
        task = task_of(config)
        if key not in corpora:
            corpora[key] = load(config)
        return corpora[key], task
    except ValueError as error:
        of_file = isinstance(error, DataError) and task is not None and task.origin == "file"
        errors[getattr(error, "key", "") or ("data.file" if of_file else "task")] = str(error)
        return None, task


def _resolved(config: RunConfig, corpus: Corpus, lengths: Sequence[int] | None) -> dict[str, Any]:
    """What each setting that is None stands for in this run."""
    meant = {
        "data.max_train_rows": len(corpus.train),
        "data.max_eval_rows": max(len(split) for split in corpus.evals.values()),
        **resolved(config, corpus, lengths),
    }
    values = config.to_dict()
    return {key: value for key, value in meant.items() if values[key] is None}


def _memory(config: RunConfig, corpus: Corpus, errors: dict[str, str], notes: list[str]) -> Memory:
    """What the run needs; an error where that is more than the machine has, a note where it is more than is free."""
    lengths = text_lengths(corpus.train, config.data.max_length)
    rows = len(corpus.train) + sum(len(split) for split in corpus.evals.values())
    need = estimate_memory(config, corpus.task.num_labels, lengths, rows)
    there, free = machine_memory()
    said = shortage(config, corpus.task.num_labels, lengths, rows, there if need.total > there else free)
    if need.total > there:
        errors[size_key(config.train)] = f"the run does not fit into this machine: {said}"
    elif need.total > free:
        notes.append(f"the run may not fit beside what is open now: {said}")
    return need
