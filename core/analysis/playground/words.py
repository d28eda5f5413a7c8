"""A text in, its words as people see them out, and which word pieces each is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import regex

_SIGN = r"\p{Han}\p{Hiragana}\p{Katakana}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_SIGN}]]"
_WORD = regex.compile(rf"(?V1)[{_SIGN}]|{_LETTER}+(?:['’-]{_LETTER}+)*|(?!\s)\X")
"""`don't` and `well-known` are one word each, a mark of punctuation is one, and so is a sign of Chinese or Japanese."""


class Reader(Protocol):
    """What reads a text: a tokenizer, and how many pieces it takes."""

    @property
    def tokenizer(self) -> Any: ...

    @property
    def max_length(self) -> int: ...


@dataclass(frozen=True)
class Word:
    """One word of a text, or of a pair's second text."""

    side: int
    """0 for the text, 1 for the second text of a pair."""
    start: int
    end: int
    text: str


def words_of(text: str, side: int = 0) -> list[Word]:
    return [Word(side, found.start(), found.end(), found[0]) for found in _WORD.finditer(text)]


def pieces_by_word(trained: Reader, text: str, pair: str | None) -> tuple[list[Word], list[list[int]], Any]:
    """All words, the places of each one's pieces in what the model reads, and that encoding itself.

    Words that a piece reaches across, such as the marks of `!!!`, are one: the model cannot tell them apart. A word
    that was cut off (`max_length`) has no pieces.
    """
    encoding = trained.tokenizer(
        text, pair, truncation=True, max_length=trained.max_length, return_offsets_mapping=True, return_tensors="pt"
    )
    spans = [
        (place, side, start, end)
        for place, (side, (start, end)) in enumerate(
            zip(encoding.sequence_ids(0), encoding.pop("offset_mapping")[0].tolist(), strict=True)
        )
        if side is not None
    ]
    words = _joined(words_of(text), text, [(start, end) for _, side, start, end in spans if side == 0])
    if pair is not None:
        words += _joined(words_of(pair, 1), pair, [(start, end) for _, side, start, end in spans if side == 1])
    pieces: list[list[int]] = [[] for _ in words]
    owner = {(word.side, at): i for i, word in enumerate(words) for at in range(word.start, word.end)}
    for place, side, start, end in spans:
        # Some tokenizers count the space before a word to its first piece.
        at = next((at for at in range(start, end) if (side, at) in owner), None)
        if at is not None:
            pieces[owner[side, at]].append(place)
    return words, pieces, encoding


def _joined(words: list[Word], text: str, spans: list[tuple[int, int]]) -> list[Word]:
    """Words in their order, those together that lie under one span."""
    within = {at for start, end in spans for at in range(start + 1, end)}  # no word ends here
    found: list[Word] = []
    for word in words:
        if found and found[-1].end == word.start and word.start in within:
            found[-1] = Word(word.side, found[-1].start, word.end, text[found[-1].start : word.end])
        else:
            found.append(word)
    return found
