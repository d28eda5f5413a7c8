"""The parts of the Results page: the table with what is printed beside it, the claims, and score against size."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from core import wording
from core.analysis.intervals import LIKE_THESE
from core.analysis.results import writing
from core.analysis.results.table import Result, gains
from core.config import RunConfig
from core.model.memory import count
from core.model.source import ModelError
from core.model.variant import Structure
from core.runs.folder.store import Run, Store
from core.tasks import get_task
from dashboard import measurement, state
from dashboard.results import figures
from dashboard.shared import charts, formatting, markup, saving

KINDS = {"Method": "", "Task": " class=lab-name", "Metric": " class=lab-name"}
"""How a column's cells break where the page is narrow; any other keeps its number on one line."""


def draw_table(rows: Sequence[Result]) -> None:
    """One line a method, task and metric; a printed value in another metric is marked, with the reason below."""
    remarks = list(dict.fromkeys(row.printed.remark for row in rows if row.printed and row.printed.remark))
    columns = writing.columns(rows)
    lines, before = [], ("", "")
    for row, line in zip(rows, writing.frame(rows).itertuples(index=False, name=None), strict=True):
        cells = dict(zip(columns, map(html.escape, line), strict=True))
        cells["Method"] = markup.unbroken(row.title)
        cells["Metric"] = html.escape(charts.metric_name(row.metric))
        if row.printed and row.printed.remark:
            cells["As printed"] += f"<sup>{remarks.index(row.printed.remark) + 1}</sup>"
        if before == (row.title, row.task):  # not said once more
            cells |= {"Method": "", "Task": ""}
        before = row.title, row.task
        lines.append(_line(cells))
    names = ["Ours, points" if name == "Ours" else name for name in columns]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    st.html(markup.framed_table(f"<tr>{head}</tr>{''.join(lines)}"))
    for number, remark in enumerate(remarks, 1):
        markup.note(f"{number}: {remark}.")
    over, *settings = writing.method_note(rows).splitlines()
    markup.note(over)
    with st.expander("Notes on method"):
        for line in settings:
            markup.note(line)


def _line(cells: Mapping[str, str]) -> str:
    """A line of the table: column to cell."""
    shown = (f"<td{KINDS.get(name, ' class=lab-number')}>{cell}</td>" for name, cell in cells.items())
    return f"<tr>{''.join(shown)}</tr>"


def draw_downloads(rows: Sequence[Result], name: str) -> None:
    with st.container(horizontal=True):
        for label, text, end in (
            ("CSV", writing.to_csv(rows), "csv"),
            ("Markdown", writing.to_markdown(rows), "md"),
            ("LaTeX", writing.to_latex(rows), "tex"),
        ):
            st.download_button(label, text, f"{name}.{end}", icon=":material/download:", key=f"take-{end}")


def draw_gains(rows: Sequence[Result]) -> None:
    """Paper B's claims, held against these runs."""
    found = gains(rows)
    if not found:
        markup.empty(
            "No claim can be tried yet: run LightMobileBERT and one of its arms on the same task and seed. "
            "Sweeps has the preset “Ablations”."
        )
        return
    saving.draw(figures.gains_figure(found), "gains", _runs(rows))
    for one in found:
        over = f"over {one.pairs} pair{'s' if one.pairs > 1 else ''} on {', '.join(one.tasks)}"
        markup.note(f"{one.arm}: {one.points} {over}: {one.sentence()}{one.beside}.")
    markup.note(LIKE_THESE)


def _runs(rows: Sequence[Result]) -> list[Run]:
    return [Store().get(run_id) for run_id in dict.fromkeys(run_id for row in rows for run_id in row.runs)]


def draw_pareto(rows: Sequence[Result]) -> None:
    """Score against parameters, or against latency once it was measured."""
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom")
    compared = Counter(row.task for row in rows)  # the task with most to compare comes first
    tasks = [name for name, _ in compared.most_common()]
    state.read_address("pareto-task", dict(zip(tasks, tasks, strict=True)))
    task = left.selectbox("Task", tasks, key="pareto-task", bind="query-params")
    metrics = list(dict.fromkeys(row.metric for row in rows if row.task == task))
    key = f"pareto-metric-{task}"
    state.read_address(key, {name: charts.metric_name(name) for name in metrics})
    metric = middle.selectbox("Metric", metrics, format_func=charts.metric_name, key=key, bind="query-params")
    chosen = [row for row in rows if (row.task, row.metric) == (task, metric)]
    ways = ("parameters", "latency")
    state.read_address("pareto-by", dict(zip(ways, ways, strict=True)))
    by = right.segmented_control(
        "Against", ways, default="parameters", required=True, key="pareto-by", bind="query-params"
    )
    if by == "parameters":
        cost = {row.runs[0]: size / 1e6 for row in chosen if (size := parameters(row.config)) is not None}
        axis = "Parameters, millions"
    else:
        cost, axis = measured(chosen), "Latency, ms (one text of 128 pieces)"
    if cost:
        saving.draw(figures.pareto_figure(chosen, cost, axis, charts.metric_name(metric)), "pareto", _runs(chosen))
        markup.note("Filled points are beaten by none: no other is as good at the same or a lower cost. Bars: ± one "
                    "standard deviation over seeds.")  # fmt: skip


def parameters(config: RunConfig) -> int | None:
    """Parameters of what a run trained, adapters included; None where its model is not here any more."""
    try:
        return count(config, _labels(config))[0]
    except ModelError:
        return None


def _labels(config: RunConfig) -> int:
    try:
        return get_task(config.task).num_labels
    except ValueError:
        return 2


def structure_name(config: RunConfig) -> str:
    """What `params --latency` calls a run's variant: `base`, `lora`, `light:6:32`."""
    if config.surgery.variant == "base":
        return "lora" if config.lora.enabled else "base"
    kind = "light+lora" if config.lora.enabled else "light"
    return f"{kind}:{config.surgery.layers}:{config.surgery.rank}"


def measured(rows: Sequence[Result]) -> dict[str, float]:
    """Milliseconds a text by run id, measured on a click, of the model that most of these rows train."""
    models = [row.config.model for row in rows]
    model = max(set(models), key=models.count) if models else "demo"
    own = [row for row in rows if row.config.model == model]
    names = list(dict.fromkeys(structure_name(row.config) for row in own))
    words = ["params", "--model", model, "--seq-len", str(Structure().seq_len), "--latency", ",".join(names)]
    found = measurement.offer("results-latency", f"Measure {len(names)} variants on this machine", words)
    if len(own) < len(rows):
        markup.note(f"{len(rows) - len(own)} rows of other models than {wording.models(models)[model]} are left out.")
    if found is None or found.words != tuple(words):
        return {}
    times = found.document["latency_ms"]
    markup.note("Medians: " + ", ".join(f"{name} {formatting.number(times[name]['median'])} ms" for name in names))
    return {row.runs[0]: times[structure_name(row.config)]["median"] for row in own}
