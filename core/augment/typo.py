"""Text in, text with typing slips out: `careful` as fingers make them, `paper` two random letters."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from string import ascii_lowercase

from core.augment.edits import Augmented, Edit, assembled
from core.augment.lexicon import word_set
from core.augment.synonyms import SynonymTable
from core.augment.words import split_words, stands_alone, starts, typable

DEFAULT_SHARE = 0.01
# Neighbours in the same row and the row below or above, as fingers slip on a QWERTY keyboard.
NEIGHBOURS = {
    keys[0]: keys[1:]
    for keys in word_set(
        "qwa wqes ewrd retf tryg ytuh uyij iuok oipl pol aqsz sadwx dsfec fdgrv gfhtb hgjyn jhkum "
        "kjlim lko zasx xzcs cxvd vcbf bvng nbmh mnj"
    )
}
_NOTHING: frozenset[str] = frozenset()
_DRAWS = 6
_ONE_SLIP = 1.5 / DEFAULT_SHARE  # letters for which the default strength rounds to one slip
_REMEMBERED = 10_000
"""Words whose misspellings are kept: at most some thirty megabytes."""
_EMPTY = SynonymTable("none", 0, "careful")


def careful_typo(
    text: str,
    rng: Random,
    table: SynonymTable | None = None,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
) -> Augmented:
    """Slips in `strength` of the letters (default one in a hundred, at least one), one a word at most.

    Names (capitals, and words that WordNet does not know), numbers, negations, function words and short words are
    spared, and so is the first letter, which people rarely miss. A slip that happens to spell another word is drawn
    again. Latin, Greek and Cyrillic only: combining marks are no letters to `isalpha`, and scripts without case
    are left alone.
    """
    return assembled(text, typo_edits(text, split_words(text), rng, table, strength, protect), "typo")


def quick_typo(
    text: str, words: list[str], random: Callable[[], float], table: SynonymTable, protect: frozenset[str]
) -> Augmented | None:
    """One slip at the default strength, for a text short enough for one; None hands it on to `typo_edits`.

    Most rows of most tasks end here, so it is written in one piece: every call would cost a tenth of it.
    """
    n = len(words)
    if len(text) - n >= _ONE_SLIP:
        return None
    dictionary = table.typable
    for _ in range(_DRAWS):
        i = int(random() * n)
        word = words[i]
        if word not in dictionary or word in protect:
            continue
        start = len(" ".join(words[:i])) + 1 if i else 0
        end = start + len(word)
        kinds = table.slips.get(word) or _remembered(word, table)
        if not kinds or (
            (text[end : end + 1] == "." or text[start - 1 : start] == ".") and not stands_alone(text, start, end)
        ):
            continue
        rule, slips = kinds[int(random() * len(kinds))]
        slip = slips[int(random() * len(slips))]
        return Augmented(text[:start] + slip + text[end:], (Edit(start, end, word, slip, rule),), "typo")
    return None


def typo_edits(
    text: str,
    words: list[str],
    rng: Random,
    table: SynonymTable | None,
    strength: float | None,
    protect: frozenset[str],
) -> list[Edit]:
    """The edits of `careful_typo`, in the order in which they were drawn."""
    share = DEFAULT_SHARE if strength is None else strength
    n = len(words)
    wanted = int(share * (len(text) - n) + 0.5) or (1 if share else 0)
    table = table or _EMPTY
    dictionary = table.typable
    if strength is None and dictionary:
        quick = quick_typo(text, words, rng.random, table, protect)
        if quick:
            return list(quick.edits)
    if dictionary:
        spots = [i for i, word in enumerate(words) if word in dictionary or (not word.isascii() and typable(word))]
    else:
        spots = [i for i, word in enumerate(words) if typable(word)]
    offsets = starts(words)
    edits = []
    left = len(spots)
    while left and wanted:
        pick = int(rng.random() * left)
        i = spots[pick]
        left -= 1
        spots[pick] = spots[left]
        edit = None if words[i] in protect else _edit(text, words[i], offsets[i], rng.random, table)
        if edit:
            edits.append(edit)
            wanted -= 1
    return edits


def _edit(text: str, word: str, start: int, random: Callable[[], float], table: SynonymTable) -> Edit | None:
    kinds = table.slips.get(word) or _remembered(word, table)
    end = start + len(word)
    if not kinds or not stands_alone(text, start, end):
        return None
    rule, slips = kinds[int(random() * len(kinds))]
    return Edit(start, end, word, slips[int(random() * len(slips))], rule)


def _remembered(word: str, table: SynonymTable) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if len(table.slips) >= _REMEMBERED:
        table.slips.clear()
    kinds = table.slips[word] = _slips(word, table.known)
    return kinds


def _slips(word: str, known: frozenset[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """((rule, misspellings), ...) for the kinds that have any: none of them a known word, none in the first letter."""
    places = range(1, len(word))
    kinds = {
        "typo, neighbouring key": [
            word[:i] + near + word[i + 1 :] for i in places for near in NEIGHBOURS.get(word[i], "")
        ],
        "typo, letters transposed": [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-1]],
        "typo, letter left out": [word[:i] + word[i + 1 :] for i in places],
        "typo, letter doubled": [word[:i] + word[i] + word[i:] for i in places],
    }
    sound = {rule: tuple(s for s in slips if s != word and s not in known) for rule, slips in kinds.items()}
    return tuple((rule, slips) for rule, slips in sound.items() if slips)


def paper_typo(text: str, rng: Random, strength: float | None = None) -> Augmented:
    """Two positions are drawn; those that hold a letter get a random one of a-z. `strength` is the BoolQ variant: every
    letter with that probability."""
    if strength is None:
        draws = [int(rng.random() * len(text)) for _ in range(2)] if text else []
    else:
        draws = [i for i in range(len(text)) if rng.random() < strength]
    letters = {i: ascii_lowercase[int(rng.random() * 26)] for i in draws if text[i].isalpha()}
    edits = [
        Edit(i, i + 1, text[i], letter, "typo, random letter") for i, letter in letters.items() if letter != text[i]
    ]
    return assembled(text, edits, "typo")
