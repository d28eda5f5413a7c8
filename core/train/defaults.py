"""A configuration and its rows in; the values that stand where it says None out. Imports no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.augment.policy import resolved_strengths, resolved_weights
from core.config import RunConfig
from core.data.rows import Corpus
from core.model.encoders import MOBILEBERT, is_mobilebert
from core.model.source import ModelError, find_config
from core.train.steps import count_steps

PAPER_LR = 1e-4
"""Top of paper A's range (1e-5 to 1e-4), for the published model: where a task brings no rate of its own."""
PUBLISHED_WIDTH, DEMO_WIDTH = 512, 128
DEMO_FACTOR = 20
"""How much higher the demo model's best rate is than the published model's: 2e-3 against 1e-4."""
MINILM_WIDTH = 384
FEW_STEPS = 40
HIGHEST = {True: 4e-3, False: 1e-3}
"""Above which the small models lost accuracy, with LoRA and without."""


def resolved(config: RunConfig, corpus: Corpus, lengths: Sequence[int] | None = None) -> dict[str, Any]:
    """Configuration key -> the value a run takes, for each key whose None means something else.

    `lengths`: of the training rows in word pieces, which `count_steps` needs for a token budget.
    """
    train = config.train
    steps = count_steps(train, len(corpus.train), lengths, own=corpus.task.origin == "file")
    drawn = {} if corpus.held_out is None else {"data.hold_out": corpus.held_out}
    return {
        **drawn,
        "train.lr": train.lr if train.lr is not None else default_lr(config, corpus, steps.total),
        "train.max_steps": steps.total,
        "train.epochs": round(steps.total / steps.per_epoch, 4),
        "train.eval_every": steps.eval_every,
        "augment.weights": resolved_weights(config.augment, corpus.task),
        "augment.strength": resolved_strengths(config.augment, corpus.task),
    }


def default_lr(config: RunConfig, corpus: Corpus, steps: int) -> float:
    """The peak learning rate of a run that names none, from task, model, LoRA and the steps that its rows make.

    A benchmark's rate is its paper's, for the published model (512 wide). Narrower models need higher rates: the demo
    model (128 wide) learned nothing at 1e-4 in the time that 2e-3 took to the top. Dev accuracy of demo-intents (six
    classes, 300 rows, seed 13, batches of 32, `lmbert_adam`, schedule `third`):

        train rows x epochs (steps)      1e-4   3e-4   1e-3   2e-3   4e-3   8e-3
        LoRA   800 x 3 (75)                     0.64   0.90   0.89   0.89   0.90
               192 x 8 (48)              0.20   0.39   0.89   0.90   0.89   0.89
               192 x 3 (18)                            0.47   0.79   0.90   0.89
        all    800 x 3 (75)                     0.87   0.89   0.90   0.82   0.60
               192 x 8 (48)              0.69   0.88   0.84   0.81   0.76   0.61
               192 x 3 (18)                            0.86   0.86   0.81   0.66
        light, 4 layers at rank 32, 192 x 8: LoRA 0.90, 0.88, 0.88 at 1e-3, 2e-3, 4e-3; all 0.85, 0.88, 0.77

    Pearson's r of own files' scores, LoRA, standardised (`core.model.score_head`), 60 to 100 steps (200 other rows):

        rows           120    220    500    1000
        1e-3, reviews 0.55   0.53   0.70   0.67         urgent 0.98   0.97   0.99   0.99
        2e-3          0.61   0.63   0.75   0.75                0.98   0.98   0.99   0.99
        4e-3          0.60   0.72   0.79   0.81                0.98   0.99   0.99   0.99

    So 2e-3 = 20 x 1e-4 at 128; twice that for adapters with fewer than 40 steps or on scores; never more than 4e-3 with
    LoRA and 1e-3 without. Between the two widths the factor is a power of the width. None of this was measured at 512:
    there the papers' rates stand as they are. Other encoders have rates of their own, `encoder_lr`.
    """
    own = corpus.task.lr if corpus.task.origin == "benchmark" else PAPER_LR
    try:
        found = find_config(config.model)
        width = int(found.get("hidden_size", PUBLISHED_WIDTH))
    except (ModelError, TypeError, ValueError):
        found, width = {"model_type": MOBILEBERT[0]}, PUBLISHED_WIDTH  # what is wrong with it is said elsewhere
    if not is_mobilebert(found):
        return encoder_lr(config.lora.enabled, width, steps)
    if width >= PUBLISHED_WIDTH:
        return own
    power = math.log(DEMO_FACTOR) / math.log(PUBLISHED_WIDTH / DEMO_WIDTH)
    factor = min(DEMO_FACTOR, (PUBLISHED_WIDTH / max(width, 1)) ** power)
    if config.lora.enabled and (steps < FEW_STEPS or corpus.task.is_regression):
        factor *= 2
    return float(f"{min(own * factor, HIGHEST[config.lora.enabled]):.2g}")


def encoder_lr(lora: bool, width: int, steps: int) -> float:
    """The peak rate for an encoder that is no MobileBERT, `width` wide.

    Dev accuracy of demo-intents (120 rows) with MiniLM's weights (384 wide) after 39 steps of 32 rows, seed 13:

        LoRA    5e-4   1e-3   2e-3   4e-3          all    5e-5   2e-4   5e-4
                0.37   0.60   0.68   0.88                 0.78   0.97   0.93

    And after 189 steps on 2,000 rows, over the whole dev set (SST-2's accuracy, CoLA's MCC; no rate of adapters'
    learned CoLA so soon, and of SST-2's accuracy 0.013 is the standard error):

        LoRA    5e-4   1e-3   2e-3   4e-3          all    5e-5   1e-4   2e-4
        SST-2   0.815  0.811  0.800                       0.833  0.822  0.808
        CoLA    0.00          0.00   0.00                 0.05   0.18   0.09

    So at 384 wide 2e-3 with LoRA and 1e-4 without, twice that for fewer than 40 steps; in inverse proportion to the
    width elsewhere, which was not measured.
    """
    rate = (2e-3 if lora else 1e-4) * MINILM_WIDTH / max(width, 1)
    return float(f"{min(rate * (2 if steps < FEW_STEPS else 1), HIGHEST[lora]):.2g}")
