"""Every line of the thesaurus: it can be inflected, keeps what the sentence says, and is fit for a classroom."""

from __future__ import annotations

from collections import Counter

import pytest

from core.augment.english.inflection import forms
from core.augment.english.lexicon import NEGATIONS, NUMBERS
from core.augment.english.thesaurus import Entry, read_phrases, read_thesaurus
from core.augment.policy import AugmentPolicy
from core.demo.corpora import build_corpus
from core.sections import AugmentConfig
from core.tasks import TASKS

# Pairs that a thesaurus of opposites would hold; neither may stand for the other.
OPPOSITES = """\
good bad, big small, large small, hot cold, warm cool, high low, long short, tall short, old new, old young, early
late, fast slow, quick slow, rich poor, strong weak, happy sad, easy difficult, easy hard, simple complex, light
dark, light heavy, bright dim, bright dull, loud quiet, noisy silent, clean dirty, wet dry, full empty, open closed,
open shut, near far, near distant, wide narrow, broad narrow, deep shallow, thick thin, fat thin, safe dangerous,
brave cowardly, kind cruel, polite rude, honest dishonest, true false, right wrong, correct incorrect, legal
illegal, alive dead, male female, public private, common rare, cheap expensive, interesting boring, exciting dull,
funny serious, beautiful ugly, attractive unattractive, clever stupid, intelligent foolish, generous stingy,
friendly hostile, lucky unlucky, possible impossible, likely unlikely, guilty innocent, ancient modern, begin end,
start stop, start finish, open close, buy sell, lend borrow, give take, push pull, win lose, love hate, like
dislike, accept refuse, accept reject, allow forbid, permit prohibit, admit deny, attack defend, increase decrease,
increase reduce, rise fall, raise lower, remember forget, arrive leave, arrive depart, succeed fail, build destroy,
create destroy, praise criticize, praise blame, hide reveal, hide show, agree disagree, appear disappear, connect
separate, join separate, strengthen weaken, improve worsen, accelerate decelerate, expand shrink, include exclude,
encourage discourage, laugh cry, whisper shout, friend enemy, ally enemy, victory defeat, success failure, joy
sorrow, happiness sadness, pleasure pain, hope despair, courage fear, strength weakness, beauty ugliness, wealth
poverty, profit loss, peace war, truth lie, birth death, day night, morning evening, husband wife, brother sister,
father mother, king queen, teacher student, buyer seller, question answer, entrance exit, beginning end, arrival
departure, advantage disadvantage, hero villain, winner loser, always never, often rarely, often seldom, usually
rarely, quickly slowly, loudly quietly, carefully carelessly, happily sadly, well badly, completely partly, entirely
partially, early late, inside outside, upstairs downstairs
"""

RUDE = """\
arse ass asshole bastard bitch bollocks boob boobs bugger bullshit cock coon crap cunt damn dick dyke fag faggot
fuck goddamn gypsy halfwit hooker idiot imbecile jerk moron negro nigger piss prick pussy retard screw shit slag
slut spastic tit tits tosser tramp twat wanker whore cripple crippled midget oriental savages
"""


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    return read_thesaurus()


def test_there_are_five_thousand_headwords(entries: tuple[Entry, ...]) -> None:
    assert len({entry.lemma for entry in entries}) >= 5_000


def test_every_line_is_sound_and_no_headword_comes_twice(entries: tuple[Entry, ...]) -> None:
    keys = Counter((entry.lemma, entry.pos, entry.marks) for entry in entries)  # of two, one holds where its marks do
    assert not [key for key, count in keys.items() if count > 1]
    for entry in entries:
        assert entry.pos in "nvar", entry
        assert set(entry.marks) <= set("+tcob&ih*~"), entry
        assert entry.synonyms, entry
        assert entry.lemma not in entry.synonyms, entry
        assert len(set(entry.synonyms)) == len(entry.synonyms), entry
        assert " " not in entry.lemma, entry
        for word in (entry.lemma, *entry.synonyms):
            assert word.isascii(), entry
            assert all(part.replace("-", "").isalpha() for part in word.split(" ")), entry


def test_a_synonym_takes_every_form_that_its_headword_takes(entries: tuple[Entry, ...]) -> None:
    """A headword none of whose forms a synonym has would never be used."""
    for entry in entries:
        mine = forms(entry.lemma, entry.pos)
        assert mine, entry
        assert all(set(forms(synonym, entry.pos)) & set(mine) for synonym in entry.synonyms), entry


@pytest.mark.parametrize(
    ("lemma", "pos", "expected"),
    [
        ("undergo", "v", ["undergo", "undergoes", "underwent", "undergone", "undergoing"]),
        ("mislead", "v", ["mislead", "misleads", "misled", "misled", "misleading"]),
        ("brag", "v", ["brag", "brags", "bragged", "bragged", "bragging"]),
        ("forbid", "v", ["forbid", "forbids", "forbade", "forbidden", "forbidding"]),
        ("kneel", "v", ["kneel", "kneels", "knelt", "knelt", "kneeling"]),
        ("sum up", "v", ["sum up", "sums up", "summed up", "summed up", "summing up"]),
        ("passerby", "n", ["passerby", "passersby"]),
        ("warfare", "n", ["warfare"]),
        ("smug", "a", ["smug", "smugger", "smuggest"]),
        ("gentle", "a", ["gentle", "gentler", "gentlest"]),
    ],
)
def test_words_of_the_thesaurus_inflect_as_english_has_it(lemma: str, pos: str, expected: list[str]) -> None:
    assert list(forms(lemma, pos).values()) == expected


def test_no_synonym_says_the_opposite(entries: tuple[Entry, ...]) -> None:
    pairs = {frozenset(pair.split()) for pair in " ".join(OPPOSITES.split()).split(", ")}
    said = [
        (entry.lemma, synonym) for entry in entries for synonym in entry.synonyms if {entry.lemma, synonym} in pairs
    ]
    assert not said
    negated = [
        (entry.lemma, synonym)
        for entry in entries
        for synonym in entry.synonyms
        for one, other in ((entry.lemma, synonym), (synonym, entry.lemma))
        if any(other == prefix + one for prefix in ("un", "in", "im", "dis", "non", "ir", "il", "mis"))
    ]
    assert not negated


def test_no_synonym_brings_or_takes_a_number_or_a_negation(entries: tuple[Entry, ...]) -> None:
    """`endless` is not `never-ending`: a negation would come into a text that had none, as into `so little that`."""
    counted = NUMBERS | NEGATIONS
    for entry in entries:
        for phrase in (entry.lemma, *entry.synonyms):
            said = phrase.removeprefix("a little")  # some, not hardly any
            assert counted.isdisjoint(said.replace("-", " ").split(" ")), entry


def test_every_phrase_is_sound(entries: tuple[Entry, ...]) -> None:
    phrases = read_phrases()
    assert not [phrase for phrase, count in Counter(entry.lemma for entry in phrases).items() if count > 1]
    for entry in phrases:
        assert entry.pos in "nvx", entry
        assert set(entry.marks) <= set("tihesyp#%~*"), entry
        assert entry.lemma not in entry.synonyms, entry
        assert entry.lemma == entry.lemma.lower(), entry
        for said in (entry.lemma, *entry.synonyms):
            assert (NUMBERS | NEGATIONS | set(RUDE.split())).isdisjoint(said.split(" ")), entry
            assert all(part.replace("'", "").isalpha() for part in said.split(" ")), entry
        mine = set(forms(entry.lemma, entry.pos))
        assert all(mine & set(forms(synonym, entry.pos)) for synonym in entry.synonyms), entry


def test_no_word_is_rude(entries: tuple[Entry, ...]) -> None:
    words = {word for entry in entries for phrase in (entry.lemma, *entry.synonyms) for word in phrase.split(" ")}
    assert words.isdisjoint(RUDE.split()), words & set(RUDE.split())


@pytest.mark.parametrize("name", ["demo-sentiment", "demo-intents", "demo-paraphrase"])
def test_most_sentences_of_the_demos_find_a_synonym_in_the_thesaurus(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_WORDNET", "builtin")
    policy = AugmentPolicy(AugmentConfig(fraction=1.0, methods=("synonym",)), ("text",), 13, task=TASKS[name])
    texts = [row["text"] for row in build_corpus(name).train if len(row["text"].split()) >= 6][:1000]
    changed = sum(policy.row_by("synonym", row, text, None, 0).changed for row, text in enumerate(texts))
    assert changed / len(texts) >= 0.78
