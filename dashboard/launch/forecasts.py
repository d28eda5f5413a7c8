"""Configurations in; what they will take, worked out in the background, one set at a time, out."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.config import RunConfig
from core.plan.forecast import Forecast, forecast
from core.runs.folder.store import Store
from dashboard.shared import formatting
from dashboard.shared.background import Answer, lane


def ask(configs: Sequence[RunConfig]) -> Answer:
    """Time and memory of these runs as `core.plan.forecast` has them, or why one of them cannot run.

    One question at a time: while one is worked out others are not begun, so that a form may change freely. It is
    worked out anew when another run has finished, which there is to learn from.
    """
    store = Store()
    finished = sum(info.state == "finished" for info in store.list())
    named = [{key: value for key, value in config.to_dict().items() if key != "run.name"} for config in configs]
    key = json.dumps([named, finished, str(store.root)])
    forecasts = lane("forecasts")
    if forecasts.find(key) is None and forecasts.is_busy():
        return Answer(False)
    return forecasts.ask(key, lambda: forecast(list(configs), store))


def figures(answer: Answer, runs: int) -> list[tuple[str, str, str]]:
    """Time and memory as figures: (label, value, remark); dashes where nothing could be worked out."""
    if not answer.ready:
        return [("time", "…", "timing a few steps"), ("memory", "…", "")]
    found: Forecast | None = answer.value
    if found is None:
        return [("time", "–", ""), ("memory", "–", "")]
    each = "for each run" if runs > 1 else "at its peak"
    return [
        ("time, about", formatting.duration(found.seconds), found.source),
        ("memory, about", formatting.byte_size(found.memory), each),
    ]
