"""A run's configuration and its task in, the augmentation policy that training and previews share out."""

from __future__ import annotations

from core.augment.english.polarity import protected_words
from core.augment.policy import AugmentPolicy
from core.config import RunConfig
from core.tasks import Task


def run_policy(config: RunConfig, task: Task | None = None, sides: tuple[str, ...] | None = None) -> AugmentPolicy:
    """The policy of `config` on `task`: its sides, the words its labels hang on, the model's guesses where asked for.

    `sides` overrides the task's, for a typed text. ValueError where `context` is asked of a model without a head.
    """
    context = None
    if "context" in config.augment.methods and config.augment.mode != "none":
        from core.augment.methods.context import load_context

        context = load_context(config.model)
    if sides is None:
        sides = task.augment_sides if task else ("text",)
    protect = protected_words(task.name) if task else frozenset()
    return AugmentPolicy(config.augment, sides, config.seed, context=context, protect=protect)
