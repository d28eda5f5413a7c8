"""The parts of the Export page: a button for each format with what its check found, and the run as a script."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core import wording
from core.analysis.export.bundle import pack
from core.analysis.export.formats import FORMATS
from core.files import cache_folder
from core.runs.folder.contents import of_step
from core.runs.folder.store import Run, Store
from core.wording import percent
from dashboard import measurement
from dashboard.export.figures import budget_curve
from dashboard.shared import formatting, markup, saving
from dashboard.shared.charts import metric_name

Document = Mapping[str, Any]
TITLES = {"adapter": "Adapter", "merged": "Merged weights", "onnx": "ONNX", "onnx-int8": "ONNX, 8 bits"}


def offered(lora: bool) -> list[str]:
    """The formats that a run can have: without LoRA there is no adapter."""
    return [name for name in FORMATS if name != "adapter" or lora]


def draw_formats(run: Run, weights: str) -> None:
    """One frame a format: what it is, a button, and what was found when it was loaded again."""
    lora = run.config().lora.enabled
    if not lora:
        markup.note("This run trained every weight: there is no adapter to take apart from its model.")
    names, documents = offered(lora), []
    for first in range(0, len(names), 2):
        for column, name in zip(st.columns(2), names[first : first + 2], strict=False):
            with column, st.container(border=True):
                found = _draw_format(run, name, weights)
            if found is not None:
                documents.append(found)
    if not documents:
        markup.note(
            "Each is written, loaded again by a process that cannot import the lab, asked every evaluation row that "
            "the run kept, and timed beside the run's own model: seconds on the demo, minutes at full size."
        )
        return
    st.html(markup.plain_table(summary(documents)))
    flags = ", ".join(documents[-1]["timed"]["instructions"]) or "an unknown instruction set"
    markup.note(f"Time: one text of 64 pieces, one thread, median of 30 passes, on a processor with {flags}.")


def _draw_format(run: Run, name: str, weights: str) -> Document | None:
    st.markdown(f"**{TITLES[name]}**")
    markup.note(f"{FORMATS[name][0].upper()}{FORMATS[name][1:]}.")
    out = _place(run) / weights / name
    words = ["export", run.id, "--to", name, "--out", str(out), "--zip", "--runs", str(Store().root)]
    words += ["--weights", weights, *_wished(name)]
    found = measurement.offer(f"export-{run.id}-{weights}-{name}", "Make and check", words)
    if found is None:
        return None
    packed = Path(found.document["zip"])
    if packed.is_file():
        st.download_button(
            f"Download ({formatting.byte_size(packed.stat().st_size)})", packed.read_bytes, f"{run.id}-{name}.zip",
            "application/zip", key=f"take-{name}", icon=":material/download:",
        )  # fmt: skip
    for line in found.document["notes"]:
        markup.note(f"{wording.capital(line)}.")
    trade = found.document.get("budget")
    if trade and len(trade["steps"]) > 1:  # of one step the note says all: no layer had to go back
        figure = budget_curve(trade["steps"], trade["points"], found.document["check"]["metric"])
        saving.draw(figure, "budget", tools=False)
    return found.document


def _wished(name: str) -> list[str]:
    """What the visitor asks of this format besides."""
    if name != "onnx-int8":
        return []
    points = st.number_input(
        "Accuracy budget, points", 0.0, 100.0, None, 0.1, key="budget_points", placeholder="none: all layers in 8 bits",
        help="How many hundredths the score may fall: the worst layers go back to 32 bits, one by one, until it holds.",
    )  # fmt: skip
    return [] if points is None else ["--budget", f"{points:g}"]


def choose_weights(run: Run) -> str:
    """The run's last weights or its best; asked only where it kept both."""
    best = run.best_before_end()
    if best is None or not of_step(run.best_dir, best).is_dir():
        return "last"
    end = run.record().get("end", {}).get("step")
    names = {"last": f"the last, of step {end}", "best": f"of the best evaluation, step {best}"}
    return str(st.segmented_control("Weights", list(names), format_func=names.__getitem__, default="last",
                                    required=True, key=f"weights-{run.id}"))  # fmt: skip


def draw_script(run: Run) -> None:
    """The run as one file that does it again, with its rows."""
    with st.container(border=True):
        st.markdown("**Script**")
        markup.note(
            "The run as one short Python file on torch, transformers and peft, which trains it again; surgery and the "
            "paper's augmentation stand beside it."
        )
        folder = _place(run) / "script"
        words = ["script", run.id, "--out", str(folder / "run.py"), "--runs", str(Store().root)]
        found = measurement.offer(f"script-{run.id}", "Write the script", words)
        if found is None or not (folder / "run.py").is_file():
            return
        markup.note(f"{found.document['lines']} lines. {found.document['note']}")
        st.download_button(
            "Download with its rows", lambda: pack(folder, folder.with_suffix(".zip")).read_bytes(),
            f"{run.id}-script.zip", "application/zip", key="take-script", icon=":material/download:",
        )  # fmt: skip
        with st.expander("Read it"):
            st.code((folder / "run.py").read_text(encoding="utf-8"), language="python")


def _place(run: Run) -> Path:
    """Where this run's exports are kept until they are made again."""
    return cache_folder("exports") / run.id


def summary(documents: list[Document]) -> pd.DataFrame:
    """Size and time against what changed in the answers, a format a row."""
    rows = []
    for one in documents:
        check, time = one["check"], one["latency_ms"][one["format"]]
        own = one["latency_ms"]["own model, eager torch"]
        change = check["change"]
        rows.append(
            {
                "Format": TITLES[one["format"]],
                "Size": formatting.byte_size(one["bytes"]),
                "Same answers": percent(check["agreement"], 2),
                "Largest difference": f"{check['max_abs_diff']:.2g}",
                metric_name(check["metric"]): _span(check["after"]),
                "Against the run": _span(change, signed=True),
                "Time": f"{time['median']:.2f} ms ({own['median']:.2f} in torch)",
            }
        )
    return pd.DataFrame(rows)


def _span(one: Mapping[str, Any], signed: bool = False) -> str:
    value, low, high = (one[key] for key in ("value", "low", "high"))
    if value is None:
        return "undefined"
    form = "+.3f" if signed else ".3f"
    return f"{value:{form}}" + ("" if low is None else f" ({low:{form}} to {high:{form}})")
