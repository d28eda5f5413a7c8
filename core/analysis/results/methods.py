"""Which of the papers' methods a run is: read off its configuration, never off its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core import wording
from core.analysis.fairness import in_words
from core.analysis.results.printed import AUGMENTED_LORA, LIGHT, MOBILEBERT
from core.config import RunConfig

TOLD_APART = ("task", "seed", "data.file")
"""Keys that a row of results names elsewhere. What a run was evaluated on is not among them."""


def method_a(config: RunConfig) -> str | None:
    """Paper A's name of what a run does; None for what is not in its table."""
    if config.surgery.variant != "base" or config.train.loss != "ce":
        return None
    if config.lora.enabled:
        return AUGMENTED_LORA if config.augment.changes_rows else "MobileBERT + LoRA"
    return None if config.augment.changes_rows else MOBILEBERT


def method_b(config: RunConfig) -> str | None:
    """Paper B's name of what a run does, as its tables 4 to 7 have them; None for what is in none of them."""
    if config.lora.enabled or config.augment.changes_rows or config.train.optimizer not in ("lmbert_adam", "bert_adam"):
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


FEW = 3
"""Settings that a row of results names whatever their value; of more, those that keep the default are left out."""


def namer(configs: Iterable[RunConfig]) -> Callable[[RunConfig], str]:
    """Calls a run of these by what tells it from the others of its task, which alone it can be compared with:
    `loss joint, CP rank 32`."""
    fellows: dict[str, list[RunConfig]] = {}
    configs = list(configs)
    called = wording.models(config.model for config in configs)
    for config in configs:
        fellows.setdefault(_task(config), []).append(config)
    varied = {task: varied_keys(found) for task, found in fellows.items()}
    return lambda config: _difference_name(config, varied[_task(config)], called[config.model])


def _task(config: RunConfig) -> str:
    return f"{config.task} {config.to_dict()['data.file']}"


def _difference_name(config: RunConfig, varied: Sequence[str], model: str) -> str:
    if not varied:
        return "the only setting here"
    values, usual = config.to_dict(), RunConfig().to_dict()
    told = varied if len(varied) <= FEW else [key for key in varied if values[key] != usual[key]]
    return in_words({**values, "model": model}, told) or "the defaults"


def varied_keys(configs: Sequence[RunConfig]) -> list[str]:
    """Keys in which these configurations differ, but those that a table names elsewhere and what runs are called."""
    flat = [config.to_dict() for config in configs]
    return [
        key
        for key in (flat[0] if flat else ())
        if key not in TOLD_APART and not key.startswith("run.") and any(one[key] != flat[0][key] for one in flat)
    ]
