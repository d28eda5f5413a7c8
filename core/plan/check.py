"""A configuration in; what it would run on, and whether it can, out. Imports no torch: pages ask before each click."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass, field

from core.augment.policy import changed_rows
from core.config import RunConfig
from core.data.lengths import text_lengths
from core.data.rows import Corpus
from core.data.sources import load_corpus
from core.model.files import check_files
from core.model.limits import model_problems
from core.model.memory import Memory, estimate_memory, machine_memory, shortage
from core.model.source import resolve_model
from core.sections import loss_note
from core.train.tracking import check_tracker


@dataclass(frozen=True)
class Preflight:
    """What is known of a run before it starts."""

    task: str
    train_rows: int
    eval_rows: dict[str, int]
    steps_per_epoch: int
    steps: int
    source: str
    """Where the rows come from."""
    augmented_rows: int
    """Rows changed in each epoch."""
    memory: Memory
    """Bytes it needs at its peak, about."""
    notes: list[str] = field(default_factory=list)
    """What the run's record will say, such as that its weights are random."""


def preflight(config: RunConfig) -> Preflight:
    """Load the rows and find the model, as the run will.

    Raises DataError or ModelError where it would fail, ValueError where the model lacks what is named or needs more
    memory than the machine has.
    """
    check_tracker(config.train.report_to)
    source = resolve_model(config.model)
    check_files(source)
    check_model(config)
    corpus = load_corpus(config)
    rows = len(corpus.train)
    notes = [note for note in (source.note, loss_note(config.train.loss, corpus.task.is_regression)) if note]
    memory = memory_of(config, corpus)
    notes += memory_notes(config, corpus, memory)
    changed = changed_rows(config.augment, corpus.task, corpus.train)
    return Preflight(
        corpus.task.name,
        rows,
        {name: len(split) for name, split in corpus.evals.items()},
        math.ceil(rows / config.train.batch_size),
        step_count(config, rows),
        corpus.source,
        changed,
        memory,
        notes,
    )


def check_model(config: RunConfig) -> None:
    """ValueError for layers that the model does not have, as `core.model.build` would raise; ModelError as for it."""
    for problem in model_problems(config).values():
        raise ValueError(problem)


def step_count(config: RunConfig, rows: int) -> int:
    """Optimizer steps of a run over `rows` training rows."""
    per_epoch = math.ceil(rows / config.train.batch_size)
    return config.train.max_steps or max(1, math.ceil(config.train.epochs * per_epoch))


def memory_of(config: RunConfig, corpus: Corpus) -> Memory:
    """`estimate_memory` of a run on these very rows."""
    lengths = text_lengths(corpus.train, config.data.max_length)
    rows = len(corpus.train) + sum(len(split) for split in corpus.evals.values())
    return estimate_memory(config, corpus.task.num_labels, lengths, rows)


def memory_notes(config: RunConfig, corpus: Corpus, memory: Memory) -> list[str]:
    """A warning where the run needs more than is free now; ValueError where it needs more than there is."""
    there, free = machine_memory()
    if memory.total <= free:
        return []
    limit = there if memory.total > there else free
    rows = len(corpus.train) + sum(len(split) for split in corpus.evals.values())
    lengths = text_lengths(corpus.train, config.data.max_length)
    said = shortage(config, corpus.task.num_labels, lengths, rows, limit)
    if limit == there:
        raise ValueError(f"the run does not fit into this machine: {said}")
    return [f"the run may not fit beside what is open now: {said}"]


def command_line(config: RunConfig) -> str:
    """The shell command that launches this very configuration."""
    changed = assignments(config, RunConfig())
    words = ["--task", config.task, "--model", config.model, *(word for text in changed for word in ("--set", text))]
    return shlex.join(["python", "-m", "core", "train", *words])


def assignments(config: RunConfig, start: RunConfig) -> list[str]:
    """`KEY=VALUE`, as `--set` reads it, for each key in which two configurations differ, but task and model."""
    differing = config.differences(start)
    return [f"{key}={_text(value)}" for key, (value, _) in differing.items() if key not in ("task", "model")]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
