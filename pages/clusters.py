"""CLUSTERS: does the loss separate the classes?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.analysis import recorded
from core.plan.recipes import RECIPES
from core.runs.folder.store import Run, RunInfo, Store
from core.wording import percent
from dashboard import actions, run_choice, state
from dashboard.clusters import comparison, frames, panels, pictures, tables
from dashboard.shared import errors, markup, run_words

STEP = "step"
"""In the address: where the slider rests, unless at the end."""
SPACES = {"pooled": "embedding", "logits": "logits"}


def draw_empty(infos: Sequence[RunInfo]) -> None:
    """Nothing to compare yet: offer the pair, or say that it is on its way."""
    active = [info for info in infos if run_words.is_active(info)]
    if active:
        with markup.empty("No run has kept embeddings yet; the first ones come within seconds of the start."):
            for info in active[:4]:
                markup.progress_bar(run_words.progress(info), f"{info.name}: {run_words.progress_line(info)}")
        return
    box = markup.empty(
        "No run has embeddings yet. Start the pair on demo-intents, with and without a contrastive term: "
        "same rows, same batches, about a minute."
    )
    with box, st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Start the pair", type="primary", key="pair", help=RECIPES["ce-joint"].description):
            actions.start_and_show(RECIPES["ce-joint"].configs)
        st.page_link(actions.page("launch"), label="Choose settings", icon=":material/rocket_launch:")


@errors.boundary("The wait for embeddings")
def wait_for_embeddings() -> None:
    infos = Store().list()
    if run_choice.having_embeddings(infos) or not any(run_words.is_active(info) for info in infos):
        st.rerun()
    draw_empty(infos)


def awaited(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """Active runs that the address names (a pair that was just started), while one of them will have embeddings soon:
    with those that have some already, for whose end the others may be waiting."""
    named = st.query_params.get_all(state.RUN_PARAMETER)
    asked = [info for info in infos if info.id in named]
    active = [info for info in asked if run_words.is_active(info)]
    ready = {info.id for info in run_choice.having_embeddings(asked)}
    return active if any(info.id not in ready for info in active) else []


@errors.boundary("The wait for these runs")
def wait_for_runs(ids: Sequence[str]) -> None:
    every = Store().list()
    infos = awaited(every)
    if [info.id for info in infos] != list(ids):
        st.rerun()
    before = [info for info in every if info.state == "running" and info.id not in ids]
    with markup.empty("These runs are compared here as soon as they have kept embeddings, seconds after they start."):
        for info in reversed(infos):  # the one that was started first comes first
            markup.progress_bar(run_words.progress(info), f"{info.name}: {run_words.progress_line(info)}")
        if before and not any(info.state == "running" for info in infos):
            markup.note(
                "Before them: " + "; ".join(f"{one.name}, {run_words.progress_line(one)}" for one in before) + "."
            )
        if st.button("Compare other runs meanwhile", key="other-runs"):
            state.remember_runs([])
            st.rerun()


WEIGHTS = {"last": "Last", "best": "Best"}


def draw_controls(scores: bool) -> tuple[str, str, str, str]:
    """How they are shown: (projection, space, colouring), and whether up to the last or the best evaluation."""

    def choice(column: st.delta_generator.DeltaGenerator, label: str, options: Mapping[str, str], key: str) -> str:
        state.read_address(key, options)
        return column.segmented_control(
            label,
            list(options),
            format_func=lambda name: options[name],
            default=next(iter(options)),
            required=True,
            key=key,
            bind="query-params",
        )

    left, middle, place, right = st.container(key="cluster_controls").columns([1.1, 1, 0.8, 1.9])
    named = {**pictures.COLOURINGS, "class": "Score"} if scores else pictures.COLOURINGS
    return (
        choice(left, "Projection", panels.METHODS, "projection"),
        choice(middle, "Space", SPACES, "space"),
        choice(right, "Colour", named, "colour"),
        choice(place, "Evaluation", WEIGHTS, "weights"),
    )


def draw_compared(chosen_runs: list[Run], infos: Sequence[RunInfo], names: dict[str, str]) -> None:
    runs, others = comparison.of_one_kind(chosen_runs)
    for run in others:
        st.warning(
            markup.escape_markdown(
                f"{names[run.id]} is not drawn beside {names[runs[0].id]}: it was evaluated on other rows "
                f"({run.config().task}). Compare runs of one task with the same evaluation rows."
            ),
            icon=":material/balance:",
        )
    last = comparison.steps_of(runs)[-1]
    kept = [frames.last(run) for run in runs]
    shown_at = tuple((str(run.dir), one.step) for run, one in zip(runs, kept, strict=True))
    classes = comparison.class_names(runs[0], kept)
    method, space, colouring, weights = draw_controls(kept[0].is_score)
    ends = comparison.at_step(runs, last, weights)
    room = st.container(key="cluster_answer" if len(runs) > 1 else None)  # so that the pictures stay where they are
    answer = room.empty()  # it stands first, in sight of the pictures; they need not wait for it
    siblings = comparison.siblings(runs, infos)
    if not all(
        comparison.is_known(some, last, space, weights) for some in (runs, siblings)
    ):  # at a lasso the verdict stays as it stands
        with answer.container():
            markup.note("The verdict is being worked out …")
    begun = state.asked_number(STEP, comparison.steps_of(runs))
    comparison.compare(runs, last if begun is None else begun, space, weights, wait_s=0.0)  # beside the pictures
    laid, measured, method = panels.lay_out(runs, method, space)
    laid = [[one for one in found if one.step <= ends[run.id]] for run, found in zip(runs, laid, strict=False)]
    chosen = pictures.Chosen([], None, None)
    if laid:
        texts = comparison.texts(runs[0])
        suggested = comparison.suggestions(runs, last, measured, classes, names, weights)
        called_runs = [names[run.id] for run in runs]
        settings = {"projection": method, "space": space, "runs": {run.id: run.config().to_dict() for run in runs}}
        drawn = pictures.payload(called_runs, laid, kept[0], texts, classes, colouring, suggested, settings)
        chosen = pictures.draw(drawn, state.asked_number(STEP, drawn["steps"]))
        state.tell_number(STEP, chosen.step)
        panels.measuring(runs, space, measured)
        share = frames.explained(shown_at, space) if method == "pca" else 0.0
        how = tables.HOW_TO_READ[method].format(share=percent(share))
        rows = len(kept[0].labels)
        told = recorded.rows_told(rows, recorded.evaluated_rows(runs[0], rows))
        markup.note(f"{told}, one space for all runs and steps. {how}")
        at = ", ".join(f"{names[run.id]} at step {ends[run.id]}" for run in runs)
        markup.note(f"Up to the {weights} evaluation: {at}.")
        for run, place in zip(runs, shown_at, strict=True):
            if said := frames.coincidence(*place, space):
                markup.note(f"{names[run.id]}: {said}")
    step = chosen.step if chosen.step is not None else last
    shown = panels.compared(runs, step, space, weights)
    if shown is not None:
        related = siblings if step == last else runs
        every = panels.compared(related, last, space, weights) if len(related) > len(runs) else shown
        if every is not None:
            with answer.container():
                panels.verdict(every, runs, names)
        panels.more_pairs(shown, runs, infos)
        panels.figures(shown, every or shown, names, classes)
    taken = comparison.at_step(runs, step, weights)
    panels.chosen(runs, [frames.kept(str(run.dir), taken[run.id]) for run in runs], chosen, names, classes, space)


def body() -> None:
    markup.heading(
        "Clusters", "Whether the loss separates the classes: the same rows as two runs see them, in one aligned space."
    )
    state.show_messages()
    every = Store().list()
    if waiting := awaited(every):
        st.fragment(wait_for_runs, run_every=1.0)([info.id for info in waiting])
        return
    infos = run_choice.having_embeddings(every)
    if not infos:
        active = any(run_words.is_active(info) for info in every)
        if active:
            st.fragment(wait_for_embeddings, run_every=1.0)()
        else:
            draw_empty(every)
        return
    runs = run_choice.choose(
        infos, "cluster_runs", comparison.MOST_RUNS, propose=lambda chosen: comparison.proposed(infos, chosen)
    )
    if not runs:
        markup.empty("Choose at least one run above.")
        return
    draw_compared(runs, every, run_words.unique_names(infos))


body()
