"""A figure is saved as it stands on a slide, whatever the window's width, of a run that goes on as of a sweep."""

from __future__ import annotations

import re
import struct

import pytest

from core.config import RunConfig
from core.runs.folder.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200), pytest.mark.flaky(reruns=1)]


def test_curves_and_figures_are_saved_at_the_size_of_a_slide_with_title_units_and_legend(server, page, tmp_path):
    runs = []
    for number, loss in enumerate(("ce", "joint")):
        config = RunConfig().replace({"train.loss": loss})
        run = Store().create(config, name=loss, sweep="20260101-000000-two-0000", cell={"train.loss": loss, "seed": 1})
        for step in range(1, 9):
            run.append_metrics(
                {"step": step, "epoch": step / 8, "loss": 1 / step, "eval_accuracy": step / (9 + number)}
            )
        run.set_status(state="finished" if number else "queued", step=8, metrics={"accuracy": 0.8} if number else {})
        runs.append(run)
    page.set_viewport_size({"width": 1024, "height": 800})
    words = {}
    for path, key in (("runs?run=" + "&run=".join(run.id for run in runs), "curve-score"), ("sweeps", "sweep-curve")):
        page.goto(f"{server}/{path}")
        for way in ("PNG", "SVG"):
            with page.expect_download() as download:
                page.locator(f".st-key-save-{key}").get_by_role("button", name=way).click()
            download.value.save_as(tmp_path / way)
        size = (tmp_path / "PNG").read_bytes()[16:24]  # of PNG's header
        assert struct.unpack(">II", size) == (1280, 720)
        drawn = (tmp_path / "SVG").read_text()
        assert re.search(r'<svg[^>]* width="1280" height="720"', drawn)
        words[key] = set(re.findall(r">([^<>]+)</(?:text|tspan)>", drawn))
    assert {"Accuracy on dev", "accuracy", "step", "ce", "joint"} <= words["curve-score"]
    assert {"Accuracy on dev by step, mean and spread", "accuracy", "step", "joint"} <= words["sweep-curve"]
