"""Small pieces that every page draws: headings, headline figures, edits, tables; whatever users wrote is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core import wording
from core.augment.edits import Edit
from dashboard import theme

EMPTY = "–"
"""What stands in a cell without a value."""

_ADDRESS = re.compile(r"(?i)(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?=@)")
_UNSEEN = "\u2060"  # the word joiner, which is not drawn


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is written. A bare address stays text, which escapes alone do not bring about."""
    inert = _ADDRESS.sub(_UNSEEN, text)
    return "".join(f"\\{char}" if char in r"\`*_{}[]()<>#+-.!|~$:" else char for char in inert)


def escape_html(text: str) -> str:
    """Text that HTML shows as it is written, in attributes too."""
    return html.escape(text, quote=True)


def heading(title: str, sentence: str) -> None:
    """The page's subject, and beneath it one sentence on what can be found out here."""
    st.title(title, anchor=False)
    st.html(f'<p class="lab-lede">{html.escape(sentence)}</p>')


def note(text: str) -> None:
    """A quiet remark in plain text."""
    st.html(f'<div class="lab-note">{html.escape(text)}</div>')


def empty(message: str) -> Any:
    """A framed place for "nothing here yet"; the caller adds the button that leads on."""
    box = st.container(border=True)
    box.markdown(escape_markdown(message))
    return box


def progress_bar(share: float, text: str) -> None:
    """A bar from 0 to 1 with plain text above it."""
    st.progress(share, text=escape_markdown(text))


def headline_figures(items: Iterable[tuple[str, str] | tuple[str, str, str]]) -> None:
    """Large figures in a row: (label with its unit, value) and, where given, a remark beneath."""
    cells = []
    for item in items:
        label, value, remark = (*item, "")[:3]
        extra = f"<i>{html.escape(remark)}</i>" if remark else ""
        cells.append(f"<div><span>{html.escape(label)}</span><b>{html.escape(value)}</b>{extra}</div>")
    st.html(f'<div class="lab-figures">{"".join(cells)}</div>')


def facts(items: Mapping[str, str]) -> None:
    """Name and value, a line each."""
    lines = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in items.items())
    st.html(f'<dl class="lab-facts">{lines}</dl>')


def edited_html(text: str, edits: Sequence[Edit], color: str) -> str:
    """`text` with each edit shown: what went struck, what came marked, the rule as its hover title. All escaped."""
    out, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:  # an overlap would show words twice
            continue
        out.append(html.escape(text[at : edit.start]))
        title = html.escape(f"{edit.rule}: “{edit.before}” → “{edit.after}”", quote=True)
        if edit.before:
            out.append(f"<del>{html.escape(edit.before)}</del>")
        if edit.after:
            out.append(f'<ins title="{title}" style="--edit:{color}">{html.escape(edit.after)}</ins>')
        at = edit.end
    out.append(html.escape(text[at:]))
    return "".join(out)


def show_edits(text: str, edits: Sequence[Edit], method: str, small: bool = False) -> None:
    color = theme.method_color(method)
    body = edited_html(text, edits, color) or "&nbsp;"
    st.html(f'<div class="lab-text{" small" if small else ""}">{body}</div>')


def pieces_html(pieces: Sequence[str], fresh: Sequence[bool]) -> str:
    """Word pieces in boxes; those that are `fresh` (not there before the edit) are marked."""
    return "".join(
        f'<span class="new">{html.escape(piece)}</span>' if new else f"<span>{html.escape(piece)}</span>"
        for piece, new in zip(pieces, fresh, strict=True)
    )


def fresh_pieces(before: Sequence[str], after: Sequence[str]) -> list[bool]:
    """Which of the pieces after are not carried over from before (longest matching blocks). Where as many stand as
    before and no more differ place by place, as after a swap of two words, those that differ are meant."""
    import difflib

    fresh = [True] * len(after)
    for block in difflib.SequenceMatcher(None, list(before), list(after), autojunk=False).get_matching_blocks():
        fresh[block.b : block.b + block.size] = [False] * block.size
    in_place = [old != new for old, new in zip(before, after, strict=False)]
    return in_place if len(before) == len(after) and sum(in_place) <= sum(fresh) else fresh


def framed_table(rows: str, *classes: str) -> str:
    """Rows of escaped HTML as a table; where it is wider than the page it scrolls in its frame, by key as well."""
    return (
        f'<div class="lab-scroll" tabindex="0"><table class="{" ".join(("lab-table", *classes))}">{rows}</table></div>'
    )


def difference_table(columns: Mapping[str, Mapping[str, Any]], docs: Mapping[str, str]) -> str:
    """Settings side by side as an HTML table: {run name: flat config}; keys that differ come first."""
    names = list(columns)
    keys = list(docs)
    differing = [key for key in keys if len({_cell(columns[name].get(key)) for name in names}) > 1]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    rows = []
    for key in [*differing, *(key for key in keys if key not in differing)]:
        cells = "".join(f"<td>{_value(key, columns[name].get(key))}</td>" for name in names)
        kind = "differs" if key in differing else "same"
        rows.append(
            f'<tr class="{kind}"><td title="{html.escape(docs[key], quote=True)}">'
            f"{_beside(wording.name(key), key)}</td>{cells}</tr>"
        )
    return framed_table(f"<tr><th>setting</th>{head}</tr>{''.join(rows)}")


def _value(key: str, of: Any) -> str:
    """What people call a choice, or what it means that there is none; shares in percent."""
    written = _cell(of)
    if written == EMPTY:
        return html.escape(wording.NOTHING.get(key, EMPTY))
    if key in (*wording.PERCENT, *wording.COUNTS) or isinstance(of, bool):
        return html.escape(wording.value(key, of))
    return _beside(wording.CHOICES.get(key, {}).get(written, written), written)


def _beside(called: str, written: str) -> str:
    """A name for people and, where that says something else, what the configuration writes."""
    parts = re.sub("([._])", r"\1<wbr>", html.escape(written))  # a narrow column breaks it between words
    written = "" if written == called else f' <code class="lab-key">{parts}</code>'
    return html.escape(called) + written


def plain_table(frame: Any) -> str:
    """A small frame of finished texts as an HTML table that wraps rather than scrolls."""
    head = "".join(  # a corner that says nothing is no header
        f"<th>{html.escape(str(name))}</th>" if str(name).strip() else "<td></td>" for name in frame.columns
    )
    rows = "".join(
        "<tr>" + "".join(f"<td>{unbroken(str(cell))}</td>" for cell in row) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return framed_table(f"<tr>{head}</tr>{rows}")


_NUMBER = re.compile(r"(?:± )?[-+−]?\d[\d,.]*(?:[ \u00a0](?:%|[kMG]|[KMG]iB|ms|s)(?!\w))?")
_INTERVAL = re.compile(r"\(<span[^>]*>[^<]*</span> to <span[^>]*>[^<]*</span>\)")


def unbroken(text: str) -> str:
    """Escaped text whose numbers are never broken in two, nor from their unit or ±, however narrow the window; an
    interval in brackets is on one line where the window is wide enough for a table of them."""
    escaped = html.escape(text, quote=False)  # what stands for an apostrophe, `&#x27;`, holds a number
    numbered = _NUMBER.sub(lambda found: f'<span class="lab-number">{found[0]}</span>', escaped)
    return _INTERVAL.sub(lambda found: f'<span class="lab-interval">{found[0]}</span>', numbered)


def _cell(value: Any) -> str:
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or EMPTY
    return f"{value:g}" if isinstance(value, float) else str(value) or EMPTY
