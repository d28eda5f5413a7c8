"""The parts of the Robustness page: the verdict, the curves, rows that flipped, checks, and what to try."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import streamlit as st

from core.runs.folder.store import Run
from core.runs.sweep import Arm
from dashboard import actions
from dashboard.robustness import figures, trial
from dashboard.shared import markup, saving

Document = Mapping[str, Any]
FLIPS_SHOWN = 12
SEEDS = (0, 1, 2)


def verdict(points: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """For each run, in a sentence, which noise costs it most at the strongest level, if any does beyond chance."""
    said = []
    for run, name in names.items():
        own = [point for point in points if point["run"] == run and point["level"]]
        if not own:
            continue
        strongest = max(point["level"] for point in own)
        lost = [point for point in own if point["level"] == strongest and (point["drop"]["high"] or 0) < 0]
        if not lost:
            said.append(f"{name}: no loss beyond chance, with {100 * strongest:.0f} % of the words edited.")
            continue
        worst = min(lost, key=lambda point: point["drop"]["value"])
        drop = worst["drop"]
        span = f"{100 * drop['value']:+.1f} points, 95 % {100 * drop['low']:+.1f} to {100 * drop['high']:+.1f}"
        seen = "it was trained with that" if worst["seen"] else "it never saw that in training"
        said.append(f"{name}: {worst['noise']} costs most ({span} at {100 * strongest:.0f} %); {seen}.")
    return said


def folded(document: Document, names: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, str], str]:
    """(points, name of each line, what the bands are over): a line a run, or where seeds repeat a line a setting."""
    cells = document["settings"]
    if all(len(cell["runs"]) == 1 for cell in cells):
        return document["runs"], dict(names), "rows"
    points = [{**cell, "run": cell["setting"]} for cell in cells]
    most = max(len(cell["runs"]) for cell in cells)
    return points, {cell["setting"]: cell["setting"] for cell in cells}, f"{most} seeds"


def draw_curves(
    document: Document, names: Mapping[str, str], runs: Sequence[Run], colors: Callable[[list[str]], dict[str, str]]
) -> None:
    """What costs most and whether a setting helped; the curves, and the heat map of training against test noise."""
    for one in document["helped"]:
        said = f"{one['setting']} against {one['against']}, {one['sentence']}."
        st.markdown(f"**{markup.escape_markdown(said)}**" if one["level"] else markup.escape_markdown(said))
    if document["helped"]:
        markup.note("Each interval is 95 % by itself: of twenty such lines, chance alone makes one.")
    points, lines, over = folded(document, names)
    for line in verdict(points, lines):
        st.markdown(markup.escape_markdown(line))
    curves = figures.curves_figure(points, lines, colors(list(lines)), over)
    saving.draw(curves, "robustness", runs)
    markup.note(
        "Solid: noise of a kind the run was trained with; dotted: never seen. Every run meets the same noisy rows. "
        f"Bands are 95 % over {over}, of the mean over {max(point['draws'] for point in points)} draws."
    )
    levels = sorted({point["level"] for point in points if point["level"]})
    if levels:
        saving.draw(figures.loss_figure(points, lines, levels[-1]), "losses", runs)


def draw_flips(tested: Sequence[Document], names: Mapping[str, str]) -> None:
    """Rows that the strongest noise turned, with the edits that did it."""
    for one in tested:
        st.markdown(f"**{markup.escape_markdown(names[one['run']])}**")
        broken = [flip for flip in one["flips"] if flip["broke"]]
        lucky = len(one["flips"]) - len(broken)
        markup.note(f"{len(broken)} of the listed flips broke a right answer, {lucky} went the other way.")
        for flip in one["flips"][:FLIPS_SHOWN]:
            edits = [SimpleNamespace(**edit) for edit in flip["edits"]]
            markup.show_edits(flip["text"], edits, flip["noise"], small=True)
            markup.note(f"{flip['noise']}: label {flip['label']}, answered {flip['before']}, now {flip['after']}")


def draw_checks(tested: Sequence[Document], names: Mapping[str, str]) -> None:
    """Failure rates with intervals, and examples."""
    for one in tested:
        st.markdown(f"**{markup.escape_markdown(names[one['run']])}**")
        if not one["checks"]:
            markup.empty("No check applies: it is not known what this task's labels rest on, or they are scores.")
            continue
        rows = [
            f"<tr><td>{html.escape(check['check'])}</td><td>{html.escape(check['expects'])}</td>"
            f"<td>{100 * check['failures']:.1f} %</td>"
            f"<td>{100 * check['low']:.1f} to {100 * check['high']:.1f} %</td><td>{check['rows']:,}</td>"
            f"<td>{html.escape(check['why'])}</td></tr>"
            for check in one["checks"]
        ]
        head = (
            "<tr><th>Edit</th><th>must give</th><th>fails on</th><th>95 % over rows</th><th>rows</th><th>why</th></tr>"
        )
        st.html(f'<div class="lab-scroll"><table class="lab-table">{head}{"".join(rows)}</table></div>')
        for check in one["checks"]:
            for example in check["examples"][:2]:
                markup.note(f"{check['check']}: “{example['edited']}” is answered {example['after']}")


def draw_proposals(tested: Sequence[Document], runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """What to train with instead, and the sweep that says whether it helps."""
    by_id = {run.id: run for run in runs}
    for one in tested:
        name = names[one["run"]]
        if not one["proposal"]:
            markup.note(f"{name}: nothing costs it more than chance may; there is nothing to train against.")
            continue
        changes = one["proposal"]
        share = f"{100 * float(changes['augment.fraction']):.3g} % of the rows"
        mix = f"{changes['augment.methods']} in the proportions {changes['augment.weights']}"
        said = f"{name}: train with {mix}, on {share}. Only a trial tells whether that helps."
        st.markdown(markup.escape_markdown(said))
        if st.button(f"Try it: {len(SEEDS)} seeds as it was and {len(SEEDS)} so", key=f"try-{one['run']}"):
            arms = [Arm({}, trial.BEFORE), Arm(changes, trial.AFTER)]
            actions.start_sweep(by_id[one["run"]].config(), arms, SEEDS, f"{name}, against noise")
