"""Text in, its words and where they start out: one pass that keeps offsets, cheap enough to run on every row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import TypeVar

from core.augment.english.lexicon import FUNCTION, NAMES, NEGATIONS, NUMBERS

T = TypeVar("T")

DRAW = 30
"""Bits of a draw: `rng.getrandbits(DRAW) % n` takes half the time of `int(rng.random() * n)`, and favours none of a
thousand by a millionth."""

# Punctuation and white space become a space each, so offsets stay true and a boundary shows as an empty word.
# Apostrophes and hyphens stay inside their word: "don't" and "well-known" match no table and are left alone.
PUNCTUATION = '\t\n\r\x0b\x0c.,;:!?()[]{}"“”„…—–`'
_SPACES = str.maketrans(dict.fromkeys(PUNCTUATION, " "))
_ASCII_SPACES = bytes(32 if chr(code) in PUNCTUATION else code for code in range(256))


def split_words(text: str) -> list[str]:
    """Words between single spaces; `len(w) + 1` each is the way to the next one's offset."""
    if text.isascii():  # translating bytes is three times as fast
        return text.encode().translate(_ASCII_SPACES).decode().split(" ")
    return text.translate(_SPACES).split(" ")


_ADDRESSES = re.compile(
    r"\w{1,20}://\S+|www\.\S+"  # addresses of pages
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"  # and of people; bounded, so that no text takes quadratic time
    r"|[@#]\w+"  # @names, #tags
    r"|\{\{[^{}\n]*\}\}|\$?\{[^{}\n]*\}|\w{0,40}\[[^\[\]\n]*\]\w{0,40}|</?\w[^<>\n]*>"  # {placeholders}, [user], <br>
)


def visible(text: str) -> str:
    """The text with spaces in place of addresses, placeholders, @names, #tags and mark-up: what may be edited.

    As long as the text, so that offsets hold in both.
    """
    if "@" in text or "#" in text or "{" in text or "[" in text or "<" in text or "://" in text or "www." in text:
        return _ADDRESSES.sub(lambda match: " " * len(match[0]), text)
    return text


SHORTEST, LONGEST = 4, 40
"""Letters of words that typos hit: a typo in `cat` is often another word, and sixty letters are none."""
_SPARED = NEGATIONS | NUMBERS | FUNCTION | NAMES


def typable(word: str) -> bool:
    """Lower-case Latin, Greek or Cyrillic words of some length that are no negation, number, name or function
    word.

    Combining marks are no letters to `isalpha`, and scripts without case have nothing `islower`.
    """
    if not SHORTEST <= len(word) <= LONGEST or not word.islower() or not word.isalpha() or word in _SPARED:
        return False
    return word.isascii() or all(map(str.islower, word))


def starts(words: list[str]) -> list[int]:
    """Offset of every word."""
    return list(accumulate((len(word) + 1 for word in words[:-1]), initial=0))


def stands_alone(text: str, start: int, end: int) -> bool:
    """False inside addresses, abbreviations, hyphenated words and code: `house.com`, `U.S.`, `in-house`, `film[i]`."""
    after = text[end : end + 1]
    if after in ("(", "[") or (after == "." and text[end + 1 : end + 2].isalnum()):
        return False
    return start < 2 or text[start - 1] != "." or not text[start - 2].isalnum()


def how_many(strength: float | None, default: float, units: float) -> int:
    """Edits that a share of `units` words or letters asks for: rounded, at least one unless the share is zero."""
    share = default if strength is None else strength
    return int(share * units + 0.5) or (1 if share else 0)


def drawn(items: list[T], bits: Callable[[int], int]) -> Iterator[T]:
    """The items in random order, one random number each, as long as they are asked for. Reorders the list."""
    left = len(items)
    while left:
        pick = bits(DRAW) % left
        left -= 1
        item = items[pick]
        items[pick] = items[left]
        yield item
