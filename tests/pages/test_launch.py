"""Launch: the form is the configuration, and says what is wrong before the click."""

from __future__ import annotations

import time

import pytest

from core.config import RunConfig
from core.runs.store import Store


def test_form_opens_on_the_quick_recipe_with_rows_and_steps(open_page, said):
    app = open_page("launch")
    assert not app.exception
    text = said(app)
    assert "<b>2,400</b>" in text
    assert "<b>225</b>" in text  # 2,400 rows / 32 a batch * 3 epochs
    assert "--task demo-intents" in text
    assert not app.button(key="launch").disabled


def test_changed_field_reaches_steps_and_command_line(open_page, said):
    app = open_page("launch")
    app.number_input(key="launch:train.epochs").set_value(5.0).run()
    text = said(app)
    assert "<b>375</b>" in text
    assert "--set train.epochs=5.0" in text


@pytest.mark.parametrize(
    ("key", "value", "said_there"),
    [
        ("data.max_length", 4, "it must lie between 8 and 512"),
        ("train.batch_size", 0, "it must lie between 1 and 4096"),
    ],
)
def test_impossible_value_is_said_on_the_field_and_blocks_the_click(open_page, said, key, value, said_there):
    app = open_page("launch")
    app.number_input(key=f"launch:{key}").set_value(value).run()
    assert not app.exception
    assert said_there in said(app).replace("\\", "")
    assert app.button(key="launch").disabled


def test_emptied_field_is_said_and_not_raised(open_page, said):
    app = open_page("launch")
    app.number_input(key="launch:data.max_length").set_value(None).run()
    assert not app.exception
    assert app.button(key="launch").disabled


def test_pair_recipe_shows_what_alone_differs(open_page, said):
    app = open_page("launch")
    app.pills(key="recipe").set_value("ce-joint").run()
    text = said(app)
    assert app.button(key="launch").label == "Launch 2 runs"
    assert "differ in train.loss only" in text
    assert text.count("python -m core train") == 2


def test_hub_task_without_a_hub_says_what_to_do(open_page, said):
    app = open_page("launch")
    app.selectbox(key="launch:task").set_value("CoLA").run()
    app.run()
    text = said(app).replace("\\", "")
    assert "model hub, which does not answer" in text
    assert app.button(key="launch").disabled


def test_unknown_model_is_said_on_the_field(open_page, said):
    app = open_page("launch")
    app.session_state["lab"].pending = RunConfig(model="/no/such/folder")
    app.run()
    deadline = time.monotonic() + 10
    while "no folder" not in said(app) and time.monotonic() < deadline:  # asked in the background
        time.sleep(0.1)
        app.run()
    assert "no folder /no/such/folder" in said(app).replace("\\", "")


def test_own_file_is_asked_for_and_then_described(open_page, said, tmp_path):
    app = open_page("launch")
    app.selectbox(key="launch:task").set_value("file").run()
    assert "Choose a file" in said(app)
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n" + "".join(f"text number {i},{'ab'[i % 2]}\n" for i in range(40)))
    app.text_input(key="launch:data.file").set_value(str(path)).run()
    assert not app.exception
    text = said(app).replace("\\", "")
    assert "40 usable rows, 2 classes" in text
    assert "<b>36</b>" in text  # a tenth is held out


@pytest.mark.parametrize(
    ("content", "answer"),
    [("", "is empty"), ("text\nhello\n", "has one column"), ("text,label\na b,x\nc d,x\n", "at least two classes")],
)
def test_unusable_own_file_is_said_in_words(open_page, said, tmp_path, content, answer):
    app = open_page("launch")
    app.selectbox(key="launch:task").set_value("file").run()
    path = tmp_path / "bad.csv"
    path.write_text(content)
    app.text_input(key="launch:data.file").set_value(str(path)).run()
    assert not app.exception
    assert answer in said(app).replace("\\", "")
    assert app.button(key="launch").disabled


def test_nothing_is_started_by_looking(open_page, run_root):
    open_page("launch")
    assert Store().list() == []
