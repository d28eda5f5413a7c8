"""The parts of the Clusters page: waiting for pictures, the verdict, tables, and the rows that were chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from core import wording
from core.analysis import cluster_verdict, fairness
from core.analysis.clusters import Comparison
from core.analysis.intervals import LIKE_THESE
from core.analysis.kept_rows import KeptRows
from core.analysis.measures import QuickMeasures
from core.lab import lab
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.clusters import comparison, frames, pictures, tables
from dashboard.clusters.frames import KeptStep
from dashboard.shared import errors, markup, run_words

METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
MEASURE_WAIT_S = 0.5
"""What is measured by then is drawn with the pictures; the rest follows."""


@errors.boundary("The pictures")
def wait_for_pictures(layout: frames.Layout, meanwhile: str) -> None:
    answer, asked = frames.lay(layout)
    if answer.ready:
        st.rerun()
    share = asked.done / asked.total if asked.total else 0.0
    done = f"picture {asked.done} of {asked.total}" if asked.total else "getting ready …"
    markup.progress_bar(share, f"{METHODS[layout.method]}, {done}{meanwhile}")


@errors.boundary("What is measured")
def wait_for_measures(taken: tuple[KeptStep, ...], space: str, had_ends: bool) -> None:
    """Until all is measured; the page is drawn anew once with the ends, and then with all."""
    answer, asked = frames.measure(taken, space, 0.0)
    if answer.ready or (asked.has_ends and not had_ends):
        st.rerun()
    count = len(asked.found)
    markup.progress_bar(count / len(taken), f"Neighbours and figures of picture {count} of {len(taken)}")


def lay_out(
    runs: Sequence[Run], method: str, space: str
) -> tuple[list[list[frames.Frame]], Mapping[KeptStep, QuickMeasures], str]:
    """(every frame, what was measured so far, the projection that they are drawn by): PCA while another is worked out,
    or cannot be. No frames where there is nothing to draw yet, or ever; the page has said so then."""
    taken, said = frames.places(runs), set()
    for name in dict.fromkeys((method, "pca")):
        layout = frames.Layout(taken, name, space)
        answer, _ = frames.lay(layout)
        if answer.error:
            if answer.error not in said:  # one row has no picture by any method, for the same reason
                st.warning(markup.escape_markdown(wording.capital(answer.error) + "."), icon=":material/info:")
            said.add(answer.error)
        elif answer.ready:
            return *_measured(runs, layout, answer.value), name
        else:
            meanwhile = "; meanwhile PCA" if name != "pca" else ""
            st.fragment(wait_for_pictures, run_every=0.7)(layout, meanwhile)
    return [], {}, method


def _measured(
    runs: Sequence[Run], layout: frames.Layout, pictures: Sequence[np.ndarray]
) -> tuple[list[list[frames.Frame]], Mapping[KeptStep, QuickMeasures]]:
    answer, asked = frames.measure(layout.taken, layout.space, MEASURE_WAIT_S)
    found = dict(asked.found)
    if answer.error:
        st.warning(markup.escape_markdown(f"Not everything could be measured: {answer.error}"), icon=":material/info:")
    return frames.by_run(runs, layout, pictures, found), found


def measuring(runs: Sequence[Run], space: str, drawn: Mapping[KeptStep, QuickMeasures]) -> None:
    """How far what is measured is, where the page was drawn without some of it; beneath the pictures, which stay."""
    taken = frames.places(runs)
    answer, asked = frames.measure(taken, space, 0.0)
    if not answer.error and len(drawn) < len(taken):
        had_ends = all(place in drawn for place in asked.ends)
        st.fragment(wait_for_measures, run_every=1.0)(taken, space, had_ends)


@errors.boundary("The comparison")
def wait_for_comparison(runs: Sequence[Run], step: int, space: str, weights: str) -> None:
    if comparison.compare(runs, step, space, weights, wait_s=0.0).ready:
        st.rerun()
    markup.note("Figures with their intervals are being measured …")


def compared(runs: Sequence[Run], step: int, space: str, weights: str) -> Comparison | None:
    """The comparison; None where it is not there yet, or cannot be: the page has said so then."""
    answer = comparison.compare(runs, step, space, weights)
    if answer.error:
        st.warning(markup.escape_markdown(answer.error), icon=":material/info:")
    elif not answer.ready:
        st.fragment(wait_for_comparison, run_every=1.0)(runs, step, space, weights)
    return answer.value


@errors.boundary("The wait for their end")
def wait_for_end(ids: Sequence[str], names: Mapping[str, str], why: str) -> None:
    """How far runs in training are; the page is drawn anew once one of them has ended."""
    active = [info for run_id in ids if (info := Store().look(run_id)) is not None and run_words.is_active(info)]
    if len(active) < len(ids):
        st.rerun()
    for info in active:
        markup.progress_bar(run_words.progress(info), f"{names[info.id]}: {run_words.progress_line(info)}")
    markup.note(why)


def verdict(every: Comparison, runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """What it comes to, and whether that is fair; nothing of runs at different steps while one of them still trains."""
    training = [run.id for run in runs if run.status().state in run_words.ACTIVE]
    unequal = len({one.step for one in every.kept}) > 1
    if training:
        why = "A verdict follows at its end: until then its steps are fewer." if unequal else "Drawn anew at its end."
        st.fragment(wait_for_end, run_every=1.0)(training, names, why)
    if len(runs) < 2 and not every.contrasts:
        markup.note("Choose a second run to compare.")
        return
    if not (training and unequal):
        st.markdown(f"**{markup.escape_markdown(cluster_verdict.verdict(every))}**")
    if every.judged.fair:
        markup.note(every.judged.sentence())
    else:
        st.warning(markup.escape_markdown(every.judged.sentence()), icon=":material/balance:")


def more_pairs(shown: Comparison, runs: Sequence[Run], infos: Sequence[RunInfo]) -> None:
    """What would make the verdict surer: fair pairs with other seeds."""
    groups = [runs[group.runs[0]].config() for group in shown.groups]
    if len(groups) != 2 or not shown.judged.fair:
        return
    wanted, now = {fairness.without_seed(group) for group in groups}, lab()
    have = comparison.having(infos, wanted, now)
    more = tables.more_pairs(groups, have, now)
    waiting = [i for i in infos if run_words.is_active(i) and i.config and fairness.without_seed(i.config) in wanted]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Five more fair pairs", icon=":material/add:", key="more-pairs", disabled=bool(waiting)):
            actions.start(more)
            state.queue_message(f"{len(more)} runs wait their turn; the verdict follows them.")
            st.rerun()
        said = f"{len(waiting)} of them at work or waiting." if waiting else "Each is both runs with another seed."
        if any(one.lab != now for one in have):
            said += " The lab has changed since some of these runs: earlier pairs count, new ones are run in full."
        markup.note(said)


def figures(shown: Comparison, every: Comparison, names: dict[str, str], classes: dict[int, str]) -> None:
    for run, one in zip(shown.runs, shown.measured, strict=True):
        if one.measures.why:
            markup.note(f"{names[run.id]}: {one.measures.why}.")
    if any(one.measures.figures for one in shown.measured):
        st.html(markup.plain_table(tables.figure_table(shown, names)))
        markup.note(tables.brackets(shown))
    if len(every.runs) > len(shown.runs):
        st.markdown("**Over seeds**")
        st.html(markup.plain_table(tables.seed_table(every)))
        markup.note(
            "Mean ± the standard deviation between seeds, in brackets the 95 % interval of the mean. " + LIKE_THESE
        )
    if shown.measured[0].measures.by_class:
        with st.expander("By class"):
            st.html(markup.plain_table(tables.class_table(shown, classes, names)))


def chosen(
    runs: Sequence[Run],
    kept: Sequence[KeptRows],
    chosen: pictures.Chosen,
    names: dict[str, str],
    classes: dict[int, str],
    space: str,
) -> None:
    """The rows inside the lasso, and the one that was clicked."""
    texts = comparison.texts(runs[0])
    if chosen.row is not None:
        row = chosen.row
        with st.container(border=True, key="opened_row"):
            st.markdown(f"**{markup.escape_markdown(tables.label(kept[0], row, classes))}**")
            st.html(f'<div class="lab-text small">{markup.escape_html(texts[row] if row < len(texts) else "")}</div>')
            for column, run, one in zip(st.columns(len(kept)), runs, kept, strict=True):
                with column:
                    said = tables.answer(one, row, classes)
                    st.markdown(f"{markup.escape_markdown(names[run.id])}: **{markup.escape_markdown(said)}**")
                    steps = run.embedding_steps()
                    through = tables.over_training([frames.kept(str(run.dir), step) for step in steps], row, classes)
                    markup.facts({f"step {step}": text for step, text in zip(steps, through, strict=True)})
                    st.html(markup.plain_table(tables.neighbour_table(one, space, row, classes, texts)))
    if chosen.rows:
        frame = tables.chosen_rows(kept, names, classes, texts, chosen.rows)
        st.dataframe(frame, hide_index=True, alt="Rows inside the lasso")
        st.download_button(
            "These rows (CSV)", frame.to_csv(index=False), "rows.csv", icon=":material/download:", key="rows-csv"
        )
