"""The vocabulary: counted, the same each time, with room for words that nobody wrote yet."""

from collections import Counter

from core.demo import DEMO_MODEL_DIR
from core.demo.passages import passages
from core.demo.pretrain import PASSAGES, SEED
from core.demo.vocabulary import CHARACTERS, SPECIAL, build_vocabulary, count_words, make_tokenizer


def test_words_are_split_and_lower_cased_as_bert_does():
    assert count_words(["The Café's open.", "the"]) == Counter({"the": 2, "cafe": 1, "'": 1, "s": 1, "open": 1, ".": 1})


def test_special_pieces_come_first_then_characters_then_frequent_words():
    pieces = build_vocabulary(Counter({"soup": 3, "the": 9, "bread": 3, "once": 1}))
    start = len(SPECIAL) + 2 * len(CHARACTERS)
    assert tuple(pieces[:5]) == SPECIAL
    assert pieces[start : start + 3] == ["the", "bread", "soup"]
    assert "once" not in pieces
    assert {"br", "brea", "##oup", "##ead"} <= set(pieces[start + 3 :])
    assert len(set(pieces)) == len(pieces)


def test_saved_tokenizer_splits_new_words_without_unknowns(tmp_path):
    tokenizer = make_tokenizer(["a soup and a soupspoon", "soup, soupspoon"], tmp_path)
    assert tokenizer.tokenize("Soup SOUPSPOON xq") == ["soup", "soupspoon", "x", "##q"]


def test_committed_vocabulary_is_the_one_the_committed_passages_give():
    texts = [side for passage in passages(PASSAGES, SEED) for side in passage if side]
    assert (DEMO_MODEL_DIR / "vocab.txt").read_text().splitlines() == build_vocabulary(count_words(texts))
