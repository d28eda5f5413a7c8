"""A configuration and a task in; its sample drawn beneath the preview: figures, embeddings, label audit, download."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd
import streamlit as st

from core.analysis import votes
from core.analysis.augment_sample import MIXTURE, Sample, draw_sample
from core.analysis.preview import PreviewRow, statistics
from core.analysis.similarity import changed_rows, row_similarities
from core.augment.filters import RowFilter
from core.config import RunConfig
from core.model.pieces import load_pieces
from dashboard import theme
from dashboard.augmentation import aligned, source, voting
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
        frame = table(sample.drawn)
        return Drawn(
            sample, frame, frame.to_csv(index=False), as_jsonl(sample.drawn), by_method(sample, {}), mix(sample),
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
    markup.note(_told(drawn) if drawn and answer.ready else "Augmenting the sample for these settings …")
    if drawn is None:
        return
    if not drawn.sample.drawn:
        markup.empty("The filters leave no row of this task.")
        return
    figures, safety, vote, table = st.tabs(TABS, key="sample_tab", bind="query-params")
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
    if table.open:
        with table:
            _table(drawn, config.task)


def _figures(config: RunConfig, drawn: Drawn, found: Answer | None, current: bool) -> None:
    values: Similarities = found.value if found and found.ready and not found.error else {}
    sample = drawn.sample
    st.markdown("**What is asked for, and what is done**")
    st.html(markup.plain_table(drawn.mix))
    if sample.shares.own_words is not None:
        markup.note(
            f"Of the words that the paper's synonyms look up and find, {_share(sample.shares.own_words)} are their own "
            "first synonym and stay as they are."
        )
    st.markdown("**Each method on its own**")
    st.html(markup.plain_table(by_method(sample, values) if values else drawn.figures))
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


def by_method(sample: Sample, similarities: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    """Figures of a sample as texts for a table: a column a method, so that a narrow window holds them."""
    columns = {}
    for method, shown in sample.by_method.items():
        found = statistics(shown)
        near = pd.Series(list(similarities.get(method, {}).values()), dtype=float)
        columns[method] = {
            "rows changed": _share(found["rows_changed"] / max(found["rows"], 1)),
            "words changed": _share(found["words_changed"]),
            "word pieces, after / before": f"{found['piece_inflation']:.3f}",
            "unknown pieces before": _share(found["unknown_before"]),
            "unknown pieces after": _share(found["unknown_after"]),
        }
        if similarities:
            columns[method]["similarity, median"] = f"{near.median():.3f}" if len(near) else "–"
            columns[method]["similarity, lowest tenth below"] = f"{near.quantile(0.1):.3f}" if len(near) else "–"
    return pd.DataFrame(columns).rename_axis("").reset_index()


def _share(value: float) -> str:
    return f"{100 * value:.3g} %"


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


def mix(sample: Sample) -> pd.DataFrame:
    """A line a method as texts: its share of the augmented rows as asked for, as drawn, and as applied."""
    lines = [
        {
            "": method,
            "asked for": _share(share.asked),
            "drawn": _share(share.drawn),
            "applied": _share(share.applied),
            "found nothing to change": _share(share.unchanged),
        }
        for method, share in sample.shares.methods.items()
    ]
    return pd.DataFrame(lines)


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


def table(shown: Sequence[PreviewRow]) -> pd.DataFrame:
    """One row a text, for the table and the CSV; edits as JSON."""
    names = ("row", "epoch", "side", "method", "original", "augmented")
    return pd.DataFrame(
        [
            {name: getattr(row, name) for name in names}
            | {"edits": json.dumps([asdict(edit) for edit in row.edits], ensure_ascii=False)}
            for row in shown
        ]
    )


def as_jsonl(shown: Sequence[PreviewRow]) -> str:
    return "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in shown)
