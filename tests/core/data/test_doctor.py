"""The data doctor: what is in the rows, counted by hand here, and remedies that do what they say."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.data.doctor import describe, examine
from core.data.rows import Corpus, Rows
from core.data.sources import load_corpus
from core.tasks import Task

TASK = Task("toy", "", ("text",), ("no", "yes", "maybe"), ("accuracy",), 1e-3, ("text",))


class Words:
    """A tokenizer whose pieces are the words; those in capitals are unknown to it."""

    def tokenize(self, text):
        return ["[UNK]" if word.isupper() else word for word in text.split()]


def check(texts, labels, dev=(("other words here now", 0), ("yet other words there", 1)), **keys):
    evals = {"dev": Rows([text for text, _ in dev], None, [label for _, label in dev])}
    corpus = Corpus(TASK, Rows(list(texts), None, list(labels)), evals)
    return {found.kind: found for found in examine(corpus, RunConfig().replace(keys), Words())}


def distinct(n, words=5):
    return [" ".join(f"w{i}x{j}" for j in range(words)) for i in range(n)]


def test_rows_by_class_and_what_is_rare_or_absent():
    found = check(distinct(40), [0] * 36 + [1] * 4)
    assert found["rows by class"].count == 40
    assert found["rows by class"].example == "no: 36, yes: 4"
    assert found["imbalance"].remedy == {"train.class_weights": "balanced"}
    assert found["small classes"].example == "yes: 4 rows"
    assert found["classes absent from training"].example == "maybe"
    balanced = check(distinct(40), [0, 1] * 20, dev=[("x y z w", 0)])
    assert "imbalance" not in balanced
    assert balanced["classes absent from evaluation"].example == "yes"


def test_texts_cut_are_counted_with_the_length_that_keeps_95_in_100():
    # 90 rows of 5 words, 8 of 20 and 2 of 50, each with two special pieces: the 95th of 100 has 22 pieces.
    texts = [*distinct(90), *(f"a{i} " + "w " * 19 for i in range(8)), *(f"b{i} " + "w " * 49 for i in range(2))]
    found = check(texts, [0, 1] * 50, **{"data.max_length": 16})
    assert found["lengths"].example == "median 7, 95 % up to 22, longest 52"
    cut = found["texts cut"]
    assert cut.count == 10
    assert "10.0 % of the rows" in cut.why
    assert "lose 12 pieces on average" in cut.why  # (8 * (22 - 16) + 2 * (52 - 16)) / 10
    assert cut.remedy == {"data.max_length": 22}
    assert "texts cut" not in check(texts, [0, 1] * 50, **{"data.max_length": 52})


def test_evaluation_texts_that_are_cut_or_unknown_are_told_though_no_training_text_is():
    found = check(
        distinct(40), [0, 1] * 20, dev=[("w " * 30, 0), ("x y", 1), ("ALL STRANGE", 1)], **{"data.max_length": 16}
    )
    assert "texts cut" not in found
    cut = found["evaluation texts cut"]
    assert (cut.count, cut.remedy) == (1, {"data.max_length": 32})
    assert cut.why.startswith("in 'dev' 33.3 % of the rows are longer than data.max_length=16 and lose 16 pieces")
    assert found["nothing but unknown pieces in evaluation"].count == 1


def test_texts_that_are_printed_lists_are_told():
    found = check([f"['a', 'film', '{i}']" for i in range(20)], [0, 1] * 10)
    assert found["printed lists as texts"].count == 20
    assert "printed lists as texts" not in check(["[a note] of one", *distinct(19)], [0, 1] * 10)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("caf&eacute; {}", "codes in texts"),
        ("sch\\u00f6n {}", "codes in texts"),
        ("one\\n{}", "codes in texts"),
        ("{}<br />two", "codes in texts"),
        ("sch=C3=B6n {}", "codes in texts"),
        ("“a text {}”", "texts in quotation marks"),
        ("b'a text {}'", "texts in quotation marks"),
        ("AT&T; 100%, {} = 5C", None),
        ("'quoted' {} 'twice", None),
    ],
)
def test_texts_as_programs_write_them_are_told(load, form, kind):
    content = "text,label\n" + "".join(f'"{form.format(i)}",{"xy"[i % 2]}\n' for i in range(40))
    corpus = load("rows.csv", content)
    found = {one.kind: one for one in examine(corpus, RunConfig())}
    told = {"codes in texts", "texts in quotation marks"} & set(found)
    assert told == ({kind} if kind else set())
    assert all(found[one].count == len(corpus.train) for one in told)


def test_pieces_that_the_model_lacks_are_counted():
    found = check([*distinct(20), "one STRANGE word", "ALL STRANGE"], [0, 1] * 11)
    assert found["unknown pieces"].count == 2
    assert "3 pieces" in found["unknown pieces"].why
    assert found["nothing but unknown pieces"].count == 1


def test_copies_and_contradictions_are_found_whatever_their_case_and_spacing():
    found = check([*distinct(20), "Say it  again", "say it again"], [*([0, 1] * 10), 0, 1])
    assert found["duplicates"].count == 1
    assert found["one text, two labels"].example == "'Say it again': no and yes"
    assert "duplicates" not in check(distinct(20), [0, 1] * 10)


def test_contradictions_with_and_within_evaluation_are_told():
    train = distinct(20)
    found = check(train, [0, 1] * 10, dev=[(train[0], 1), (train[2], 0), ("twice said so", 0), ("Twice said so", 1)])
    assert "1 of them under another label there" in found["evaluation rows in training"].why
    assert found["one text, two labels in evaluation"].example == "'twice said so': no and yes"
    assert "one text, two labels" not in found


def test_length_beyond_every_model_is_not_recommended():
    found = check([f"{text} {'w ' * 600}" for text in distinct(20)], [0, 1] * 10)
    assert "a model takes 512" in found["texts cut"].why
    assert found["texts cut"].remedy == {"data.max_length": 512}


def test_evaluation_rows_in_training_are_found_word_for_word_and_nearly():
    train = [*distinct(20), "the quick brown fox jumps over that lazy dog"]
    dev = [
        ("w3x0 w3x1 w3x2 w3x3 w3x4", 0),
        ("The quick brown fox jumps over a lazy dog.", 1),  # 8 of 10 words in common
        ("the quick brown fox runs under a lazy cat", 1),
    ]
    found = check(train, [*([0, 1] * 10), 0], dev)
    assert found["evaluation rows in training"].count == 1
    assert found["nearly evaluation rows in training"].count == 1
    assert "lazy dog" in found["nearly evaluation rows in training"].example


def test_near_copies_are_those_of_an_exhaustive_search():
    import random

    from core.data.duplicates import seen_in_training

    rng = random.Random(3)
    vocabulary = [f"v{i}" for i in range(30)]
    texts = [" ".join(rng.sample(vocabulary, rng.randint(4, 12))) for _ in range(300)]
    texts += [" ".join([*text.split()[:-1], "new"]) for text in texts[:60]]
    rows = Rows(texts, None, [0] * len(texts))
    dev, train = rows.take(range(150)), rows.take(range(150, 360))
    expected = set()
    for i, one in enumerate(dev.texts):
        for j, other in enumerate(train.texts):
            mine, theirs = set(one.split()), set(other.split())
            if one != other and len(mine & theirs) / len(mine | theirs) >= 0.8:
                expected.add((i, j))
    assert expected
    assert set(seen_in_training(train, dev)[1]) == expected


def test_a_column_that_says_always_the_same_is_found():
    found = check(["the same again"] * 12 + distinct(8), [0, 1] * 10)
    assert found["near-constant column"].count == 12


def test_one_score_for_all_evaluation_rows_is_told(put):
    rows = put("rows.csv", "text,score\n" + "".join(f"words {i} of w{i}a w{i}b,{i / 40}\n" for i in range(40)))
    same = put("same.csv", "text,score\n" + "".join(f"others {i} of v{i}a v{i}b,0.3\n" for i in range(12)))
    config = RunConfig(task=str(rows)).replace({"data.label_kind": "score", "data.eval_file": str(same)})
    found = {one.kind: one for one in examine(load_corpus(config), config)}
    assert (found["one score in evaluation"].count, found["one score in evaluation"].example) == (12, "0.3")
    assert found["one score in evaluation"].remedy == {"data.eval_file": None}


def test_letters_saved_in_one_encoding_and_read_in_another_are_found():
    found = check([*distinct(20), "a lovely cafÃ©", "don\ufffdt"], [0, 1] * 11)
    assert found["garbled letters"].count == 2
    assert "garbled letters" not in check([*distinct(20), "a lovely café, São Paulo, Ã"], [0] * 21)


FILE = "text,label\n" + "".join(
    f"row {i} says {'yes' if i % 2 else 'no'} w{i}a w{i}b w{i}c,{i % 2}\n" for i in range(60)
)


def test_remedies_change_the_rows_of_the_run_and_never_the_file(put, load):
    repeated = FILE + "row 3 says yes w3a w3b w3c,1\n" * 9  # more copies than a fifth of their class
    path = put("rows.csv", repeated)
    corpus = load_corpus(RunConfig(task=str(path)))
    found = {one.kind: one for one in examine(corpus, RunConfig(task=str(path)))}
    assert found["duplicates"].remedy == {"data.duplicates": "drop"}
    mended = load_corpus(RunConfig(task=str(path)).replace(found["duplicates"].remedy))
    assert len(mended.train) == len(corpus.train) - found["duplicates"].count
    assert mended.evals == corpus.evals
    again = examine(mended, RunConfig(task=str(path)))
    assert "duplicates" not in {one.kind for one in again}
    assert {one.kind: one.remedy for one in again}["duplicates dropped"] == {"data.duplicates": "keep"}
    assert path.read_text() == repeated


def test_evaluation_rows_can_be_dropped_from_training(put):
    dev = put("dev.csv", "text,label\nrow 3 says yes w3a w3b w3c,1\nrow 8 SAYS no w8a w8b w8c!,0\nquite another,1\n")
    config = RunConfig(task=str(put("rows.csv", FILE))).replace({"data.eval_file": str(dev)})
    corpus = load_corpus(config)
    found = {one.kind: one for one in examine(corpus, config)}
    assert found["evaluation rows in training"].count == 1
    assert found["nearly evaluation rows in training"].count == 1
    mended = load_corpus(config.replace({"data.leaks": "drop"}))
    assert len(mended.train) == 58
    assert mended.evals == corpus.evals


def test_the_description_names_columns_kind_and_rows_of_each_split(load):
    corpus = load("rows.csv", FILE)
    told = describe(corpus, RunConfig(task="file"))
    assert told["columns"]["text"] == "text"
    assert told["kind"] == "classes"
    assert told["classes"] == {"0": {"train": 24, "dev": 6}, "1": {"train": 24, "dev": 6}}


@pytest.mark.real_data
@pytest.mark.parametrize(("task", "cut"), [("RTE", True), ("CoLA", False)])
def test_long_texts_of_real_tasks_are_told(real_data, task, cut):
    from core.model.pieces import load_pieces

    config = RunConfig(task=task)
    found = {one.kind for one in examine(load_corpus(config), config, load_pieces("demo"))}
    assert ("texts cut" in found) is cut
