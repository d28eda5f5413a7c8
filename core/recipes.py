"""Named starting points: each is one or several configurations that belong together."""

from __future__ import annotations

from dataclasses import dataclass

from core.config import RunConfig


@dataclass(frozen=True)
class Recipe:
    """What a click launches."""

    name: str
    title: str
    description: str
    configs: tuple[RunConfig, ...]


def pair_of_losses(base: RunConfig) -> tuple[RunConfig, RunConfig]:
    """A fair pair: cross-entropy and joint loss on the same seed, data order, steps and everything else."""
    label = base.run.name or base.task
    return (
        base.replace({"train.loss": "ce", "run.name": f"{label} / cross-entropy"}),
        base.replace({"train.loss": "joint", "run.name": f"{label} / joint"}),
    )


QUICK = RunConfig(task="demo-intents", model="demo").replace({"run.name": "demo-intents"})

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "quick-demo",
            "One-minute demo",
            "The shipped tiny MobileBERT learns six kinds of customer requests with LoRA.",
            (QUICK,),
        ),
        Recipe(
            "ce-joint",
            "Compare cross-entropy and joint loss",
            "Two runs that differ in the loss alone: same seed, same batches, same steps.",
            pair_of_losses(QUICK),
        ),
        Recipe(
            "paper-a",
            "Paper A: LoRA and dynamic augmentation",
            "MobileBERT with LoRA (r 8, alpha 32) and a tenth of the rows augmented anew each epoch.",
            (RunConfig(task="CoLA", model="google/mobilebert-uncased").replace({"run.name": "paper A"}),),
        ),
        Recipe(
            "paper-b",
            "Paper B: LightMobileBERT",
            "The bottom 12 layers with CP-decomposed attention, joint loss and LMBert_Adam, every weight trained.",
            (
                RunConfig(task="RTE", model="google/mobilebert-uncased").replace(
                    {
                        "model.variant": "light",
                        "lora.enabled": False,
                        "augment.mode": "none",
                        "train.loss": "joint",
                        "train.batch_size": 6,
                        "run.name": "paper B",
                    }
                ),
            ),
        ),
    )
}
