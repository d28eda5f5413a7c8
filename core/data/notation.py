"""Numbers as people write them, with what a comma, a point or a space between digits means in a column."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
_SPACED = re.compile(r"(?<=\d)['’٬ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
"""What only ever stands between thousands."""
_GROUPED = {
    ",": re.compile(r"[-+]?([1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d{2})+,\d{3})(\.\d*)?"),  # and India's 12,34,567
    ".": re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?"),
}
_WHOLE = re.compile(r"[-+]?\d+")
_OTHER = {",": ".", ".": ","}
_SAME = str.maketrans("\u2212٫", "-.")  # a minus sign, and the Arabic decimal mark
_CODES = (
    "USD EUR GBP CHF JPY CNY INR CAD AUD NZD HKD SGD SEK NOK DKK PLN CZK HUF RON BRL MXN TRY KRW ZAR ILS kr zł Kč Fr"
)
_SIGNS = "$€£¥₹₩₽₺₪฿₴₫₦¢"
_BOOKED = re.compile(rf"\([{re.escape(_SIGNS)}\s]*[\d.,]*\d[\d.,]*\s*[{re.escape(_SIGNS)}%]?\)|[\d.,]*\d[\d.,]*-")
_UNIT = rf"[A-Z]{{0,3}}[{re.escape(_SIGNS)}]|(?:{'|'.join(_CODES.split())})\.?"
_AMOUNT = re.compile(
    rf"(?P<sign>[-+]?)(?:(?P<before>{_UNIT})\s*(?=[-+.,\d])(?P<first>.+)|(?P<last>.*\d[.,]?)\s*(?P<after>{_UNIT}|%))"
)


_MEASURED = re.compile(
    r"(?P<number>[-+]?[\d.,]*\d)"
    r"(?:\s*(?P<of>/\s*\d+|(?:out )?of \d+|von \d+)|(?:\s+|-)(?P<word>[^\W\d_]{2,}\.?))",
    re.IGNORECASE,
)
"""An amount with what it is out of, or of: `7/10`, `3 out of 5`, `4 stars`."""


class UnclearNumberError(ValueError):
    """A number that may mean two amounts; `text` is how it stands in the file, `key` the setting that tells."""

    def __init__(self, text: str, why: str, advice: str, key: str) -> None:
        super().__init__(why)
        self.text, self.advice, self.key = text, advice, key


def _unclear_mark(text: str, why: str) -> UnclearNumberError:
    return UnclearNumberError(
        text, why, "say which is the decimal mark with data.decimal=point or comma", "data.decimal"
    )


@dataclass(frozen=True)
class Notation:
    """How the numbers of one column are written: `thousands` is the mark between groups of three, if there is one."""

    thousands: str = ""
    measure: str = ""
    """What every number of the column is followed by, such as `/10` or `star`."""

    def read(self, text: str) -> float | None:
        """The number, with what it is measured in left out; `inf` is one, words are not."""
        text, _ = split_unit(self.bare(text))
        if text.casefold().lstrip("+-") in ("inf", "infinity"):
            return math.inf
        text = _SPACED.sub("", text)
        if self.thousands and _GROUPED[self.thousands].fullmatch(text):
            text = text.replace(self.thousands, "")
        elif self.thousands and self.thousands in text:
            return None
        if not _NUMBER.fullmatch(text):
            return None
        return float(text.replace(",", "."))

    def bare(self, text: str) -> str:
        """Without what it is measured in, where the whole column is."""
        number, measure = measured(text) if self.measure else (text, "")
        return number if measure == self.measure else text


class Amount(NamedTuple):
    """A number as it is written, and what it is in."""

    number: str
    unit: str = ""


def measured(text: str) -> Amount:
    """An amount and the word or the most beside it: `4 stars` to (`4`, `star`), `7/10` to (`7`, `/10`); else itself."""
    found = _MEASURED.fullmatch(text.strip())
    if found is None:
        return Amount(text)
    if found["of"]:
        return Amount(found["number"], "/" + re.sub(r"\D", "", found["of"]))
    return Amount(found["number"], found["word"].casefold().rstrip(".").removesuffix("s"))


def _measure_of(texts: Sequence[str]) -> str:
    """What all amounts of a column are in; empty where they are bare, or not all in the same."""
    found = {measured(text).unit for text in texts if any(map(str.isdigit, text))}
    return found.pop() if len(found) == 1 else ""


def split_unit(text: str) -> Amount:
    """An amount and the percent or currency sign beside it, which may be empty: `-$5` to (`-5`, `$`)."""
    text = text.strip().translate(_SAME)
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return Amount(text)
    number, unit = (found["first"], found["before"]) if found["before"] else (found["last"], found["after"])
    return Amount(found["sign"] + number.strip(), unit)


def as_number(text: str) -> float | None:
    """A number on its own, as most write it: a single comma is the decimal point, groups of three are thousands."""
    found = Notation().read(text)
    for mark in _GROUPED if found is None else ():
        found = Notation(mark).read(text) if found is None else found
    return found


def notation_of(texts: Sequence[str], decimal: str = "") -> Notation:
    """What the marks in a column's numbers mean, `decimal` where that is known.

    UnclearNumberError where `1,000` may as well be 1 as a thousand, and where not all are measured in the same.
    """
    plain = Notation(measure=_measure_of(texts))
    numbers = [text for text in texts if as_number(plain.bare(text)) is not None]
    if not plain.measure:
        _one_unit(numbers)
    if decimal:
        return replace(plain, thousands=_OTHER[decimal])
    written = {_SPACED.sub("", split_unit(plain.bare(text)).number): text for text in numbers}
    return replace(plain, thousands=_thousands(written))


def _thousands(written: Mapping[str, str]) -> str:
    """The mark between thousands, if there is one, of numbers and how they stand in the file."""
    sure = [mark for mark in ",." if any(_GROUPED[mark].fullmatch(text) and not _plain(text, mark) for text in written)]
    if len(sure) == 2:
        raise _unclear_mark(_sample(written, ","), "commas and points both stand between thousands in the column")
    return sure[0] if sure else next((mark for mark in ",." if _is_between_thousands(mark, written)), "")


def _is_between_thousands(mark: str, written: Mapping[str, str]) -> bool:
    """Of a mark before three digits that may be a decimal mark as well: what the numbers without one say."""
    open_to_both = {text for text in written if _GROUPED[mark].fullmatch(text)}
    rest = [text for text in written if text not in open_to_both]
    same, other = (any(sign in text for text in rest) for sign in (mark, _OTHER[mark]))
    if not open_to_both or (same and not other):
        return False  # a decimal mark, as in 0,5
    if other and not same:
        return True
    hundreds = 100 <= max((abs(int(text)) for text in rest if _WHOLE.fullmatch(text)), default=0) < 1000
    if mark == "," and hundreds and not same:
        return True
    if mark == "," or hundreds:
        raise _unclear_mark(_sample(written, mark), f"nothing in the column says whether {mark!r} is the decimal mark")
    return False


def _one_unit(texts: Sequence[str]) -> None:
    units: dict[str, str] = {}
    often: Counter[str] = Counter()
    for text in texts:
        unit = split_unit(text).unit.rstrip(".")
        units.setdefault(unit, text)
        often[unit] += 1
    if len(units) > 1:
        odd = min((unit for unit in units if unit), key=often.__getitem__)  # the rarest is the likeliest slip
        others = "no sign at all" if "" in units else " and ".join(repr(unit) for unit in units if unit != odd)
        advice = "write all in one unit"
        why = f"other rows have {others}, so that it may be another amount"
        raise UnclearNumberError(units[odd], why, advice, "data.label_kind")


def is_booked(text: str) -> bool:
    """Whether it is an amount as bookkeepers write one below zero: `(12.50)`, `12.50-`. In a file it may be a note."""
    return _BOOKED.fullmatch(text.strip()) is not None


def has_thousands(text: str, notation: Notation) -> bool:
    """Whether a mark stands between its thousands."""
    return bool(_SPACED.search(text)) or bool(notation.thousands and notation.thousands in text)


def _sample(written: Mapping[str, str], mark: str) -> str:
    return next(text for bare, text in written.items() if _GROUPED[mark].fullmatch(bare))


def _plain(text: str, mark: str) -> bool:
    """Whether it has one mark only, which may thus be a decimal mark."""
    return text.count(mark) == 1 and _OTHER[mark] not in text
