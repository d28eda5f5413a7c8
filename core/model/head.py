"""Class names of a model's own head and of a task in; which of the head's rows the task's classes are, out.

A head knows its classes by place only. Taken over by place, a run that goes on from another one with its classes in
another order would begin with them crossed; so they are matched by name, or the head is drawn anew. Imports no torch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_UNNAMED = re.compile(r"LABEL_\d+")


def own_classes(config: Mapping[str, Any]) -> list[str]:
    """Names in a config.json, by class id; empty where there are none but transformers' own LABEL_0, LABEL_1, ..."""
    named = config.get("id2label") or {}
    try:
        names = [str(named[key]) for key in sorted(named, key=int)]
    except (TypeError, ValueError):
        return []
    return [] if all(_UNNAMED.fullmatch(name) for name in names) else names


class MatchedHead(NamedTuple):
    order: list[int] | None
    """The head's row for each label of the task; None: a new head is drawn."""
    note: str
    """What a run's record has to say of it."""


def match_head(config: Mapping[str, Any], labels: Sequence[str], regression: bool) -> MatchedHead:
    """Whether a model's own head goes on for a task of these labels."""
    scores = config.get("problem_type") == "regression"
    own = [] if scores else own_classes(config)
    if scores and regression:
        return MatchedHead([0], "the model's own head goes on: one score")
    if scores:
        return MatchedHead(None, "a new head: the model's own is for a score")
    if not own:
        return MatchedHead(None, "")
    if regression or sorted(own) != sorted(labels):
        shown = ", ".join(own[:6]) + (", ..." if len(own) > 6 else "")
        return MatchedHead(
            None, f"a new head: the model's own is for {'' if regression else 'other '}classes ({shown})"
        )
    order = [own.index(name) for name in labels]
    if order == list(range(len(own))):
        return MatchedHead(order, "the model's own head goes on: it has these classes")
    return MatchedHead(order, "the model's own head goes on, its classes matched by name: their order was another")
