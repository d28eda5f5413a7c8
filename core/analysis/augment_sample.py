"""What each method of an augmentation does to rows of a task, how the mix came out, and the label audit."""

from __future__ import annotations

from dataclasses import dataclass

from core.analysis.preview import PreviewRow, Tokenizer, shown_rows
from core.augment.audit import AuditFinding, audit_rows, expected_flips, reservation
from core.augment.policy import run_policy
from core.augment.shares import Shares, shares
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
    findings: list[AuditFinding]
    """The audit of `MIXTURE`."""
    shares: Shares
    """Asked for and applied, of `MIXTURE`."""
    reservation: str
    """What the audit cannot know of this task; empty where its rules were written for it."""
    expected: dict[str, float]
    """Method to the share of its changed rows, on its own, that some rule touches."""

    @property
    def drawn(self) -> list[PreviewRow]:
        return self.by_method[MIXTURE]


def draw_sample(config: RunConfig, task: Task, rows: Rows, tokenizer: Tokenizer, epoch: int = 0) -> Sample:
    """Every row by every method, and by the one that a run draws for it. Neither the fraction of `config` nor its
    filters play a part."""
    policy = run_policy(config, task)

    def pair(row: int) -> str | None:
        return rows.pairs[row] if rows.pairs is not None else None

    by_method = {
        method: [policy.row_by(method, row, rows.texts[row], pair(row), epoch) for row in range(len(rows))]
        for method in config.augment.methods
    }
    drawn = policy.augmented(rows, list(range(len(rows))), epoch)
    expected = expected_flips(task, rows, [row for alone in by_method.values() for row in alone])
    shown = {method: shown_rows(rows, changed, tokenizer) for method, changed in by_method.items()}
    mix = shares(policy.weights, rows, drawn, policy.sides, policy.table)
    findings = audit_rows(task, rows, drawn)
    return Sample({**shown, MIXTURE: shown_rows(rows, drawn, tokenizer)}, findings, mix, reservation(task), expected)
