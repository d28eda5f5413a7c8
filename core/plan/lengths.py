"""A configuration and its rows in; the rows' lengths, where batches are made by them, out, and what is to be said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.config import RunConfig
from core.data.lengths import row_lengths
from core.data.rows import Rows
from core.model.pieces import load_tokenizer_file
from core.model.source import ModelError, ModelSource
from core.train.steps import Steps
from core.train.token_budget import budget_notes


def batch_lengths(config: RunConfig, rows: Rows, source: ModelSource | None) -> tuple[list[int] | None, list[str]]:
    """(word pieces of each training row, notes) under `train.token_budget`; (None, []) without one.

    About as many where the model, whose tokenizer decides, is not on this machine yet; it is said then.
    """
    budget, notes, pieces = config.train.token_budget, [], None
    if budget is None:
        return None, []
    if source is not None and not source.needs_download:
        with suppress(ModelError):  # what is wrong with it is said elsewhere
            pieces = load_tokenizer_file(Path(source.path_or_id))
    if pieces is None:
        notes.append(
            "the number of steps is an estimate: it follows from the word pieces of a model that is not here yet"
        )
    lengths = row_lengths(rows, config.data.max_length, pieces)
    return lengths, [*notes, *budget_notes(lengths, budget, config.augment.changes_rows)]


def compared_batches(configs: Sequence[RunConfig], steps: Sequence[Steps | None]) -> list[str]:
    """What is to be said of runs of one task that differ in how large their batches are: they differ in steps too."""
    trains = [config.train for config in configs]
    totals = {of.total for of in steps if of}
    if len({config.task for config in configs}) > 1 or len({(t.batch_size, t.token_budget) for t in trains}) < 2:
        return []
    said = []
    if len(totals) > 1:
        said.append(
            f"the runs take {min(totals):,} to {max(totals):,} steps, since their batches differ: what tells them "
            "apart may be the steps as well; train.max_steps gives all as many"
        )
    if len({t.batch_size for t in trains}) > 1 and all(t.token_budget for t in trains):
        said.append("train.batch_size changes nothing in training where train.token_budget is set")
    return said
