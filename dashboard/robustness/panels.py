"""The parts of the Robustness page: the verdict, the curves, rows that flipped, checks, and what to try."""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core import wording
from core.analysis import recorded
from core.analysis.fairness import listed, without_seed
from core.analysis.intervals import LIKE_THESE
from core.augment import own_method
from core.augment.edits import Edit
from core.config import RunConfig
from core.runs.folder.store import Run
from core.runs.sweep import Arm
from core.wording import percent
from dashboard import actions
from dashboard.robustness import figures, trial
from dashboard.shared import formatting, markup, run_words, saving

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
        there = [point for point in own if point["level"] == strongest]
        lost = [point for point in there if is_told(point["drop"]) and point["drop"]["high"] < 0]
        if not lost:
            untold = [point for point in there if not is_told(point["drop"])]
            why = untold and (untold[0]["drop"].get("why") or "seeds that came out alike tell too little")
            under = listed([point["noise"] for point in untold])
            beyond = f"what it loses under {under} cannot be told: {why}" if untold else "no loss beyond chance"
            said.append(f"{name}: {beyond}, with {100 * strongest:.0f} % of the {_edited(there)} edited.")
            continue
        worst = min(lost, key=lambda point: point["drop"]["value"])
        drop = worst["drop"]
        span = f"{100 * drop['value']:+.1f} points, 95 % {100 * drop['low']:+.1f} to {100 * drop['high']:+.1f}"
        seen = "it was trained with that" if worst["seen"] else "it never saw that in training"
        said.append(f"{name}: {worst['noise']} costs most ({span} at {100 * strongest:.0f} %); {seen}.")
    return said


def _edited(points: Sequence[Mapping[str, Any]]) -> str:
    """What a level is a share of: of the words, but for a method of one's own, which edits as it likes, of the rows."""
    own = {own_method.is_own(point["noise"]) for point in points}
    return "words or rows" if len(own) > 1 else "rows" if True in own else "words"


def is_told(interval: Mapping[str, Any]) -> bool:
    """Whether there is a range: seeds that differ alike give none."""
    return interval["low"] is not None and not math.isnan(interval["low"])


def folded(document: Document, names: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, str], str]:
    """(points, name of each line, what the bands are over): a line a run, or where seeds repeat a line a setting."""
    cells = document["settings"]
    if all(len(cell["runs"]) == 1 for cell in cells):
        return document["runs"], dict(names), "rows"
    points = [{**cell, "run": cell["setting"]} for cell in cells]
    return points, {cell["setting"]: cell["setting"] for cell in cells}, _over(cells)


def _over(cells: Sequence[Mapping[str, Any]]) -> str:
    """What the intervals are over: seeds, and of a setting that has one alone its rows."""
    sizes = sorted({len(cell["runs"]) for cell in cells})
    several = [size for size in sizes if size > 1]
    said = f"{several[0]} to {several[-1]} seeds" if len(several) > 1 else f"{several[0]} seeds"
    return said + ", of a lone one over rows" * (sizes[0] == 1)


def draw_curves(
    document: Document, names: Mapping[str, str], runs: Sequence[Run], colors: Callable[[list[str]], dict[str, str]]
) -> None:
    """What costs most and whether a setting helped; the curves, and the heat map of training against test noise."""
    for said in help_sentences(document["helped"]):
        st.markdown(f"**{markup.escape_markdown(said)}**")
    for tested in document["tested"]:
        if tested.get("note"):
            st.warning(markup.escape_markdown(f"{names[tested['run']]}: {tested['note']}."), icon=":material/info:")
    points, lines, over = folded(document, names)
    for line in verdict(points, lines):
        markup.note(line)
    curves = figures.curves_figure(points, lines, colors(list(lines)), over)
    saving.draw(curves, "robustness", runs)
    told = dict.fromkeys(recorded.rows_told(one["rows"], one.get("evaluated", 0)) for one in document["tested"])
    markup.note(
        (f"On {listed(list(told))}. " if told else "")
        + "Solid: noise of a kind the run was trained with; dotted: never seen. Every run meets the same noisy rows. "
        f"Bands are 95 % over {over}, of the mean over {max(point['draws'] for point in points)} draws."
        + " A method of one's own is given a share of the rows."
        * any(own_method.is_own(p["noise"]) for p in points)
    )
    levels = sorted({point["level"] for point in points if point["level"]})
    if levels:
        saving.draw(figures.loss_figure(points, lines, levels[-1]), "losses", runs)

    if document["helped"]:
        st.html(markup.plain_table(help_table(document["helped"])))
        markup.note(
            "Points gained at the strongest level, ± half of the 95 % interval over seeds. Each interval stands by "
            f"itself: of twenty, one leaves out zero by chance alone. {LIKE_THESE}"
        )


def help_sentences(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each setting, in a sentence, where it helped, where it cost, and where neither is beyond chance."""
    said = []
    for setting, against in dict.fromkeys((one["setting"], one["against"]) for one in found):
        own = [one for one in found if (one["setting"], one["against"]) == (setting, against)]
        told = [one for one in own if is_told(one)]
        helped = [f"{_where(one)} by {_gain(one)}" for one in told if one["low"] > 0]
        cost = [f"{_where(one)} {_gain(one)}" for one in told if one["high"] < 0]
        rest = [_where(one) for one in told if one["low"] <= 0 <= one["high"]]
        untold = [f"{_where(one)} ({_gain(one)} in each)" for one in own if not is_told(one)]
        parts = [f"helped on {listed(helped)}"] if helped else ["did not help"] * bool(told)
        parts += [f"cost on {listed(cost)}"] if cost else []
        parts += [f"no difference beyond chance on {listed(rest)}"] if rest else []
        parts += [f"seeds that differ alike tell too little on {listed(untold)}"] if untold else []
        said.append(f"{wording.capital(setting)}, against {against}: {'; '.join(parts)} ({(told or own)[0]['over']}).")
    return said


def help_table(found: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A line a setting, a column for the clean rows and for each noise: points gained against the first setting."""
    lines: dict[str, dict[str, str]] = {}
    for one in found:
        line = lines.setdefault(one["setting"], {"setting": one["setting"], "against": one["against"]})
        line[_where(one)] = _gain(one)
    return pd.DataFrame(list(lines.values()))


def _where(one: Mapping[str, Any]) -> str:
    return f"{one['noise']} at {percent(one['level'])}" if one["level"] else "clean rows"


def _gain(one: Mapping[str, Any]) -> str:
    return formatting.signed(100 * one["value"]) + (f" ± {50 * (one['high'] - one['low']):.1f}" if is_told(one) else "")


def draw_flips(tested: Sequence[Document], names: Mapping[str, str]) -> None:
    """Rows that the strongest noise turned, with the edits that did it."""
    for one in tested:
        st.markdown(f"**{markup.escape_markdown(names[one['run']])}**")
        if not one["flips"]:
            scores = one.get("scores")  # a test of before does not say
            markup.note("Scores do not flip: look at the curves." if scores else "No answer changed at that level.")
            continue
        broken = [flip for flip in one["flips"] if flip["broke"]]
        lucky = len(one["flips"]) - len(broken)
        more = f" {FLIPS_SHOWN} of them, of each noise in turn:" if len(one["flips"]) > FLIPS_SHOWN else ""
        markup.note(f"{len(broken)} of the listed flips broke a right answer, {lucky} went the other way.{more}")
        for flip in in_turn(one["flips"])[:FLIPS_SHOWN]:
            edits = [Edit(**edit) for edit in flip["edits"]]
            with st.container(gap=None):
                markup.show_edits(flip["text"], edits, flip["noise"], small=True)
                markup.note(f"{flip['noise']}: label {flip['label']}, answered {flip['before']}, now {flip['after']}")


def in_turn(flips: Sequence[Document]) -> list[Document]:
    """The first flip of each noise, then the second of each: no noise fills the list alone."""
    places: Counter[str] = Counter()
    ranked: list[tuple[int, int, Document]] = []
    for flip in flips:
        ranked.append((places[flip["noise"]], len(ranked), flip))
        places[flip["noise"]] += 1
    return [flip for _, _, flip in sorted(ranked, key=lambda one: one[:2])]


def why(check: Document) -> str:
    """Why the answer must be that, as HTML; the words that the edit adds in quotes."""
    return re.sub("`(.*?)`", "“\\1”", html.escape(check["why"]))


def draw_checks(tested: Sequence[Document], names: Mapping[str, str]) -> None:
    """Failure rates with intervals, and examples."""
    for one in tested:
        st.markdown(f"**{markup.escape_markdown(names[one['run']])}**")
        if not one["checks"]:
            why_none = (
                "its labels are scores" if one.get("scores") else "it is not known what this task's labels rest on"
            )
            markup.empty(f"No check applies: {why_none}.")
            continue
        rows = [
            f"<tr><td>{html.escape(check['check'])}</td><td>{html.escape(check['expects'])}</td>"
            f"<td>{markup.unbroken(percent(check['failures'], 1))}</td>"
            f"<td>{100 * check['low']:.1f} to {markup.unbroken(percent(check['high'], 1))}</td>"
            f"<td>{check['rows']:,}</td>"
            f"<td>{why(check)}</td></tr>"
            for check in one["checks"]
        ]
        head = (
            "<tr><th>Edit</th><th>must give</th><th>fails on</th><th>95 % over rows</th><th>rows</th><th>why</th></tr>"
        )
        st.html(markup.framed_table(head + "".join(rows)))
        if missing := one.get("no_row_for"):  # a test of before has none
            markup.note(f"No row that is answered right could be edited for: {', '.join(missing)}.")
        if said := one.get("reservation"):
            markup.note(said)
        for check in one["checks"]:
            for example in check["examples"][:2]:
                markup.note(f"{check['check']}: “{example['edited']}” is answered {example['after']}")


def draw_proposals(tested: Sequence[Document], runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """What to train with instead, and the sweep that says whether it helps."""
    by_id = {run.id: run for run in runs}
    seen: set[RunConfig] = set()
    for one in tested:
        name = names[one["run"]]
        if not one["proposal"]:
            markup.note(f"{name}: nothing costs it more than chance may; there is nothing to train against.")
            continue
        if without_seed(by_id[one["run"]].config()) in seen:
            continue  # another seed of a setting that has its proposal already
        seen.add(without_seed(by_id[one["run"]].config()))
        changes = one["proposal"]
        share = f"{100 * float(changes['augment.fraction']):.3g} % of the rows"
        methods = changes["augment.methods"].split(",")
        mix = f" in the proportions {changes['augment.weights'].replace(',', ' : ')}" if len(methods) > 1 else ""
        said = f"{name}: train with {listed(methods)}{mix}, on {share}. Only a trial tells whether that helps."
        st.markdown(markup.escape_markdown(said))
        if st.button(f"Try it: {len(SEEDS)} seeds as it was and {len(SEEDS)} trained so", key=f"try-{one['run']}"):
            arms = [Arm({}, trial.BEFORE), Arm(changes, trial.AFTER)]
            setting = run_words.without_its_seed(name)
            actions.start_sweep(by_id[one["run"]].config(), arms, SEEDS, f"{setting}{trial.SO_CALLED}")
