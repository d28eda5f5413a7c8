"""Hand-written patterns in, sentences out.

A pattern is plain English with two kinds of gap: `{a|b|}` takes one of the alternatives, `<name>` takes
a pattern from the slots given. Gaps nest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

UNSEEN = 0.2
"""How often a dev text takes a frame, and how often a part, that no training text has. The rest is known parts put
together anew."""

Slots = Mapping[str, Sequence[str] | str]

_SLOT = re.compile(r"<([a-z_0-9]+)>")
_CHOICE = re.compile(r"\{([^{}<>]*)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])(?!one\b|uni|use|euro)")
_START = re.compile(r"(^|[.?!] )([a-z])")


def expand(pattern: str, slots: Slots, rng: random.Random) -> str:
    """Fill every gap of a pattern, a slot used twice with two values where it has them.

    An unknown slot raises ValueError listing the known ones.
    """
    used: dict[str, list[str]] = {}

    def take(match: re.Match[str]) -> str:
        if match[1] not in slots:
            raise ValueError(f"unknown slot {match[1]!r}; choose from {sorted(slots)}")
        value = slots[match[1]]
        if isinstance(value, str):
            return value
        fresh = [item for item in value if item not in used.get(match[1], ())]
        used.setdefault(match[1], []).append(rng.choice(fresh or value))
        return used[match[1]][-1]

    for _ in range(8):
        pattern = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), pattern)
        pattern = _SLOT.sub(take, pattern)
        if "{" not in pattern and "<" not in pattern:
            return tidy(pattern)
    raise ValueError(f"the pattern nests too deeply: {pattern!r}")


def tidy(text: str) -> str:
    """Single spaces, `an` before vowels, a capital after each full stop, no space before punctuation."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.;:?!])", r"\1", text)
    text = _ARTICLE.sub(r"\1n ", text)
    return _START.sub(lambda match: match[1] + match[2].upper(), text)


def pick(items: Sequence[str], held_out: bool, rng: random.Random, every: int = 4) -> str:
    """A frame for a training text, or for a dev text: there one that no training text uses, `UNSEEN` of the time."""
    known, unseen = split(items, every)
    return rng.choice(unseen if held_out and rng.random() < UNSEEN else known)


def split(items: Sequence[str], every: int = 4) -> tuple[list[str], list[str]]:
    """(train, dev): each `every`-th item is held out for dev, so that dev has phrasings never trained on."""
    held = [item for place, item in enumerate(items) if place % every == every - 1]
    return [item for place, item in enumerate(items) if place % every != every - 1], held
