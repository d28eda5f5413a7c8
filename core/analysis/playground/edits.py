"""A text in, every small edit that is tried on it out: synonyms, typos, neighbours that change places, negations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from core.augment.edits import Edit
from core.augment.english.lexicon import AUXILIARIES, BE, MODALS
from core.augment.english.part_of_speech import fits, phrase_fits
from core.augment.english.synonym_table import SynonymTable
from core.augment.english.words import split_words, stands_alone, starts, visible

KINDS = ("negation", "swap", "synonym", "typo")
"""In the order in which they are tried: those with few edits first."""
_WORD = re.compile(r"\S+")
_NOT = frozenset(("not", "never", "no"))
_SHORT_NOT = re.compile(r"(?i)\b(\w+)n['’]t\b")


def all_edits(text: str, table: SynonymTable) -> dict[str, list[list[Edit]]]:
    """Kind -> the edits of that kind, each as what it replaces; those that change fewest characters first."""
    found = (_negations(text), _swaps(text), _synonyms(text, table), _typos(text, table))
    return {kind: sorted(edits, key=size) for kind, edits in zip(KINDS, found, strict=True)}


def size(edits: Iterable[Edit]) -> int:
    """Characters that differ: what stands between the common beginning and the common end of before and after."""
    return sum(_differing(edit.before, edit.after) for edit in edits)


def _differing(before: str, after: str) -> int:
    most = min(len(before), len(after))
    head = next((i for i in range(most) if before[i] != after[i]), most)
    tail = next((i for i in range(most - head) if before[-1 - i] != after[-1 - i]), most - head)
    return max(len(before), len(after)) - head - tail


def _synonyms(text: str, table: SynonymTable) -> list[list[Edit]]:
    """All readings that fit where the word stands, opinions included: what must not be trained on may well be asked."""
    seen = visible(text)
    words = split_words(seen)
    found, offsets = [], starts(words)
    for i, word in enumerate(words):
        lower = word if i else word.lower()
        before = words[i - 1].lower() if i else ""
        after = words[i + 1].lower() if i + 1 < len(words) else ""
        end = offsets[i] + len(word)
        if not stands_alone(seen, offsets[i], end):
            continue
        for option in table.words.get(lower, ()):
            pos, marks, reading, form, choices = option
            if table.in_phrase(before, lower, after) or not fits(pos, marks, reading, form, before, lower, after):
                continue
            for new, rule in dict(choices).items():
                if phrase_fits(new, pos, marks, before, after):
                    new = new if lower == word else new[0].upper() + new[1:]
                    found.append([Edit(offsets[i], end, word, new, rule)])
    return found


def _typos(text: str, table: SynonymTable) -> list[list[Edit]]:
    seen = visible(text)
    words = split_words(seen)
    found = []
    for word, start in zip(words, starts(words), strict=True):
        if misspelt := table.misspellings.of(word):
            typos = zip(misspelt.typos[::2], misspelt.typos[1::2], strict=True)
            found += [[Edit(start, start + len(word), word, typo, rule)] for typo, rule in typos]
    return _distinct(found)


def _swaps(text: str) -> list[list[Edit]]:
    spans = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
    found = []
    for (a, b, first), (c, d, second) in pairwise(spans):
        if first != second:
            found.append([Edit(a, d, text[a:d], f"{second}{text[b:c]}{first}", "swap, neighbouring words")])
    return found


def _negations(text: str) -> list[list[Edit]]:
    """`not` after each auxiliary, `do not` at the beginning, and every negation that is there taken away."""
    found = []
    for match in _WORD.finditer(text):
        bare = match[0].lower().strip(".,;:!?\"'()")
        if bare in BE | AUXILIARIES | MODALS:
            found.append([Edit(match.end(), match.end(), "", " not", "negation added")])
        elif bare in _NOT:
            end = match.end() + (text[match.end() : match.end() + 1] == " ")
            found.append([Edit(match.start(), end, text[match.start() : end], "", "negation taken away")])
    for match in _SHORT_NOT.finditer(text):
        stem = {"ca": "can", "wo": "will", "sha": "shall"}.get(match[1].lower(), match[1])
        found.append([Edit(match.start(), match.end(), match[0], stem, "negation taken away")])
    if (first := re.search(r"\w+", text)) and first[0].lower() not in _NOT:
        lower = first[0][:1].lower() + first[0][1:] if first[0] != "I" and not first[0].isupper() else first[0]
        found.append([Edit(first.start(), first.end(), first[0], f"do not {lower}", "negation added")])
    return found


def _distinct(found: list[list[Edit]]) -> list[list[Edit]]:
    return list({(edit.start, edit.after): [edit] for (edit,) in found}.values())
