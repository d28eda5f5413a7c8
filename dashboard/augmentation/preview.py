"""A configuration and a text in; the text drawn with its edits and word pieces, epoch by epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from core import wording
from core.analysis import preview
from core.augment.edits import Edit
from core.augment.methods import METHODS
from core.config import RunConfig
from core.model import piece_marks
from core.tasks import Task
from dashboard import theme
from dashboard.augmentation import aligned
from dashboard.shared import markup, readers
from dashboard.shared.background import Answer, lane

if TYPE_CHECKING:
    from core.model.pieces import Pieces

EPOCHS = tuple(range(8))
PREVIEW = "preview"
"""Key of the fragment that shows the text."""
SHOWN = "epoch-shown"
"""What the preview showed last, and in which epoch."""
PLAY_S = 1.4
MOST_CHARACTERS = 20_000
"""Characters of a typed text that the preview takes; more would only make the page slow."""
_PIECES_SHOWN = 400
RULES_SHOWN = 12
WAIT_S = 1.0  # what a first visit waits for before it is told to; a table from the disk takes a third of that


def tools(config: RunConfig, wait_s: float = 0.0) -> Answer:
    """The model's word pieces, once all that a preview needs is loaded: synonyms, and the model where it guesses."""
    from core.augment.english.dictionary import wordnet_status

    known = [METHODS[name] for name in config.augment.methods if name in METHODS]
    loads = [method.load for method in known if method.load is not None]
    style, model = config.augment.style, config.model

    def load() -> object:
        from core.augment.english.dictionary import load_synonyms
        from core.model.pieces import load_pieces
        from core.model.source import resolve_model

        load_synonyms(style)
        if lack := preview.guesser_lack(config, resolve_model(model)):
            raise ValueError(lack)
        for load in loads:
            load(model)
        return load_pieces(model)

    key = ("augment", style, model, bool(loads), wordnet_status())
    return lane().ask(key, load, keep_s=60, wait_s=wait_s)


def shown(
    config: RunConfig, task: Task | None, row: int, text: str, pair: str | None, pieces: preview.Tokenizer
) -> list[preview.PreviewRow]:
    """The text through the epochs, changed in each of them."""
    return _shown(config.to_json(), task, row, text, pair, pieces)


@st.cache_data(show_spinner=False, max_entries=200, hash_funcs={Task: repr})
def _shown(
    config: str, task: Task | None, row: int, text: str, pair: str | None, _pieces: preview.Tokenizer
) -> list[preview.PreviewRow]:
    return preview.preview_row(RunConfig.from_json(config), task, row, text, pair, EPOCHS, _pieces)


def epochs_of_row(config: RunConfig, row: int) -> list[int]:
    """Epochs in which a run over the training rows that `config` names changes this row."""
    return _epochs_of_row(readers.data_key(config), config.to_json(), row)


@st.cache_data(show_spinner=False, max_entries=200)
def _epochs_of_row(data: str, config: str, row: int) -> list[int]:
    from core.augment.policy import AugmentPolicy

    wanted = RunConfig.from_json(config)
    corpus = readers.corpus(wanted)
    policy = AugmentPolicy(wanted.augment, (), wanted.seed, task=corpus.task, guesser=_Nothing())
    return [epoch for epoch in EPOCHS if row in set(policy.chosen(corpus.train, epoch))]


class _Nothing:
    """Stands for the model where only the choice of rows is asked for."""

    def replace(self, texts: Sequence[str], *_: object) -> list[Any]:
        return []


class _Shown(NamedTuple):
    rows: tuple[tuple[str, str], ...]
    epoch: int


def draw_epoch(rows: Sequence[preview.PreviewRow], epoch: int) -> None:
    """What `epoch` makes of the text, under its original; words that are other than in the epoch shown before light
    up, while every word stays in its place."""
    before: _Shown | None = st.session_state.get(SHOWN)
    for side in dict.fromkeys(row.side for row in rows):
        versions = [row for row in rows if row.side == side]
        original = versions[0].original
        places = {row.epoch: place for place, row in enumerate(versions)}
        row = versions[places[epoch]]
        if len(original.split()) > aligned.MOST_WORDS:
            markup.show_edits(row.original, row.edits, row.method)
        else:
            found = aligned.columns(original, [version.edits for version in versions])
            name = row.method if row.edits else f"{row.method}: as it was"
            previous = places.get(before.epoch) if before and before.rows == _identity(rows) else None
            st.html(aligned.aligned_html(found, places[epoch], theme.method_color(row.method), name, previous))
        _draw_rules(row)
    st.session_state[SHOWN] = _Shown(_identity(rows), epoch)


def _identity(rows: Sequence[preview.PreviewRow]) -> tuple[tuple[str, str], ...]:
    return tuple((row.original, row.augmented) for row in rows)


def _draw_rules(row: preview.PreviewRow) -> None:
    lines = rules_in_words(row.edits)
    nothing = f"{wording.capital(row.method)} found nothing that it may change here: the row stays as it was."
    markup.note(" · ".join(lines[:RULES_SHOWN]) + (" · …" if len(lines) > RULES_SHOWN else "") if lines else nothing)


def rules_in_words(edits: Sequence[Edit]) -> list[str]:
    """Why each edit was made, and what it did. Two words that changed places are one: `swap: “funny” ⇄ “clever”`."""
    said: list[tuple[str, str, str, str]] = []
    for edit in edits:
        other_half = (edit.rule, edit.after, "→", edit.before)
        if other_half in said:
            said[said.index(other_half)] = (edit.rule, edit.after, "⇄", edit.before)
        else:
            said.append((edit.rule, edit.before, "→", edit.after))
    return [f"{rule}: “{before}” {arrow} “{after}”" for rule, before, arrow, after in said]


def draw_pieces(row: preview.PreviewRow, pieces: Pieces) -> None:
    """What the edits did to the word pieces; what the marks on them mean stands beneath."""
    before, after = (
        piece_marks.readable(one[:_PIECES_SHOWN], pieces.backend) for one in (row.pieces_before, row.pieces_after)
    )
    left, right = st.columns(2)
    for column, title, total, boxes in (
        (left, "before", row.pieces_before, markup.pieces_html(before, [False] * len(before))),
        (right, "after", row.pieces_after, markup.pieces_html(after, markup.fresh_pieces(before, after))),
    ):
        column.html(
            f'<div class="lab-note">word pieces {title}: {len(total)}</div><div class="lab-pieces">{boxes}</div>'
        )
    if said := piece_marks.legend([*before, *after]):
        markup.note(said)


def draw_bars(rows: Sequence[preview.PreviewRow]) -> None:
    """The scrubber's buttons get a bar in the colour of the method that changed the text in that epoch."""
    done = {row.epoch: row.method for row in rows if row.edits}
    colors = [theme.method_color(done[epoch]) if epoch in done else None for epoch in EPOCHS]
    st.html(aligned.bars_css(colors, "epoch"))


def draw_epochs(rows: Sequence[preview.PreviewRow]) -> None:
    """The same text in every epoch, in one table: a line an epoch and side."""
    lines = "".join(
        f'<tr><td class="lab-note" style="white-space: nowrap">{_named(row)}</td>'
        f'<td><div class="lab-text small">{_edited(row)}</div></td></tr>'
        for row in rows
    )
    st.html(markup.framed_table(lines))


def _named(row: preview.PreviewRow) -> str:
    return "second text" if row.side == "pair" else f"{row.epoch} &nbsp;{markup.escape_html(row.method)}"


def _edited(row: preview.PreviewRow) -> str:
    return aligned.inline_html(row.original, row.edits, theme.method_color(row.method))


def draw_legend(config: RunConfig, task: Task | None, rows: Sequence[preview.PreviewRow]) -> None:
    """The methods in their colours with what came of each in these epochs; then how many rows an epoch changes."""
    from core.augment.policy import resolved_weights

    drawn = Counter(row.method for row in rows if row.side == "text")
    changed = Counter(method for method, _ in {(row.method, row.epoch) for row in rows if row.edits})
    told = " &nbsp; ".join(
        f'<span class="lab-number"><span class="lab-dot" style="background:{theme.method_color(method)}"></span>'
        f"{markup.escape_html(method)}: {changed[method]} of {drawn[method]}</span>"
        for method in config.augment.methods
    )
    weights = resolved_weights(config.augment, task)
    shares = aligned.hundred_html(config.augment.fraction, weights, theme.method_color)
    st.html(f'<div class="lab-note">Drawn and changed in these {len(EPOCHS)} epochs &nbsp; {told}</div>{shares}')
