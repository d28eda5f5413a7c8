"""A run's errors in one piece, as the command line prints and the page draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.analysis.errors.answers import Answers, load_answers
from core.analysis.errors.calibration import calibration, cheapest_threshold, curves
from core.analysis.errors.data_map import data_map
from core.analysis.errors.disagreement import disagreement
from core.analysis.errors.edited_words import word_edits
from core.analysis.errors.slices import Slice, slices
from core.analysis.influence import FEWEST, mean_error
from core.analysis.intervals import bounds, share
from core.analysis.recorded import evaluated_rows
from core.model.pieces import load_pieces
from core.model.source import ModelError
from core.runs.folder.run import Run

HARDEST = 20
"""Rows of the highest loss that a report lists."""


@dataclass(frozen=True)
class Score:
    """Share of right answers, or mean absolute error, over the kept rows."""

    metric: str
    value: float
    low: float
    high: float
    """Of its 95 % interval over rows; nan where it has none."""


def span(value: float, low: float, high: float, over: str = "") -> str:
    """`0.912 (0.890 to 0.930, 95 % over 480 rows)`; the value alone where it has no interval."""
    return f"{value:.3f}" if np.isnan(low) else f"{value:.3f} ({low:.3f} to {high:.3f}{over and f', 95 % over {over}'})"


def overall(answers: Answers) -> Score:
    """With its 95 % interval over rows."""
    if answers.is_score:
        return Score("mean absolute error", *bounds(mean_error(np.abs(answers.predicted - answers.labels))))
    return Score("accuracy", *bounds(share(answers.right)))


def reservation(answers: Answers) -> str:
    """Why a mean error has no interval, where it has none, or which kinds of rows have none."""
    if not answers.is_score:
        return ""
    return mean_error(np.abs(answers.predicted - answers.labels)).why or (
        f"kinds of fewer than {FEWEST} rows, and those whose mean few rows decide, have no interval"
    )


def confusion(answers: Answers) -> tuple[list[str], np.ndarray]:
    """(names, counts): rows are labels, columns answers. Every class of the task, and any other that occurs."""
    from sklearn.metrics import confusion_matrix

    if answers.is_score:
        raise ValueError("scores have no confusion matrix")
    ids = sorted(
        {*range(len(answers.names)), *np.unique(answers.labels).tolist(), *np.unique(answers.predicted).tolist()}
    )
    return [answers.name_of(i) for i in ids], confusion_matrix(answers.labels, answers.predicted, labels=ids)


def hardest(answers: Answers, most: int = HARDEST) -> list[int]:
    """Places of the rows with the highest loss, the highest first."""
    return np.argsort(-answers.loss, kind="stable")[:most].tolist()


def slices_of(run: Run, answers: Answers) -> list[Slice]:
    """Slices with the run's own word pieces; where its tokenizer is gone, those that need none."""
    config, edited = run.config(), word_edits(run)
    try:
        return slices(answers, load_pieces(config.model).tokenize, config.data.max_length, edited)
    except ModelError:
        return slices(answers, edited=edited)


def row_dict(answers: Answers, place: int) -> dict[str, Any]:
    """One row as a table or a document shows it."""
    shown = {"row": int(answers.rows[place]), "text": answers.texts[place]}
    if answers.pairs is not None:
        shown["pair"] = answers.pairs[place]
    shown |= {
        "label": answers.name_of(answers.labels[place]),
        "answer": answers.name_of(answers.predicted[place]),
        "loss": float(answers.loss[place]),
    }
    return shown if answers.is_score else {**shown, "confidence": float(answers.confidence[place])}


@dataclass(frozen=True)
class Costs:
    """What an error costs, of two classes."""

    alarm: float = 1.0
    """Of a row of class 0 that is answered as 1."""
    miss: float = 1.0
    """Of a row of class 1 that is answered as 0."""


def report(run: Run, step: int | None = None, costs: Costs = Costs()) -> dict[str, Any]:
    """The document of the verb `errors` for one run; parts that scores do not have are null. RunError; ValueError for
    costs that are not above zero."""
    answers = load_answers(run, step)
    score = overall(answers)
    matrix = None
    if not answers.is_score:
        names, counts = confusion(answers)
        matrix = {"labels": names, "counts": counts.tolist()}
    return {
        "run": run.id,
        "step": answers.step,
        "rows": len(answers), "evaluated": evaluated_rows(run, len(answers)),
        "metric": score.metric, "value": score.value, "low": score.low, "high": score.high,
        "note": answers.note or reservation(answers),
        "confusion": matrix,
        "slices": [
            {"slice": one.name, "rows": len(one.rows), "metric": one.metric, "value": one.value, "low": one.low,
             "high": one.high, "worse": one.worse}
            for one in slices_of(run, answers)
        ],
        "hardest": [row_dict(answers, place) for place in hardest(answers)],
        "calibration": None if answers.is_score else _calibration(answers, costs),
        "map": None if answers.is_score else _map(run, answers),
    }  # fmt: skip


def _calibration(answers: Answers, costs: Costs) -> dict[str, Any]:
    found = calibration(answers)
    bins = [{"low": one.low, "high": one.high, "rows": one.rows, "confidence": one.confidence,
             "accuracy": one.accuracy} for one in found.bins if one.rows]  # fmt: skip
    return {"ece": found.ece, "bins": bins, **_ranking(answers), "threshold": _threshold(answers, costs)}


def _threshold(answers: Answers, costs: Costs) -> dict[str, Any] | None:
    """From which probability of class 1 on to answer it, and what that costs a row; null unless two classes occur."""
    if answers.logits.shape[1] != 2 or len(np.unique(answers.labels)) != 2:
        return None
    cheapest = cheapest_threshold(answers, costs.alarm, costs.miss)
    return {"class": answers.name_of(1), **asdict(cheapest), "costs": asdict(costs)}


def _map(run: Run, answers: Answers) -> dict[str, Any]:
    """Every row by confidence and wavering over the kept evaluations; `why` there is none, in words."""
    try:
        found = data_map(run)
    except ValueError as error:
        return {"steps": [], "rows": [], "why": str(error)}
    lines = zip(answers.rows.tolist(), found.confidence.tolist(), found.wavering.tolist(), found.correctness.tolist(),
                strict=True)  # fmt: skip
    rows = [dict(zip(("row", "confidence", "wavering", "correctness"), line, strict=True)) for line in lines]
    return {"steps": list(found.steps), "rows": rows, "why": ""}


def _ranking(answers: Answers) -> dict[str, float | None]:
    """Areas under both curves of class 1, as the page draws them; null unless both of two classes occur."""
    try:
        found = curves(answers)
    except ValueError:
        return {"roc_auc": None, "average_precision": None}
    return {"roc_auc": found.roc_auc, "average_precision": found.average_precision}


def reports(runs: Sequence[Run], costs: Costs = Costs()) -> dict[str, Any]:
    """The first run's report; with others, theirs under `runs`, and how each of them parts from the first."""
    each = [report(run, costs=costs) for run in runs]
    document = {**each[0], "mcnemar": None}
    if len(runs) > 1:
        first = load_answers(runs[0])
        found = [disagreement(first, load_answers(run)) for run in runs[1:]]
        pairs = [{"run": run.id, "rows": one.rows, "b": one.b, "c": one.c, "p": one.p, "test": one.test,
                  "differ": first.rows[one.differ].tolist()}
                 for run, one in zip(runs[1:], found, strict=True)]  # fmt: skip
        document |= {"mcnemar": pairs[0], "disagreements": pairs, "runs": each}
    return document
