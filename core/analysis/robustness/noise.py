"""Evaluation rows under noise: every row edited by one method at one severity, the same rows for every run.

Only what a model is *tested* on is made noisy here; evaluation during training never is.
"""

from __future__ import annotations

from core.augment import own_method
from core.augment.edits import AugmentedRow
from core.augment.methods import METHODS, method_named
from core.augment.policy import AugmentPolicy
from core.data.rows import Rows
from core.fields import in_range
from core.sections import AugmentConfig
from core.tasks import Task

SEED = 20260202
"""Of all noise: it is the same for every run, so that runs are compared on the same noisy rows."""
NOISES = tuple(name for name, method in METHODS.items() if not method.needs_model)
"""The lab's own; `noises` has those of the operator as well."""
LEVELS = (0.0, 0.1, 0.2, 0.4)
DRAWS = 3


def noises() -> tuple[str, ...]:
    """All that rows can be made noisy with: the lab's methods, and one's own (LAB_METHODS)."""
    return (*NOISES, *own_method.available())


def noisy_rows(rows: Rows, task: Task, noise: str, level: float, draw: int) -> tuple[Rows, list[AugmentedRow]]:
    """The rows with a share `level` of their words edited by `noise`, in the careful style; and what was done.

    Of a method that edits letters so many are edited as hit that share of the words. A method of one's own edits as it
    likes, and is given that share of the rows. Level 0 leaves the rows as they are.
    ConfigError for an unknown noise or a level outside 0 to 1.
    """
    method = method_named(noise)
    in_range("level", level, 0, 1)
    if not level:
        return rows, []
    if own_method.is_own(noise):
        config = AugmentConfig(fraction=level, methods=(noise,), weights=(1.0,))
        return AugmentPolicy(config, task.augment_sides, SEED, task=task).epoch(rows, draw)
    strength = level * _words_a_letter(rows) if method.counts == "letters" else level
    config = AugmentConfig(fraction=1.0, methods=(noise,), weights=(1.0,), strength=min(1.0, strength))
    policy = AugmentPolicy(config, task.augment_sides, SEED, task=task)
    return policy.epoch(rows, draw)


def _words_a_letter(rows: Rows) -> float:
    texts = [*rows.texts, *(rows.pairs or ())]
    letters = sum(len(text) - text.count(" ") for text in texts)
    return sum(len(text.split()) for text in texts) / max(1, letters)
