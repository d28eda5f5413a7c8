"""A configuration and a text in; the text drawn with its edits and word pieces, epoch by epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import streamlit as st

from core.analysis import preview
from core.config import RunConfig
from core.tasks import get_task
from dashboard import theme
from dashboard.shared import machine, markup
from dashboard.shared.background import Answer, lane

EPOCHS = tuple(range(8))
PREVIEW = "preview"
"""Key of the fragment that shows the text."""
MOVED = "moved"
REST_S = 0.5
PLAY_S = 1.4
MOST_CHARACTERS = 20_000
"""Characters of a typed text that the preview takes; more would only make the page slow."""
_PIECES_SHOWN = 400
WAIT_S = 1.0  # what a first visit waits for before it is told to; a table from the disk takes a third of that

PRESETS: dict[str, dict[str, object]] = {
    "Careful": {"style": "careful", "static": False},
    "As the paper": {"style": "paper", "static": False},
    "As the notebook": {"style": "paper", "static": True},
}
"""Widget key to value. The paper augments anew each epoch; its notebook augmented one tenth once."""
_ALIKE = {"methods": ["synonym", "swap", "typo"], "fraction": 10, "strength": 0}


def preview_first() -> None:
    """A control was moved: the preview is drawn at once, the rest of the page when the control has come to rest."""
    st.session_state[MOVED] = time.monotonic()
    st.rerun(PREVIEW)


def page_follows() -> None:
    """Within the preview: after a move, a watch that draws the whole page once no other has followed."""
    st.fragment(_watch, run_every=REST_S if MOVED in st.session_state else None)()


def _watch() -> None:
    if time.monotonic() - st.session_state.get(MOVED, math.inf) >= 0.8 * REST_S:
        st.rerun()


def apply_preset(name: str) -> None:
    for key, value in (_ALIKE | PRESETS[name]).items():
        st.session_state[key] = value


def tools(config: RunConfig, wait_s: float = 0.0) -> Answer:
    """The model's word pieces, once all that a preview needs is loaded: synonyms, and the model where it guesses."""
    from core.augment.english.dictionary import wordnet_status

    guesses = "context" in config.augment.methods
    style, model = config.augment.style, config.model

    def load() -> object:
        from core.augment.english.dictionary import load_synonyms
        from core.model.pieces import load_pieces

        load_synonyms(style)
        if guesses:
            from core.augment.methods.context import load_context

            load_context(model)
        return load_pieces(model)

    key = ("augment", style, model, guesses, wordnet_status())
    return lane().ask(key, load, keep_s=60, wait_s=wait_s)


def shown(
    config: RunConfig, task_name: str | None, row: int, text: str, pair: str | None, pieces: preview.Tokenizer
) -> list[preview.PreviewRow]:
    """The text through the epochs, changed in each of them."""
    return _shown(config.to_json(), task_name, row, text, pair, pieces)


@st.cache_data(show_spinner=False, max_entries=200)
def _shown(
    config: str, task_name: str | None, row: int, text: str, pair: str | None, _pieces: preview.Tokenizer
) -> list[preview.PreviewRow]:
    task = get_task(task_name) if task_name else None
    return preview.preview_row(RunConfig.from_json(config), task, row, text, pair, EPOCHS, _pieces)


@st.cache_data(show_spinner=False, max_entries=200)
def epochs_of_row(fraction: float, static: bool, seed: int, rows: int, row: int) -> list[int]:
    """Epochs in which a run over `rows` training rows changes this row."""
    from core.augment.policy import AugmentPolicy
    from core.sections import AugmentConfig

    policy = AugmentPolicy(AugmentConfig("static" if static else "dynamic", fraction), ("text",), seed)
    return [epoch for epoch in EPOCHS if row in set(policy.chosen(rows, epoch))]


def draw(row: preview.PreviewRow, label: str = "") -> None:
    """One text with its edits marked and their rules, then what they did to its word pieces."""
    name = f"{label}{row.method}" if row.edits else f"{label}{row.method}: nothing to change here"
    markup.note(name)
    markup.show_edits(row.original, row.edits, row.method)
    lines = [f"{edit.rule}: “{edit.before}” → “{edit.after}”" for edit in row.edits[:12]]
    markup.note(" · ".join(lines) + (" · …" if len(row.edits) > 12 else "") if lines else "No edit in this epoch.")
    before, after = row.pieces_before[:_PIECES_SHOWN], row.pieces_after[:_PIECES_SHOWN]
    left, right = st.columns(2)
    for column, title, total, boxes in (
        (left, "before", row.pieces_before, markup.pieces_html(before, [False] * len(before))),
        (right, "after", row.pieces_after, markup.pieces_html(after, markup.fresh_pieces(before, after))),
    ):
        column.html(
            f'<div class="lab-note">word pieces {title}: {len(total)}</div><div class="lab-pieces">{boxes}</div>'
        )


def draw_epochs(rows: Sequence[preview.PreviewRow]) -> None:
    """The same text in every epoch, in one table: a line an epoch and side."""
    lines = "".join(
        f'<tr><td class="lab-note" style="white-space: nowrap">{_named(row)}</td>'
        f'<td><div class="lab-text small">{_edited(row)}</div></td></tr>'
        for row in rows
    )
    st.html(f'<table class="lab-table">{lines}</table>')


def _named(row: preview.PreviewRow) -> str:
    return "second text" if row.side == "pair" else f"{row.epoch} &nbsp;{markup.escape_html(row.method)}"


def _edited(row: preview.PreviewRow) -> str:
    return markup.edited_html(row.original, row.edits, theme.METHOD_COLORS.get(row.method, theme.OTHER_COLOR))


def method_legend(methods: Sequence[str]) -> None:
    dots = [
        f'<span class="lab-dot" style="background:{theme.METHOD_COLORS.get(m, theme.OTHER_COLOR)}"></span>{m}'
        for m in methods
    ]
    st.html(
        f'<div class="lab-note">{" &nbsp; ".join(dots)} &nbsp; '
        "struck: before, marked: after; rest on a mark to read its rule</div>"
    )


def wordnet_notice() -> None:
    """Where WordNet is missing: what stands in for it, and a button that fetches it and says how that went."""
    notice = machine.synonym_notice()
    tried = st.session_state.get("wordnet-tried", 0)
    if notice:
        markup.note(notice)
        if st.button("Download WordNet (11 MB)", key="wordnet", icon=":material/download:"):
            tried = st.session_state["wordnet-tried"] = tried + 1
    if tried:
        waiting = not _download(tried).ready
        st.fragment(_draw_download, run_every=0.5 if waiting else None)(tried, waiting)


def _download(attempt: int) -> Answer:
    from core.augment.english.download import download_wordnet

    return lane().ask(("wordnet", attempt), download_wordnet)


def _draw_download(attempt: int, waiting: bool) -> None:
    answer = _download(attempt)
    if not answer.ready:
        markup.note("Downloading WordNet …")
        return
    if waiting:
        st.rerun()
    done, message = answer.value if not answer.error else (False, answer.error)
    (st.success if done else st.warning)(markup.escape_markdown(message))
