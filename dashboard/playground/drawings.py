"""What a model answered and why, as HTML: bars of probabilities, words with their parts. Everything is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard import theme
from dashboard.shared import formatting
from dashboard.shared.markup import escape_html

if TYPE_CHECKING:
    from core.analysis.playground.words import Word

MOST_CLASSES = 6
FOR, AGAINST = "#2a949c", "#d55e00"


def answer_html(
    name: str, color: str, label: str, odds: Mapping[str, float], colors: Mapping[str, str], milliseconds: float
) -> str:
    """One run's answer: its name, the class, a bar for each of the likeliest classes, and the time it took."""
    ranked = sorted(odds.items(), key=lambda item: -item[1])
    bars = "".join(
        f'<span>{escape_html(one)}</span><span class="lab-odds-bar"><i style="width:{100 * share:.1f}%;'
        f'background:{colors.get(one, theme.OTHER_COLOR)}"></i></span><span>{share:.3f}</span>'
        for one, share in ranked[:MOST_CLASSES]
    )
    if set(odds) == {"score"}:
        bars = ""
    if len(ranked) > MOST_CLASSES:
        rest = sum(share for _, share in ranked[MOST_CLASSES:])
        bars += f"<span>{len(ranked) - MOST_CLASSES} more</span><span></span><span>{rest:.3f}</span>"
    return (
        f'<div class="lab-answer"><div class="lab-note"><span class="lab-dot" style="background:{color}"></span>'
        f'{escape_html(name)}</div><b>{escape_html(label)}</b><div class="lab-odds">{bars}</div>'
        f'<div class="lab-note">answered in {formatting.number(milliseconds)} ms</div></div>'
    )


def words_html(words: Sequence[Word], parts: Sequence[float | None], texts: Sequence[str]) -> str:
    """The texts with each word tinted by its part, which stands beneath it; a word without one is struck dim."""
    most = max((abs(part) for part in parts if part is not None), default=0.0) or 1.0
    out = []
    for side, _ in enumerate(texts):
        shown = [(word, part) for word, part in zip(words, parts, strict=True) if word.side == side]
        out.append('<div class="lab-salience">' + "".join(_word(word, part, most) for word, part in shown) + "</div>")
    return "".join(out)


def _word(word: Word, part: float | None, most: float) -> str:
    if part is None:
        return f'<span class="unread" title="not read by the model">{escape_html(word.text)}<i>–</i></span>'
    part = round(part, 2) + 0.0  # what rounds to nothing has no sign
    color, strength = (FOR if part > 0 else AGAINST), round(70 * abs(part) / most)
    return (
        f'<span style="background:color-mix(in srgb, {color} {strength}%, transparent)">{escape_html(word.text)}'
        f"<i>{part:+.2f}</i></span>"
    )
