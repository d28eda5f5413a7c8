"""A configuration and a task in; its sample drawn beneath the preview: figures, embeddings, label audit, download."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.analysis.augment_sample import MIXTURE, Sample, draw_sample
from core.analysis.preview import PreviewRow, statistics
from core.analysis.similarity import changed_rows, row_similarities
from core.config import RunConfig
from core.model.pieces import load_pieces
from core.tasks import get_task
from dashboard.augmentation import figures as augment_charts
from dashboard.shared import charts, errors, markup, readers
from dashboard.shared.background import Answer, lane

ROWS = 300
MOST_CHANGED = 6
TICK_S = 0.4
TABS = ("Sample", "Label safety", "Table and download")
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


@st.cache_resource(show_spinner=False)
def _progress() -> dict[str, tuple[int, int]]:
    """Rows embedded so far, of how many, by what is being measured."""
    return {}


def _config(config: RunConfig, task_name: str) -> RunConfig:
    """What decides the sample: the share of rows that an epoch changes plays no part."""
    return config.replace({"task": task_name, "augment.fraction": 1.0})


def _sample(config: RunConfig) -> Answer:
    key = config.to_json()

    def work() -> Drawn:
        rows = readers.corpus(RunConfig(task=config.task)).train
        rows = rows.take(range(min(ROWS, len(rows))))
        sample = draw_sample(config, get_task(config.task), rows, load_pieces(config.model))
        frame = table(sample.drawn)
        return Drawn(sample, frame, frame.to_csv(index=False), as_jsonl(sample.drawn), by_method(sample, {}))

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
    markup.note(
        f"The first {len({row.row for row in drawn.sample.drawn}):,} training rows, each changed as epoch 0 would."
        if drawn and answer.ready
        else "Augmenting the sample for these settings …"
    )
    if drawn is None:
        return
    figures, safety, table = st.tabs(TABS, key="sample_tab", bind="query-params")
    if figures.open:  # only what is seen is sent: a table of long texts takes half a megabyte
        with figures:
            _figures(config, drawn, found, answer.ready)
    if safety.open:
        with safety:
            _audit(drawn.sample)
    if table.open:
        with table:
            _table(drawn, config.task)


def _figures(config: RunConfig, drawn: Drawn, found: Answer | None, current: bool) -> None:
    values: Similarities = found.value if found and found.ready and not found.error else {}
    sample = drawn.sample
    st.html(markup.plain_table(by_method(sample, values) if values else drawn.figures))
    if values:
        texts = {
            method: {row: sides[0].augmented for row, sides in changed_rows(shown).items()}
            for method, shown in sample.by_method.items()
        }
        alone = {method: rows for method, rows in values.items() if method != MIXTURE and rows}
        figure = augment_charts.similarity_figure(alone, texts, config.model)
        st.plotly_chart(figure, config=charts.PLAIN, key="nearness")
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


def _audit(sample: Sample) -> None:
    """What the augmentation may do to labels of this task: rules with their reasons, rows touched, examples."""
    if sample.reservation:
        markup.note(sample.reservation)
    for finding in sample.findings:
        st.markdown(f"**{markup.escape_markdown(finding.rule)}**: {finding.rows} of {finding.of} rows")
        markup.note(finding.reason)
        for example in finding.examples[:2]:
            edit: Any = example["edit"]
            markup.show_edits(str(example["original"]), [edit], edit.rule.split(",")[0], small=True)


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
