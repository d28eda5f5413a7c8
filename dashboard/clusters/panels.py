"""The parts of the Clusters page: waiting for pictures, the verdict, tables, and the rows that were chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analysis import clusters, fairness
from core.analysis.clusters import Comparison
from core.analysis.measures import load_kept
from core.runs.folder.store import Run, RunInfo
from dashboard import actions, state
from dashboard.clusters import comparison, pictures, tables
from dashboard.shared import errors, markup, run_words

METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}


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


def verdict(every: Comparison, runs: Sequence[Run]) -> None:
    """What it comes to, and whether that is fair."""
    if len(runs) < 2 and not every.contrasts:
        markup.note("Choose a second run to compare.")
        return
    st.markdown(f"**{markup.escape_markdown(clusters.verdict(every))}**")
    if every.judged.fair:
        markup.note(every.judged.sentence())
    else:
        st.warning(markup.escape_markdown(every.judged.sentence()), icon=":material/balance:")


def more_pairs(shown: Comparison, runs: Sequence[Run], infos: Sequence[RunInfo]) -> None:
    """What would make the verdict surer: fair pairs with other seeds."""
    have = [(fairness.without_seed(i.config), i.config.seed) for i in infos
            if i.config and i.state in ("finished", "running", "queued")]  # fmt: skip
    groups = [runs[group.runs[0]].config() for group in shown.groups]
    if len(groups) == 2 and shown.judged.fair:
        more = tables.more_pairs(groups, have)
        waiting = [i for i in infos if run_words.is_active(i) and i.config
                   and fairness.without_seed(i.config) in {fairness.without_seed(g) for g in groups}]  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Five more fair pairs", icon=":material/add:", key="more-pairs", disabled=bool(waiting)):
                actions.start(more)
                state.queue_message(f"{len(more)} runs wait their turn; the verdict follows them.")
                st.rerun()
            said = f"{len(waiting)} of them at work or waiting." if waiting else "Each is both runs with another seed."
            markup.note(said)


def figures(shown: Comparison, every: Comparison, names: dict[str, str], classes: dict[int, str]) -> None:
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


def chosen(
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
