"""Augmentation: edits of a typed text, or of a row, epoch by epoch; a sample with its figures, audit and files."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.augment.english import wordnet
from core.runs.folder.store import Store


def until(app: AppTest, ready: Callable[[AppTest], bool], seconds: float = 60) -> AppTest:
    """Reruns the page as its ticking fragments would, until the background has answered."""
    deadline = time.monotonic() + seconds
    while not ready(app):
        assert time.monotonic() < deadline, "the background did not answer"
        time.sleep(0.1)
        app.run()
        assert not app.exception
    return app


@pytest.fixture
def open_augmentation(open_page, said):
    return lambda **query: until(open_page("augmentation", **query), lambda app: "Loading synonyms" not in said(app))


@pytest.fixture
def with_sample(open_augmentation):
    return lambda **query: until(open_augmentation(**query), lambda app: len(app.tabs) == 4)


def test_example_is_shown_with_its_edits_and_pieces(open_augmentation, said):
    app = open_augmentation()
    assert not app.error
    text = said(app)
    assert "<ins" in text
    assert "word pieces before: " in text


def test_the_model_chosen_on_parameters_stays_there(open_page, said):
    """That page begins with an architecture alone, which reads no text."""
    app = open_page("parameters")
    assert app.selectbox(key="model").value == "mobilebert"
    app = until(app.switch_page("../pages/augmentation.py").run(), lambda app: "Loading synonyms" not in said(app))
    assert not app.error
    assert app.selectbox(key="encoder").value == "demo"
    assert "word pieces before: " in said(app)


def test_typed_markup_is_never_html(open_augmentation, said):
    app = open_augmentation()
    app.text_input(key="text").set_value("<img src=x onerror=alert(1)> a really good film").run()
    assert not app.exception
    assert "<img" not in said(app)


def test_same_settings_give_the_same_edits(open_augmentation, said):
    def shown(app: AppTest) -> list[str]:
        return [line for line in said(app).splitlines() if "<ins" in line]

    assert shown(open_augmentation()) == shown(open_augmentation())


def test_emptied_text_asks_for_one(open_augmentation, said):
    app = open_augmentation()
    app.text_input(key="text").set_value("   ").run()
    assert "Type a text" in said(app)


def test_no_method_asks_for_one(open_augmentation, said):
    app = open_augmentation()
    app.pills(key="methods").set_value([]).run()
    assert not app.exception
    assert "Choose at least one method" in said(app)


def test_odd_texts_are_taken(open_augmentation):
    app = open_augmentation()
    for text in ("\u0000\u0007 \u200b", "👩‍👩‍👧 🇫🇷 é́", "字" * 3000, "مرحبا بالعالم", "नमस्ते दुनिया"):
        app.text_input(key="text").set_value(text).run()
        assert not app.exception
        assert not app.error


def test_row_of_a_task_says_in_which_epochs_it_is_drawn(open_augmentation, said):
    app = open_augmentation()
    app.segmented_control(key="source").set_value("Row of a task").run()
    assert not app.exception
    assert "A run over these 2,400 rows changes this one in epoch" in said(app)


def test_file_that_was_added_is_a_task_by_its_name(open_augmentation, said):
    rows = "".join(f"the visit number {i} was really {'fine' if i % 2 else 'poor'},{i % 2}\n" for i in range(40))
    Store().save_upload("visits.csv", f"text,label\n{rows}".encode())
    app = open_augmentation(source="Row of a task", task="visits")
    assert not app.exception
    assert app.selectbox(key="task").value == "visits"
    assert "A run over these 32 rows changes this one in epoch" in said(app)


def test_an_upload_moves_to_the_folder_of_the_runs(open_augmentation, said):
    app = open_augmentation(source="Row of your file")
    data = "text,label\n" + "".join(f"the visit number {i} was really fine,{i % 2}\n" for i in range(40))
    app.file_uploader(key="augment_upload").upload("visits.csv", data.encode(), "text/csv").run()
    assert not app.exception
    assert "Rows of visits.csv" in said(app)
    until(app, lambda app: "A run over these 32 rows changes this one in epoch" in said(app))
    (kept,) = Store().uploads().values()
    assert kept.read_bytes() == data.encode()


def test_both_texts_of_a_pair_are_shown_in_every_epoch(open_augmentation, said):
    text = said(open_augmentation(source="Row of a task", task="demo-paraphrase"))
    assert text.count("second text</td>") == 8


@pytest.mark.parametrize(
    ("preset", "style", "static"),
    [("Careful", "careful", False), ("As the paper", "paper", False), ("As the notebook", "paper", True)],
)
def test_presets_set_all_that_decides_what_is_changed(open_augmentation, preset, style, static):
    app = open_augmentation(methods="context", usual="false", strength=40, fraction=80, style="paper", static="true")
    app.button(key=f"preset-{preset}").click().run()
    assert app.segmented_control(key="style").value == style
    assert app.toggle(key="static").value is static
    assert app.pills(key="methods").value == ["synonym", "swap", "typo"]
    assert app.slider(key="fraction").value == 10  # both papers' tenth
    assert app.toggle(key="usual").value is True  # each method's own strength


def test_the_address_restores_every_setting(open_augmentation):
    app = open_augmentation(
        text="a plain text", epoch=3, methods=["swap", "typo"], style="paper", seed=7, usual="false", strength=20,
        fraction=40, static="true", sample_task="demo-paraphrase", encoder="demo", source="Typed text",
    )  # fmt: skip
    assert app.text_input(key="text").value == "a plain text"
    assert app.segmented_control(key="epoch").value == 3
    assert app.pills(key="methods").value == ["swap", "typo"]
    assert app.segmented_control(key="style").value == "paper"
    assert app.number_input(key="seed").value == 7
    assert (app.slider(key="strength").value, app.slider(key="fraction").value) == (20, 40)
    assert app.toggle(key="static").value is True
    assert app.selectbox(key="sample_task").value == "demo-paraphrase"


@pytest.mark.parametrize(("asked", "kept"), [("./x.py:f;swap", ["swap"]), ("./x.py:f", ["synonym", "swap", "typo"])])
def test_a_file_typed_into_the_address_is_told_where_code_comes_from(open_page, asked, kept):
    app = open_page("augmentation", methods=asked)
    assert not app.exception
    told = app.warning[0].value.replace("\\", "")
    assert "methods=./x.py:f; there is: synonym, swap" in told
    assert "only from the folder of LAB_METHODS, or from a path in the shell" in told
    assert app.pills(key="methods").value == kept


def test_playing_moves_on_by_an_epoch_a_tick(open_augmentation):
    app = open_augmentation(epoch=6)
    app.button(key="play").click().run()
    first = app.segmented_control(key="epoch").value
    app.run()
    assert app.segmented_control(key="epoch").value == (first + 1) % 8
    app.button(key="play").click().run()
    stopped = app.segmented_control(key="epoch").value
    app.run()
    assert app.segmented_control(key="epoch").value == stopped


def test_an_unusable_model_is_said_calmly(open_augmentation):
    app = open_augmentation(encoder="/no/such/folder")
    assert not app.exception
    assert "no folder /no/such/folder" in app.error[0].value


def test_sample_shows_figures_of_every_method(with_sample, said):
    app = with_sample(sample_task="demo-sentiment")
    text = said(app)
    for label in ("synonym", "swap", "typo", "as drawn", "rows changed", "unknown pieces after"):
        assert f">{label}<" in text
    assert not app.error


def test_the_audit_and_the_table_are_drawn_when_they_are_opened(with_sample, said):
    app = with_sample(sample_task="demo-sentiment")
    assert "**sentiment word**" not in said(app)
    assert not app.dataframe
    app = with_sample(sample_task="demo-sentiment", sample_tab="Label safety")
    assert "**sentiment word**" in said(app)
    app = with_sample(sample_task="demo-sentiment", sample_tab="Table and download")
    assert len(app.dataframe[0].value) == 300
    assert not app.error


def test_embeddings_are_measured_on_request_and_drawn(with_sample, said):
    app = with_sample(sample_task="demo-sentiment")
    assert "similarity, median" not in said(app)
    app.button(key="measure").click().run()
    until(app, lambda app: "Rows that moved farthest" in said(app), 120)
    assert "similarity, median" in said(app)
    assert not app.error


def test_words_that_change_between_two_epochs_light_up(open_augmentation, said):
    app = open_augmentation()
    assert " fresh" not in said(app)
    app.segmented_control(key="epoch").set_value(4).run()
    assert " fresh" in said(app)
    app.run()
    assert " fresh" not in said(app)


def test_wordnet_is_fetched_by_a_click_and_what_came_of_it_is_said(open_augmentation, said, monkeypatch, tmp_path):
    monkeypatch.setattr("core.augment.english.wordnet.DEBIAN", tmp_path)
    monkeypatch.setattr("core.augment.english.wordnet.nltk_folders", list)
    monkeypatch.setattr("core.augment.english.download._HOST", "nothing.invalid")
    monkeypatch.delenv("LAB_WORDNET", raising=False)
    app = open_augmentation()
    assert "Synonyms: thesaurus" in said(app)
    app.button(key="wordnet").click().run()
    until(app, lambda app: "WordNet did not come" in said(app), 20)
    assert app.button(key="wordnet").help.startswith("Or by hand: ")


def test_with_wordnet_there_is_no_notice(open_augmentation, said):
    if wordnet.find_wordnet()[1] is None:
        pytest.skip("no WordNet in nltk_data or /usr/share/wordnet")
    assert "Synonyms: thesaurus" not in said(open_augmentation())


def test_the_first_sight_shows_every_method_twice(open_augmentation, said, monkeypatch):
    for source in ("builtin", ""):  # without WordNet, and with it where it is installed
        monkeypatch.setenv("LAB_WORDNET", source)
        epochs = said(open_augmentation()).partition("lab-table")[2].split("<tr>")[1:9]
        for method in ("synonym", "swap", "typo"):
            assert sum(f"&nbsp;{method}<" in epoch and "<ins" in epoch for epoch in epochs) >= 2, (source, method)


def test_the_share_of_rows_is_seen_to_act(open_augmentation, said):
    app = open_augmentation()
    assert "Of 100 rows, an epoch changes 10." in said(app)
    app.slider(key="fraction").set_value(60).run()
    text = said(app)
    assert "Of 100 rows, an epoch changes 60." in text
    squares = text.partition('class="lab-hundred"')[2].partition("</div>")[0]
    assert (squares.count("<i"), squares.count("background:")) == (100, 60)


def test_a_row_of_a_task_shows_its_label(open_augmentation, said):
    text = said(open_augmentation(source="Row of a task", task="demo-sentiment"))
    assert text.count('class="lab-label">positive<') + text.count('class="lab-label">negative<') == 1


def test_filters_choose_the_sample_and_the_rows_of_a_run(with_sample, open_augmentation, said):
    app = with_sample(sample_task="demo-sentiment", min_words=25)
    text = said(app)
    assert "that the filters leave" in text
    assert not app.error
    app = open_augmentation(sample_task="demo-sentiment", min_words=5000)
    until(app, lambda app: "The filters leave none of the " in said(app), 20)
    assert "each changed as epoch 0 would" not in said(app)
    assert not app.error


def test_a_pattern_that_cannot_be_read_and_weights_of_nothing_are_said(open_augmentation):
    app = open_augmentation(pattern="(")
    assert not app.exception
    assert "no regular expression" in app.error[0].value
    app = open_augmentation(methods="typo", own_weights="true", **{"weight-typo": 0})
    assert "not all zero" in app.error[0].value


def test_what_is_asked_for_stands_beside_what_is_done(with_sample, said):
    text = said(with_sample(sample_task="demo-sentiment", own_weights="true", **{"weight-swap": 2}))
    for word in ("asked for", "applied", "found nothing to change", ">50 %<", ">25 %<"):
        assert word in text.replace('<span class="lab-number">', "").replace("</span>", "")


def test_a_vote_is_cast_counted_and_the_next_row_asked(with_sample, said):
    app = with_sample(sample_task="demo-sentiment", sample_tab="Blind vote", seed=4711)
    assert "No vote yet" in said(app)
    first = said(app)
    app.button(key="vote-For both").click().run()
    text = said(app)
    assert "1 vote of 1 voter;" in text
    assert "0 of 1" in text
    assert text != first
    assert not app.exception


def test_a_file_of_ones_own_is_a_source_of_rows(open_augmentation, said, tmp_path):
    app = open_augmentation(source="Row of your file")
    assert "A text and a label in each row" in said(app)
    file = tmp_path / "mine.csv"
    file.write_text("text,label\n" + "".join(f"a rather good film number {i},{'ab'[i % 2]}\n" for i in range(40)))
    app.session_state["own-file"] = str(file)
    app.run()
    assert not app.exception
    assert not app.error
    assert "a rather good film number" in said(app)
    assert "your file" in app.selectbox(key="sample_task").options


def test_a_filter_by_class_leaves_a_typed_text_and_other_tasks_alone(open_augmentation, said):
    app = open_augmentation(class_weights="cancel:5")  # a class of demo-intents, the first task of the sample
    assert not app.error
    assert "<ins" in said(app)
    app.segmented_control(key="source").set_value("Row of a task").run()
    app.selectbox(key="task").set_value("demo-sentiment").run()
    assert not app.exception
    assert not app.error
    assert "<ins" in said(app)
