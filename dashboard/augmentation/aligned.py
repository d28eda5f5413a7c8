"""A text and its edits in; the edited text under its original out, word under word, for the eye to compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.augment.edits import Edit
from dashboard.shared.markup import edited_html, escape_html

MOST_WORDS = 300
"""Longer texts are shown in one line with their edits: nobody compares pages word by word."""
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Column:
    """A word of the original, or several where an edit spans them, with what each version makes of it."""

    before: str
    """With the white space behind it: all columns together are the original."""
    versions: tuple[str, ...]
    """Likewise of each version."""
    rules: tuple[tuple[str, ...], ...]
    """Why each version differs here; empty where it does not."""


def columns(text: str, versions: Sequence[Sequence[Edit]]) -> list[Column]:
    """One alignment for all versions, so that a column stays in its place when another version is shown."""
    starts = [0, *(match.start() for match in list(_WORD.finditer(text))[1:])]
    for edits in versions:
        for edit in edits:
            # What lies strictly inside an edit is no boundary; an edit of the white space joins the words beside it.
            starts = [start for start in starts if not (edit.start < start <= edit.end and edit.before) or start == 0]
    ends = [*starts[1:], len(text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        last = end == len(text)
        here = [
            [edit for edit in edits if start <= edit.start < end or (last and edit.start == end)] for edits in versions
        ]
        afters = tuple(_applied(text, start, end, edits) for edits in here)
        found.append(Column(text[start:end], afters, tuple(tuple(edit.rule for edit in edits) for edits in here)))
    return found


def _applied(text: str, start: int, end: int, edits: Sequence[Edit]) -> str:
    parts: list[str] = []
    at = start
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += (text[at : edit.start], edit.after)
        at = edit.end
    return "".join([*parts, text[at:end]])


def aligned_html(found: Sequence[Column], shown: int, color: str, name: str, previous: int | None = None) -> str:
    """The version `shown` under the original. Words that are other than in the version `previous` light up."""
    cells = "".join(_cell(column, shown, previous) for column in found)
    before, after = (
        escape_html("".join(parts))
        for parts in ((column.before for column in found), (column.versions[shown] for column in found))
    )
    return (
        f'<div class="lab-unseen">Original: {before}<br>After {escape_html(name)}: {after}</div>'
        f'<div class="lab-aligned" style="--edit:{color}" aria-hidden="true">'
        f'<span class="names"><span>original</span><span>{escape_html(name)}</span></span>{cells}</div>'
    )


def _cell(column: Column, shown: int, previous: int | None) -> str:
    before, after = column.before.strip(), column.versions[shown].strip()
    room = max((version.strip() for version in column.versions), key=len)
    wide = f' data-room="{escape_html(room)}"' if len(room) > max(len(before), len(after)) else ""
    fresh = " fresh" if previous is not None and column.versions[previous] != column.versions[shown] else ""
    if not column.rules[shown]:
        words = f"<span>{escape_html(before)}</span><span>{escape_html(after)}</span>"
        return f'<span class="cell{fresh}"{wide}>{words}</span>'
    title = escape_html("; ".join(dict.fromkeys(column.rules[shown])))
    return (
        f'<span class="cell edited{fresh}"{wide} title="{title}"><del>{escape_html(before) or "&nbsp;"}</del>'
        f"<ins>{escape_html(after) or '&nbsp;'}</ins></span>"
    )


def inline_html(text: str, edits: Sequence[Edit], color: str) -> str:
    """In one line: each changed word struck, what became of it marked behind it. A misspelt word stays whole."""
    if len(text.split()) > MOST_WORDS:
        return edited_html(text, edits, color)
    parts = []
    for column in columns(text, [edits]):
        (after,), (rules,) = column.versions, column.rules
        if rules:
            title = escape_html("; ".join(dict.fromkeys(rules)))
            parts.append(f"<del>{escape_html(column.before.rstrip())}</del>" if column.before.strip() else "")
            parts.append(f'<ins title="{title}" style="--edit:{color}">{escape_html(after.rstrip())}</ins>')
            parts.append(escape_html(after[len(after.rstrip()) :]))
        else:
            parts.append(escape_html(column.before))
    return "".join(parts)


def bars_css(colors: Sequence[str | None], key: str) -> str:
    """A style that gives each button of the segmented control `key` a bar in its colour; None is a hollow one."""
    rules = []
    for place, color in enumerate(colors, 1):
        bar = f"inset 0 -5px 0 {color}" if color else "inset 0 -5px 0 rgba(128,140,146,.25)"
        rules.append(f".st-key-{key} button:nth-of-type({place}) {{ box-shadow: {bar}; }}")
    return f"<style>{' '.join(rules)}</style>"


def hundred_html(fraction: float, weights: Mapping[str, float], color: Callable[[str], str]) -> str:
    """A hundred rows as squares: those that an epoch changes in the colours of their methods, by weight."""
    total, changed = sum(weights.values()) or 1.0, round(100 * fraction)
    bounds, reached = [], 0.0
    for method, weight in weights.items():
        reached += weight / total
        bounds.append((method, round(changed * reached)))
    squares = []
    for place in range(100):
        drawn = next((method for method, bound in bounds if place < bound), "")
        squares.append(f'<i style="background:{color(drawn)}"></i>' if drawn else "<i></i>")
    return (
        f'<div class="lab-hundred" aria-hidden="true">{"".join(squares)}</div>'
        f'<div class="lab-note">Of 100 rows, an epoch changes {changed}.</div>'
    )
