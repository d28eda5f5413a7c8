"""What probes found of a text, drawn: its words' parts in the answer, the smallest edit that turns it, noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.wording import percent
from dashboard import theme
from dashboard.playground import drawings
from dashboard.shared import formatting, markup

if TYPE_CHECKING:
    from core.analysis.playground.probes import Attempt, Flip, Survival
    from core.analysis.playground.salience import Salience

SHOWN = 6
"""Draws that turned the answer."""


def salience(found: Salience, text: str, pair: str | None) -> None:
    texts = [text] if {word.side for word in found.words} <= {0} or pair is None else [text, pair]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"Left out, one word at a time: **{markup.escape_markdown(found.answer)}** would lose")
        st.html(drawings.words_html(found.words, found.left_out, texts))
    with right:
        st.markdown("Integrated gradients: what each word adds as all fade in")
        st.html(drawings.words_html(found.words, found.gradients, texts))
        total = sum(part or 0.0 for part in found.gradients) + found.rest
        said = "as they should" if found.sums_up else "and should not be so far off: read them with care"
        markup.note(
            f"With the words the model stands at {found.whole:.3f}, without any at {found.empty:.3f}: a difference of "
            f"{found.whole - found.empty:+.3f}. The parts sum to {total:+.3f}, {said} ({found.nodes} points)."
        )
    markup.note("In log-odds of the answer (a score: in its own unit). Teal speaks for it, orange against it.")


def flip(found: Flip) -> None:
    tried = sum(found.tried.values())
    more = f"; {formatting.number(found.left)} more were left untried" if found.left else ""
    budget = f"{formatting.number(tried)} edits in {found.seconds:.1f} s{more}"
    one = found.smallest
    if one is not None:
        st.markdown(
            f"{_characters(one)} **{markup.escape_markdown(found.label)}** into "
            f"**{markup.escape_markdown(one.label)}** ({budget})."
        )
        markup.show_edits(one.text, one.edits, one.kind)
    elif found.closest is not None:
        now = f"from {formatting.number(found.odds)} to {formatting.number(found.closest.odds)}"
        st.markdown(
            f"Nothing that was tried turns **{markup.escape_markdown(found.label)}** ({budget}). Nearest, {now}:"
        )
        markup.show_edits(found.closest.text, found.closest.edits, found.closest.kind)
    else:
        st.markdown("There is nothing to edit in this text.")
        return
    rows = [(kind, count, found.by_kind.get(kind)) for kind, count in found.tried.items()]
    cells = "".join(
        f"<tr><td>{markup.escape_html(kind)}</td><td>{count}</td><td>{_edit(best)}</td>"
        f"<td>{markup.escape_html(best.label) if best else '–'}</td></tr>"
        for kind, count, best in rows
    )
    head = "<tr><th>kind</th><th>tried</th><th>smallest edit</th><th>new answer</th></tr>"
    st.html(markup.framed_table(head + cells))


def _characters(one: Attempt) -> str:
    return "1 changed character turns" if one.size == 1 else f"{one.size} changed characters turn"


def _edit(one: Attempt | None) -> str:
    if one is None:
        return "none did"
    return markup.escape_html("; ".join(f"“{edit.before}” → “{edit.after}”" for edit in one.edits))


def survival(found: Survival, text: str, pair: str | None) -> None:
    count, kept = len(found.draws), len(found.draws) - len(found.lost)
    st.markdown(
        f"**{markup.escape_markdown(found.label)}** stays in **{kept} of {count}** draws "
        f"({percent(found.kept.value)}; 95 % interval {percent(found.kept.low)} to {percent(found.kept.high)})."
    )
    source = "the run's own augmentation" if found.own else "the default augmentation, as this run augments nothing"
    markup.note(f"Drawn from {source}; in {found.unchanged} draws it found nothing to change.")
    lines = []
    for row, label in found.lost[:SHOWN]:
        sides = [(before, side) for before, side in ((text, row.text), (pair, row.pair)) if before is not None and side]
        color = theme.method_color(row.method)
        shown = "<br>".join(markup.edited_html(before, side.edits, color) for before, side in sides)
        lines.append(f"<tr><td>{markup.escape_html(label)}</td><td>{shown}</td></tr>")
    if lines:
        more = f" (the first {len(lines)})" if len(found.lost) > len(lines) else ""
        head = f"<tr><th>answer</th><th>draws that turned it{more}</th></tr>"
        st.html(markup.framed_table(head + "".join(lines), "lab-text", "small"))
