"""Runs that kept embeddings in; aligned points, scores and what to say about their fairness out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import clusters, fairness
from core.analysis.clusters import ClusterScores
from core.config import RunConfig
from core.data.sources import task_of
from core.runs.folder.store import Run, RunError, RunInfo, Store
from dashboard import theme
from dashboard.shared import formatting, readers

MOST_RUNS = 4
COLOURINGS = ("class", "prediction", "error")
RIGHT_WRONG = {"right": "#7f9aa8", "wrong": "#d55e00"}


@dataclass(frozen=True)
class View:
    """One run at one step: points (n, 2), class ids and predictions (n), and how well its classes separate."""

    run_id: str
    step: int
    points: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray
    rows: np.ndarray
    scores: ClusterScores | None
    accuracy: float | None


def having_embeddings(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """Runs that kept embeddings, in the order given."""
    store = Store()
    return [info for info in infos if info.config is not None and _steps(store, info.id)]


def _steps(store: Store, run_id: str) -> list[int]:
    try:
        return store.get(run_id).embedding_steps()
    except RunError:
        return []


def fair_pair(infos: Sequence[RunInfo]) -> list[str]:
    """The newest joint run and the cross-entropy run nearest to it in time that differs in the loss alone, that one
    first; empty where there is no such pair."""
    for joint in infos:
        if joint.config is None or joint.config.train.loss != "joint":
            continue
        partners = [
            other
            for other in infos
            if other.config and other.config.train.loss == "ce" and fairness.fair_settings(other.config, joint.config)
        ]
        if partners:
            return [min(partners, key=lambda other: abs(other.created - joint.created)).id, joint.id]
    return []


def proposed(infos: Sequence[RunInfo], chosen: Sequence[str]) -> list[str]:
    """What to compare: the chosen runs; a lone one is completed to its fair pair, none means the newest pair or run."""
    if len(chosen) > 1:
        return list(chosen[:MOST_RUNS])
    pair = fair_pair([info for info in infos if not chosen or _may_pair(info, infos, chosen[0])])
    if pair and (not chosen or chosen[0] in pair):
        return pair
    return list(chosen) or [infos[0].id]


def _may_pair(info: RunInfo, infos: Sequence[RunInfo], run_id: str) -> bool:
    """Whether `info` is the run itself or one with another loss, so that a lone run finds its own partner."""
    own = next(other for other in infos if other.id == run_id)
    return info.id == run_id or bool(own.config and info.config and own.config.train.loss != info.config.train.loss)


def steps_of(runs: Sequence[Run]) -> list[int]:
    """Every step at which any of the runs kept embeddings."""
    return sorted({step for run in runs for step in run.embedding_steps()})


def views(runs: Sequence[Run], step: int, method: str) -> list[View]:
    """Each run at its last kept step not after `step`, all turned onto the first."""
    taken = []
    for run in runs:
        steps = run.embedding_steps()
        taken.append((str(run.dir), max([s for s in steps if s <= step] or steps[:1]), tuple(steps)))
    return _views(tuple(taken), method)


@st.cache_data(show_spinner="Projecting …", max_entries=60)
def _views(taken: tuple[tuple[str, int, tuple[int, ...]], ...], method: str) -> list[View]:
    from pathlib import Path

    runs = [Run(Path(folder)) for folder, _, _ in taken]
    kept = [run.load_embeddings(step) for run, (_, step, _) in zip(runs, taken, strict=True)]
    if method == "pca":  # fixed axes through training, so that what moves has really moved
        pictures: list[np.ndarray] = []
        reference = None
        for run, (_, step, steps) in zip(runs, taken, strict=True):
            through = clusters.project_steps([run.load_embeddings(s)["pooled"] for s in steps], reference)
            reference = through[-1] if reference is None else reference
            pictures.append(through[steps.index(step)])
    else:
        pictures = clusters.project([entry["pooled"] for entry in kept], method)
    return [
        _view(run.id, step, entry, picture)
        for run, (_, step, _), entry, picture in zip(runs, taken, kept, pictures, strict=True)
    ]


def _view(run_id: str, step: int, entry: dict[str, np.ndarray], points: np.ndarray) -> View:
    labels = clusters.as_classes(entry["labels"])
    regression = entry["logits"].shape[1] == 1
    predicted = np.rint(entry["logits"][:, 0]).astype(int) if regression else entry["logits"].argmax(axis=1)
    try:
        scores = clusters.cluster_scores(entry["pooled"], entry["labels"])
    except ValueError:
        scores = None
    accuracy = None if regression else float((predicted == labels).mean())
    return View(run_id, step, points, labels, predicted, entry["rows"], scores, accuracy)


def label_names(config: RunConfig, ids: np.ndarray) -> dict[int, str]:
    """Class id to name, for the classes that occur."""
    try:
        task = task_of(config)
        names = readers.corpus(config).task.labels if task.origin == "file" else task.labels
    except ValueError:
        names = ()
    return {int(i): names[i] if 0 <= i < len(names) else f"{i}" for i in sorted(set(ids.tolist()))}


def groups(view: View, names: dict[int, str], colouring: str) -> list[str]:
    """What each row is coloured by."""
    if colouring == "error":
        return ["right" if a == b else "wrong" for a, b in zip(view.labels, view.predicted, strict=True)]
    ids = view.labels if colouring == "class" else view.predicted
    return [names.get(int(i), str(i)) for i in ids]


def palette(names: dict[int, str], colouring: str) -> tuple[dict[str, str], dict[str, str]]:
    """Colours and symbols by group."""
    if colouring == "error":
        return RIGHT_WRONG, {"right": "circle", "wrong": "x"}
    labels = list(names.values())
    return theme.class_colors(labels), theme.class_symbols(labels)


def score_figures(view: View) -> list[tuple[str, str, str]]:
    """What stands above a run's picture; the first three are measured in the embedding space, not in the picture."""
    scores = view.scores
    if scores is None:
        return [("silhouette", "–", "needs two classes")]
    return [
        ("silhouette (-1 to 1)", f"{scores.silhouette:.3f}", f"± {scores.silhouette_error:.3f} over rows"),
        ("neighbour purity", f"{scores.knn_purity:.3f}", "of the 10 nearest"),
        ("within / between", f"{scores.ratio:#.3g}", "smaller is tighter"),
        ("accuracy", formatting.number(view.accuracy), "on these rows"),
    ]


def judge(runs: Sequence[Run], drawn: Sequence[View]) -> fairness.Judgement:
    """Whether what is drawn can be compared."""
    return fairness.judge(runs, steps={view.run_id: view.step for view in drawn})


def texts(run: Run) -> list[str]:
    """The evaluation rows' texts as they are hovered; pairs are joined by a bar."""
    try:
        return [
            str(row.get("text", "")) + (f" ‖ {row['pair']}" if row.get("pair") else "") for row in run.load_eval_rows()
        ]
    except RunError:
        return []


def chosen_rows(
    drawn: Sequence[View], run_names: dict[str, str], names: dict[int, str], shown: Sequence[str], picked: Sequence[int]
) -> pd.DataFrame:
    """The picked rows with their text, label and every run's prediction."""
    first = drawn[0]
    rows = []
    for i in picked:
        row = {"text": shown[i] if i < len(shown) else "", "label": names.get(int(first.labels[i]), "")}
        for view in drawn:
            row[run_names[view.run_id]] = (
                names.get(int(view.predicted[i]), str(view.predicted[i])) if i < len(view.predicted) else "–"
            )
        rows.append(row)
    return pd.DataFrame(rows)
