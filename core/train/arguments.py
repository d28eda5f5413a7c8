"""What transformers' Trainer is told of a run: little, as schedule, optimizer, batches and checkpoints are our own."""

from __future__ import annotations

import torch
from transformers import TrainingArguments

from core.train.anomalies import look_every
from core.train.setup import TrainingSetup


def arguments_of(setup: TrainingSetup, bf16: bool) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(setup.run.checkpoint_dir),
        run_name=setup.run.id,
        max_steps=setup.total_steps,
        per_device_train_batch_size=setup.config.train.batch_size,
        # The published loop clips the global norm before the optimizer clips each tensor's (paper B).
        max_grad_norm=1.0,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        seed=setup.config.seed,
        logging_steps=look_every(),
        # A loss that is not a number has to be seen, not replaced by the mean of those before.
        logging_nan_inf_filter=False,
        eval_strategy="steps",
        eval_steps=setup.eval_every,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )
