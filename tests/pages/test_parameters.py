"""Parameters: the counts of the full-size architecture, without a download."""

from __future__ import annotations


def test_full_size_counts_are_the_checked_ones(open_page, said):
    app = open_page("parameters")
    assert not app.exception
    text = said(app)
    for count in ("24,582,914", "173,058", "24,754,946", "14,285,570"):
        assert f"<td>{count}</td>" in text


def test_sliders_move_the_counts(open_page, said):
    app = open_page("parameters")
    app.slider(key="rank-128").set_value(0).run()
    assert "<td>14,476,034</td>" in said(app)


def test_demo_model_has_its_own_limits(open_page, said):
    app = open_page("parameters")
    app.selectbox(key="model").set_value("demo").run()
    assert not app.exception
    assert "24,582,914" not in said(app)


def test_unusable_model_is_said_in_one_line(open_page, said):
    app = open_page("parameters", model="/no/such/folder")
    assert not app.exception
    assert "no folder /no/such/folder" in app.error[0].value.replace("\\", "")


def test_search_narrows_the_table(open_page):
    app = open_page("parameters")
    every = len(app.dataframe[0].value)
    app.text_input(key="search").set_value("classifier").run()
    table = app.dataframe[0].value
    assert 0 < len(table) < every
    assert table["module"].str.contains("classifier").all()
