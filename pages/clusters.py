"""CLUSTERS: does the loss separate the classes?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.plan.recipes import RECIPES
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.clusters import comparison, figures
from dashboard.shared import charts, errors, markup, run_table

METHODS = {"pca": "PCA", "tsne": "t-SNE"}


def draw_empty(infos: Sequence[RunInfo]) -> None:
    """Nothing to compare yet: offer the pair, or say that it is on its way."""
    active = [info for info in infos if run_table.is_active(info)]
    if active:
        with markup.empty("No run has kept embeddings yet; the first ones come within seconds of the start."):
            for info in active[:4]:
                markup.progress_bar(run_table.progress(info), f"{info.name}: {run_table.progress_line(info)}")
        return
    box = markup.empty(
        "No run has embeddings yet. Start the cross-entropy and joint-loss pair on demo-intents: "
        "same rows, same batches, about a minute."
    )
    with box, st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Start the pair", type="primary", key="pair", help=RECIPES["ce-joint"].description):
            actions.start_and_show(RECIPES["ce-joint"].configs)
        st.page_link(actions.page("launch"), label="Choose settings", icon=":material/rocket_launch:")


@errors.boundary("The wait for embeddings")
def wait_for_embeddings() -> None:
    infos = Store().list()
    if comparison.having_embeddings(infos) or not any(run_table.is_active(info) for info in infos):
        st.rerun()
    draw_empty(infos)


def choose_runs(infos: Sequence[RunInfo]) -> list[Run]:
    """The runs to compare: those chosen before, else the newest fair pair, else the newest run."""
    ids, names = [info.id for info in infos], run_table.unique_names(infos)
    kept = [run_id for run_id in st.session_state.get("cluster_runs", []) if run_id in ids]
    st.session_state["cluster_runs"] = kept or comparison.proposed(infos, state.selected_runs(ids))
    picked = st.multiselect(
        "Runs", ids, format_func=names.__getitem__, key="cluster_runs", max_selections=comparison.MOST_RUNS
    )
    state.remember_runs(picked)
    return [Store().get(run_id) for run_id in picked]


def draw_controls(runs: Sequence[Run]) -> tuple[int, str, str]:
    """How they are shown: (step, projection, colouring)."""
    steps = comparison.steps_of(runs)
    left, middle, right = st.columns([3, 1, 2], vertical_alignment="bottom")
    step = steps[-1]
    if len(steps) > 1:
        step = left.select_slider("Training step", steps, value=steps[-1], key=f"step-{len(steps)}-{steps[-1]}")
    method = middle.segmented_control(
        "Projection",
        list(METHODS),
        format_func=METHODS.__getitem__,
        default="pca",
        required=True,
        key="projection",
        bind="query-params",
    )
    colouring = right.segmented_control(
        "Colour", comparison.COLOURINGS, default="class", required=True, key="colour", bind="query-params"
    )
    return step, method, colouring


def draw_fairness(runs: Sequence[Run], drawn: Sequence[comparison.View]) -> None:
    if len(runs) < 2:
        markup.note("Choose a second run to compare.")
        return
    judged = comparison.judge(runs, drawn)
    if judged.fair:
        markup.note(judged.sentence())
    else:
        st.warning(markup.escape_markdown(judged.sentence()), icon=":material/balance:")


def draw_scores(drawn: Sequence[comparison.View], names: dict[str, str]) -> None:
    for column, view in zip(st.columns(len(drawn), gap="medium"), drawn, strict=True):
        with column:
            st.markdown(f"**{markup.escape_markdown(names[view.run_id])}**, step {view.step:,}")
            markup.headline_figures(comparison.score_figures(view))


def draw_compared(runs: list[Run], names: dict[str, str]) -> None:
    step, method, colouring = draw_controls(runs)
    drawn = comparison.views(runs, step, method)
    draw_fairness(runs, drawn)
    draw_scores(drawn, names)
    labels = comparison.label_names(runs[0].config(), drawn[0].labels)
    shown = comparison.texts(runs[0])
    colors, symbols = comparison.palette(labels, colouring)
    figure = figures.cluster_figure(
        [view.points for view in drawn],
        [comparison.groups(view, labels, colouring) for view in drawn], [comparison.texts(run) for run in runs],
        colors, symbols,
    )  # fmt: skip
    event = st.plotly_chart(
        figure, key="clusters", config=charts.LASSO, on_select="rerun", selection_mode=("lasso", "box")
    )
    picked = figures.picked_rows(event.selection.points)
    markup.note(
        f"{len(drawn[0].labels):,} evaluation rows, {METHODS[method]} to two dimensions, turned onto the first run. "
        "The figures above are measured in the embedding space itself. Draw a lasso round points to read them."
    )
    if picked:
        st.dataframe(
            comparison.chosen_rows(drawn, names, labels, shown, picked), hide_index=True, alt="Rows inside the lasso"
        )


def body() -> None:
    markup.heading(
        "Clusters", "Whether the loss separates the classes: the same rows as two runs see them, in one aligned space."
    )
    state.show_messages()
    every = Store().list()
    infos = comparison.having_embeddings(every)
    if not infos:
        active = any(run_table.is_active(info) for info in every)
        if active:
            st.fragment(wait_for_embeddings, run_every=1.0)()
        else:
            draw_empty(every)
        return
    runs = choose_runs(infos)
    if not runs:
        markup.empty("Choose at least one run above.")
        return
    draw_compared(runs, run_table.unique_names(infos))


body()
