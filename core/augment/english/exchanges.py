"""Words of a text in, the pairs of places whose exchange keeps it English out: closed patterns, no parser.

A place is a run of words (first, how many). Neighbours are lower-case words; the empty string stands for punctuation or
the end of the text. Word classes are those of `core.augment.english.entries`.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.augment.english.lexicon import (
    ARTICLES,
    AUXILIARIES,
    BE,
    BINOMIALS,
    DEGREES,
    DETERMINERS,
    FLOATING,
    LINKING,
    NEGATIONS,
    PREPOSITIONS,
    SUBJECTS,
)
from core.augment.english.words import starts

Place = tuple[int, int]  # first word, number of words
Exchange = tuple[Place, Place, str]  # the later place second; why it may be done

_CONJUNCTIONS = frozenset(("and", "or"))
_SPEAKING = frozenset(("said", "says"))
_SPEAKERS = frozenset(("officials", "authorities", "police", "witnesses", "sources", "analysts", "prosecutors"))
PIVOTS = FLOATING | _CONJUNCTIONS | _SPEAKING
_PRONOUNS = frozenset(("he", "she", "it", "they", "we", "you", "i"))
_BEFORE_CLAUSE = frozenset(("", "and", "but"))
# Adverbs that may open a clause: `he later left` and `later he left`.
_OPENING = frozenset(
    ("later", "then", "soon", "now", "eventually", "finally", "sometimes", "originally", "initially", "subsequently",
     "usually", "generally", "typically", "apparently", "occasionally", "recently", "previously", "ultimately",
     "gradually", "obviously", "clearly")
)  # fmt: skip
_OWNED = frozenset(("the", "my", "your", "his", "her", "its", "our", "their"))
_NOUNS = frozenset(("n", "ns"))
_QUALITIES = frozenset(("a", "?a", "ed", "ing"))
_MODIFIERS = frozenset(("a", "?a", "ed", "n"))
_BEFORE_LIST = (DETERMINERS | PREPOSITIONS | SUBJECTS | {"", "'s", "both"}) - {"that", "which", "who"}
_BEFORE_ONE = _BEFORE_LIST - ARTICLES
# `the plot and characters`, never `a characters and plot`
_BEFORE_MIXED = PREPOSITIONS | _OWNED | {"", "'s", "both"}
_AFTER_LIST = (PREPOSITIONS - {"of"}) | {"", "are", "were", "that", "who", "which", "when", "while", "because"}
_AFTER_ADJECTIVE = PREPOSITIONS | _CONJUNCTIONS | {"without"}
_BEFORE_QUALITY = BE | LINKING | DEGREES | DETERMINERS | {"'s"}
_NO_SUBJECT = (
    AUXILIARIES | DEGREES | {"", "and", "or", "but", "that", "what", "how", "when", "where", "why", "not", "n't"}
)
_RANGES = frozenset(("between", "from"))  # `between noon and midnight` is the other half of the day
_HAVE = frozenset(("have", "has", "had"))
_COMPLEMENTS = frozenset(
    ("of", "to", "from", "with", "without", "than", "for", "about", "by", "at", "on", "as", "that")
)
_MOVABLE = AUXILIARIES - {"do", "does", "did"}  # full verbs after an adverb: `it also does the washing`
_HELPERS = BE | _HAVE
_AFTER_MANNER = frozenset(("by", "in", "on", "at", "during", "under"))
_SIZES = frozenset(("big", "little", "small", "large", "great", "tiny", "huge", "old", "new", "young", "long", "short"))
# Adverbs that change what they stand beside, rather than say how it was done.
_FIXED = FLOATING | NEGATIONS | frozenset(
    ("only", "really", "nearly", "merely", "simply", "fully", "newly", "early", "partly", "virtually", "highly",
     "sadly", "seemingly", "shortly", "similarly", "closely", "oddly", "strangely", "surprisingly", "unfortunately",
     "hopefully", "exactly", "especially", "particularly", "respectively", "directly", "latterly", "evidently",
     "slightly", "medically")
)  # fmt: skip


def exchanges(text: str, words: list[str], classes: dict[str, str]) -> list[Exchange]:
    """All of a text, in no particular order; places may overlap."""
    found: list[Exchange] = []
    if not PIVOTS.isdisjoint(words):
        for i in [i for i, word in enumerate(words) if word in PIVOTS and i]:
            found += _around(words, i, classes)
    if "," in text:
        found += _at_commas(text, words, classes)
    if "ly " in text:
        found += _beside_verbs(words, classes)
    return found


def _around(words: list[str], i: int, classes: dict[str, str]) -> Iterator[Exchange]:
    """The exchanges that the pivot word `i` allows."""
    word, before = words[i], words[i - 1]
    after = words[i + 1] if i + 1 < len(words) else ""
    if word in _SPEAKING:
        yield from _speaker(words, i, classes)
    elif after == "":
        return
    elif word in _CONJUNCTIONS:
        yield from _conjuncts(words, i, classes)
    elif before in AUXILIARIES:
        if i > 1 and words[i - 2] not in _NO_SUBJECT and after not in ("to", "than", "that"):
            yield (i - 1, 1), (i, 1), "swap, adverb and auxiliary"
    elif after in _MOVABLE and before not in _NO_SUBJECT and i + 2 < len(words):
        follower = words[i + 2]
        if follower.endswith(("ed", "en")) if after in _HAVE else follower not in ("", "not", "n't"):
            yield (i, 1), (i + 1, 1), "swap, adverb and auxiliary"
    elif word in _OPENING:
        if before in _PRONOUNS and (i == 1 or words[i - 2] in _BEFORE_CLAUSE):
            yield (i - 1, 1), (i, 1), "swap, adverb and subject"
        elif after in _PRONOUNS and before == "":
            yield (i, 1), (i + 1, 1), "swap, adverb and subject"


def _speaker(words: list[str], i: int, classes: dict[str, str]) -> Iterator[Exchange]:
    """`, the company said .` and `, said the company .`: nothing but the speaker between the quotation and the verb."""
    if i + 1 < len(words) and words[i + 1] != "":
        return
    first = i - 2 if i > 2 and words[i - 2] in DETERMINERS else i - 1
    if first < 2 or words[first - 1] != "" or len(words[first - 2]) == 1:  # `a U.N. envoy said`
        return
    if classes.get(words[i - 1]) in _NOUNS:
        yield (first, i - first), (i, 1), "swap, speaker and said"


def _conjuncts(words: list[str], i: int, classes: dict[str, str]) -> Iterator[Exchange]:
    left, right = i - 1, i + 1
    if i > 1 and i + 2 < len(words) and words[right] in DETERMINERS and words[i - 2] == words[right]:
        right += 1
    before = words[left - 1] if left else ""
    after = words[right + 1] if right + 1 < len(words) else ""
    rule = f"swap, around {words[i]}"
    pair = words[left], words[right]
    first, second = classes.get(pair[0], ""), classes.get(pair[1], "")
    if " ".join(pair) in BINOMIALS or pair[0] == pair[1]:
        return
    if before in DEGREES and pair[1][-3:] == "est":  # `the most smallest and ulnar`
        return
    if first == second and first in ("a", "r"):
        fine = before not in NEGATIONS and after not in _COMPLEMENTS and classes.get(after) != "ed"
    elif first in _NOUNS and second in _NOUNS:
        near = _BEFORE_LIST if first == second else _BEFORE_MIXED
        fine = before in near and before not in _RANGES and after in _AFTER_LIST
    elif first in _QUALITIES and second in _QUALITIES:
        passive = first == second and before in BE and after in ("", "by")
        quality = "a" in (first, second) and before in _BEFORE_QUALITY
        attributive = before not in BE and classes.get(after) in _NOUNS
        fine = passive or (quality and (after == "" or attributive))
    else:
        fine = False
    if fine and "respectively" not in words[right : right + 12]:
        yield (left, 1), (right, 1), rule
    elif first in _NOUNS and second == "a":
        yield from _phrases(words, i, classes)


def _phrases(words: list[str], i: int, classes: dict[str, str]) -> Iterator[Exchange]:
    """`quick wit and dark humor`: an adjective and its noun on either side."""
    if i < 2 or i + 2 >= len(words) or classes.get(words[i - 2]) != "a" or classes.get(words[i + 2]) not in _NOUNS:
        return
    before = words[i - 3] if i > 2 else ""
    after = words[i + 3] if i + 3 < len(words) else ""
    if before in _BEFORE_ONE and before not in _RANGES and after in _AFTER_LIST:
        yield (i - 2, 2), (i + 1, 2), f"swap, around {words[i]}"


def _at_commas(text: str, words: list[str], classes: dict[str, str]) -> Iterator[Exchange]:
    """`funny, smart` and `smart, funny`; in a list also nouns: nothing but a comma between two of a kind."""
    last = len(words) - 1
    places: list[int] = []
    for i in [i for i, word in enumerate(words) if not word and 0 < i < last]:
        kind = classes.get(words[i - 1])
        j = i + 1 if words[i + 1] else i + 2
        if kind is None or j > last or classes.get(words[j]) != kind or words[j] == words[i - 1]:
            continue
        after = words[j + 1] if j < last else ""
        lead = words[i - 2] if i > 1 else ""  # `hash functions, fingerprints` are no hash fingerprints
        listed = lead in _BEFORE_ONE if kind == "n" else kind == "ns" and classes.get(lead) not in _MODIFIERS
        listed = listed and (after in _CONJUNCTIONS or (after == "" and "and" in words[j : j + 6]))
        qualities = kind == "a" and after not in _AFTER_ADJECTIVE and words[i - 1] not in _SIZES
        if qualities or (listed and words[j] not in _SPEAKERS):
            places = places or starts(words)
            if text[places[i] - 1 : places[j]].strip() == ",":
                yield (i - 1, 1), (j, 1), "swap, at a comma"


def _beside_verbs(words: list[str], classes: dict[str, str]) -> Iterator[Exchange]:
    """`rose sharply in` and `sharply rose in`, `was badly damaged by` and `was damaged badly by`."""
    last = len(words) - 1
    for i in [i for i, word in enumerate(words) if word[-2:] == "ly" and classes.get(word) == "r" and 0 < i < last]:
        if words[i] in _FIXED or words[i - 1] == "":
            continue
        if classes.get(words[i - 1]) in ("ed", "ing"):
            lead = words[i - 2] if i > 1 else ""
            if (lead in BE or (lead and words[i - 1][-2:] == "ed")) and words[i + 1] in _AFTER_MANNER:
                yield (i - 1, 1), (i, 1), "swap, verb and adverb"
            continue
        before_place = i + 2 <= last and words[i + 2] in _AFTER_MANNER
        if before_place and words[i - 1] in _HELPERS and classes.get(words[i + 1]) in ("ed", "ing"):
            yield (i, 1), (i + 1, 1), "swap, verb and adverb"
