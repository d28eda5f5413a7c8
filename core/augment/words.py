"""Text in, its words and where they start out: one pass that keeps offsets, cheap enough to run on every row."""

from __future__ import annotations

from itertools import accumulate

# Punctuation and white space become a space each, so offsets stay true and a boundary shows as an empty word.
# Apostrophes and hyphens stay inside their word: "don't" and "well-known" match no table and are left alone.
_SPACES = str.maketrans(dict.fromkeys('\t\n\r\x0b\x0c.,;:!?()[]{}"“”„…—–`', " "))
_GLUE = frozenset("'’-_@/\\&+*#%$~^=<>|")


def split_words(text: str) -> list[str]:
    """Words between single spaces; `len(w) + 1` each is the way to the next one's offset."""
    return text.translate(_SPACES).split(" ")


def starts(words: list[str]) -> list[int]:
    """Offset of every word."""
    return list(accumulate((len(word) + 1 for word in words[:-1]), initial=0))


def stands_alone(text: str, start: int, end: int) -> bool:
    """False inside addresses, abbreviations and hyphenated words: `house.com`, `U.S.`, `in-house`."""
    following = text[end : end + 2]
    if following[:1] == "." and following[1:].isalnum():
        return False
    return not (start > 1 and text[start - 1] in "." and text[start - 2].isalnum())
