"""The parts of the Errors page: the sentence that answers it, figures whose parts can be chosen, and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import wording
from core.analysis.errors.answers import Answers, load_answers
from core.analysis.errors.calibration import calibration, cheapest_threshold, curves
from core.analysis.errors.data_map import data_map
from core.analysis.errors.disagreement import FAR, Disagreement, disagreement
from core.analysis.errors.report import Score, confusion, hardest, overall, reservation, row_dict, slices_of, span
from core.analysis.errors.slices import Slice
from core.runs.folder.store import Run, Store
from dashboard.errors import figures, marks
from dashboard.shared import formatting, markup, saving

MOST_ROWS = 200
NARROWEST_PX, WIDEST_PX = 75, 140
"""Of a column of classes."""
HEAD, HEAD_PX = 26, 130
"""Letters of a run's name over its answers, and the pixels that it may take for itself."""
TEXT_PX = 500
"""Of a text. It comes last: in a narrow window it is cut, and not what was answered."""
ORDER = ("label", "answer", "loss", "confidence", "text", "pair", "row")


@st.cache_data(show_spinner=False, max_entries=40)
def answers_of(run_id: str, step: int, root: str) -> Answers:
    return load_answers(Store(root).get(run_id), step)


@st.cache_data(show_spinner="Looking for kinds of rows …", max_entries=40)
def slices_at(run_id: str, step: int, root: str, _answers: Answers) -> list[Slice]:
    return slices_of(Store(root).get(run_id), _answers)


def verdict(score: Score, answers: Answers, found: Sequence[Slice]) -> str:
    """The page's answer in one or two sentences, as plain text."""
    whole = span(score.value, score.low, score.high, "rows")
    if answers.is_score:
        said = f"Off by {whole}, on average over {wording.rows(len(answers))}."
        told = reservation(answers)
        said += f" {wording.capital(told)}." if told else ""
    else:
        wrong = int((~answers.right).sum())
        said = f"{wrong:,} of {wording.rows(len(answers))} are answered wrongly: accuracy {whole}."
        told = answers.note
        said += f" {wording.capital(told)}." if told else ""
    worse = [one for one in found if one.worse]
    if not worse:
        return f"{said} No kind of row is worse than the others beyond chance."
    worst = worse[0]
    return f"{said} Worst: {worst.name}, {span(worst.value, worst.low, worst.high)} on {len(worst.rows):,} rows."


def draw_where(run: Run, answers: Answers) -> None:
    """Confusion beside slices; what is chosen in either lists its rows below."""
    found = slices_at(run.id, answers.step, str(run.dir.parent), answers)
    score = overall(answers)
    st.markdown(markup.escape_markdown(verdict(score, answers, found)))
    figure_room = st.container(key=f"error_figures-{run.id}")
    places, what = None, ""
    if answers.is_score:
        right = figure_room  # there are no cells beside it
    else:
        names, counts = confusion(answers)
        many = len(names) > figures.NUMBERED_UP_TO  # half of the page has no room for their names
        left, right = (figure_room, figure_room) if many else figure_room.columns([5, 6], gap="medium")
        cells = marks.draw(
            figures.confusion_figure(names, counts), f"confusion-{run.id}", f"cell-{run.id}",
            lambda cell: f"{names[cell[0]]} > {names[cell[1]]}", run, left,
        )  # fmt: skip
        if cells:
            places, what = _of_cells(answers, names, cells), "in the chosen cells"
    chosen = marks.draw(
        figures.slice_figure(found, score.value), f"slices-{run.id}", f"slice-{run.id}",
        lambda kind: found[kind[0]].name, run, right,
    )  # fmt: skip
    if chosen:
        rows = np.array(sorted({place for (index,) in chosen for place in found[index].rows}))
        places = rows if places is None else np.intersect1d(places, rows)
        what = f"{what} and kinds" if what else "of the chosen kinds"
    if places is None:
        parts = "a kind" if answers.is_score else "a cell or a kind"
        places, what = np.array(hardest(answers, MOST_ROWS)), f"of the highest loss; choose {parts} to filter"
    draw_rows(answers, places, what)


def _of_cells(answers: Answers, names: Sequence[str], cells: Sequence[Sequence[int]]) -> np.ndarray:
    """Places of the rows in confusion cells (label index, answer index), the hardest first."""
    wanted = {(names[i], names[j]) for i, j in cells}
    inside = [
        (answers.name_of(label), answers.name_of(answer)) in wanted
        for label, answer in zip(answers.labels, answers.predicted, strict=True)
    ]
    places = np.flatnonzero(inside)
    return places[np.argsort(-answers.loss[places], kind="stable")]


def draw_rows(answers: Answers, places: Sequence[int] | np.ndarray, what: str) -> None:
    """Rows with label, answer, confidence and loss."""
    shown = [row_dict(answers, int(place)) for place in places[:MOST_ROWS]]
    more = f"; the first {MOST_ROWS} are shown" if len(places) > MOST_ROWS else ""
    markup.note(f"{wording.rows(len(places))} {what}{more}")
    if shown:
        st.dataframe(
            pd.DataFrame(shown),
            hide_index=True,
            column_order=[name for name in ORDER if name in shown[0]],
            column_config=_columns(answers.names),
            alt="Rows with label and answer",
        )


def _columns(classes: Sequence[str]) -> dict[str, Any]:
    named = _width(classes)
    return {
        "row": st.column_config.NumberColumn("Row", width=60, help="Its number among the evaluation rows"),
        "text": st.column_config.TextColumn("Text", width=TEXT_PX),
        "pair": st.column_config.TextColumn("Second text", width=TEXT_PX),
        "label": st.column_config.TextColumn("Label", width=named),
        "answer": st.column_config.TextColumn("Answer", width=named),
        "loss": st.column_config.NumberColumn("Loss", format="%.3f", width=62),
        "confidence": st.column_config.NumberColumn(
            "Conf.", format="%.3f", width=62, help="Confidence: the probability of the answer given"
        ),
    }


def _width(words: Sequence[str]) -> int:
    """Pixels of a column that shows such words: whole, as far as the text beside it leaves them room."""
    longest = max(map(len, words), default=0)
    return min(max(NARROWEST_PX, 24 + 7 * longest), WIDEST_PX)


def draw_map(run: Run, answers: Answers) -> None:
    """Rows by confidence and wavering over the kept evaluations; a lasso lists them."""
    try:
        found = data_map(run)
    except ValueError as error:
        markup.empty(f"{wording.capital(str(error))}.")
        return
    event = saving.draw(
        figures.data_map_figure(found, answers), f"map-{run.id}", [run], on_select="rerun",
        selection_mode=("lasso", "box"),
    )  # fmt: skip
    markup.note(
        "Low and steady: hard, or labelled wrongly. High and steady: easy. Far right: the run changed its mind. "
        "These are evaluation rows over training (after Swayamdipta et al. 2020). Draw a lasso to read rows."
    )
    picked = [int(point["customdata"][0]) for point in event.selection.points]
    if picked:
        draw_rows(answers, picked, "inside the lasso")
    else:
        suspicious = np.argsort(found.confidence + found.wavering)[:20]
        draw_rows(answers, suspicious, "that are hardest and steadiest: look whether their labels are right")


def draw_calibration(run: Run, answers: Answers) -> None:
    if answers.is_score:
        markup.empty("Scores have no probabilities to calibrate.")
        return
    left, right = st.columns(2, gap="medium")
    saving.draw(figures.reliability_figure(calibration(answers)), f"reliability-{run.id}", [run], left, tools=False)
    if answers.logits.shape[1] != 2:
        with right:
            markup.empty("Curves and a threshold by cost need two classes; this run has "
                         f"{answers.logits.shape[1]}.")  # fmt: skip
        return
    try:
        found = curves(answers)
    except ValueError as error:
        with right:
            markup.empty(f"{wording.capital(str(error))}.")
        return
    name = answers.name_of(1)
    with right:
        curve = f"curve-{run.id}"
        roc, recall = st.tabs(["ROC", "Precision and recall"], key=curve, on_change="rerun", bind="query-params")
        saving.draw(figures.roc_figure(found, name), f"roc-{run.id}", [run], roc)
        saving.draw(figures.precision_recall_figure(found, name), f"recall-{run.id}", [run], recall)
    first, second = st.columns(2)
    alarm = first.number_input(
        f"Cost of answering “{name}” wrongly", 0.01, 1e6, 1.0, key=f"alarm-{run.id}", bind="query-params"
    )
    miss = second.number_input(f"Cost of missing “{name}”", 0.01, 1e6, 1.0, key=f"miss-{run.id}", bind="query-params")
    markup.note(figures.threshold_sentence(cheapest_threshold(answers, alarm, miss), name))


def draw_disagreement(first: Answers, second: Answers, names: tuple[str, str]) -> None:
    """Who is right where the other is wrong, with McNemar's test, and the rows on which they part."""
    try:
        found = disagreement(first, second)
    except ValueError as error:
        markup.empty(f"{wording.capital(str(error))}.")
        return
    markup.headline_figures(
        [
            (f"only {names[0]} is right" if not first.is_score else f"{names[0]} is nearer", f"{found.b:,}", "rows"),
            (f"only {names[1]} is right" if not first.is_score else f"{names[1]} is nearer", f"{found.c:,}", "rows"),
            (f"p, {found.test}", formatting.number(found.p), "below 0.05: more than chance"),
        ]
    )
    st.markdown(markup.escape_markdown(found.sentence()))
    frame = _parting(first, second, found, names)
    apart = f"answered more than {FAR:g} apart" if first.is_score else "answered differently"
    markup.note(f"{len(frame):,} rows are {apart}.")
    if len(frame):
        st.dataframe(
            frame.head(MOST_ROWS), hide_index=True, alt="Rows that the two runs answer differently",
            column_config=_two_columns(frame, first.names),
        )  # fmt: skip


def heads_of(runs: Sequence[str]) -> list[str]:
    """Names of two runs over narrow columns: from the word on that tells them apart."""
    words = [run.split(" ") for run in runs]
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*words, strict=False)))
    if max(map(len, runs)) > HEAD and 0 < same < min(map(len, words)):
        runs = [" ".join(("…", *own[same:])) for own in words]
    return formatting.short_names(runs, HEAD)


def _two_columns(frame: pd.DataFrame, classes: Sequence[str]) -> dict[str, Any]:
    """A label and the answers, headed by what tells the two runs apart, then the text."""
    label, *runs, text = frame.columns
    heads = heads_of(runs)
    return {
        text: st.column_config.TextColumn(width=TEXT_PX),
        label: st.column_config.Column(width=_width(classes)),
        **{
            run: st.column_config.Column(head, width=max(_width(classes), min(_width([head]), HEAD_PX)))
            for run, head in zip(runs, heads, strict=True)
        },
    }


def _parting(first: Answers, second: Answers, found: Disagreement, names: tuple[str, str]) -> pd.DataFrame:
    rows = [
        {
            "Label": first.name_of(first.labels[i]),
            names[0]: first.name_of(first.predicted[i]),
            names[1] if names[1] != names[0] else f"{names[1]} (second)": second.name_of(second.predicted[j]),
            "Text": first.texts[i] + (f" ‖ {first.pairs[i]}" if first.pairs else ""),
        }
        for i, j in zip(found.differ, found.differ_second, strict=True)
    ]
    return pd.DataFrame(rows)
