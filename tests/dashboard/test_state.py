"""What a session remembers, and colours that stay with their run."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.runs.folder.store import Store
from dashboard import state, theme


def test_run_keeps_its_color_when_others_come_and_go():
    places: dict[str, int] = {}
    first = theme.run_colors(["a", "b"], places)
    assert theme.run_colors(["b"], places)["b"] == first["b"]
    again = theme.run_colors(["c", "b"], places)
    assert again["b"] == first["b"]
    assert again["c"] != again["b"]


def test_runs_and_classes_share_no_color():
    assert not set(theme.RUN_COLORS) & set(theme.CLASS_COLORS)


@pytest.mark.parametrize("background", ["#ffffff", "#12181b"])
@pytest.mark.parametrize("scale", [theme.CLASS_COLORS, theme.RUN_COLORS])
def test_scales_stand_out_from_both_backgrounds(scale, background):
    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for color in scale:
        high, low = sorted((luminance(color), luminance(background)), reverse=True)
        assert (high + 0.05) / (low + 0.05) > 2, color


def page():
    import streamlit as st

    from dashboard import state

    st.write(",".join(state.selected_runs(["a", "b", "c"], default=["c"])))


def test_address_comes_before_memory_before_default():
    app = AppTest.from_function(page).run()
    assert app.markdown[0].value == "c"
    app.query_params["run"] = ["b", "gone", "b"]
    app.run()
    assert app.markdown[0].value == "b"
    app.query_params["run"] = []
    app.run()
    assert app.markdown[0].value == "b"


def test_nothing_chosen_stays_nothing_chosen():
    def empty_page():
        import streamlit as st

        from dashboard import state

        state.session().selected = []
        st.write("chosen: " + ",".join(state.selected_runs(["a"], default=["a"])))

    assert AppTest.from_function(empty_page).run().markdown[0].value == "chosen:"


def test_runs_that_were_seen_alone_differ_in_colour_when_seen_together():
    places = {}
    alone = [theme.run_colors([run], places)[run] for run in ("a", "b")]
    assert alone[0] != alone[1]
    places = {"a": 0, "b": 0}
    together = theme.run_colors(["a", "b"], places)
    assert together["a"] != together["b"]


def test_an_open_page_keeps_the_metrics_of_a_bounded_number_of_runs(monkeypatch, run_root):
    here = state.Session()
    monkeypatch.setattr(state, "session", lambda: here)
    monkeypatch.setattr(state, "MOST_READ", 3)
    runs = [Store().create(RunConfig()) for _ in range(5)]
    for run in (*runs, runs[2]):
        state.measured(run)
    assert list(here.metrics) == [runs[3].id, runs[4].id, runs[2].id]  # looked at last, kept longest
