"""What is saved of a curve: the lines that are seen, under one entry of the legend each run."""

from __future__ import annotations

import pandas as pd

from dashboard.runs import curves, saved_curves


def test_every_line_that_is_seen_is_saved_with_title_units_and_one_entry_a_run():
    frame = pd.DataFrame({"step": [1, 2, 2, 3], "loss": [3.0, 2.0, None, 1.0], "eval_loss": [None, None, 2.5, None]})
    frames, names, colors = {"a": frame, "b": frame}, {"a": "one <b>", "b": "two"}, {"a": "#123456", "b": "#654321"}
    option = curves.loss_figure(frames, names, colors, 0.5, steps=(1, 3), kinds={"a": "cross-entropy", "b": "joint"})
    made = saved_curves.figure(option)
    assert [trace.name for trace in made.data if trace.showlegend] == ["one &lt;b&gt;", "two"]
    lines = {(trace.name, trace.line.dash, tuple(trace.x)) for trace in made.data}
    assert ("one &lt;b&gt;", "solid", (1, 2, 3)) in lines
    assert ("one &lt;b&gt;", "dot", (2,)) in lines
    assert len(made.data) == 6  # of each run: smoothed, raw, evaluation; not the pointer's
    assert "heights do not compare" in made.layout.title.text
    assert (made.layout.xaxis.title.text, made.layout.yaxis.title.text) == ("step", "loss")
    assert tuple(made.layout.xaxis.range) == (1, 3)
