"""A configuration and rows of a task in; what each of its methods does to every row out, with the label audit."""

from __future__ import annotations

from dataclasses import dataclass

from core.analysis.preview import PreviewRow, Tokenizer, shown_rows
from core.augment.audit import GUESS, Finding, audit_rows
from core.augment.run_policy import run_policy
from core.config import RunConfig
from core.data.rows import Rows
from core.tasks import Task

MIXTURE = "as drawn"
"""The methods together, as a run draws one for each row."""


@dataclass(frozen=True)
class Sample:
    """The rows were every one of them changed in one epoch."""

    by_method: dict[str, list[PreviewRow]]
    """Each method on its own, then `MIXTURE`, which is what a run would see."""
    findings: list[Finding]
    """The audit of `MIXTURE`."""

    @property
    def drawn(self) -> list[PreviewRow]:
        return self.by_method[MIXTURE]


def draw_sample(config: RunConfig, task: Task, rows: Rows, tokenizer: Tokenizer, epoch: int = 0) -> Sample:
    """Every row by every method, and by the one that a run draws for it. The fraction of `config` plays no part.

    A method on its own changes what it changes within the mixture: a careful swap that finds no good place leaves the
    row as it is, though in the mixture another method would then step in.
    """
    policy = run_policy(config, task)

    def pair(row: int) -> str | None:
        return rows.pairs[row] if rows.pairs is not None else None

    by_method = {
        method: [policy.row_by(method, row, rows.texts[row], pair(row), epoch) for row in range(len(rows))]
        for method in config.augment.methods
    }
    drawn = [policy.row(row, rows.texts[row], pair(row), epoch) for row in range(len(rows))]
    shown = {method: shown_rows(rows, changed, tokenizer) for method, changed in by_method.items()}
    findings = audit_rows(task.name, rows, drawn)
    if "context" not in config.augment.methods:
        findings = [finding for finding in findings if finding.rule != GUESS]
    return Sample({**shown, MIXTURE: shown_rows(rows, drawn, tokenizer)}, findings)
