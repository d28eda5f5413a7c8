"""The Playground: it offers the demo, answers in a column a run, explains, probes, and takes a file."""

from __future__ import annotations

import re
import time

import pytest

from core.runs.folder.store import Store
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for


@pytest.fixture
def trained(run_root, tiny_model_dir):
    """A real run, a few steps long."""

    def make(**changes):
        run = Store().create(config_for(tiny_model_dir, train__epochs=1, **changes))
        run.set_status(state=fit(run), ended=time.time())
        return run

    return make


def shown(app, said, wanted, times=1, seconds=60):
    """Draw again until the page says it."""
    end = time.monotonic() + seconds
    while said(app).replace("\\", "").count(wanted) < times:
        assert time.monotonic() < end, said(app)
        assert not app.exception
        time.sleep(0.2)
        app.run()
    return app


def beneath(app):
    """What is drawn beneath the box."""
    return app.main.children[max(app.main.children)]


def test_without_runs_it_offers_the_demo(open_page, said):
    app = open_page("playground")
    assert not app.exception
    assert "answers as you type" in said(app)
    assert any("one-minute demo" in button.label for button in app.button)


def test_a_run_without_a_model_is_not_offered(open_page, make_run, said):
    make_run("finished")
    assert "No run has finished yet" in said(open_page("playground"))


def test_two_runs_answer_the_same_text_and_explain_it(open_page, trained, said):
    first, second = trained(), trained(lora__enabled=False)
    app = open_page("playground", run=[first.id, second.id])
    app.text_input(key="playground_text").set_value("cancel <b>[SEP]</b> my booking").run()
    shown(app, said, "In log-odds", times=2)
    text = said(app)
    sums = re.findall(r"a difference of ([-+.\d]+)\. The parts sum to ([-+.\d]+), (as|and) (they )?should", text)
    assert len(sums) == 2
    for difference, parts, *words in sums:  # so small a model's may part: then the page has to say so
        together = abs(float(parts) - float(difference)) <= 0.02 * abs(float(difference))
        assert words == (["as", "they "] if together else ["and", ""])
    assert text.count('class="lab-answer"') == 2
    assert text.count(" ms</div>") == 2
    assert ">SEP<" in text
    assert "<b>[SEP]" not in text
    app.segmented_control(key="view").set_value("What would change its mind?").run()
    app.button(key="playground-ask").click().run()
    shown(app, said, "edits in")
    app.segmented_control(key="view").set_value("Does it survive noise?").run()
    app.button(key="playground-ask").click().run()
    shown(app, said, "95 % interval")
    assert not app.exception


def test_a_run_about_pairs_asks_for_both_texts(open_page, trained, said):
    run = trained(task="demo-paraphrase")
    app = open_page("playground", run=[run.id])
    assert app.text_input(key="playground_pair").value
    shown(app, said, 'class="lab-answer"')
    shown(app, said, "The parts sum to")
    places = list(beneath(app).children)
    app.text_input(key="playground_text").set_value("  ").run()
    assert list(app.main.children) == [max(app.main.children)], "a key draws what is beneath the box, never the box"
    assert "Type a text above" in said(app)
    # A part that looks for its answer by itself may reach the browser alone: its place must be known there already.
    assert list(beneath(app).children) == places
    assert all(part.children for number, part in beneath(app).children.items() if number in (1, 3))
    assert not app.exception


def test_a_file_is_answered_and_offered_for_download(open_page, trained, said, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run = trained()
    app = open_page("playground", run=[run.id], ask="A file")
    app.file_uploader(key="playground_upload").upload("asked.csv", b"text\ncancel it\nwhere is it\n", "text/csv").run()
    app.button(key="start-playground-file").click().run()
    shown(app, said, "2 rows answered")
    assert not app.exception
    assert len(app.get("download_button")) == 1
