"""WordNet and the thesaurus in, one table of spellings out: what may replace each, and in which context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from core.augment.english.inflection import forms
from core.augment.english.lexicon import COLLOCATIONS, FUNCTION, KEPT, NEGATIONS, NUMBERS, STOP_WORDS
from core.augment.english.part_of_speech import CLEAR, OTHER, USUAL
from core.augment.english.polarity import SENTIMENT
from core.augment.english.senses import is_plain, tagged, usual_synonyms
from core.augment.english.thesaurus import Entry, read_phrases, read_thesaurus
from core.augment.english.wordnet import WordNet

_CLEAR, _SELDOM = (
    0.95,
    0.1,
)  # shares of a spelling's occurrences: read so in any context, and never
_COMMON = 8  # tagged occurrences
_FORMS = {"base": 1.0, "plural": 0.5, "third": 0.3, "past": 0.6, "participle": 0.4, "gerund": 0.3,
          "more": 0.1, "most": 0.1}  # fmt: skip
"""How a lemma's occurrences are spread over its forms."""
_SLOTS = 8  # weighted choice is one index into a tuple this long

Option = list[Any]
"""[part of speech, marks, reading, form, [[replacement, rule], ...]]"""


def build_table(wordnet: WordNet | None) -> dict[str, Any]:
    """JSON-ready: `words` spelling -> options, `phrases` spelling -> [marks, alternatives], `classes` spelling -> word
    class, `collocations`, `known` and `common` spellings, and `names` that look like words where there are no capitals.
    """
    uses = _uses(wordnet) if wordnet else _thesaurus_uses()
    chosen: dict[tuple[str, str], list[tuple[str, list[tuple[str, str, int]]]]] = {}
    if wordnet:
        for pos in "nvar":
            for lemma in wordnet.index[pos]:
                marks, synonyms = usual_synonyms(wordnet, pos, lemma)
                inflected = pos in "nv" and lemma in wordnet.exceptions.get(pos, {})  # `men`: not `manpower`
                if synonyms and not inflected and lemma not in KEPT[pos]:
                    chosen[lemma, pos] = [(marks, synonyms)]
    own: dict[tuple[str, str], list[tuple[str, list[tuple[str, str, int]]]]] = defaultdict(list)
    for entry in read_thesaurus():
        own[entry.lemma, entry.pos].append((entry.marks, _ruled(entry, wordnet)))
    words: dict[str, list[Option]] = defaultdict(list)
    for (lemma, pos), lines in sorted((chosen | own).items()):
        known = _occurrences(wordnet, pos, lemma) if wordnet else None
        for marks, synonyms in lines:
            for spelling, option in _options(lemma, pos, marks, synonyms, uses, known):
                words[spelling].append(option)
    return {
        "words": words,
        "phrases": _phrases(),
        "classes": _classes(uses),
        "collocations": sorted(COLLOCATIONS | _collocations(wordnet, words)),
        "known": sorted(set(uses) | set(words) | FUNCTION | NEGATIONS | NUMBERS | SENTIMENT),
        "common": sorted(spelling for spelling, use in uses.items() if sum(use.values()) >= _COMMON)
        if wordnet
        else sorted(words),
        "names": sorted(_names(wordnet)) if wordnet else [],
    }


def _ruled(entry: Entry, wordnet: WordNet | None) -> list[tuple[str, str, int]]:
    """The thesaurus's synonyms, with the WordNet sense that holds both words where there is one."""
    names = {"n": "noun", "v": "verb", "a": "adjective", "r": "adverb"}
    found = []
    for rank, synonym in enumerate(entry.synonyms):
        rule = f"synonym, thesaurus ({names[entry.pos]})"
        weight = 3 - min(rank, 2)
        if wordnet:
            key = synonym.replace(" ", "_")
            theirs = wordnet.index[entry.pos].get(key, [])
            shared = [offset for offset in wordnet.index[entry.pos].get(entry.lemma, []) if offset in theirs]
            if shared:
                rule = f"synonym, sense {wordnet.sense_name(entry.pos, shared[0])}"
                weight += wordnet.counts.get((entry.pos, key), {}).get(theirs.index(shared[0]) + 1, 0)
        found.append((synonym, rule, weight))
    return found


def _options(
    lemma: str,
    pos: str,
    marks: str,
    synonyms: list[tuple[str, str, int]],
    uses: dict[str, dict[str, float]],
    occurrences: float | None,
) -> Iterable[tuple[str, Option]]:
    """One option for every inflected spelling of the lemma, its synonyms inflected alike; none where the spelling is
    mostly a form of another lemma (`works`, a factory, of `work`)."""
    mine = forms(lemma, pos)
    theirs = [forms(synonym, pos) for synonym, _, _ in synonyms]
    for form, spelling in mine.items():
        if spelling in STOP_WORDS or len(spelling) < 3:
            continue
        fitting = [
            (their[form], rule, weight)
            for their, (_, rule, weight) in zip(theirs, synonyms, strict=True)
            if form in their and _alike(form, mine, their) and their[form] != spelling
        ]
        if not fitting or (form == "participle" and mine["past"] == spelling):
            continue
        use = uses.get(spelling, {})
        shares = sum(_FORMS[one] for one, spelt in mine.items() if spelt == spelling)
        if occurrences is not None and shares * occurrences < 0.5 * use.get(pos, 0):
            continue
        if form == "more" and len(use) > 1:  # `stranger` and `madder` are nouns too
            continue
        if pos == "n" and form == "base" and "i" in marks:
            continue
        starred = "*" in marks and form in ("base", "plural", "third")
        also_past = mine.get("past") == mine["base"] == spelling  # `put`: only after what asks for one of its forms
        reading = OTHER if starred or also_past else _reading(pos, use)
        if reading is not None:
            yield spelling, [pos, marks, reading, form, _slots(fitting)]


def _phrases() -> dict[str, list[Any]]:
    """Every form of each phrase; one that two of its forms share (`set up`, base and past) only where theirs do."""
    found: dict[str, list[Any]] = {}
    for entry in read_phrases():
        mine = forms(entry.lemma, entry.pos)
        for form, spelling in mine.items():
            if form == "base" and "i" in entry.marks:
                continue
            theirs = [forms(synonym, entry.pos) for synonym in entry.synonyms]
            alike = {one for one, spelt in mine.items() if spelt == spelling}
            choices = [their[form] for their in theirs if form in their and len({their[one] for one in alike}) == 1]
            if choices:
                verb = "v" if entry.pos == "v" and form == "base" else ""
                found[spelling] = [entry.marks + verb, [[choice, "synonym, thesaurus (phrase)"] for choice in choices]]
    return found


def _reading(pos: str, use: dict[str, float]) -> int | None:
    """How a spelling with these uses is read as `pos`; None where it hardly ever is."""
    whole = sum(use.values())
    share = use.get(pos, 0) / whole if whole else 1.0
    if share < _SELDOM:
        return None
    if share >= _CLEAR:
        return CLEAR
    return USUAL if use[pos] == max(use.values()) else OTHER


def _alike(form: str, mine: dict[str, str], their: dict[str, str]) -> bool:
    """Where past tense and participle are spelled alike in the original, they must be in the synonym too; endings are
    answered by endings: `cheapest` is not `most inexpensive`."""
    if form in ("more", "most"):
        return " " not in their[form]
    if form not in ("past", "participle"):
        return True
    return mine["past"] != mine["participle"] or their["past"] == their["participle"]


def _slots(fitting: list[tuple[str, str, int]]) -> list[list[str]]:
    """Alternatives repeated by weight, at least once each, so that a uniform index is a weighted choice."""
    if len(fitting) == 1:
        return [[replacement, rule] for replacement, rule, _ in fitting]
    heaviest = max(weight for _, _, weight in fitting)
    return [
        [replacement, rule]
        for replacement, rule, weight in fitting
        for _ in range(max(1, round(_SLOTS / 2 * (weight / heaviest) ** 0.5)))
    ]


def _uses(wordnet: WordNet) -> dict[str, dict[str, float]]:
    """Spelling to {part of speech: occurrences}: tagged counts, spread over the lemma's forms."""
    uses: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for pos in "nvar":
        for lemma, offsets in wordnet.index[pos].items():
            # The index lowers all capitals; a lemma that no synset spells without one is a name.
            if is_plain(lemma) and any(lemma in wordnet.synsets[pos][offset].words for offset in offsets):
                total = _occurrences(wordnet, pos, lemma)
                for form, spelling in forms(lemma, pos).items():
                    uses[spelling][pos] += _FORMS[form] * total
    return uses


def _occurrences(wordnet: WordNet, pos: str, lemma: str) -> float:
    return tagged(wordnet, pos, lemma) + 0.25  # what was never tagged occurs, too


def _names(wordnet: WordNet) -> set[str]:
    """Spellings that are as often a name: no fewer senses with a capital, no fewer occurrences (`brazil`, `martin`)."""
    names = set()
    for lemma, offsets in wordnet.index["n"].items():
        capital = [lemma not in wordnet.synsets["n"][offset].words for offset in offsets]
        if not is_plain(lemma) or all(capital) or 2 * sum(capital) < len(capital):
            continue
        counts = wordnet.counts.get(("n", lemma), {})
        named = sum(counts.get(sense, 0) for sense, is_name in enumerate(capital, 1) if is_name)
        if 2 * named >= sum(tagged(wordnet, pos, lemma) for pos in "nvar"):
            names.add(lemma)
    return names


def _thesaurus_uses() -> dict[str, dict[str, float]]:
    uses: dict[str, dict[str, float]] = defaultdict(dict)
    for entry in read_thesaurus():
        weight = 1.0 if "*" not in entry.marks else 0.0
        for lemma in (entry.lemma, *entry.synonyms):
            if is_plain(lemma):
                for spelling in forms(lemma, entry.pos).values():
                    uses[spelling][entry.pos] = max(uses[spelling].get(entry.pos, 0), weight)
    return uses


def _classes(uses: dict[str, dict[str, float]]) -> dict[str, str]:
    """Spellings of one clear part of speech: `n`, `ns` (plural), `a`, `r`, `ed`, `ing`; and `?a`, which are adjectives
    among other things. Swaps need it."""
    classes = {}
    for spelling, use in uses.items():
        total = sum(use.values())
        pos = max(use, key=lambda key: use[key])
        if spelling in STOP_WORDS or len(spelling) < 3:
            continue
        if use[pos] < 0.9 * total:
            if use.get("a", 0) > 0.3 * total:
                classes[spelling] = "?a"
        elif pos == "v":
            suffix = next((end for end in ("ed", "ing") if spelling.endswith(end)), "")
            if suffix:
                classes[spelling] = suffix
        elif pos == "n":
            classes[spelling] = "ns" if spelling.endswith("s") and not spelling.endswith("ss") else "n"
        else:
            classes[spelling] = pos
    return classes


def _collocations(wordnet: WordNet | None, words: dict[str, list[Option]]) -> set[str]:
    """Two-word lemmas that hold a replaceable word: `real estate`; of nouns the plurals, too: `black holes`."""
    if not wordnet:
        return set()
    pairs = set()
    for pos in "nvar":
        for lemma in wordnet.index[pos]:
            first, joint, second = lemma.partition("_")
            if joint and "_" not in second:
                for form in forms(second, "n").values() if pos == "n" and is_plain(second) else (second,):
                    if first in words or form in words:
                        pairs.add(f"{first} {form}")
    return pairs
