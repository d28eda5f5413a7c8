"""A sample in, its tables out: shares and figures by method as people read them, and the rows to take away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from core.analysis.augment_sample import Sample
from core.analysis.preview import PreviewRow, statistics


def mix(sample: Sample) -> pd.DataFrame:
    """A line a method as texts: its share of the augmented rows as asked for, as drawn, and as applied."""
    lines = [
        {
            "": method,
            "asked for": percent(share.asked),
            "drawn": percent(share.drawn),
            "applied": percent(share.applied),
            "found nothing to change": percent(share.unchanged),
        }
        for method, share in sample.shares.methods.items()
    ]
    return pd.DataFrame(lines)


def by_method(sample: Sample, similarities: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    """Figures of a sample as texts for a table: a column a method, so that a narrow window holds them."""
    columns = {}
    for method, shown in sample.by_method.items():
        found = statistics(shown)
        near = pd.Series(list(similarities.get(method, {}).values()), dtype=float)
        columns[method] = {
            "rows changed": percent(found["rows_changed"] / max(found["rows"], 1)),
            "words changed": percent(found["words_changed"]),
            "word pieces, after / before": f"{found['piece_inflation']:.3f}",
            "unknown pieces before": percent(found["unknown_before"]),
            "unknown pieces after": percent(found["unknown_after"]),
        }
        if similarities:
            columns[method]["similarity, median"] = f"{near.median():.3f}" if len(near) else "–"
            columns[method]["similarity, lowest tenth below"] = f"{near.quantile(0.1):.3f}" if len(near) else "–"
    return pd.DataFrame(columns).rename_axis("").reset_index()


def of_rows(shown: Sequence[PreviewRow]) -> pd.DataFrame:
    """One row a text, for the table and the CSV; edits as JSON."""
    names = ("row", "epoch", "side", "method", "original", "augmented")
    return pd.DataFrame(
        [
            {name: getattr(row, name) for name in names}
            | {"edits": json.dumps([asdict(edit) for edit in row.edits], ensure_ascii=False)}
            for row in shown
        ]
    )


def as_jsonl(shown: Sequence[PreviewRow]) -> str:
    return "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in shown)


def percent(value: float) -> str:
    return f"{100 * value:.3g} %"
