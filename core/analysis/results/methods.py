"""Which of the papers' methods a run is: read off its configuration, never off its name."""

from __future__ import annotations

from core.analysis import wording
from core.analysis.results.printed import AUGMENTED_LORA, LIGHT, MOBILEBERT
from core.config import RunConfig

TOLD_APART = ("task", "seed", "data.file", "data.eval_file")
"""Keys that a row of results names elsewhere."""


def method_a(config: RunConfig) -> str | None:
    """Paper A's name of what a run does; None for what is not in its table."""
    if config.surgery.variant != "base" or config.train.loss != "ce":
        return None
    if config.lora.enabled:
        return AUGMENTED_LORA if augments(config) else "MobileBERT + LoRA"
    return None if augments(config) else MOBILEBERT


def method_b(config: RunConfig) -> str | None:
    """Paper B's name of what a run does, as its tables 4 to 7 have them; None for what is in none of them."""
    if config.lora.enabled or augments(config) or config.train.optimizer not in ("lmbert_adam", "bert_adam"):
        return None
    light = config.surgery.variant == "light"
    cp, joint = light and config.surgery.rank > 0, config.train.loss == "joint"
    corrected = config.train.optimizer == "lmbert_adam"
    arms = {
        (True, True, True, True): LIGHT,
        (True, True, False, True): "cross-entropy alone",
        (True, True, True, False): "Bert_Adam",
        (True, False, True, True): "without CP",
        (False, False, True, True): "all layers",
        (False, False, False, False): MOBILEBERT,
        (True, False, False, False): "layers cut, nothing else",
    }
    return arms.get((light, cp, joint, corrected))


def augments(config: RunConfig) -> bool:
    return config.augment.mode != "none" and config.augment.fraction > 0


def difference_name(config: RunConfig, varied: list[str]) -> str:
    """A run in a selection, by the keys in which the selection differs: `loss joint, rank 32`."""
    return wording.settings(config.to_dict(), varied) or "as all of these runs"


def varied_keys(configs: list[RunConfig]) -> list[str]:
    """Keys in which these configurations differ, but those that a table names elsewhere and what runs are called."""
    flat = [config.to_dict() for config in configs]
    return [
        key
        for key in (flat[0] if flat else ())
        if key not in TOLD_APART and not key.startswith("run.") and any(one[key] != flat[0][key] for one in flat)
    ]
