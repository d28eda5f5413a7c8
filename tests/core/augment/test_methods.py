"""What holds for every method, style and text: edits rebuild it, seeds repeat it, and time is bounded."""

from __future__ import annotations

import time
import unicodedata
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.augment.edits import apply_edits
from core.augment.english.lexicon import word_set
from core.augment.english.synonym_table import SynonymTable
from core.augment.methods import METHODS as ALL
from core.augment.methods import method_named
from tests.core.augment.one_text import DEFAULT, augmented

METHODS = ("synonym", "swap", "typo")
WORDS = word_set(
    "the film was really good and a very funny movie , he said huge Paris not two an idea enjoyed walked often is"
)
ENGLISH = st.lists(st.sampled_from([*sorted(WORDS), ".", '"', "\n", "  "]), max_size=40).map(" ".join)
ANY = st.one_of(st.text(max_size=200), ENGLISH)
STRENGTHS = st.one_of(st.just(DEFAULT), st.floats(0, 1))


@given(text=ANY, method=st.sampled_from(METHODS), style=st.sampled_from(["careful", "paper"]), strength=STRENGTHS,
       seed=st.integers(0, 2**32))  # fmt: skip
@settings(max_examples=600, deadline=None)
def test_edits_are_disjoint_lie_inside_and_rebuild_the_text(
    table: SynonymTable,
    paper_table: SynonymTable,
    text: str,
    method: str,
    style: str,
    strength: float | None,
    seed: int,
) -> None:
    known = table if style == "careful" else paper_table
    done = augmented(text, method, Random(seed), known, style, strength)
    assert apply_edits(text, done.edits) == done.text  # raises where edits overlap, lie outside or lie
    assert done.method == method
    assert all(edit.before != edit.after and edit.rule for edit in done.edits)
    assert done == augmented(text, method, Random(seed), known, style, strength)


@pytest.mark.parametrize("style", ["careful", "paper"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "text",
    ["", " ", "a", "x" * 100_000, "film " * 20_000, "not " * 25_000, "😀" * 50_000, "and , " * 20_000, "\n" * 99_999],
)
def test_long_and_empty_texts_come_back_in_bounded_time(
    table: SynonymTable, paper_table: SynonymTable, method: str, style: str, text: str
) -> None:
    known = table if style == "careful" else paper_table
    for strength in (DEFAULT, 1.0):
        start = time.process_time()
        done = augmented(text, method, Random(1), known, style, strength)
        assert time.process_time() - start < 5
        assert apply_edits(text, done.edits) == done.text


SCRIPTS = {
    "arabic": "هذا فيلم جميل جدا وأنا أحبه كثيرا",
    "arabic with vowels": "كِتَابٌ جَدِيدٌ عَلَى الطَّاوِلَةِ",
    "chinese": "这部电影真的很好看，我非常喜欢。",
    "hindi": "यह फ़िल्म वास्तव में बहुत अच्छी है",
    "thai": "หนังเรื่องนี้ดีมากจริงๆ",
    "family emoji": "👨‍👩‍👧‍👦 loved 👍🏽 it 🏳️‍🌈",
    "decomposed": unicodedata.normalize("NFD", "déjà vu à Besançon très élégant"),
}


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("method", METHODS)
def test_careful_methods_never_split_what_a_reader_sees_as_one_character(
    table: SynonymTable, name: str, method: str
) -> None:
    text = SCRIPTS[name]
    for seed in range(40):
        for edit in augmented(text, method, Random(seed), strength=0.5, table=table).edits:
            for place in (edit.start, edit.end):
                following = text[place : place + 1]
                assert not following or unicodedata.category(following)[0] != "M", (edit, text)
                assert following not in ("\u200d", "\ufe0f")
                assert text[max(0, place - 1) : place] != "\u200d"


@pytest.mark.parametrize("name", ["arabic", "chinese", "hindi", "thai"])
def test_careful_typos_leave_scripts_without_a_qwerty_keyboard_alone(table: SynonymTable, name: str) -> None:
    assert not augmented(SCRIPTS[name], "typo", Random(3), strength=1.0, table=table).changed


def test_cyrillic_words_get_slips_that_need_no_keyboard(table: SynonymTable) -> None:
    rules = {
        edit.rule
        for seed in range(40)
        for edit in augmented("замечательный фильм понравился", "typo", Random(seed), table=table).edits
    }
    assert rules == {"typo, letters transposed", "typo, letter left out", "typo, letter doubled"}


def test_strength_is_the_share_of_the_words(table: SynonymTable) -> None:
    text = "He purchased it . " * 25  # 75 words, 25 of which have synonyms
    done = augmented(text, "synonym", Random(0), strength=0.2, table=table)
    assert len(done.edits) == 15
    done = augmented("wonderful breakfast cereal " * 40, "swap", Random(0), strength=0.2, table=table)
    assert len(done.edits) == 24  # 120 words, a fifth of them moved


def test_strength_of_typos_is_the_share_of_the_letters(table: SynonymTable) -> None:
    text = "wonderful breakfast " * 20  # 360 letters, 40 words
    assert len(augmented(text, "typo", Random(0), strength=0.05, table=table).edits) == 18
    assert len(augmented(text, "typo", Random(0), strength=0.5, table=table).edits) == 40  # one a word at most


def test_strength_zero_changes_nothing(table: SynonymTable) -> None:
    for method in METHODS:
        assert not augmented("the film was really good and funny", method, Random(0), strength=0, table=table).changed


def test_an_unknown_method_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match=r"did you mean 'synonym'\? Choose from .*typo'"):
        method_named("synonyms")
    with pytest.raises(ValueError, match="choose from"):
        method_named("backtranslation")


def test_every_method_says_all_that_pages_and_audit_ask_of_it() -> None:
    for name, method in ALL.items():
        assert method.name == name
        assert method.strengths.keys() == {"careful", "paper"}
        assert method.summary.endswith(".")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "kept",
    [
        "https://films.example/wonderful-house?really=big",
        "www.wonderful-house.example",
        "wonderful.house@movies.example",
        "{wonderful house}",
        "{{customer house}}",
        "[wonderful user]",
        "@wonderfulhouse",
        "#wonderfulmovie",
        "<wonderful house>",
    ],
)
def test_careful_methods_leave_addresses_placeholders_and_tags_alone(
    table: SynonymTable, method: str, kept: str
) -> None:
    text = f"the wonderful movie {kept} really began in a large house"
    changed = 0
    for seed in range(40):
        done = augmented(text, method, Random(seed), table, strength=1.0)
        assert kept in done.text
        changed += done.changed
    assert changed == 40
