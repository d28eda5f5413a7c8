"""Named starting points: each is one or several configurations that belong together, or a sweep of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.config import RunConfig
from core.model.memory import shape_of
from core.model.source import PUBLISHED
from core.runs.sweep import Arm, grid_arms


@dataclass(frozen=True)
class Recipe:
    """What a click launches."""

    name: str
    title: str
    description: str
    configs: tuple[RunConfig, ...]


def pair_of_losses(base: RunConfig) -> tuple[RunConfig, RunConfig]:
    """A fair pair: without and with a contrastive term, on the same seed, data order, steps and everything else."""
    label = base.run.name or base.subject
    return (
        base.replace({"train.loss": "ce", "run.name": f"{label} / cross-entropy"}),
        base.replace({"train.loss": "supcon_textbook", "run.name": f"{label} / contrastive"}),
    )


_DEMO = RunConfig(task="demo-intents", model="demo")
SMALL = _DEMO.replace({"data.max_train_rows": 1_200, "train.features": "pooled"})
"""Where a contrastive term was seen to help. Over seeds 0 to 4 (paired, at 741a6e2): silhouette 0.309 without and 0.351
with the textbook term on the pooled embedding, 95 % of the difference 0.032 to 0.052; accuracy 0.876 and 0.887, 0.002
to 0.020. Paper B's own term on the logits: silhouette 0.330, 0.007 to 0.035; accuracy 0.878, no difference.
`python -m tests.benchmarks.pair` measures it again."""

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "quick-demo",
            "One-minute demo",
            "The shipped tiny MobileBERT learns six kinds of customer requests with LoRA.",
            (_DEMO,),
        ),
        Recipe(
            "ce-joint",
            "Compare cross-entropy and a contrastive loss",
            "Two runs on 1,200 rows that differ in the loss alone: same seed, same batches, same steps.",
            pair_of_losses(SMALL),
        ),
        Recipe(
            "paper-a",
            "Paper A: LoRA and dynamic augmentation",
            "MobileBERT with LoRA (r 8, alpha 32) and a tenth of the rows augmented anew each epoch.",
            (RunConfig(task="CoLA", model=PUBLISHED).replace({"run.name": "paper A"}),),
        ),
        Recipe(
            "paper-b",
            "Paper B: LightMobileBERT",
            "The bottom 12 layers with CP-decomposed attention, joint loss and LMBert_Adam, every weight trained.",
            (
                RunConfig(task="RTE", model=PUBLISHED).replace(
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


@dataclass(frozen=True)
class SweepRecipe:
    """A sweep that a click fills in."""

    name: str
    title: str
    description: str
    base: RunConfig
    grid: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Key to values; without a grid the arms are paper B's."""

    def start(self, task: str | None = None, model: str | None = None) -> RunConfig:
        """What its runs share, on another task or model where asked; the demo's learning rate is for the demo alone."""
        named = {key: value for key, value in (("task", task), ("model", model)) if value is not None}
        return self.base.replace({**named, **({"train.lr": None} if model not in (None, "demo") else {})})

    def arms(self, model: str) -> list[Arm]:
        """What its rows of runs change. Raises ModelError."""
        return grid_arms(self.grid) if self.grid else ablations(model)


def ablations(model: str) -> list[Arm]:
    """Paper B's tables 4 to 7 as runs: its whole method first, then with one measure taken back at a time.

    A model of other than full size is cut as the paper cuts: half its layers, and half the rank that loses nothing.
    """
    half = {key: str(value) for key, value in half_of(model).items()}
    light = {"model.variant": "light", **half, "train.loss": "joint", "train.optimizer": "lmbert_adam"}
    base = {**light, "model.variant": "base"}
    plain = {"train.loss": "ce", "train.optimizer": "bert_adam"}
    return [
        Arm(light, "LightMobileBERT"),
        Arm({**light, "train.loss": "ce"}, "cross-entropy alone"),
        Arm({**light, "train.optimizer": "bert_adam"}, "Bert_Adam"),
        Arm({**light, "model.rank": "0"}, "without CP"),
        Arm(base, "all layers"),
        Arm({**base, **plain}, "MobileBERT"),
        Arm({**light, "model.rank": "0", **plain}, "layers cut, nothing else"),
    ]


def half_of(model: str) -> dict[str, int]:
    """Layers and rank of a light model as paper B cuts: half of each. Raises ModelError."""
    shape = shape_of(RunConfig(model=model))
    return {"model.layers": shape["num_hidden_layers"] // 2 or 1, "model.rank": _width(shape) // 2}


def _width(shape: Mapping[str, int]) -> int:
    """The rank at which decomposing query and key loses nothing: the width of what they read."""
    return shape["intra_bottleneck_size"]


SWEEPS: dict[str, SweepRecipe] = {
    recipe.name: recipe
    for recipe in (
        SweepRecipe(
            "ratio",
            "Augmentation ratio",
            "Paper A's figures 3 and 4: 0 to 40 % of the training rows augmented anew in each epoch.",
            _DEMO,
            {"augment.fraction": ("0", "0.1", "0.2", "0.3", "0.4")},
        ),
        SweepRecipe(
            "batch-size",
            "Batch size per corpus",
            "Paper B's figure 4: smaller corpora want smaller batches.",
            _DEMO,
            {
                "task": ("demo-intents", "demo-sentiment", "demo-paraphrase"),
                "train.batch_size": ("8", "16", "32", "64"),
            },
        ),
        SweepRecipe(
            "ablations",
            "Ablations",
            "Paper B's tables 4 to 7: its method, and what is left of it without each of its measures.",
            # Bert_Adam, which lacks bias correction, takes full training at the demo's rate for LoRA as a blow.
            _DEMO.replace({"lora.enabled": False, "augment.mode": "none", "train.lr": 5e-4}),
        ),
    )
}
