"""Where a phrase that is replaced as a whole (`call off`, `each other`) begins in a text, and what may stand for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.augment.english.part_of_speech import phrase_holds

if TYPE_CHECKING:
    from core.augment.english.synonym_table import SynonymTable


def phrase_at(
    words: list[str], i: int, table: SynonymTable, last_resort: bool
) -> tuple[str, Sequence[tuple[str, str]]] | None:
    """(phrase, ((replacement, rule), ...)) of the longest that begins at word `i` and holds there, or None.

    `last_resort` asks for those that are only for texts which have nothing better.
    """
    seconds = table.openings.get(words[i] if i else words[i].lower())
    if not seconds:
        return None
    following = words[i + 1] if i + 1 < len(words) else ""
    for phrase in seconds.get(following) or seconds.get("", ()):
        end = i + len(phrase)
        if len(phrase) > 2 and tuple("i" if word == "I" else word for word in words[i + 1 : end]) != phrase[1:]:
            continue
        spelling = " ".join(phrase)
        marks, choices = table.phrases[spelling]
        before = words[i - 1].lower() if i else ""
        after = words[end].lower() if end < len(words) else ""
        if ("~" in marks) is last_resort and phrase_holds(marks, before, after):
            part_of_another = table.in_phrase(before, phrase[0], "") or table.in_phrase("", phrase[-1], after)
            return None if part_of_another else (spelling, choices)
    return None
