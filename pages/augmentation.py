"""AUGMENTATION: what does an augmentation do to a sentence?"""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.data.rows import Rows
from core.sections import METHODS, STYLES
from core.tasks import Task
from dashboard import augment_view, cache, components, machine, state

EXAMPLE = "this film is really wonderful , and i would see it again"
EPOCHS = tuple(range(8))
SOURCES = ("Typed text", "Row of a task")


def apply_preset(name: str) -> None:
    preset = augment_view.PRESETS[name]
    st.session_state["methods"], st.session_state["style"] = preset["methods"], preset["style"]
    st.session_state["static"] = preset["mode"] == "static"


def draw_source() -> tuple[str, str | None, Task | None, Rows | None, int]:
    """What is augmented: (text, second text, task, its rows, row number)."""
    source = st.segmented_control(
        "Source", SOURCES, default=SOURCES[0], required=True, key="source", bind="query-params"
    )
    if source == SOURCES[0]:
        text = st.text_input(
            "Text", EXAMPLE, key="text", bind="query-params", max_chars=augment_view.MOST_CHARACTERS, live=True,
        )  # fmt: skip
        return text or "", None, None, None, 0
    left, right = st.columns([2, 1])
    name = left.selectbox("Task", cache.local_tasks(), key="task", bind="query-params")
    corpus = cache.corpus(RunConfig(task=name))
    row = right.number_input(
        f"Row (0 to {len(corpus.train) - 1:,})", 0, len(corpus.train) - 1, 0, key="row", bind="query-params"
    )
    pair = corpus.train.pairs[row] if corpus.train.pairs is not None else None
    return corpus.train.texts[row], pair, corpus.task, corpus.train, int(row)


def draw_settings() -> RunConfig | None:
    """How it is augmented, as a configuration; None while no method is chosen."""
    methods = st.pills(
        "Methods",
        METHODS,
        selection_mode="multi",
        default=state.default("methods", list(METHODS[:3])),
        key="methods",
        bind="query-params",
    )
    left, right = st.columns(2)
    style = left.segmented_control(
        "Style", STYLES, default=state.default("style", STYLES[0]), required=True, key="style", bind="query-params"
    )
    seed = right.number_input("Seed", 0, 2**32 - 1, 13, key="seed", bind="query-params")
    strength = st.slider(
        "Strength, % of the words (0: the method's own)", 0, 60, 0, 5, key="strength", bind="query-params"
    )
    fraction = st.slider("Share of rows changed in an epoch, %", 0, 100, 10, 5, key="fraction", bind="query-params")
    static = st.toggle("Once, before training (as the notebook did)", key="static", bind="query-params")
    st.caption("Presets")
    with st.container(horizontal=True, gap="small"):
        for name in augment_view.PRESETS:
            st.button(name, key=f"preset-{name}", on_click=apply_preset, args=(name,))
    if not methods:
        return None
    return RunConfig(seed=int(seed)).replace(
        {
            "augment.methods": methods, "augment.style": style, "augment.fraction": fraction / 100,
            "augment.strength": strength / 100 or None, "augment.mode": "static" if static else "dynamic",
        }
    )  # fmt: skip


def draw_preview(
    config: RunConfig, text: str, pair: str | None, task: Task | None, rows: Rows | None, row: int
) -> None:
    """The text in one epoch, large; then the same text in every epoch."""
    if not text.strip():
        components.empty("Type a text to see what becomes of it.")
        return
    epoch = st.segmented_control("Epoch", EPOCHS, default=0, required=True, key="epoch", bind="query-params")
    if task is not None and rows is not None:
        shown = augment_view.preview_row(config, task, rows, row, EPOCHS)
        drawn = augment_view.epochs_of_row(config, len(rows), row, EPOCHS)
        told = ", ".join(map(str, drawn)) or f"none of the first {len(EPOCHS)}"
        components.note(
            f"A run over these {len(rows):,} rows changes this one in epoch: {told}. "
            "Shown is what each epoch would make of it."
        )
    else:
        shown = augment_view.preview_text(config, text, pair, EPOCHS)
    for preview in (preview for preview in shown if preview.epoch == epoch):
        augment_view.draw(preview, "second text, " if preview.side == "pair" else "")
        augment_view.draw_rules(preview)
        augment_view.draw_pieces(preview)
    augment_view.method_legend(config.augment.methods)
    with st.expander("The same text through all epochs", expanded=True):
        for preview in shown:
            number, body = st.columns([1, 9], gap="small")
            number.html(
                f'<div class="lab-note">epoch {preview.epoch}<br>{components.escape_html(preview.method)}</div>'
            )
            with body:
                components.show_edits(preview.original, preview.edits, preview.method, small=True)


def draw_sample(config: RunConfig) -> None:
    """Figures over many rows, the label audit, and everything as a file."""
    tasks = cache.local_tasks()
    name = st.selectbox("Sample from", tasks, key="sample_task", bind="query-params", width=320)
    shown = augment_view.sample(config.to_json(), name, 0)
    figures, safety, table = st.tabs(
        [f"Sample of {len({row.row for row in shown})} rows", "Label safety", "Table and download"]
    )
    with figures:
        st.html(components.plain_table(augment_view.by_method(shown)))
    with safety:
        augment_view.draw_audit(config, name)
    with table:
        frame = augment_view.table(shown)
        st.dataframe(frame, hide_index=True, height=320, alt="Augmented sample with edits")
        with st.container(horizontal=True):
            st.download_button("CSV", frame.to_csv(index=False), f"{name}-augmented.csv", "text/csv", key="csv")
            st.download_button(
                "JSONL", augment_view.as_jsonl(shown), f"{name}-augmented.jsonl", "application/jsonl", key="jsonl"
            )


def body() -> None:
    components.heading("Augmentation", "What synonyms, swaps and typos do to a sentence: edit by edit, epoch by epoch.")
    notice = machine.synonym_notice()
    if notice:
        components.note(notice)
    left, right = st.columns([1, 2], gap="large")
    with left:
        text, pair, task, rows, row = draw_source()
        config = draw_settings()
    if config is None:
        with right:
            components.empty("Choose at least one method.")
        return
    with right, components.calm("The preview"):
        draw_preview(config, text, pair, task, rows, row)
    st.divider()
    with components.calm("The sample"):
        draw_sample(config)


body()
