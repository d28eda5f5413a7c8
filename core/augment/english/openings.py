"""By which words phrases are looked up: the first two of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

Openings = dict[str, dict[str, tuple[tuple[str, ...], ...]]]
"""First word to second word to the words of each phrase that begins so, the longest first; the empty second word has
those of one word alone, which every second word has, too. By far most first words (`a`, `in`) open no phrase."""


def phrase_openings(phrases: Iterable[str]) -> Openings:
    """`Openings` of these phrases. `I` is no name: it opens and follows as `i` does."""
    found: Openings = defaultdict(dict)
    for phrase in sorted((tuple(phrase.split(" ")) for phrase in phrases), key=lambda words: (-len(words), words)):
        second = phrase[1] if len(phrase) > 1 else ""
        for key in ("i", "I") if second == "i" else (second,):
            found[phrase[0]][key] = (*found[phrase[0]].get(key, ()), phrase)
    for seconds in found.values():
        seconds.update({key: (*ends, *seconds[""]) for key, ends in seconds.items() if key and "" in seconds})
    return dict(found) | {first.capitalize(): seconds for first, seconds in found.items() if first.split("'")[0] == "i"}
