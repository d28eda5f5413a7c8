"""The table: where WordNet comes from, what it says, how it is cached, and what happens without it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from core.augment.english import dictionary, download, wordnet
from core.augment.english.dictionary import load_synonyms, wordnet_status
from core.augment.english.inflection import forms, wants_an
from core.augment.english.lexicon import word_set
from core.augment.english.thesaurus import read_thesaurus
from core.augment.english.wordnet import find_wordnet
from tests.core.augment.one_text import augmented

# Read off nltk 3.10.4's own reader on WordNet 3.0: synsets(word)[0].lemmas()[0].name().
NLTK = {"was": "Washington", "a": "angstrom", "in": "inch", "houses": "house", "geese": "goose", "walked": "walk",
        "really": "truly", "better": "better", "ate": "Ate", "the": None, "of": None, "says": "say"}  # fmt: skip


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LAB_WORDNET", "builtin")
    dictionary._load.cache_clear()
    yield tmp_path / "mobilebert-lab"
    dictionary._load.cache_clear()


def test_without_wordnet_the_thesaurus_serves_both_styles(fresh: Path) -> None:
    careful, paper = load_synonyms("careful"), load_synonyms("paper")
    assert careful.source == paper.source == "builtin"
    assert careful.lemmas == len({entry.lemma for entry in read_thesaurus()})
    assert "movie" in careful.words
    assert paper.first_lemma("movies") == ("film", "thesaurus")
    assert wordnet_status() == ("builtin", careful.lemmas)


def test_debians_wordnet_is_read_where_nltk_would_read_it(
    wordnet_here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = load_synonyms("paper")
    assert wordnet_status() == (table.source, 147306)  # as WordNet 3.0 counts itself
    assert {word: (table.first_lemma(word) or (None,))[0] for word in NLTK} == NLTK


def test_careful_synonyms_name_their_wordnet_sense(wordnet_here: Path) -> None:
    ((_, _, _, _, choices),) = load_synonyms("careful").words["really"]
    assert ("truly", "synonym, sense truly.r.01") in choices


def test_no_word_becomes_one_that_a_class_laughs_at(wordnet_here: Path) -> None:
    options = load_synonyms("careful").words.values()
    said = {choice[0] for each in options for *_, choices in each for choice in choices}
    assert said.isdisjoint(word_set("ass bum dick ejaculate ejaculated grope groped groping prick tit tits"))


def test_a_word_is_replaced_in_its_main_sense_unless_a_text_has_nothing_better(wordnet_here: Path) -> None:
    words = load_synonyms("careful").words

    def usual(spelling: str) -> set[str]:
        return {new for _, marks, *_, choices in words.get(spelling, ()) if "~" not in marks for new, _ in choices}

    # By cntlist.rev: 63 of 95 processes are procedures; 5 of 32 sciences are skills; groupings are 5 to 1,345 groups;
    # to order is to enjoin in 28 of 109; a twelvemonth was never met.
    assert "procedure" in usual("process")
    assert not {"skill", "grouping", "enjoined", "twelvemonth"} & set.union(
        *map(usual, ("science", "group", "ordered", "year"))
    )
    # A husbandry was met where senses were tagged, a hebdomad never.
    assert {"farming", "husbandry"} == {new for *_, choices in words["agriculture"] for new, _ in choices}
    assert "week" not in words
    assert {"black hole", "black holes"} <= load_synonyms("careful").collocations  # no `black pits`
    assert "works" not in words  # in 7 of some 500 a factory's; else a form of another word


@pytest.mark.parametrize(
    ("text", "expected"), [("butter is being put into it", "placed"), ("I can't put it there", "place")]
)
def test_a_verb_spelt_like_its_past_is_read_by_what_stands_before(text: str, expected: str) -> None:
    assert expected in augmented(text, "synonym", Random(1), load_synonyms("careful")).text.split()


def test_a_comparative_that_is_a_noun_too_is_left_alone(wordnet_here: Path) -> None:
    words = load_synonyms("careful").words
    assert "strange" in words
    # Not as what is more strange; as the noun that the thesaurus has it is a word like any other.
    assert {option[0] for option in words.get("stranger", ())} <= {"n"}


def test_names_without_their_capitals_are_no_words_to_misspell(wordnet_here: Path) -> None:
    misspellings = load_synonyms("careful").misspellings
    # Brazil nuts, jersey cloth and the bird called martin are rarer than their namesakes; Francis Bacon is not.
    assert not any(misspellings[word] for word in ("brazil", "jersey", "martin", "berlin"))
    assert all(misspellings[word] for word in ("falls", "bacon", "hall", "movie"))


def test_an_nltk_data_zip_comes_before_debian(
    wordnet_here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpora").mkdir()
    with zipfile.ZipFile(tmp_path / "corpora" / "wordnet.zip", "w") as archive:
        for path in wordnet_here.iterdir():
            if path.name.startswith(("index.adv", "data.adv", "data.noun")):
                archive.writestr(f"wordnet/{path.name}", path.read_bytes() if "adv" in path.name else b"")
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    source, folder = find_wordnet()
    assert source == "nltk_data"
    assert folder is not None
    assert any(line.startswith("really r") for line in folder.lines("index.adv"))


def test_an_unknown_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_WORDNET", "wikipedia")
    with pytest.raises(ValueError, match=r"choose from .*nltk_data"):
        find_wordnet()


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match=r"choose from .*careful"):
        load_synonyms("bold")


def test_the_table_is_written_once_and_read_back_equal(fresh: Path) -> None:
    built = load_synonyms("careful")
    (file,) = fresh.iterdir()
    assert len([json.loads(line) for line in file.read_text(encoding="utf-8").split("\n")]) == 3
    before = file.stat().st_mtime_ns
    dictionary._load.cache_clear()
    again = load_synonyms("careful")
    assert again is not built
    assert (again.words, again.classes, again.known) == (built.words, built.classes, built.known)
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"source": "builtin"}', '{"source": "builtin", "lemmas": 3}', "\x00"]
)
def test_a_damaged_cache_is_built_anew(fresh: Path, damage: str) -> None:
    built = load_synonyms("paper")
    (file,) = fresh.iterdir()
    file.write_text(damage, encoding="utf-8")
    dictionary._load.cache_clear()
    assert load_synonyms("paper").first == built.first
    assert len(file.read_text(encoding="utf-8")) > 10_000


def test_a_cache_with_another_letter_in_one_word_is_built_anew(fresh: Path) -> None:
    built = load_synonyms("careful")
    (file,) = fresh.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"movie"', b'"mowie"', 1))
    dictionary._load.cache_clear()
    assert load_synonyms("careful").words == built.words
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_leaves_the_table_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("a file where the folder would go")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LAB_WORDNET", "builtin")
    dictionary._load.cache_clear()
    assert "movie" in load_synonyms("careful").words
    dictionary._load.cache_clear()


def test_the_table_needs_neither_nltk_nor_torch() -> None:
    code = (
        "import sys; from core.augment.policy import run_policy; from core.config import RunConfig; "
        "import core.augment.audit, core.augment.methods.context; "
        "run_policy(RunConfig()).row(0, 'a fine movie', None, 0); "
        "print([name for name in ('nltk', 'torch', 'transformers', 'streamlit') if name in sys.modules])"
    )
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=dict(os.environ))
    assert done.stdout.strip() == "[]", done.stderr


def test_a_download_without_a_network_fails_at_once_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_HOST", "wordnet.invalid")
    done, message = download.download_wordnet()
    assert not done
    assert message == "WordNet did not come: no answer from its server."


@pytest.fixture
def fetched(fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without WordNet, and a server that has one of a single synset."""
    for key in ("LAB_WORDNET", "NLTK_DATA"):
        monkeypatch.delenv(key, raising=False)
    home = tmp_path / "home"
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(wordnet, "DEBIAN", tmp_path / "none")
    monkeypatch.setattr(wordnet, "nltk_folders", lambda: [home / "nltk_data"])
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: socket.socket())

    def fetch(folder: str) -> Path:
        path = Path(folder) / "wordnet.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("noun", "verb", "adj", "adv"):
                archive.writestr(f"wordnet/index.{name}", "really r 1 0 1 1 00000001\n" * (name == "adv"))
                archive.writestr(
                    f"wordnet/data.{name}", "00000001 02 r 02 really 0 truly 0 000 | in fact\n" * (name == "adv")
                )
        return path

    monkeypatch.setattr(download, "_fetched", fetch)
    return home / "nltk_data"


def test_wordnet_comes_to_its_place_with_its_tables_built(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_synonyms("careful").source == "builtin"
    assert download.download_wordnet() == (True, f"WordNet is in {fetched}.")
    monkeypatch.setattr(dictionary, "_read", lambda *_: pytest.fail("a page would wait for this"))
    assert [load_synonyms(style).source for style in dictionary.STYLES] == ["nltk_data", "nltk_data"]
    assert [path.name for path in fetched.iterdir()] == ["corpora"]


def test_a_server_that_falls_silent_is_told_and_leaves_nothing(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(folder: str) -> Path:
        raise ValueError(
            "Error downloading 'wordnet' from <https://a.example/wordnet.zip>:\n The read operation timed out"
        )

    monkeypatch.setattr(download, "_fetched", silent)
    assert download.download_wordnet() == (False, "WordNet did not come: timed out.")
    assert not [*(fetched / "corpora").iterdir()]
    assert [path.name for path in fetched.iterdir()] == ["corpora"]


def test_threads_that_ask_at_once_build_one_table(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, asked = dictionary._read, []
    monkeypatch.setattr(dictionary, "_read", lambda *of: (asked.append(of), read(*of))[1])
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(load_synonyms, ["paper"] * 4))
    assert len(asked) == 1
    assert all(table is tables[0] for table in tables)


@pytest.mark.parametrize(
    ("lemma", "pos", "expected"),
    [
        ("child", "n", ["child", "children"]),
        ("baby", "n", ["baby", "babies"]),
        ("boss", "n", ["boss", "bosses"]),
        ("evidence", "n", ["evidence"]),
        ("police officer", "n", ["police officer", "police officers"]),
        ("fireman", "n", ["fireman", "firemen"]),
        ("human", "n", ["human", "humans"]),
        ("deter", "v", ["deter", "deters", "deterred", "deterred", "deterring"]),
        ("stop", "v", ["stop", "stops", "stopped", "stopped", "stopping"]),
        ("offer", "v", ["offer", "offers", "offered", "offered", "offering"]),
        ("carry out", "v", ["carry out", "carries out", "carried out", "carried out", "carrying out"]),
        ("die", "v", ["die", "dies", "died", "died", "dying"]),
        ("choose", "v", ["choose", "chooses", "chose", "chosen", "choosing"]),
        ("see", "v", ["see", "sees", "saw", "seen", "seeing"]),
        ("big", "a", ["big", "bigger", "biggest"]),
        ("funny", "a", ["funny", "funnier", "funniest"]),
        ("enormous", "a", ["enormous", "more enormous", "most enormous"]),
    ],
)
def test_forms_are_spelt_as_english_spells_them(lemma: str, pos: str, expected: list[str]) -> None:
    assert list(forms(lemma, pos).values()) == expected


@pytest.mark.parametrize(
    ("word", "an"),
    [("hour", True), ("honest", True), ("house", False), ("unit", False), ("unimportant", True), ("one", False),
     ("European", False), ("apple", True), ("useful", False), ("umbrella", True), ("", False)],
)  # fmt: skip
def test_articles_go_by_sound(word: str, an: bool) -> None:
    assert wants_an(word) is an


def test_digest_is_that_of_the_words_not_of_the_process_that_read_them(tmp_path):
    """A run that goes on elsewhere asks whether it finds the same words, in whatever order sets come there."""
    code = "from core.augment.english.dictionary import load_synonyms; print(load_synonyms('careful').digest)"
    found = set()
    for seed in "12":
        own = {"PYTHONHASHSEED": seed, "XDG_CACHE_HOME": str(tmp_path / seed), "LAB_WORDNET": "builtin"}
        run = subprocess.run([sys.executable, "-c", code], env={**os.environ, **own}, capture_output=True, check=True)
        found.add(run.stdout)
    assert len(found) == 1
    assert len(found.pop().strip()) == 64


def test_a_tables_fingerprint_is_told_from_its_file_without_loading_it(fresh: Path) -> None:
    built = dictionary.fingerprint("careful")
    table = load_synonyms("careful")
    assert built == f"builtin, {table.lemmas} lemmas, {table.digest[:16]}"
    dictionary._load.cache_clear()
    assert dictionary.fingerprint("careful") == built
    assert dictionary._load.cache_info().misses == 0
    assert dictionary.fingerprint("paper") != built


@pytest.mark.parametrize("damage", ["", "{", '{"source":"builtin","lemmas":3}'])
def test_a_damaged_file_has_no_fingerprint_of_its_own(fresh: Path, damage: str) -> None:
    before = dictionary.fingerprint("paper")
    (file,) = fresh.iterdir()
    file.write_text(damage)
    dictionary._load.cache_clear()
    assert dictionary.fingerprint("paper") == before
