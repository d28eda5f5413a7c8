"""A sweep in; its progress in words, its tables for people, and what leads on from it out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from plotly.graph_objects import Figure

from core import wording
from core.analysis import fairness
from core.analysis.results.printed import PAPER_B_GAINS
from core.config import keys as config_keys
from core.runs.folder.store import Store
from core.runs.sweep import ARM, SweepInfo
from core.runs.sweep_results import curve_frame, paired_differences, sweep_frame
from dashboard import state
from dashboard.clusters import comparison
from dashboard.shared import charts, formatting, run_words
from dashboard.sweeps import figures as sweep_charts

AGAINST = "Against the first row"
ORDER = ("finished", "running", "queued", "failed", "stopped", "interrupted")


def title(sweep: SweepInfo) -> str:
    """What it is called in a list: its name, task, size and date."""
    names = {info.name.rpartition(": ")[0] for info in sweep.runs}
    name = names.pop() if len(names) == 1 else ""
    if not name:  # as the folders have it, where the runs' own names tell none
        name = sweep.id.partition("-")[2].partition("-")[2].rpartition("-")[0].replace("-", " ")
    tasks = ", ".join(dict.fromkeys(info.task for info in sweep.runs))
    created = sweep.runs[0].status.created if sweep.runs[0].status else None
    when = pd.Timestamp(created or 0, unit="s", tz="UTC").strftime("%Y-%m-%d %H:%M UTC")
    return f"{name}: {tasks}, {len(sweep.runs)} runs, {when}"


def progress(sweep: SweepInfo) -> tuple[float, str]:
    """(share done, how many runs are where and how long it may still take)."""
    share = sum(1.0 if not run_words.is_active(i) else run_words.progress(i) for i in sweep.runs) / len(sweep.runs)
    said = [f"{sweep.states[name]} {name}" for name in ORDER if name in sweep.states]
    over = [info.status for info in sweep.runs if info.state == "finished" and info.status and info.status.ended]
    took = [seconds for status in over if (seconds := status.worked_s(status.ended or 0.0)) is not None]
    if took and sweep.is_active:
        left = len(sweep.runs) * (1 - share) * sum(took) / len(took)
        said.append(f"about {formatting.duration(left)} left")
    return share, ", ".join(said)


def metrics(sweep: SweepInfo) -> list[str]:
    """Names of the metrics that its finished runs were scored with, each task's own first."""
    scores = (info.status.metrics for info in sweep.runs if info.status and info.state == "finished")
    return list(dict.fromkeys(name for score in scores for name in score))


def result_table(sweep: SweepInfo, metric: str) -> pd.DataFrame:
    """A line a cell for people; where a paper printed the difference, that stands beside ours."""
    frame = sweep_frame(sweep)
    frame = frame[frame["metric"] == metric]
    gaps = paired_differences(sweep, metric).set_index(list(sweep.keys))
    lines = []
    for line in frame.to_dict("records"):
        place = tuple(line[key] for key in sweep.keys)
        at = place if len(place) > 1 else place[0]
        cell = {_heading(key): line[key] if key == ARM else wording.value(key, line[key]) for key in sweep.keys}
        cell |= {
            charts.metric_name(metric): formatting.with_spread(line["mean"], line["spread"]),
            "Lowest to highest": f"{formatting.number(line['low'])} to {formatting.number(line['high'])}",
            "Seeds": ", ".join(map(str, line["seeds"])),
        }
        gap = gaps.loc[at] if at in gaps.index else None
        cell[AGAINST] = "–" if gap is None else _points(-gap["difference"], gap["spread"])
        if sweep.keys == (ARM,):
            printed = PAPER_B_GAINS.get(place[0])
            cell["As printed"] = _points(-printed.value / 100) if printed else "–"
        lines.append(cell)
    return pd.DataFrame(lines)


def table_note(sweep: SweepInfo) -> str:
    """How the table is to be read."""
    said = (
        "Scores are of each run's last evaluation. ± is the standard deviation over seeds. Differences are taken seed "
        "by seed, in points (hundredths of the score): "
        "above zero, the row scores higher than the first."
    )
    printed = " As printed: paper B's averages over seven GLUE corpora, on the full-size model with its weights."
    return said + printed if sweep.keys == (ARM,) else said


def fairness_note(sweep: SweepInfo) -> str:
    """In what the runs of one seed differ besides what the sweep varies; empty where its cells compare fairly."""
    varied = {key for info in sweep.runs for key in info.meta.cell}
    if ARM in varied:  # an arm changes several keys under one name; state, rows and machine are judged all the same
        varied = set(config_keys())
    judged = fairness.of_sweep(sweep.runs, varied, Store())
    return "" if judged.fair else judged.sentence("what the sweep varies")


def _heading(key: str) -> str:
    return "Row" if key == ARM else wording.capital(wording.name(key))


def _points(gap: float, spread: float = float("nan")) -> str:
    """A difference of scores in points: hundredths."""
    return f"{100 * gap + 0.0:+.2f}" + (f" ± {100 * spread:.2f}" if pd.notna(spread) else "") + " points"


def cluster_pair(sweep: SweepInfo) -> list[str]:
    """A cross-entropy and a joint run of the sweep that differ in the loss alone; empty where there is none."""
    return comparison.fair_pair([info for info in sweep.runs if info.state == "finished"])


def result_file(sweep: SweepInfo) -> str:
    """Every cell and metric as CSV."""
    frame = sweep_frame(sweep)
    return frame.assign(seeds=[" ".join(map(str, seeds)) for seeds in frame["seeds"]]).to_csv(index=False)


def failures(sweep: SweepInfo) -> Mapping[str, str]:
    """Name and reason of each run that failed."""
    return {i.name: i.status.error or "" for i in sweep.runs if i.status and i.state in ("failed", "interrupted")}


def figures(sweep: SweepInfo, metric: str) -> tuple[Figure, Figure]:
    """The figures of a sweep: score by cell, and the metric over steps."""
    store = Store()
    frames = {info.id: state.metric_frame(store.get(info.id)) for info in sweep.runs}
    return (
        sweep_charts.score_figure(sweep_frame(sweep), sweep.keys, metric),
        sweep_charts.curve_figure(curve_frame(sweep, frames, f"eval_{metric}"), sweep.keys, metric),
    )
