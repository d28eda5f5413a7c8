"""Words replaced by synonyms: `careful` a few that read well where they stand, `paper` all that WordNet knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from random import Random

from core.augment.edits import Edit
from core.augment.english.inflection import wants_an
from core.augment.english.lexicon import ARTICLES
from core.augment.english.openings import Openings
from core.augment.english.part_of_speech import fits, phrase_fits
from core.augment.english.phrases import phrase_at
from core.augment.english.synonym_table import SynonymTable
from core.augment.english.words import DRAW, drawn, how_many, split_words, stands_alone, starts, visible
from core.augment.method import Method, Setting

SHARE = 0.05
_WORD = re.compile(r"\S+")
_ONE_WORD = int(1.5 / SHARE)  # words for which the default strength rounds to one
_NEAR = 4  # words to either side that are compared: what is said again, or would be
_TRIES = 24  # places looked at for each replacement wanted


def careful_synonym(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Replace `strength` of the words (default one in twenty, at least one) by a synonym, inflected alike.

    A phrase counts as a word. Lesser senses and contractions are taken only where nothing has a usual synonym.
    """
    seen, known, openings = visible(text), setting.table.words, setting.table.openings
    words = split_words(seen)
    n = len(words)
    left = 1 if n < _ONE_WORD and setting.strength == SHARE else how_many(setting.strength, SHARE, n - words.count(""))
    if left == 1:  # a word is drawn, or the next that has synonyms: the others need not be looked up
        start = rng.getrandbits(DRAW) % n
        places: list[int] = []
        spots: Iterable[int] = range(start, start + min(n, _TRIES))
    else:
        places = starts(words)
        spots = islice(
            drawn([i for i, word in enumerate(words) if word in known or word in openings or not i], rng.getrandbits),
            _TRIES * left,
        )
    edits: list[Edit] = []
    resort = []
    for i in spots:
        i %= n
        begun = openings.get(words[i] if i else words[0].lower())
        # A first look, past the last word at the first one: `phrase_at` makes sure.
        may = begun and ("" in begun or words[i + 1 - n] in begun)
        found = _phrase(seen, words, places, i, setting, rng, False) if may else []
        if not found and (words[i] in known or (not i and _opens(words, setting.table))):
            found = _word(seen, words, places, i, setting, rng, False)
            if not found:
                resort.append(i)
        if found and (not edits or _apart(found, edits)):
            edits += found
            left -= 1
            if not left:
                return edits
    phrases = ((_phrase, i) for i in _beginnings(words, openings))
    for replaced, i in chain(phrases, ((_word, i) for i in resort[: 4 * left])):
        found = replaced(seen, words, places, i, setting, rng, True)
        if found and _apart(found, edits):
            edits += found
            left -= 1
            if not left:
                break
    return edits


def _beginnings(words: list[str], openings: Openings) -> Iterator[int]:
    """Places at which a phrase may begin, by its first two words; past the last word the first one is looked at."""
    for i, word in enumerate(words):
        begun = openings.get(word if i else word.lower())
        if begun and ("" in begun or words[i + 1 - len(words)] in begun):
            yield i


def _apart(found: list[Edit], edits: list[Edit]) -> bool:
    """Whether more than a space lies between these edits and those: an article may be a phrase's last word."""
    return all(found[0].start > edit.end + 1 or edit.start > found[-1].end + 1 for edit in edits)


def _phrase(
    text: str, words: list[str], places: list[int], i: int, setting: Setting, rng: Random, last_resort: bool
) -> list[Edit]:
    """The edit of the phrase that begins at word `i`, as `_word` has it."""
    found = phrase_at(words, i, setting.table, last_resort)
    if not found:
        return []
    spelling, choices = found
    replacement, rule = choices[rng.getrandbits(DRAW) % len(choices)]
    if not setting.protect.isdisjoint(f"{spelling} {replacement}".split(" ")):
        return []
    return _edits(text, words, places, i, spelling.count(" ") + 1, replacement, rule)


def _opens(words: list[str], table: SynonymTable) -> bool:
    """Whether the capital of the first word is the sentence's: a frequent word, and a lower-case one follows."""
    lower = words[0].lower()
    return lower in table.common and lower in table.words and (len(words) == 1 or words[1].islower())


def _word(
    text: str, words: list[str], places: list[int], i: int, setting: Setting, rng: Random, last_resort: bool
) -> list[Edit]:
    """The edit at word `i`, with its article where that must change; empty where no reading fits.

    `places` are the words' offsets, empty where they are not worth working out: one word is replaced.
    """
    table, protect = setting.table, setting.protect
    word = words[i]
    before = words[i - 1].lower() if i else ""
    after = words[i + 1].lower() if i + 1 < len(words) else ""
    lower = word if i else word.lower()
    near = words[i - _NEAR if i > _NEAR else 0 : i + _NEAR + 1]
    if near.count(lower) > (lower == word) or lower in protect:
        return []  # `from country to country`
    if lower in table.bound and table.in_phrase(before, lower, after):
        return []
    for pos, marks, reading, form, choices in table.words[lower]:
        if ("~" in marks) is last_resort and fits(pos, marks, reading, form, before, lower, after):
            replacement, rule = choices[rng.getrandbits(DRAW) % len(choices)]
            if replacement in near or replacement in protect:  # `fees and other charges`
                return []
            if " " in replacement and not phrase_fits(replacement, pos, marks, before, after):
                return []
            return _edits(text, words, places, i, 1, replacement, rule)
    return []


def _edits(
    text: str, words: list[str], places: list[int], i: int, count: int, replacement: str, rule: str
) -> list[Edit]:
    """The edit of `count` words from `i` on, with its article where that must change; none across punctuation."""
    start = places[i] if places else len(" ".join(words[:i])) + 1 if i else 0
    old = words[i] if count == 1 else " ".join(words[i : i + count])
    end = start + len(old)
    if (count > 1 and text[start:end] != old) or not stands_alone(text, start, end):
        return []
    if not i and words[0][0].isupper():
        replacement = replacement[0].upper() + replacement[1:]
    edit = Edit(start, end, old, replacement, rule)
    article = words[i - 1] if i else ""
    if article.lower() in ARTICLES and wants_an(replacement) is not (article.lower() == "an"):
        return [_article(article, start - 1 - len(article), wants_an(replacement)), edit]
    return [edit]


def _article(article: str, start: int, an: bool) -> Edit:
    after = article[0] + "n" if an else article[0]
    return Edit(start, start + len(article), article, after, "a or an, by the sound that follows")


def paper_synonym(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Every word (or the share `strength` of them) becomes the first lemma of its first WordNet synset.

    As the authors ran it: words are what white space separates, so `film,` is no word of WordNet's; stop
    words are not spared (`a` becomes `angstrom`); inflection and capitals are lost; underscores stay.
    """
    edits = []
    for match in _WORD.finditer(text):
        if setting.strength is not None and rng.random() >= setting.strength:
            continue
        found = setting.table.first_lemma(match[0])
        if found and found.lemma != match[0]:
            edits.append(Edit(match.start(), match.end(), match[0], found.lemma, f"first synonym, sense {found.sense}"))
    return edits


def own_share(texts: Iterable[str], table: SynonymTable) -> float | None:
    """Of the words that the paper's dictionary knows, the share whose first synonym is the word itself: they stay.

    None where it knows none.
    """
    known = own = 0
    for text in texts:
        for match in _WORD.finditer(text):
            found = table.first_lemma(match[0])
            known += found is not None
            own += found is not None and found.lemma == match[0]
    return own / known if known else None


METHOD = Method(
    name="synonym",
    summary="Words are replaced by synonyms, from WordNet or the thesaurus that comes with the lab.",
    color="blue",
    changes="wording",
    careful=careful_synonym,
    paper=paper_synonym,
)
