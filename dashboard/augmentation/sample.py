"""A configuration and a task in; its sample drawn beneath the preview: figures, embeddings, label audit, download."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.analysis import votes
from core.analysis.augment_sample import MIXTURE, Sample, draw_sample
from core.analysis.similarity import changed_rows, row_similarities
from core.augment.filters import RowFilter
from core.config import RunConfig
from core.model.pieces import load_pieces
from dashboard import theme
from dashboard.augmentation import aligned, source, tables, voting
from dashboard.augmentation import figures as augment_charts
from dashboard.shared import errors, markup, readers, saving
from dashboard.shared.background import Answer, lane

ROWS = 300
MOST_CHANGED = 6
TICK_S = 0.4
TABS = ("Sample", "Label safety", "Blind vote", "Table and download")
SHOWN = "sample-shown"
Similarities = dict[str, dict[int, float]]


@dataclass(frozen=True)
class Drawn:
    """A sample with what is made of it, made once: a page that is drawn at every keystroke must not."""

    sample: Sample
    table: pd.DataFrame
    csv: str
    jsonl: str
    figures: pd.DataFrame
    mix: pd.DataFrame
    labels: list[str]
    """Of each row, for people."""
    eligible: tuple[int, int]
    """Training rows that the filters leave, of how many."""


@st.cache_resource(show_spinner=False)
def _progress() -> dict[str, tuple[int, int]]:
    """Rows embedded so far, of how many, by what is being measured."""
    return {}


def _config(config: RunConfig, task_name: str) -> RunConfig:
    """What decides the sample: the share of rows that an epoch changes plays no part."""
    return config.replace({**dict(source.data_of(task_name)), "augment.fraction": 1.0})


def _sample(config: RunConfig) -> Answer:
    key = config.to_json()

    def work() -> Drawn:
        corpus = readers.corpus(config)
        fitting = RowFilter(config.augment, corpus.task.labels).weights(corpus.train) > 0
        rows = corpus.train.take([row for row, fits in enumerate(fitting) if fits][:ROWS])
        sample = draw_sample(config, corpus.task, rows, load_pieces(config.model))
        frame = tables.of_rows(sample.drawn)
        return Drawn(
            sample, frame, frame.to_csv(index=False), tables.as_jsonl(sample.drawn),
            tables.by_method(sample, {}), tables.mix(sample),
            [source.label_name(corpus.task, label) for label in rows.labels], (int(fitting.sum()), len(fitting)),
        )  # fmt: skip

    return lane("samples").ask(("sample", readers.data_key(config), key), work)


def _similarities(config: RunConfig, sample: Sample) -> Answer:
    key = config.to_json()

    def report(done: int, of: int) -> None:
        _progress()[key] = (done, of)

    def work() -> Similarities:
        try:
            return row_similarities(config, sample.by_method, report)
        finally:
            _progress().pop(key, None)

    return lane("samples").ask(("similarity", readers.data_key(config), key), work)


def labels() -> tuple[str, ...]:
    """Classes of the task that the sample is drawn from."""
    names = source.names()
    name = st.session_state.get("sample_task")
    return tuple(source.corpus_of(name if name in names else names[0]).task.labels)


def draw(config: RunConfig, task_name: str) -> None:
    """The panel; while something is worked out in the background it alone looks again every `TICK_S`."""
    config = _config(config, task_name)
    sample = _sample(config)
    measured = st.session_state.get("measured") == config.to_json()
    waiting = not sample.ready or (
        measured and not sample.error and not _similarities(config, sample.value.sample).ready
    )
    st.fragment(_panel, run_every=TICK_S if waiting else None)(config, waiting)


@errors.boundary("The sample")
def _panel(config: RunConfig, waiting: bool) -> None:
    answer = _sample(config)
    measured = st.session_state.get("measured") == config.to_json() and not answer.error
    found = _similarities(config, answer.value.sample) if measured and answer.ready else None
    if waiting and answer.ready and (found is None or found.ready):
        st.rerun()
    if answer.error:
        raise ValueError(answer.error)
    if answer.ready:
        st.session_state[SHOWN] = answer.value
    drawn: Drawn | None = st.session_state.get(SHOWN)  # the one before, until the new one is there
    if drawn and answer.ready and not drawn.sample.drawn:
        markup.empty(f"The filters leave none of the {drawn.eligible[1]:,} training rows of this task.")
        return
    markup.note(_told(drawn) if drawn and answer.ready else "Augmenting the sample for these settings …")
    if drawn is None or not drawn.sample.drawn:
        return
    figures, safety, vote, every = st.tabs(TABS, key="sample_tab", bind="query-params")
    if figures.open:  # only what is seen is sent: a table of long texts takes half a megabyte
        with figures:
            _figures(config, drawn, found, answer.ready)
    if safety.open:
        with safety:
            _audit(drawn)
    if vote.open:
        with vote:
            asked = votes.questions(drawn.sample.drawn, drawn.labels)
            voting.draw(config.to_json(), asked, drawn.sample.expected, config.task)
    if every.open:
        with every:
            _table(drawn, config.task)


def _figures(config: RunConfig, drawn: Drawn, found: Answer | None, current: bool) -> None:
    values: Similarities = found.value if found and found.ready and not found.error else {}
    sample = drawn.sample
    st.markdown("**What is asked for, and what is done**")
    st.html(markup.plain_table(drawn.mix))
    if sample.shares.own_words is not None:
        own = tables.percent(sample.shares.own_words)
        markup.note(f"Of the words that the paper's synonyms look up and find, {own} are their own first synonym and "
                    "stay as they are.")  # fmt: skip
    st.markdown("**Each method on its own**")
    st.html(markup.plain_table(tables.by_method(sample, values) if values else drawn.figures))
    if values:
        texts = {
            method: {row: sides[0].augmented for row, sides in changed_rows(shown).items()}
            for method, shown in sample.by_method.items()
        }
        alone = {method: rows for method, rows in values.items() if method != MIXTURE and rows}
        figure = augment_charts.similarity_figure(alone, texts, config.model)
        saving.draw(figure, "nearness", tools=False)
        _most_changed(sample, alone)
    elif found and found.error:
        st.warning(markup.escape_markdown(found.error))
    elif found:
        done, of = _progress().get(config.to_json(), (0, 0))
        markup.progress_bar(
            done / of if of else 0.0, f"Embedding {done:,} of {of:,} texts" if of else f"Loading {config.model} …"
        )
    elif st.button(
        "Measure how far the embeddings move", key="measure", icon=":material/straighten:", disabled=not current
    ):
        st.session_state["measured"] = config.to_json()
        st.rerun()


def _most_changed(sample: Sample, similarities: Similarities) -> None:
    """The rows whose embeddings moved farthest, by any method on its own."""
    st.markdown("**Rows that moved farthest**")
    ranked = sorted((value, row, method) for method, rows in similarities.items() for row, value in rows.items())
    for value, row, method in ranked[:MOST_CHANGED]:
        markup.note(f"{method}, row {row:,}, similarity {value:.3f}")
        for side in changed_rows(sample.by_method[method])[row]:
            if side.edits:
                markup.show_edits(side.original, side.edits, method, small=True)


def _told(drawn: Drawn) -> str:
    shown = len({row.row for row in drawn.sample.drawn})
    left, of = drawn.eligible
    which = f"{shown:,} training rows"
    if left < of:
        which = f"{shown:,} of the {left:,} training rows (of {of:,}) that the filters leave"
    return f"The first {which}, each changed as epoch 0 would."


def _audit(drawn: Drawn) -> None:
    """What the augmentation may do to labels of this task: rules with their reasons, rows touched, examples."""
    sample = drawn.sample
    if sample.reservation:
        markup.note(sample.reservation)
    for finding in sample.findings:
        by = ", ".join(f"{method} {count}" for method, count in finding.by_method.items())
        st.markdown(
            f"**{markup.escape_markdown(finding.rule)}**: {finding.rows} of {finding.of} rows"
            + (f" ({markup.escape_markdown(by)})" if by else "")
        )
        markup.note(finding.reason)
        for example in finding.examples[:2]:
            label = markup.escape_html(drawn.labels[example["row"]])
            edits = aligned.inline_html(example["original"], example["edits"], theme.method_color(example["method"]))
            st.html(f'<div class="lab-text small"><span class="lab-label">{label}</span> {edits}</div>')


def _table(drawn: Drawn, task_name: str) -> None:
    st.dataframe(drawn.table, hide_index=True, height=320, alt="Augmented sample with edits")
    with st.container(horizontal=True):
        st.download_button("CSV", drawn.csv, f"{task_name}-augmented.csv", "text/csv", key="csv")
        st.download_button("JSONL", drawn.jsonl, f"{task_name}-augmented.jsonl", "application/jsonl", key="jsonl")
