"""The Export page: what to do when it is empty, and which formats a run is offered."""

from __future__ import annotations


def test_without_finished_runs_it_offers_the_demo(open_page, said):
    app = open_page("export")
    assert not app.exception
    assert "No run has finished yet" in said(app)


def test_every_format_of_a_run_waits_for_a_click(open_page, make_run, said):
    make_run("finished")
    app = open_page("export")
    assert not app.exception
    assert [button.label for button in app.button] == ["Make and check"] * 4 + ["Write the script"]
    assert "cannot import the lab" in said(app)


def test_a_run_trained_in_full_is_offered_no_adapter(open_page, make_run, said):
    make_run("finished", **{"lora.enabled": False})
    app = open_page("export")
    assert [button.label for button in app.button].count("Make and check") == 3
    assert "there is no adapter" in said(app)
