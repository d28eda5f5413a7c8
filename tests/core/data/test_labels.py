"""What labels mean: classes or a score, one class in many spellings, and none at all."""

from __future__ import annotations

import pytest

from core.data.rows import DataError


def file_of(labels, header="text,label"):
    return header + "\n" + "".join(f'row {i} of the file,"{label}"\n' for i, label in enumerate(labels))


def finding(corpus, kind):
    return next((found for found in corpus.findings if found.kind == kind), None)


def labels_of(corpus):
    return sorted([*corpus.train.labels, *corpus.evals["dev"].labels])


@pytest.mark.parametrize(
    ("labels", "header", "classes"),
    [
        ([i % 24 for i in range(120)], "text,label", 24),
        ([("1.5", "2.0", "3.1")[i % 3] for i in range(30)], "text,version", 3),
        ([("1.5", "2.0", "3.1")[i % 3] for i in range(30)], "text,label", 3),
        ([i % 5 + 1 for i in range(40)], "text,stars", 5),
        ([i % 2 for i in range(20)], "text,label", 2),
        ([f"{i % 3}.0" for i in range(20)], "text,label", 3),
        ([i / 12 for i in range(60)], "text,score", 0),
        ([f"{i % 12 / 4}" for i in range(60)], "text,label", 0),
        ([f"{i % 11 / 2}" for i in range(60)], "text,rating", 0),
        ([f"{i // 7},{i % 7}5" for i in range(40)], "text,label", 0),
        ([f"{i}.99" for i in range(80)], "text,price", 0),
        ([f"{i * 2} %" for i in range(40)], "text,label", 0),
        ([i * 37 for i in range(40)], "text,label", 0),
    ],
)
def test_numbers_are_classes_or_a_score_and_the_reason_is_said(load, labels, header, classes):
    corpus = load("rows.csv", file_of(labels, header))
    assert len(corpus.task.labels) == classes
    said = finding(corpus, "label kind")
    assert said.remedy == {"data.label_kind": "score" if classes else "classes"}
    assert ("taken for classes" if classes else "taken for a score") in said.why


def test_a_measure_with_words_among_its_numbers_makes_classes_and_says_so(load):
    said = finding(load("rows.csv", file_of(["<1", "2", "3", "4"] * 5, "text,score")), "label kind")
    assert "taken for classes: 'score' names a measure, but line 2 has '<1'" in said.why


def test_the_kind_can_be_set_either_way(load):
    text = file_of([("1.5", "2.0", "3.1")[i % 3] for i in range(30)])
    assert load("rows.csv", text, **{"data.label_kind": "score"}).task.is_regression
    scores = file_of([i / 10 for i in range(60)], "text,score")
    assert len(load("rows.csv", scores, **{"data.label_kind": "classes"}).task.labels) == 60
    words = file_of(["good", "bad"] * 10)
    with pytest.raises(DataError, match="line 2 has 'good' in 'label', where a score is a number"):
        load("rows.csv", words, **{"data.label_kind": "score"})


def test_decimal_commas_are_numbers(load):
    corpus = load("rows.csv", file_of(["0,5", "1,25", "2", "3,75"] * 5, "text,score"))
    assert sorted(set(labels_of(corpus))) == [0.5, 1.25, 2.0, 3.75]
    assert finding(corpus, "decimal commas").count == 15


@pytest.mark.parametrize("gap", ["NaN", "nan", "n/a", "NULL", "none", "-", "?", ""])
def test_one_missing_score_among_sixty_is_left_out_and_said(load, gap):
    corpus = load("rows.csv", file_of([gap, *(f"{i % 12 / 4}" for i in range(59))], "text,score"))
    assert corpus.task.is_regression
    assert len(labels_of(corpus)) == 59
    assert finding(corpus, "missing labels").count == 1
    assert "line 2" in finding(corpus, "missing labels").example


def test_infinity_and_words_among_scores_are_refused_with_their_line(load):
    scores = [f"{i / 7:.2f}" for i in range(40)]
    with pytest.raises(DataError, match=r"rows\.csv: line 12 has the score 'inf'"):
        load("rows.csv", file_of([*scores[:10], "inf", *scores[10:]], "text,score"))
    with pytest.raises(DataError, match=r"line 12 has 'twelve' in 'score'.*data.label_kind=classes"):
        load("rows.csv", file_of([*scores[:10], "twelve", *scores[10:]], "text,score"))


@pytest.mark.parametrize(
    ("spellings", "names"),
    [
        (["Good", "good", "GOOD", "bad", "bad"], ("Good", "bad")),
        (["café", "cafe\u0301", "bar", "bar"], ("bar", "café")),
        (["good ", " good", "good\u200b", "good\u00a0", "\ufeffgood", "bad"], ("bad", "good")),
        (["very  good", "very good", "bad"], ("bad", "very good")),
        (["1", "1.0", "0", "0.0"], ("0", "1")),
        (["True", "true", "1", "False", "0"], ("False", "True")),
        (["yes", "YES", "no"], ("no", "yes")),
        (["good", "'good'", "good", "bad"], ("bad", "good")),
        (["yes", "y", "no", "n"], ("no", "yes")),
        (["ＧＯＯＤ", "good", "bad"], ("bad", "good")),
        (["don\u2019t", "don't", "do"], ("do", "don't")),
        (["on-time", "on\u2011time", "late"], ("late", "on-time")),
        (["1,0", "1", "2"], ("1", "2")),
    ],
)
def test_one_class_in_many_spellings_is_one_class(load, spellings, names):
    corpus = load("rows.csv", file_of(spellings * 8))
    assert corpus.task.labels == names
    assert finding(corpus, "spellings folded").remedy == {"data.spellings": "keep"}


def test_folding_is_undone_by_its_key(load):
    text = file_of(["Good", "good", "bad"] * 8)
    kept = load("rows.csv", text, **{"data.spellings": "keep"})
    assert kept.task.labels == ("Good", "bad", "good")
    assert finding(kept, "spellings kept apart").remedy == {"data.spellings": "fold"}


@pytest.mark.parametrize(
    "gap", ["nan", "NULL", "n/a", "NaN", "#N/A", "#DIV/0!", "#SPILL!", "#WERT!", "Err:502", "(null)", "\\N"]
)
def test_what_programs_write_for_nothing_is_no_class_unless_it_is_named(load, gap):
    text = file_of(["good", "bad", gap] * 8)
    corpus = load("rows.csv", text)
    assert corpus.task.labels == ("bad", "good")
    assert finding(corpus, "missing labels").count == 8
    named = load("rows.csv", text, **{"data.fold": [f"{gap}=no answer"]})
    assert named.task.labels == ("bad", "good", "no answer")


def test_none_is_a_class_among_words(load):
    assert load("rows.csv", file_of(["favor", "against", "none"] * 8)).task.labels == ("against", "favor", "none")


def test_a_rare_slip_is_asked_about_and_folded_when_told(load):
    text = file_of([*(["positive", "negative"] * 10), "postive"])
    asked = finding(load("rows.csv", text), "class names alike")
    assert asked.remedy == {"data.fold": ["postive=positive"]}
    assert load("rows.csv", text, **asked.remedy).task.labels == ("negative", "positive")
    with pytest.raises(DataError, match=r"data\.fold names 'pso'"):
        load("rows.csv", text, **{"data.fold": "pso=positive"})


@pytest.mark.parametrize(
    ("names", "folds"),
    [
        (["very_good", "very-good", "bad"], ["very-good=very_good"]),
        (["good", "good.", "bad"], ["good.=good"]),
        (["01", "1", "2"], ["1=01"]),
        (["3.1", "3.10", "3.2"], ["3.10=3.1"]),
        (["crème", "creme", "bad"], ["creme=crème"]),
        (["1 - bad", "1", "2 - good", "2"], ["1=1 - bad", "2=2 - good"]),
        (["C", "C#", "C++"], None),
        (["-1", "1"], None),
    ],
)
def test_names_that_differ_in_signs_alone_are_asked_about(load, names, folds):
    asked = finding(load("rows.csv", file_of(names * 10)), "class names alike")
    assert (asked and asked.remedy) == (folds and {"data.fold": folds})


def test_classes_that_are_numbers_stand_in_their_order(load):
    assert load("rows.csv", file_of([10, 9, 1, 2] * 6)).task.labels == ("1", "2", "9", "10")


@pytest.mark.parametrize("label", ["(12.50)", "($3.25)", "(12.50 €)", "7.25-", "(3)"])
def test_amounts_as_bookkeepers_write_them_are_refused_with_their_line(load, label):
    text = file_of([label if i == 6 else f"{i * 3}.5" for i in range(40)])
    with pytest.raises(DataError, match=r"line 8 has .*, where bookkeepers mean an amount below zero"):
        load("rows.csv", text)
    few = file_of(["1.50", "2.50", label] * 10)  # not even where they may be classes
    with pytest.raises(DataError, match="line 4 has"):
        load("rows.csv", few)
    assert len(load("rows.csv", few, **{"data.label_kind": "classes"}).task.labels) == 3


def test_notes_in_brackets_are_classes(load):
    assert load("rows.csv", file_of(["(1)", "(2)", "(3)"] * 10)).task.labels == ("(1)", "(2)", "(3)")


@pytest.mark.parametrize(
    ("labels", "kind", "count"),
    [
        (["good", "bad", "None"], "class that may be none", 10),
        (["good", "?", "-"], "class that may be none", 20),
        (["2024-01-05", "2024-02-05", "05.03.2024"], "dates as classes", 3),
        (["0:59", "12:30", "7:08:11"], "dates as classes", 3),
        (["good", "bad", "Good; bad"], "several classes in a cell", 10),
        (["good", "bad", "good, bad"], "several classes in a cell", 10),
        (["bad", "fine", "g\u043e\u043ed", "good"], "class names alike", 1),  # Cyrillic
        (["['good']", "['bad']"], "printed lists as classes", 20),
        (["{'label': 'good'}", "bad"], "printed lists as classes", 10),
        (["7/10", "3/5", "1/2"], "amounts as classes", 3),
        (["★★★", "★★", "★"], "amounts as classes", 3),
        (["4 stars", "4", "3 stars", "2 stars"], "class names alike", 1),
        (["Iyi", "\u0130yi", "k\u00f6t\u00fc"], "class names alike", 1),
        (["R&amp;D", "R&D", "very%20good", "very good"], "class names alike", 2),
        (["✓", "✗", "✔", "❌"], "class names alike", 2),
        (["pos", "positive", "neg", "negative"], "class names alike", 2),
        (["positive", "P", "negative", "N"], "class names alike", 2),
        (["complaint", "complaints", "paid", "paid (late)"], "class names alike", 2),
        (["schön", "schoen", "<b>gut</b>", "gut"], "class names alike", 2),
        (["food & drink", "food and drink", "👍", "👍🏽"], "class names alike", 2),
        (["1", "0", "positive", "negative"], "numbers beside words", 20),
        (["good", "bad", "unlabeled", "TBD"], "class that may be none", 20),
        (["1", "2", "3", "99"], "number that may be none", 10),
    ],
)
def test_classes_that_may_not_be_meant_are_told(load, labels, kind, count):
    corpus = load("rows.csv", file_of(labels * 10))
    assert finding(corpus, kind).count == count
    assert len(corpus.task.labels) == len(set(labels))  # told, not changed


@pytest.mark.parametrize(
    "names",
    [["art", "part", "arts-crafts"], ["paid (monthly)", "paid (yearly)"], ["card", "cards-lost"], ["-1", "0", "1"]],
)
def test_names_that_only_begin_alike_are_not_asked_about(load, names):
    corpus = load("rows.csv", file_of(names * 10))
    assert not any(finding(corpus, kind) for kind in ("class names alike", "number that may be none"))


def test_a_code_for_no_answer_among_scores_is_told(load):
    scores = ["-999" if i % 9 == 4 else f"{i % 41 / 10:.1f}" for i in range(60)]
    told = finding(load("rows.csv", file_of(scores, "text,score")), "number that may be none")
    assert (told.count, told.example) == (7, "-999")
    assert "between 0 and 3.9" in told.why


@pytest.mark.parametrize("names", [["(1)", "(2)"], ["3 months", "3 years"], ["1st", "2nd"], ["[user", "[bot"]])
def test_names_with_numbers_and_brackets_are_names(load, names):
    assert not any(finding(load("rows.csv", file_of(names * 10)), kind) for kind in
                   ("printed lists as classes", "amounts as classes", "class names alike"))  # fmt: skip


def test_a_printed_list_is_its_one_item_when_told(load):
    text = file_of(["['good']", "['bad']"] * 10)
    asked = finding(load("rows.csv", text), "printed lists as classes")
    assert load("rows.csv", text, **asked.remedy).task.labels == ("bad", "good")


@pytest.mark.parametrize("form", ["{}/10", "{} out of 10", "{} stars", "{}-star"])
def test_numbers_with_what_they_measure_are_classes_or_a_score_and_the_reason_is_said(load, form):
    few = file_of([form.format(i % 5 + 1) for i in range(40)])
    corpus = load("rows.csv", few)
    assert corpus.task.labels == tuple(form.format(i) for i in range(1, 6))
    assert finding(corpus, "label kind").remedy == {"data.label_kind": "score"}
    assert set(labels_of(load("rows.csv", few, **{"data.label_kind": "score"}))) == {1, 2, 3, 4, 5}
    many = load("rows.csv", file_of([form.format(i / 4) for i in range(40)]))
    assert labels_of(many) == [i / 4 for i in range(40)]
    assert finding(many, "measure").example == f"{form.format('0.0')} is 0"


def test_the_selector_of_a_signs_colour_makes_no_class(load):
    assert load("rows.csv", file_of(["\u2764", "\u2764\ufe0f", "\U0001f494"] * 10)).task.labels == (
        "\u2764",
        "\U0001f494",
    )


def test_amounts_out_of_ten_are_no_dates(load):
    corpus = load("rows.csv", "text,class\n" + "".join(f"a film number {i},{i % 4 + 1}.5/10\n" for i in range(40)))
    assert not corpus.task.is_regression
    assert "dates as classes" not in {finding.kind for finding in corpus.findings}
    lines = "".join(f"{i % 9 + 1}.{i % 10}/10,a film number {i}\n" for i in range(90))
    corpus = load("rows.csv", "verdict,x\n" + lines)
    assert (corpus.task.label_column, corpus.task.is_regression) == ("verdict", True)


@pytest.mark.parametrize(
    "names",
    [
        ("👨\u200d👩\u200d👦", "👨\u200d👩\u200d👧"),  # families: joined signs
        ("🏴\U000e0067\U000e0062\U000e0065\U000e007f", "🏴\U000e0067\U000e0062\U000e0073\U000e007f"),  # flags
        ("❤\ufe0f", "💔"),
        ("1\ufe0f\u20e3", "2\ufe0f\u20e3"),
        ("می\u200cخواهم", "دوست\u200cدارم"),
        ("★★★", "★★★★"),
        ("+++", "---"),
    ],
)
def test_signs_of_several_characters_keep_their_name_and_are_not_alike(load, names):
    corpus = load("rows.csv", file_of([names[i % 6 == 0] for i in range(60)]))
    assert sorted(corpus.task.labels) == sorted(names)
    assert not finding(corpus, "spellings folded")
    assert not finding(corpus, "class names alike")


def test_a_heart_with_and_without_its_colour_is_one_class(load):
    corpus = load("rows.csv", file_of(["❤\ufe0f", "❤\ufe0f", "❤", "💔"] * 5))
    assert sorted(corpus.task.labels) == ["❤\ufe0f", "💔"]
    assert finding(corpus, "spellings folded").count == 5


def test_the_line_of_the_rarer_currency_is_named(load):
    prices = [f"${i}.50" for i in range(30)]
    prices[9] = "€5.20"
    with pytest.raises(DataError, match=r"line 11 has '€5\.20' in 'price', and other rows have '\$'"):
        load("rows.csv", file_of(prices, "text,price"))


def test_a_label_column_that_is_empty_is_told_by_its_name(load):
    rows = "".join(f"row {i} of it,,{'xy'[i % 2]}\n" for i in range(20))
    with pytest.raises(DataError, match="'label' has no label in any row"):
        load("rows.csv", "text,label,code\n" + rows)
