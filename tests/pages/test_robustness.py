"""The Robustness page: what to do when it is empty, and that a test waits for a click."""

from __future__ import annotations


def test_without_finished_runs_it_offers_the_demo(open_page, said):
    app = open_page("robustness")
    assert not app.exception
    assert "No run has finished yet" in said(app)


def test_a_test_is_begun_by_a_click_and_says_how_long_it_takes(open_page, make_run, said):
    make_run("finished")
    app = open_page("robustness")
    assert not app.exception
    assert [button.label for button in app.button] == ["Test these runs"]
    assert "seconds a run on the demo" in said(app)


def test_no_run_chosen_is_said(open_page, make_run, said):
    make_run("finished")
    app = open_page("robustness")
    app.multiselect[0].set_value([]).run()
    assert "Choose at least one run" in said(app)
