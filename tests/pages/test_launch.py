"""Launch: the form is the configuration, and says what is wrong before the click."""

from __future__ import annotations

import json
import time

import pytest

from core.config import RunConfig
from core.plan.recipes import RECIPES
from core.runs.folder.store import RunError, Store


def launch_button(app):
    """The button as it is once the model has been looked at, in the background."""
    deadline = time.monotonic() + 30
    while "Working out the plan" in "".join(note.value for note in app.caption) and time.monotonic() < deadline:
        app.run()
    return app.button(key="launch")


def with_more(app, card, opened=True):
    """The page with a card's other fields opened, or closed."""
    app.session_state[f"more:{card}"] = opened
    return app.run()


def test_form_opens_on_the_quick_recipe_with_rows_and_steps(open_page, said):
    app = open_page("launch")
    assert not app.exception
    text = said(app)
    assert "<b>2,400</b>" in text
    assert "<b>225</b>" in text  # 2,400 rows / 32 a batch * 3 epochs
    assert "--task demo-intents" in text
    assert not launch_button(app).disabled


def test_changed_field_reaches_steps_and_command_line(open_page, said):
    app = open_page("launch")
    app.number_input(key="launch:train.epochs").set_value(5.0).run()
    text = said(app)
    assert "<b>375</b>" in text
    assert "--set train.epochs=5.0" in text


def test_demo_made_light_is_cut_by_half_and_more_layers_are_refused_on_the_field(open_page, said):
    app = with_more(open_page("launch"), "Model")
    app.selectbox(key="launch:model.variant").set_value("light").run()
    # The demo has 6 layers; its query and key read 64 numbers.
    assert [app.number_input(key=f"launch:model.{key}").value for key in ("layers", "rank")] == [3, 32]
    assert not launch_button(app).disabled
    app.number_input(key="launch:model.layers").set_value(7).run()
    assert "7 layers asked for; this model has 6" in said(app)
    assert launch_button(app).disabled


@pytest.mark.parametrize(
    ("key", "value", "said_there"),
    [
        ("data.max_length", 4, "it must lie between 8 and 512"),
        ("train.batch_size", 0, "it must lie between 1 and 4096"),
    ],
)
def test_impossible_value_is_said_on_the_field_and_blocks_the_click(open_page, said, key, value, said_there):
    app = with_more(open_page("launch"), "Training")
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
    assert "differ in loss only" in text
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
    assert "hoose a file" in said(app)
    assert not launch_problems(app)  # nothing is red before the visitor did anything
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n" + "".join(f"text number {i},{'ab'[i % 2]}\n" for i in range(40)))
    app.text_input(key="launch:data.file").set_value(str(path)).run()
    assert not app.exception
    text = said(app).replace("\\", "")
    assert "40 usable rows, 2 classes" in text
    assert "<b>32</b>" in text  # a fifth is held out


def test_added_file_is_a_task_by_its_name_and_a_clone_of_its_run_has_the_file(open_page, said, run_root):
    rows = "".join(f"text number {i},{'ab'[i % 2]}\n" for i in range(40))
    path = Store().save_upload("letters.csv", f"text,label\n{rows}".encode())
    app = open_page("launch")
    box = app.selectbox(key="launch:task")
    assert "letters: your file letters.csv" in box.options
    box.set_value(str(path)).run()
    assert not app.exception
    assert "40 usable rows, 2 classes" in said(app)
    assert not launch_problems(app)
    launch_button(app).click().run()
    (info,) = Store().list()
    assert (info.task, info.name) == ("letters.csv", "letters")
    clone = open_page("launch", set=[f"task={path}"])
    assert "40 usable rows, 2 classes" in said(clone)


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


def fill_own_file(app, path):
    app.selectbox(key="launch:task").set_value("file").run()
    return app.text_input(key="launch:data.file").set_value(str(path)).run()


def test_label_column_that_cannot_be_one_is_said(open_page, said, tmp_path):
    path = tmp_path / "mine.csv"
    rows = "".join(f"{i},text number {i},{'ab'[i % 2]}\n" for i in range(300))
    path.write_text("id,text,label\n" + rows)
    app = fill_own_file(open_page("launch"), path)
    assert "300 usable rows, 2 classes" in said(app)
    app.selectbox(key="launch:data.label").set_value("text").run()
    assert not app.exception
    assert app.button(key="launch").disabled
    assert "text" in "".join(launch_problems(app))


def launch_problems(app) -> list[str]:
    return [element.value for element in app.markdown if element.value.startswith(":red[")]


def test_very_long_texts_emoji_and_control_characters_are_rows_like_others(open_page, said, tmp_path):
    path = tmp_path / "odd.jsonl"
    texts = [
        "word " * 20_000,
        "so 😀 happy 👩‍👩‍👧",
        "bell \u0007 and \u0000 null \u202e turned",
        "<script>alert(1)</script>",
    ]
    rows = [{"text": f"{texts[i % 4]} {i}", "label": "<b>yes</b>" if i % 2 else "no 🙃"} for i in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    app = fill_own_file(open_page("launch"), path)
    assert not app.exception
    assert "40 usable rows, 2 classes" in said(app)
    assert not launch_button(app).disabled
    assert "<script>alert" not in said(app)


def test_address_that_names_no_recipe_opens_the_page_all_the_same(open_page, said):
    app = open_page("launch", recipe="no-such-recipe", task="nowhere")
    assert not app.exception
    assert not app.error
    assert app.button(key="launch")


def test_model_folder_without_a_configuration_is_said(open_page, said, tmp_path):
    app = open_page("launch")
    app.session_state["lab"].pending = RunConfig(model=str(tmp_path))
    app.run()
    deadline = time.monotonic() + 10
    while "holds no config" not in said(app).replace("\\", "") and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
    assert "holds no config.json" in said(app).replace("\\", "")
    assert app.button(key="launch").disabled


@pytest.mark.parametrize("recipe", ["quick-demo", "ce-joint"])
def test_run_root_that_cannot_be_written_is_said_and_the_form_is_kept(open_page, said, tmp_path, monkeypatch, recipe):
    app = open_page("launch")
    app.pills(key="recipe").set_value(recipe).run()
    app.number_input(key="launch:train.epochs").set_value(7.0).run()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAB_RUNS", str(tmp_path / "file" / "runs"))
    app.button(key="launch").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "LAB_RUNS" in app.error[0].value.replace("\\", "") or "runs" in app.error[0].value
    assert app.number_input(key="launch:train.epochs").value == 7.0


def test_disk_that_fills_between_two_runs_of_a_pair_leaves_neither(open_page, said, run_root, monkeypatch):
    app = open_page("launch")
    app.pills(key="recipe").set_value("ce-joint").run()
    create, made = Store.create, []

    def second_fails(self, config, **named):
        if made:
            raise RunError("disk is full: nothing more fits")
        made.append(config)
        return create(self, config, **named)

    monkeypatch.setattr(Store, "create", second_fails)
    launch_button(app).click().run()
    assert "disk is full" in app.error[0].value
    assert Store().list() == []


def test_what_is_found_in_a_file_is_mended_by_a_click_and_undone_by_another(open_page, said, tmp_path):
    path = tmp_path / "rows.csv"
    rows = [f"a text of number {i} w{i}a w{i}b,{'good' if i % 2 else 'bad'}\n" for i in range(40)]
    path.write_text("remark,opinion\n" + "".join(rows) + rows[3] + rows[3])
    app = open_page("launch")
    app.selectbox(key="launch:task").set_value("file").run()
    app.text_input(key="launch:data.file").set_value(str(path)).run()
    assert "text: remark, label: opinion" in said(app).replace("\\", "")
    assert "42 usable rows" in said(app)

    def mend(kind):
        return next(button for button in app.button if str(button.key).endswith(f"-{kind}"))

    mend("duplicates").click().run()
    assert "40 usable rows" in said(app)
    assert '"data.duplicates": "drop"' in said(app)
    mend("duplicates dropped").click().run()
    assert "42 usable rows" in said(app)
    assert not app.exception


def test_name_that_is_typed_is_the_runs(open_page, said, monkeypatch):
    from core.runs.local import dispatcher

    monkeypatch.setattr(dispatcher, "wake", lambda *_args: None)  # the run waits: no worker is wanted here
    app = open_page("launch")
    app.text_input(key="launch:run.name").set_value("my first").run()
    assert "run.name=my first" in said(app)
    launch_button(app).click().run()
    assert [info.name for info in Store().list()] == ["my first"]


def test_changes_stand_in_the_address_and_come_back_with_it(open_page):
    app = open_page("launch")
    app.number_input(key="launch:train.epochs").set_value(7.0).run()
    app.selectbox(key="launch:train.loss").set_value("joint").run()
    app.text_input(key="launch:run.name").set_value("my first").run()
    kept = app.query_params["set"]
    assert sorted(kept) == ["run.name=my first", "train.epochs=7.0", "train.loss=joint"]
    again = open_page("launch", set=kept)
    assert again.number_input(key="launch:train.epochs").value == 7.0
    assert again.selectbox(key="launch:train.loss").value == "joint"
    assert again.text_input(key="launch:run.name").value == "my first"
    broken = open_page("launch", set=["train.epochs=many", "nonsense"])
    assert broken.number_input(key="launch:train.epochs").value is None  # as nobody entered any


def test_what_a_closed_card_holds_counts_and_stands_there_when_it_is_opened_again(open_page, said):
    app = with_more(open_page("launch", set=["train.batch_size=16"]), "Training")
    app.number_input(key="launch:seed").set_value(99).run()
    with_more(app, "Training", opened=False)
    assert "launch:seed" not in [field.key for field in app.number_input]
    text = said(app)
    assert "--set train.batch_size=16" in text
    assert "--set seed=99" in text
    with_more(app, "Training")
    assert [app.number_input(key=f"launch:{key}").value for key in ("seed", "train.batch_size")] == [99, 16]


def test_a_wrong_value_opens_the_card_that_holds_it(open_page, said):
    app = open_page("launch", set=["train.batch_size=16"])
    app.session_state["launch:train.batch_size"] = 0
    app.run()
    assert app.number_input(key="launch:train.batch_size").value == 0
    assert "it must lie between 1 and 4096" in said(app)


def test_papers_recipe_without_a_hub_is_offered_on_the_demo_in_one_click(open_page, said):
    app = open_page("launch")
    app.pills(key="recipe").set_value("paper-b").run()
    launch_button(app)
    assert not launch_problems(app)
    app.button(key="on-demo").click().run()
    assert not app.exception
    assert not launch_button(app).disabled
    with_more(app, "Model")
    assert [app.number_input(key=f"launch:model.{key}").value for key in ("layers", "rank")] == [3, 32]
    assert app.selectbox(key="launch:train.loss").value == "joint"
    assert "on-demo" not in [button.key for button in app.button]


def test_what_a_setting_left_open_stands_for_is_shown(open_page):
    app = with_more(open_page("launch"), "Training")
    assert app.number_input(key="launch:train.lr").placeholder == "0.002"
    assert app.number_input(key="launch:train.eval_every").placeholder == "half an epoch: 37"
    assert app.text_input(key="launch:run.name").placeholder == "demo-intents"
    with_more(app, "Augmentation")
    assert not app.exception
    assert app.number_input(key="launch:augment.strength").placeholder.endswith("synonym 5, swap 5, typo 1")  # percent


def test_a_contrastive_term_that_is_always_zero_is_said(open_page, said):
    app = with_more(open_page("launch"), "Training")
    app.selectbox(key="launch:train.loss").set_value("joint").run()
    app.number_input(key="launch:train.batch_size").set_value(1).run()
    launch_button(app)
    assert "is always zero" in said(app)


def test_another_recipe_fills_what_a_closed_card_holds(open_page):
    app = with_more(open_page("launch"), "Training")
    app.number_input(key="launch:train.batch_size").set_value(5).run()
    with_more(app, "Training", opened=False)
    app.pills(key="recipe").set_value("paper-b").run()
    with_more(app, "Training")
    assert app.number_input(key="launch:train.batch_size").value == 6


def test_a_recipe_that_was_changed_is_no_longer_described_as_it_was(open_page, said):
    app = open_page("launch")
    assert RECIPES["quick-demo"].description in said(app)
    app.number_input(key="launch:train.epochs").set_value(2.0).run()
    assert RECIPES["quick-demo"].description not in said(app)
    assert "with your changes" in said(app)
