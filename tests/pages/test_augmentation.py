"""Augmentation: edits of a typed text, or of a row, epoch by epoch."""

from __future__ import annotations


def test_example_is_shown_with_its_edits_and_pieces(open_page, said):
    app = open_page("augmentation")
    assert not app.exception
    assert not app.error
    text = said(app)
    assert "<ins" in text
    assert "word pieces before: " in text


def test_typed_markup_is_never_html(open_page, said):
    app = open_page("augmentation")
    app.text_input(key="text").set_value("<img src=x onerror=alert(1)> a really good film").run()
    assert not app.exception
    assert "<img" not in said(app)


def test_same_settings_give_the_same_edits(open_page, said):
    assert said(open_page("augmentation")) == said(open_page("augmentation"))


def test_emptied_text_asks_for_one(open_page, said):
    app = open_page("augmentation")
    app.text_input(key="text").set_value("   ").run()
    assert "Type a text" in said(app)


def test_no_method_asks_for_one(open_page, said):
    app = open_page("augmentation")
    app.pills(key="methods").set_value([]).run()
    assert not app.exception
    assert "Choose at least one method" in said(app)


def test_odd_texts_are_taken(open_page):
    app = open_page("augmentation")
    for text in ("\u0000\u0007 \u200b", "👩‍👩‍👧 🇫🇷 é́", "字" * 3000):
        app.text_input(key="text").set_value(text).run()
        assert not app.exception
        assert not app.error


def test_row_of_a_task_says_in_which_epochs_it_is_drawn(open_page, said):
    app = open_page("augmentation")
    app.segmented_control(key="source").set_value("Row of a task").run()
    assert not app.exception
    assert "A run over these 2,400 rows changes this one in epoch" in said(app)


def test_preset_sets_style_and_scheme(open_page):
    app = open_page("augmentation")
    app.button(key="preset-As the notebook").click().run()
    assert app.segmented_control(key="style").value == "paper"
    assert app.toggle(key="static").value is True
