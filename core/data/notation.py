"""Numbers as people write them, with what a comma, a point or a space between digits means in a column."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
_SPACED = re.compile(r"(?<=\d)['’ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
"""What only ever stands between thousands."""
_GROUPED = {
    ",": re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?"),
    ".": re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?"),
}
_WHOLE = re.compile(r"[-+]?\d+")
_OTHER = {",": ".", ".": ","}


class UnclearNumberError(ValueError):
    """A number that may mean two amounts; `text` is how it stands in the file."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(why)
        self.text = text


@dataclass(frozen=True)
class Notation:
    """How the numbers of one column are written: `thousands` is the mark between groups of three, if there is one."""

    thousands: str = ""

    def read(self, text: str) -> float | None:
        """The number, decimal comma and percent sign included; `inf` is one, words are not."""
        text = text.strip()
        if text.casefold().lstrip("+-") in ("inf", "infinity"):
            return math.inf
        text = _SPACED.sub("", text.rstrip("% ") if text.endswith("%") else text)
        if self.thousands and _GROUPED[self.thousands].fullmatch(text):
            text = text.replace(self.thousands, "")
        elif self.thousands and self.thousands in text:
            return None
        if not _NUMBER.fullmatch(text):
            return None
        return float(text.replace(",", "."))


def as_number(text: str) -> float | None:
    """A number on its own, as most write it: a single comma is the decimal point, groups of three are thousands."""
    found = Notation().read(text)
    for mark in _GROUPED if found is None else ():
        found = Notation(mark).read(text) if found is None else found
    return found


def notation_of(texts: Sequence[str]) -> Notation:
    """What the marks in a column's numbers mean. UnclearNumberError where `1,000` may as well be 1 as a thousand."""
    bare = [_SPACED.sub("", text.strip().rstrip("% ")) for text in texts if as_number(text) is not None]
    percent = [text.strip() for text in texts if as_number(text) is not None and text.strip().endswith("%")]
    if percent and len(percent) < len(bare):
        raise UnclearNumberError(
            percent[0], "other rows have no percent sign, so that it may be a hundred times as much"
        )
    sure = [mark for mark in ",." if any(_GROUPED[mark].fullmatch(text) and not _plain(text, mark) for text in bare)]
    if sure:
        if len(sure) == 2:
            raise UnclearNumberError(_sample(bare, ","), "commas and points both stand between thousands in the column")
        return Notation(sure[0])
    for mark in ",.":
        doubtful = {text for text in bare if _GROUPED[mark].fullmatch(text)}
        rest = [text for text in bare if text not in doubtful]
        same, other = (any(sign in text for text in rest) for sign in (mark, _OTHER[mark]))
        if not doubtful or (same and not other):
            continue  # a decimal mark, as in 0,5
        if other and not same:
            return Notation(mark)
        hundreds = 100 <= max((abs(int(text)) for text in rest if _WHOLE.fullmatch(text)), default=0) < 1000
        if mark == "," and hundreds and not same:
            return Notation(mark)
        if mark == "," or hundreds:
            raise UnclearNumberError(
                _sample(bare, mark), f"nothing in the column says whether {mark!r} is the decimal mark"
            )
    return Notation()


def has_thousands(text: str, notation: Notation) -> bool:
    """Whether a mark stands between its thousands."""
    return bool(_SPACED.search(text)) or bool(notation.thousands and notation.thousands in text)


def _sample(texts: Sequence[str], mark: str) -> str:
    return next(text for text in texts if _GROUPED[mark].fullmatch(text))


def _plain(text: str, mark: str) -> bool:
    """Whether it has one mark only, which may thus be a decimal mark."""
    return text.count(mark) == 1 and _OTHER[mark] not in text
