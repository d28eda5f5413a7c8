"""Parameters: the counts of the full-size architecture without a download, and what is worked out on a click."""

from __future__ import annotations

import json
import time

import pytest

from core.config import RunConfig
from core.model import memory
from core.runs.folder.store import Store
from core.train.fit import fit
from dashboard.parameters import sentence, sentence_models, tables
from dashboard.shared import background
from dashboard.shared.background import Answer
from tests.tiny_encoders import make_encoder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tables, "WAIT_S", 60)  # these tests are about what is drawn once the libraries are loaded


def test_page_says_that_it_reads_the_model_until_it_is_counted(open_page, said, monkeypatch):
    monkeypatch.setattr(tables, "ready", lambda model: Answer(False))
    app = open_page("parameters")
    assert "Reading the model" in said(app)
    assert app.pills(key="variants").value == ["base", "lora", "light"]
    assert not app.exception


def until(app, holds):
    """Draw the page until something worked out in the background is there."""
    deadline = time.monotonic() + 60
    while not holds(app) and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
    assert holds(app)
    assert not app.exception
    return app


def test_full_size_counts_are_the_checked_ones(open_page, said):
    app = open_page("parameters")
    assert not app.exception
    text = said(app)
    for count in ("24,582,914", "24,754,946 (101 % of base)", "173,058 (0.699 % of it)", "14,285,570 (58.1 % of base)"):
        assert f"<td>{count}</td>" in text.replace("\N{NO-BREAK SPACE}", " ")


def test_sliders_move_the_counts(open_page, said):
    app = open_page("parameters")
    app.slider(key="rank-128").set_value(0).run()
    assert "<td>14,476,034 (58.9\N{NO-BREAK SPACE}% of base)</td>" in said(app)
    assert not app.get("plotly_chart")  # the table follows a slider at once, the figures when it has come to rest
    assert len(app.run().get("plotly_chart")) == 1
    app.slider(key="layers-24").set_value(24).run()
    assert "<td>24,582,914</td>" in said(app)


def test_every_variant_is_one_click(open_page, said):
    app = open_page("parameters")
    app.get("button_group")[0].set_value(["light+lora"]).run()
    assert not app.exception
    assert "<th>light + LoRA</th>" in said(app)


def test_demo_model_has_its_own_limits(open_page, said):
    app = open_page("parameters")
    app.selectbox(key="model").set_value("demo").run()
    assert not app.exception
    assert "24,582,914" not in said(app)
    assert app.slider(key="layers-6").max == 6


def test_cut_that_is_kept_stands_beside_the_one_of_the_sliders(open_page, said):
    app = open_page("parameters")
    app.button(key="keep").click().run()
    app.slider(key="layers-24").set_value(8).run()
    text = said(app)
    assert "<th>light, 12 layers, rank 64</th>" in text
    fewer = RunConfig(model="mobilebert").replace({"model.variant": "light", "model.layers": 8, "lora.enabled": False})
    for count in ("14,285,570", f"{memory.count(fewer, 2)[0]:,}"):  # the second by its own formula
        assert f"<td>{count} (" in text
    assert not app.exception


def test_kept_cut_that_the_model_does_not_have_is_left_out_and_said(open_page, said):
    app = open_page("parameters", model="demo", kept="light:12:0")
    assert not app.exception
    assert not app.error
    assert "light, 12 layers, not decomposed is left out: 12 layers asked for" in said(app)


def test_unusable_model_is_said_in_one_line(open_page, said):
    app = open_page("parameters", model="/no/such/folder")
    assert not app.exception
    assert "no folder /no/such/folder" in app.error[0].value.replace("\\", "")


def test_page_opens_with_one_picture_and_what_lies_behind_it_is_not_sent(open_page):
    app = open_page("parameters")
    (picture,) = app.get("plotly_chart")
    assert len(picture.proto.spec) < 200_000
    assert not app.dataframe


def test_search_narrows_the_table(open_page):
    app = open_page("parameters", view="Layer by layer")
    assert len(app.get("plotly_chart")) == 1
    every = len(app.dataframe[0].value)
    app.text_input(key="search").set_value("classifier").run()
    table = app.dataframe[0].value
    assert 0 < len(table) < every
    assert table["module"].str.contains("classifier").all()


def test_papers_numbers_stand_beside_the_counted_ones(open_page, said):
    text = said(open_page("parameters", view="What the papers print"))
    for number in ("24,755,972", "14.47 M", "14,476,034", "190,464"):
        assert number in text


def test_fewer_parameters_are_said_to_cost_operations(open_page, said):
    text = said(open_page("parameters", view="Operations")).replace("\\", "")
    assert "78.6 M multiply-accumulates against 50.3 M" in text


def test_a_layer_is_drawn_before_and_after(open_page):
    app = open_page("parameters", view="A layer, before and after")
    assert not app.exception
    pictures = app.get("image")
    assert len(pictures) == 2
    assert "base: 842,240 parameters in each layer" in [element.value.strip("*") for element in app.markdown]


def test_latency_is_measured_on_a_click_says_how_and_stays_when_settings_change(open_page, said):
    app = open_page("parameters", model="demo")
    assert "<td>–</td>" in said(app)
    app.button(key="start-latency").click().run()
    until(app, lambda app: any(button.label == "Measure latency again" for button in app.button))
    assert "median and quartiles of 20 passes" in said(app)
    assert " ms, " in said(app)
    app.slider(key="r").set_value(4).run()
    assert " ms, " in said(app)
    assert "before the settings were changed" in said(app)
    assert app.run().button(key="start-latency").label == "Measure latency for these settings"


def test_measurement_behind_another_says_so(open_page, said):
    started = open_page("parameters")
    started.button(key="start-latency").click().run()
    other = open_page("parameters", model="demo")
    other.button(key="start-latency").click().run()
    assert "waiting: 1 other measurement first" in said(other).replace("\\", "")
    started.button(key="cancel-latency").click().run()
    until(other, lambda app: "median and quartiles of 20 passes" in said(app))


def test_measurement_can_be_cancelled(open_page, said):
    app = open_page("parameters")
    app.button(key="start-latency").click().run()
    app.button(key="cancel-latency").click().run()
    assert not app.exception
    assert app.button(key="start-latency").label == "Measure latency"


def test_reconstruction_of_the_demo_has_a_line_a_layer_over_its_floor(open_page, said):
    app = open_page("parameters", model="demo", view="Reconstruction", **{"layers-6": 2})
    app.button(key="start-curve").click().run()
    until(app, lambda app: app.get("plotly_chart"))
    assert "random weights" not in said(app).lower()
    lines = app.get("plotly_chart")[0].proto.spec
    for name in ("layer 0", "layer 1", "floor, mean"):
        assert name in lines
    assert "layer 2" not in lines


def test_reconstruction_without_weights_says_that_they_are_random(open_page):
    app = open_page("parameters", view="Reconstruction")
    assert "Random weights" in app.info[0].value


def test_a_sentence_goes_through_the_surgery_as_the_sliders_move(open_page, said, monkeypatch):
    monkeypatch.setattr(sentence, "WAIT_S", 60)
    open_page("parameters", model="demo")  # its first rank is worked out while another tab is read
    prepared = background.lane("probes").find(("surgery-prepare", "demo", 6, 32))
    assert prepared.future.result(60) is True
    app = open_page("parameters", model="demo", view="Your sentence")
    assert not app.exception
    app.slider(key="rank-64").set_value(64).run()
    assert "The answer stays" in said(app)
    assert "6 layers, rank 64" in said(app)
    app.run()  # the slider has come to rest
    titles = [json.loads(one.proto.spec)["layout"]["title"]["text"] for one in app.get("plotly_chart")]
    layer, head = (
        next(one for one in app.slider if one.key.startswith(f"surgery-{what}-")) for what in ("layer", "head")
    )
    assert f"Attention of layer {layer.value}, head {head.value}: a row looks at the columns" in titles
    # The browser takes a slider's default; a value that the session sets comes with one drawing, and may be overtaken.
    assert (list(layer.proto.default), list(head.proto.default)) == ([layer.value], [head.value])
    (first,) = (one for one in app.selectbox if one.label == "Masked word")
    app.text_input(key="surgery_text").set_value("where is <b>my</b> parcel").run()
    (word,) = (one for one in app.selectbox if one.label == "Masked word")
    assert (word.value, word.key != first.key) == ("11. parcel", True)  # the browser shows the old word under one key
    word.set_value("1. where").run()
    app.text_input(key="surgery_text").set_value("where is <b>my</b> parcel now").run()
    assert next(one for one in app.selectbox if one.label == "Masked word").value == "1. where"
    app.slider(key="layers-6").set_value(1).run()
    assert "1 layer, rank 64" in said(app)
    assert "<b>my</b>" not in said(app)
    assert len(app.get("plotly_chart")) == 3
    assert not app.exception


def test_a_cut_that_is_there_before_the_words_is_not_drawn_without_the_masked_one(open_page, said, monkeypatch):
    monkeypatch.setattr(sentence, "WAIT_S", 0.0)
    text = "these words come late"
    assert sentence_models.cut("demo", None, text, 6, 32, None, wait_s=60)[1].ready
    words = sentence_models.words
    monkeypatch.setattr(sentence_models, "words", lambda *asked, **_: Answer(False))
    app = open_page("parameters", model="demo", view="Your sentence")
    app.text_input(key="surgery_text").set_value(text).run()
    assert "no head that answers" not in said(app)  # as of a sentence in which no word is masked
    assert "Reading this sentence" in said(app)
    monkeypatch.setattr(sentence_models, "words", words)
    until(app, lambda app: "guess for the masked word" in said(app))


def test_the_architecture_alone_reads_no_text_and_offers_the_demo(open_page, said):
    app = open_page("parameters", view="Your sentence")
    assert "architecture alone" in said(app)
    app.button(key="surgery_demo").click().run()
    assert app.selectbox(key="model").value == "demo"
    assert not app.exception


def test_an_encoder_of_another_kind_is_counted_and_said_to_be_uncut(open_page, said, tmp_path):
    app = open_page("parameters", model=str(make_encoder("distilbert", tmp_path / "other")))
    assert "cut from a MobileBERT; this model is of type distilbert" in said(app)
    assert "<th>light</th>" not in said(app)
    assert not app.exception


def test_a_sentence_of_an_encoder_of_another_kind_is_seen_before_and_after_training(
    open_page, said, run_root, tmp_path, monkeypatch
):
    monkeypatch.setattr(sentence, "WAIT_S", 60)
    folder = str(make_encoder("distilbert", tmp_path / "other"))
    assert "once a run of it is finished" in said(open_page("parameters", model=folder, view="Your sentence"))
    sizes = {"data.max_train_rows": 16, "data.max_eval_rows": 8, "train.batch_size": 8, "train.max_steps": 2}
    run = Store().create(RunConfig(model=folder).replace({**sizes, "data.max_length": 32, "run.name": "other kind"}))
    run.set_status(state=fit(run))
    app = open_page("parameters", model=folder, view="Your sentence")
    assert not app.exception
    assert "then the trained ones, under this run's head" in said(app)
    drawn = [json.loads(one.proto.spec)["layout"]["title"]["text"] for one in app.get("plotly_chart")]
    assert "Each layer's output after training against before" in drawn
    assert "What each adapter adds, against what it is added to" in drawn
