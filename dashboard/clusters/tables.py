"""A comparison in words and tables for people: figures with intervals, by class, by seed, and the rows chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.analysis import neighbours, projection
from core.analysis.clusters import WORDS, Comparison
from core.analysis.fairness import without_seed
from core.analysis.intervals import LIKE_THESE, PLACES, Interval, fixed, over_seeds, within
from core.analysis.kept_rows import KeptRows
from core.analysis.measures import LIMITS
from core.config import RunConfig
from dashboard.shared.markup import EMPTY

MORE_SEEDS = 5
MOST_LISTED = 2_000
"""Chosen rows that a table lists."""
HOW_TO_READ = {
    "pca": "PCA: straight axes that show {share} of the spread; distances are true as far as these two axes go.",
    "tsne": "t-SNE keeps neighbours together: who lies beside whom means something; distances between groups, their "
    "sizes and the empty space between them do not.",
    "umap": "UMAP keeps neighbours together and, loosely, which groups are near; distances and sizes of groups are not "
    "to be measured.",
}


def interval(found: Interval | None) -> str:
    """`0.349 (0.315 to 0.383)`; without a range where there is none."""
    return "–" if found is None or math.isnan(found.value) else str(found)


def figure_table(comparison: Comparison, names: Mapping[str, str]) -> pd.DataFrame:
    """A line a measure: each run's figure with its interval, and the difference where two runs are compared."""
    first = comparison.measured[0].measures.figures
    lines = []
    for name in first:
        line = {"measure": WORDS[name]}
        for kept, one in zip(comparison.kept, comparison.measured, strict=True):
            line[names[kept.run_id]] = interval(one.measures.figures.get(name))
        for contrast in comparison.contrasts:
            if not contrast.one_setting:
                line[difference_name(contrast.first, contrast.second)] = interval(contrast.figures.get(name))
        lines.append(line)
    return pd.DataFrame(lines)


def brackets(comparison: Comparison) -> str:
    """What the brackets of `figure_table` are over, if it has any: those of a difference between groups of seeds, over
    seeds."""
    found = [*(one.measures.figures for one in comparison.measured), *(one.figures for one in comparison.contrasts)]
    if all(math.isnan(figure.low) for figures in found for figure in figures.values()):
        return "Measured in the space itself and not in the picture."
    of_seeds = dict.fromkeys(
        found.over
        for contrast in comparison.contrasts
        if contrast.seeds > 1 and not contrast.one_setting
        for found in contrast.figures.values()
        if not math.isnan(found.low)
    )
    over = "intervals over rows" + f", those of a difference over {' or '.join(of_seeds)}" * bool(of_seeds)
    said = f"In brackets: 95 % {over}; measured in the space itself and not in the picture."
    return f"{said} {LIKE_THESE}" if of_seeds else said


def difference_name(first: str, second: str) -> str:
    """`loss cross-entropy` and `loss joint` -> `loss: joint minus cross-entropy`; other names stay whole."""
    one, other = first.split(), second.split()
    alike = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
    if 0 < alike < min(len(one), len(other)) and one[alike - 1].isalpha():
        return f"{' '.join(one[:alike])}: {' '.join(other[alike:])} minus {' '.join(one[alike:])}"
    return f"{second} minus {first}"


def class_table(comparison: Comparison, classes: Mapping[int, str], names: Mapping[str, str]) -> pd.DataFrame:
    """A line a class: silhouette, neighbour purity and accuracy of each run, and the difference of a pair."""
    lines = []
    for number, count in comparison.measured[0].measures.counts.items():
        line: dict[str, object] = {"class": classes.get(number, str(number)), "rows": count}
        for measure in ("silhouette", "knn_purity", "accuracy"):
            for kept, one in zip(comparison.kept, comparison.measured, strict=True):
                found = one.measures.by_class.get(number, {}).get(measure)
                line[f"{WORDS[measure]}, {names[kept.run_id]}"] = "–" if found is None else f"{found.value:.3f}"
            for contrast in comparison.contrasts[:1]:
                if number in contrast.by_class:
                    line[f"{WORDS[measure]}, difference"] = interval(contrast.by_class[number].get(measure))
        lines.append(line)
    return pd.DataFrame(lines)


def seed_table(comparison: Comparison) -> pd.DataFrame:
    """A column a group of seeds, a line a measure: its mean with Student's interval, and its standard deviation."""
    columns: list[dict[str, str]] = []
    for group in comparison.groups:
        line = {"seeds": ", ".join(map(str, group.seeds))}
        for measure in comparison.measured[group.runs[0]].measures.figures:
            values = [comparison.measured[at].measures.figures[measure].value for at in group.runs
                      if measure in comparison.measured[at].measures.figures]  # fmt: skip
            limits = LIMITS.get(measure, (0, 1))  # a share, such as accuracy
            spread, mean = pd.Series(values).std(), within(over_seeds(values), *limits)
            value, _, ends = interval(mean).partition(" ")
            if not math.isnan(spread):
                value += f" ± {fixed(spread, PLACES)}"
            line[WORDS[measure]] = f"{value} {ends}".strip()
        columns.append(line)
    measures = dict.fromkeys(measure for line in columns for measure in line)
    lines = [[measure, *(line.get(measure, EMPTY) for line in columns)] for measure in measures]
    return pd.DataFrame(lines, columns=["measure", *(group.label for group in comparison.groups)])


class Have(NamedTuple):
    """A run that there is, or will be: its configuration without the seed, its seed, and the lab that computes it."""

    plain: RunConfig
    seed: int
    lab: str


def more_pairs(configs: Sequence[RunConfig], have: Sequence[Have], now: str) -> list[RunConfig]:
    """What to start so that all of `configs` have five more seeds in common, each computed by one lab; `now` is the one
    that would compute. A seed that only some have, by another lab, is left alone: its pair would not be fair."""
    plain = [without_seed(config) for config in configs]
    labs = [{one.seed: one.lab for one in have if one.plain == config} for config in plain]
    tried = set().union(*labs)
    begun = sorted(
        seed for seed in tried if any(seed not in own for own in labs) and {own.get(seed, now) for own in labs} == {now}
    )
    fresh = (seed for seed in range(len(tried) + MORE_SEEDS) if seed not in tried)
    wanted = [*begun, *fresh][:MORE_SEEDS]
    return [
        config.replace({"seed": seed})
        for seed in wanted
        for config, own in zip(configs, labs, strict=True)
        if seed not in own
    ]


def coincidence(kept: KeptRows, space: str) -> str:
    """What to say where rows lie on one another, so that fewer points are seen than there are; else empty."""
    rows = len(kept.labels)
    places = len(projection.distinct(kept.space(space).astype(float))[0])
    if places > 0.9 * rows:
        return ""
    where = "one place: every row has the same embedding" if places == 1 else f"{places:,} places"
    return f"{rows:,} rows lie in {where}."


def answers(kept: KeptRows, rows: Sequence[int], classes: Mapping[int, str]) -> list[str]:
    """What a run says of each of these rows: `refund (0.97)`, or a score."""
    some = kept.only(rows)
    if some.is_score:
        return [f"{score:.2f}" for score in some.predictions]
    said = zip(some.predictions.tolist(), some.probabilities().max(axis=1).tolist(), strict=True)
    return [f"{classes.get(predicted, predicted)} ({sure:.2f})" for predicted, sure in said]


def answer(kept: KeptRows, row: int, classes: Mapping[int, str]) -> str:
    return answers(kept, [row], classes)[0]


def label(kept: KeptRows, row: int, classes: Mapping[int, str]) -> str:
    return f"{float(kept.labels[row]):.2f}" if kept.is_score else classes.get(int(kept.labels[row]), "")


def chosen_rows(
    kept: Sequence[KeptRows],
    names: Mapping[str, str],
    classes: Mapping[int, str],
    texts: Sequence[str],
    picked: Sequence[int],
) -> pd.DataFrame:
    """The picked rows with their text, label and every run's answer."""
    listed = picked[:MOST_LISTED]
    return pd.DataFrame(
        {
            "row": kept[0].rows[np.asarray(listed, dtype=int)].astype(int),
            "text": [texts[i] if i < len(texts) else "" for i in listed],
            "label": [label(kept[0], i, classes) for i in listed],
            **{names[one.run_id]: answers(one, listed, classes) for one in kept},
        }
    )


def neighbour_table(
    kept: KeptRows, space: str, row: int, classes: Mapping[int, str], texts: Sequence[str], count: int = 5
) -> pd.DataFrame:
    """The row's true neighbours in one run, nearest first."""
    points = kept.space(space)
    near = neighbours.neighbours(points, count)[row]
    return pd.DataFrame(
        {
            "distance": f"{float(((points[j] - points[row]) ** 2).sum() ** 0.5):.3g}",
            "label": label(kept, int(j), classes),
            "text": texts[int(j)] if j < len(texts) else "",
        }
        for j in near
    )


def over_training(steps: Sequence[KeptRows], row: int, classes: Mapping[int, str]) -> list[str]:
    """A run's answer to one row at each kept step."""
    return [answer(kept, row, classes) for kept in steps]
