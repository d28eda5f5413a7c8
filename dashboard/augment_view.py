"""An augmentation setting and texts in, previews out; and how an edited text with its word pieces is drawn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from core.analysis import preview
from core.augment.run_policy import run_policy
from core.config import RunConfig
from core.data.rows import Rows
from core.tasks import Task, get_task
from dashboard import cache, components, theme

SAMPLE_ROWS = 300
MOST_CHARACTERS = 20_000
"""Characters of a typed text that the preview takes; more would only make the page slow."""

PRESETS = {
    "Careful": {"style": "careful", "methods": ["synonym", "swap", "typo"], "mode": "dynamic"},
    "As the paper": {"style": "paper", "methods": ["synonym", "swap", "typo"], "mode": "dynamic"},
    "As the notebook": {"style": "paper", "methods": ["synonym", "swap", "typo"], "mode": "static"},
}


def preview_text(config: RunConfig, text: str, pair: str | None, epochs: Sequence[int]) -> list[preview.PreviewRow]:
    """A text through the epochs, changed in each of them."""
    return _text(config.to_json(), text, pair, tuple(epochs))


@st.cache_data(show_spinner=False, max_entries=400)
def _text(config: str, text: str, pair: str | None, epochs: tuple[int, ...]) -> list[preview.PreviewRow]:
    return preview.preview_text(RunConfig.from_json(config), text, pair, epochs, cache.demo_pieces())


def epochs_of_row(config: RunConfig, rows: int, row: int, epochs: Sequence[int]) -> list[int]:
    """Epochs in which a run over `rows` training rows changes this row."""
    policy = run_policy(config)
    return [epoch for epoch in epochs if row in set(policy.chosen(rows, epoch))]


def preview_row(config: RunConfig, task: Task, rows: Rows, row: int, epochs: Sequence[int]) -> list[preview.PreviewRow]:
    """One row of a task through the epochs, as a run changes it in those epochs that draw it."""
    policy, pieces = run_policy(config, task), cache.demo_pieces()
    text, pair = rows.texts[row], rows.pairs[row] if rows.pairs is not None else None
    shown = []
    for epoch in epochs:
        changed = policy.row(row, text, pair, epoch)
        for side, before, after in (("text", text, changed.text), ("pair", pair, changed.pair)):
            if before is not None and after is not None:
                shown.append(
                    preview.PreviewRow(
                        row,
                        epoch,
                        side,
                        before,
                        after.text,
                        after.method,
                        after.edits,
                        pieces.tokenize(before),
                        pieces.tokenize(after.text),
                    )
                )
    return shown


@st.cache_data(show_spinner="Augmenting the sample …", max_entries=20)
def sample(config: str, task_name: str, epoch: int) -> list[preview.PreviewRow]:
    """What a run would change of the first rows of a task in one epoch, were every one of them drawn."""
    changed = RunConfig.from_json(config)
    rows = cache.corpus(RunConfig(task=task_name)).train
    every = changed.replace({"augment.fraction": 1.0})
    rows = rows.take(range(min(SAMPLE_ROWS, len(rows))))
    return preview.preview_rows(every, get_task(task_name), rows, [epoch], cache.demo_pieces())


def by_method(shown: Sequence[preview.PreviewRow]) -> pd.DataFrame:
    """Figures of a sample, a row a method, as texts for a table."""
    rows = []
    for method in dict.fromkeys(row.method for row in shown):
        of_method = [row for row in shown if row.method == method]
        found = preview.statistics(of_method)
        rows.append(
            {
                "method": method,
                "texts": f"{found['texts']:,}",
                "changed": f"{100 * found['changed'] / found['texts']:.3g} %",
                "edits a text": f"{found['edits'] / found['texts']:.3g}",
                "words changed": f"{100 * found['words_changed']:.3g} %",
                "word pieces after / before": f"{found['piece_inflation']:.3g}",
            }
        )
    return pd.DataFrame(rows)


def table(shown: Sequence[preview.PreviewRow]) -> pd.DataFrame:
    """One row a text, for the table and the CSV; edits as JSON."""
    return pd.DataFrame(
        [
            {
                "row": row.row, "epoch": row.epoch, "side": row.side, "method": row.method, "original": row.original,
                "augmented": row.augmented,
                "edits": json.dumps([asdict(edit) for edit in row.edits], ensure_ascii=False),
            }
            for row in shown
        ]
    )  # fmt: skip


def draw(row: preview.PreviewRow, label: str = "") -> None:
    """One text with its edits marked, then what they did to its word pieces."""
    name = f"{label}{row.method}" if row.edits else f"{label}{row.method}: nothing to change here"
    st.html(f'<div class="lab-note">{components.escape_html(name)}</div>')
    components.show_edits(row.original, row.edits, row.method)


def draw_rules(row: preview.PreviewRow) -> None:
    lines = [f"{edit.rule}: “{edit.before}” → “{edit.after}”" for edit in row.edits[:12]]
    components.note(" · ".join(lines) + (" · …" if len(row.edits) > 12 else "") if lines else "No edit in this epoch.")


def draw_pieces(row: preview.PreviewRow) -> None:
    """Word pieces before and after; those that are new are framed in the warning colour."""
    before, after = row.pieces_before[:400], row.pieces_after[:400]
    left, right = st.columns(2)
    for column, title, pieces, fresh in (
        (left, "before", before, [False] * len(before)),
        (right, "after", after, components.fresh_pieces(before, after)),
    ):
        total = len(row.pieces_before if title == "before" else row.pieces_after)
        column.html(
            f'<div class="lab-note">word pieces {title}: {total}</div>'
            f'<div class="lab-pieces">{components.pieces_html(pieces, fresh)}</div>'
        )


def method_legend(methods: Sequence[str]) -> None:
    dots = [
        f'<span class="lab-dot" style="background:{theme.METHOD_COLORS.get(m, theme.OTHER_COLOR)}"></span>{m}'
        for m in methods
    ]
    st.html(
        f'<div class="lab-note">{" &nbsp; ".join(dots)} &nbsp; '
        "struck: before, marked: after; rest on a mark to read its rule</div>"
    )


def as_jsonl(shown: Sequence[preview.PreviewRow]) -> str:
    rows: list[dict[str, Any]] = [asdict(row) for row in shown]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def draw_audit(config: RunConfig, task_name: str) -> None:
    """What augmentation may do to labels of this task: rules with their reasons, rows touched, examples."""
    findings = audit(config.to_json(), task_name)
    if not findings:
        components.note("No rule is known for this task: none of its edits is expected to change a label.")
    for finding in findings:
        share = f"{finding.rows} of {finding.of} rows"
        st.markdown(f"**{components.escape_markdown(finding.rule)}**: {share}")
        components.note(finding.reason)
        for example in finding.examples[:2]:
            edit: Any = example["edit"]
            components.show_edits(
                str(example["original"]), [edit], str(getattr(edit, "rule", "")).split(",")[0], small=True
            )


@st.cache_data(show_spinner="Checking labels …", max_entries=20)
def audit(config: str, task_name: str) -> list[Any]:
    """Findings over the first rows of a task, were every one of them changed in epoch 0."""
    from core.augment.audit import audit_rows

    settings, task = RunConfig.from_json(config).replace({"augment.fraction": 1.0}), get_task(task_name)
    rows = cache.corpus(RunConfig(task=task_name)).train
    rows = rows.take(range(min(SAMPLE_ROWS, len(rows))))
    policy = run_policy(settings, task)
    return audit_rows(task_name, rows, policy.epoch(rows, 0)[1])
