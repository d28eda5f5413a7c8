"""Text in, text with typing slips out: `careful` as fingers make them, `paper` two random letters."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from string import ascii_lowercase

from core.augment.edits import Augmented, Edit, assembled
from core.augment.lexicon import word_set
from core.augment.synonyms import Slips, SynonymTable
from core.augment.words import LONGEST, PUNCTUATION, drawn, how_many, split_words, stands_alone, starts, typable

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
_TRIES = range(12)
_REMEMBERED = 10_000
"""Words whose misspellings are kept: at most some thirty megabytes."""
_ONE_SLIP = 1.5 / DEFAULT_SHARE  # letters for which the default strength rounds to one slip
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
    table = table or _EMPTY
    quick = quick_typo(text, rng.random, table, protect) if strength is None else None
    return quick or assembled(text, typo_edits(text, split_words(text), rng, table, strength, protect), "typo")


def quick_typo(
    text: str, random: Callable[[], float], table: SynonymTable, protect: frozenset[str]
) -> Augmented | None:
    """One slip at the default strength, for a text short enough for one; None hands it on to `typo_edits`.

    A letter is drawn and with it the word around it, or the next that may be misspelt: the text need not be split. Most
    rows of most tasks end here, so it is written in one piece: every call would cost a tenth of it.
    """
    size = len(text)
    if size >= _ONE_SLIP and size - text.count(" ") >= _ONE_SLIP:
        return None
    slips = table.slips
    start = text.rfind(" ", 0, int(random() * size)) + 1
    for _ in _TRIES:
        end = text.find(" ", start)
        token = text[start:end] if end >= 0 else text[start:]
        found = slips.get(token)
        if found is None:
            found = _remembered(token, table)
        if found and not (protect and _carries_opinion(found[0], table, protect)):
            word, offset, slips_of_word = found
            slip, rule = slips_of_word[int(random() * len(slips_of_word))]
            start += offset
            end = start + len(word)
            return Augmented(text[:start] + slip + text[end:], (Edit(start, end, word, slip, rule),), "typo")
        start = end + 1  # 0 after the last word
    return None


def typo_edits(
    text: str,
    words: list[str],
    rng: Random,
    table: SynonymTable,
    strength: float | None,
    protect: frozenset[str],
) -> list[Edit]:
    """The edits of `careful_typo`, in the order in which they were drawn."""
    wanted = how_many(strength, DEFAULT_SHARE, len(text) - len(words))
    spots = [i for i, word in enumerate(words) if _may_slip(word, table)]
    if protect:
        spots = [i for i in spots if not _carries_opinion(words[i], table, protect)]
    offsets = starts(words)
    edits: list[Edit] = []
    for i in drawn(spots, rng.random):
        if len(edits) >= wanted:
            break
        word, start = words[i], offsets[i]
        found = table.slips.get(word) or _remembered(word, table)
        if found and stands_alone(text, start, start + len(word)):
            edits.append(Edit(start, start + len(word), word, *found[2][int(rng.random() * len(found[2]))]))
    return edits


def _may_slip(word: str, table: SynonymTable) -> bool:
    if table.typable and word.isascii():
        return word in table.typable
    return typable(word)


def _carries_opinion(word: str, table: SynonymTable, protect: frozenset[str]) -> bool:
    """Where some words are protected a list cannot name them all: adjectives and adverbs are spared with them."""
    return word in protect or table.classes.get(word) in ("a", "?a", "r")


def _remembered(token: str, table: SynonymTable) -> Slips | tuple[()]:
    """The word of a token (what stands between spaces: `film,`), its offset there, its slips; empty without any."""
    word = token.strip(PUNCTUATION)
    if not _may_slip(word, table):
        found: Slips | tuple[()] = ()
    elif word != token:
        bare = table.slips.get(word) or _remembered(word, table)
        found = (word, token.index(word), bare[2]) if bare else ()
    else:
        slips = _slips(word, table.known)
        found = (word, 0, slips) if slips else ()
    if len(token) <= 2 * LONGEST:
        if len(table.slips) >= _REMEMBERED:
            table.slips.clear()
        table.slips[token] = found
    return found


def _slips(word: str, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(misspelling, rule) of the four kinds, none of them a known word, none in the first letter. Kinds with few are
    repeated, so that a uniform draw hits each kind about as often."""
    places = range(1, len(word))
    kinds = {
        "typo, neighbouring key": [
            word[:i] + near + word[i + 1 :] for i in places for near in NEIGHBOURS.get(word[i], "")
        ],
        "typo, letters transposed": [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-1]],
        "typo, letter left out": [word[:i] + word[i + 1 :] for i in places],
        "typo, letter doubled": [word[:i] + word[i] + word[i:] for i in places],
    }
    sound = [[(s, rule) for s in slips if s != word and s not in known] for rule, slips in kinds.items()]
    most = max(map(len, sound))
    return tuple(slip for slips in sound if slips for slip in slips * round(most / len(slips)))


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
