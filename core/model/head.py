"""Class names of a model's own head and of a task in; which of the head's rows the task's classes are, out.

A head knows its classes by place only. Taken over by place, a run that goes on from another one with its classes in
another order would begin with them crossed; so they are matched by name, or the head is drawn anew. Imports no torch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_UNNAMED = re.compile(r"LABEL_\d+")


def own_classes(config: Mapping[str, Any]) -> list[str]:
    """Names in a config.json, by class id; empty where there are none but transformers' own LABEL_0, LABEL_1, ..."""
    named = config.get("id2label") or {}
    try:
        names = [str(named[key]) for key in sorted(named, key=int)]
    except (TypeError, ValueError):
        return []
    return [] if all(_UNNAMED.fullmatch(name) for name in names) else names


def match_head(config: Mapping[str, Any], labels: Sequence[str], regression: bool) -> tuple[list[int] | None, str]:
    """(the head's row for each of `labels`; None: draw a new head) and what a run's record has to say of it."""
    scores = config.get("problem_type") == "regression"
    own = [] if scores else own_classes(config)
    if scores and regression:
        return [0], "the model's own head goes on: one score"
    if scores:
        return None, "a new head: the model's own is for a score"
    if not own:
        return None, ""
    if regression or sorted(own) != sorted(labels):
        shown = ", ".join(own[:6]) + (", ..." if len(own) > 6 else "")
        return None, f"a new head: the model's own is for {'' if regression else 'other '}classes ({shown})"
    order = [own.index(name) for name in labels]
    if order == list(range(len(own))):
        return order, "the model's own head goes on: it has these classes"
    return order, "the model's own head goes on, its classes matched by name: their order was another"
