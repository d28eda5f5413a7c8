"""CLUSTERS: does the loss separate the classes?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.analysis import clusters, projection
from core.analysis.clusters import Comparison
from core.analysis.measures import load_kept
from core.plan.recipes import RECIPES
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.clusters import comparison, pictures, tables
from dashboard.shared import errors, markup, run_words

METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
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
    if comparison.having_embeddings(infos) or not any(run_words.is_active(info) for info in infos):
        st.rerun()
    draw_empty(infos)


def choose_runs(infos: Sequence[RunInfo]) -> list[Run]:
    """The runs to compare: those chosen before, else the newest fair pair, else the newest run."""
    ids, names = [info.id for info in infos], run_words.unique_names(infos)
    kept = [run_id for run_id in st.session_state.get("cluster_runs", []) if run_id in ids]
    st.session_state["cluster_runs"] = kept or comparison.proposed(infos, state.selected_runs(ids))
    picked = st.multiselect(
        "Runs", ids, format_func=lambda run_id: names[run_id], key="cluster_runs", max_selections=comparison.MOST_RUNS
    )
    state.remember_runs(picked)
    return [Store().get(run_id) for run_id in picked]


def draw_controls(scores: bool) -> tuple[str, str, str]:
    """How they are shown: (projection, space, colouring)."""

    def choice(column: st.delta_generator.DeltaGenerator, label: str, options: Mapping[str, str], key: str) -> str:
        return column.segmented_control(
            label,
            list(options),
            format_func=lambda name: options[name],
            default=next(iter(options)),
            required=True,
            key=key,
            bind="query-params",
        )

    left, middle, right = st.columns([1.1, 1, 1.9])
    named = {**pictures.COLOURINGS, "class": "Score"} if scores else pictures.COLOURINGS
    return (
        choice(left, "Projection", METHODS, "projection"),
        choice(middle, "Space", SPACES, "space"),
        choice(right, "Colour", named, "colour"),
    )


@errors.boundary("The pictures")
def wait_for_pictures(runs: Sequence[Run], method: str, space: str, meanwhile: str) -> None:
    answer, asked = comparison.lay(runs, method, space)
    if answer.ready:
        st.rerun()
    share = asked.done / asked.total if asked.total else 0.0
    done = f"picture {asked.done} of {asked.total}" if asked.total else "getting ready …"
    markup.progress_bar(share, f"{METHODS[method]}, {done}{meanwhile}")


def lay_out(runs: Sequence[Run], method: str, space: str) -> tuple[list[list[comparison.Frame]], str]:
    """Every frame and the projection that it is drawn by: PCA while another is worked out, or cannot be. No frames
    where there is nothing to draw yet, or ever; the page has said so then."""
    for name in dict.fromkeys((method, "pca")):
        answer, _ = comparison.lay(runs, name, space)
        if answer.error:
            st.warning(
                markup.escape_markdown(answer.error[:1].upper() + answer.error[1:] + "."), icon=":material/info:"
            )
        elif answer.ready:
            return comparison.by_run(runs, answer.value), name
        else:
            meanwhile = "; meanwhile PCA" if name != "pca" else ""
            st.fragment(wait_for_pictures, run_every=0.7)(runs, name, space, meanwhile)
    return [], method


def draw_verdict(shown: Comparison, every: Comparison, runs: Sequence[Run], infos: Sequence[RunInfo]) -> None:
    """What it comes to, whether that is fair, and what would make it surer."""
    if len(runs) < 2 and not every.contrasts:
        markup.note("Choose a second run to compare.")
        return
    st.markdown(f"**{markup.escape_markdown(clusters.verdict(every))}**")
    if every.judged.fair:
        markup.note(every.judged.sentence())
    else:
        st.warning(markup.escape_markdown(every.judged.sentence()), icon=":material/balance:")
    have = [(clusters.without_seed(i.config), i.config.seed) for i in infos
            if i.config and i.state in ("finished", "running", "queued")]  # fmt: skip
    groups = [runs[group.runs[0]].config() for group in shown.groups]
    if len(groups) == 2 and shown.judged.fair:
        more = tables.more_pairs(groups, have)
        waiting = [i for i in infos if run_words.is_active(i) and i.config
                   and clusters.without_seed(i.config) in {clusters.without_seed(g) for g in groups}]  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Five more fair pairs", icon=":material/add:", key="more-pairs", disabled=bool(waiting)):
                actions.start(more)
                state.queue_message(f"{len(more)} runs wait their turn; the verdict follows them.")
                st.rerun()
            said = f"{len(waiting)} of them at work or waiting." if waiting else "Each is both runs with another seed."
            markup.note(said)


def draw_tables(shown: Comparison, every: Comparison, names: dict[str, str], classes: dict[int, str]) -> None:
    for run, one in zip(shown.runs, shown.measured, strict=True):
        if one.measures.why:
            markup.note(f"{names[run.id]}: {one.measures.why}.")
    if any(one.measures.figures for one in shown.measured):
        st.html(markup.plain_table(tables.figure_table(shown, names)))
        markup.note("In brackets: 95 % intervals over rows, measured in the space itself and not in the picture.")
    if len(every.runs) > len(shown.runs):
        st.markdown("**Over seeds**")
        st.html(markup.plain_table(tables.seed_table(every)))
        markup.note("Mean, in brackets its 95 % interval over seeds, ± the standard deviation between seeds.")
    if shown.measured[0].measures.by_class:
        with st.expander("By class"):
            st.html(markup.plain_table(tables.class_table(shown, classes, names)))


def draw_chosen(
    shown: Comparison, chosen: pictures.Chosen, names: dict[str, str], classes: dict[int, str], space: str
) -> None:
    """The rows inside the lasso, and the one that was clicked."""
    texts = comparison.texts(shown.runs[0])
    if chosen.row is not None:
        row, kept = chosen.row, shown.kept
        with st.container(border=True, key="opened_row"):
            st.markdown(f"**{markup.escape_markdown(tables.label(kept[0], row, classes))}**")
            st.html(f'<div class="lab-text small">{markup.escape_html(texts[row] if row < len(texts) else "")}</div>')
            for column, run, one in zip(st.columns(len(kept)), shown.runs, kept, strict=True):
                with column:
                    said = tables.answer(one, row, classes)
                    st.markdown(f"{markup.escape_markdown(names[run.id])}: **{markup.escape_markdown(said)}**")
                    steps = run.embedding_steps()
                    through = tables.over_training([load_kept(run, step) for step in steps], row, classes)
                    markup.facts({f"step {step}": text for step, text in zip(steps, through, strict=True)})
                    st.html(markup.plain_table(tables.neighbour_table(one, space, row, classes, texts)))
    if chosen.rows:
        frame = tables.chosen_rows(shown.kept, names, classes, texts, chosen.rows)
        st.dataframe(frame, hide_index=True, alt="Rows inside the lasso")
        st.download_button(
            "These rows (CSV)", frame.to_csv(index=False), "rows.csv", icon=":material/download:", key="rows-csv"
        )


def draw_compared(chosen_runs: list[Run], infos: Sequence[RunInfo], names: dict[str, str]) -> None:
    runs, others = comparison.of_one_kind(chosen_runs)
    for run in others:
        st.warning(
            markup.escape_markdown(
                f"{names[run.id]} is not drawn beside {names[runs[0].id]}: it was evaluated on other rows "
                f"({run.config().task}). Compare runs of one task and the same data.max_eval_rows."
            ),
            icon=":material/balance:",
        )
    last = comparison.steps_of(runs)[-1]
    kept = [load_kept(run) for run in runs]
    classes = comparison.class_names(runs[0], kept)
    method, space, colouring = draw_controls(kept[0].is_score)
    frames, method = lay_out(runs, method, space)
    chosen = pictures.Chosen([], None, None)
    if frames:
        texts = comparison.texts(runs[0])
        suggested = comparison.suggestions(runs, last, space, classes, names)
        called_runs = [names[run.id] for run in runs]
        chosen = pictures.draw(pictures.payload(called_runs, frames, kept[0], texts, classes, colouring, suggested))
        share = projection.explained([one.space(space) for one in kept]) if method == "pca" else 0.0
        how = tables.HOW_TO_READ[method].format(share=share)
        markup.note(f"{len(kept[0].labels):,} rows, one space for all runs and steps. {how}")
        for run, one in zip(runs, kept, strict=True):
            if said := tables.coincidence(one, space):
                markup.note(f"{names[run.id]}: {said}")
    step = chosen.step if chosen.step is not None else last
    shown = comparison.compare(runs, step, space)
    related = comparison.siblings(runs, infos) if step == last else runs
    every = comparison.compare(related, last, space) if len(related) > len(runs) else shown
    draw_verdict(shown, every, runs, infos)
    draw_tables(shown, every, names, classes)
    draw_chosen(shown, chosen, names, classes, space)


def body() -> None:
    markup.heading(
        "Clusters", "Whether the loss separates the classes: the same rows as two runs see them, in one aligned space."
    )
    state.show_messages()
    every = Store().list()
    infos = comparison.having_embeddings(every)
    if not infos:
        active = any(run_words.is_active(info) for info in every)
        if active:
            st.fragment(wait_for_embeddings, run_every=1.0)()
        else:
            draw_empty(every)
        return
    runs = choose_runs(infos)
    if not runs:
        markup.empty("Choose at least one run above.")
        return
    draw_compared(runs, every, run_words.unique_names(infos))


body()
