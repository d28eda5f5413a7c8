"""The weights of the best evaluation, kept beside the last ones: `best/step-<step>/weights.safetensors`, digested.

Only what training changes is kept, as in a checkpoint; the rest is the saved model's. Until a checkpoint is written at
or after a new best one, the best one before it stays too: a resume goes back to that checkpoint, where it was the best.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import torch
from safetensors.torch import save_file

from core.runs.folder.contents import make_folder, of_step
from core.train.checkpoint import checkpoints, put_in_place, trained_tensors


def save_best(folder: Path, step: int, model: torch.nn.Module) -> None:
    """Write them whole or not at all. Raises OSError, RunError for a linked or missing folder, or SafetensorError."""
    make_folder(folder)
    part = folder / f".part-{step:08d}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        save_file(trained_tensors(model), part / "weights.safetensors")
        put_in_place(part, of_step(folder, step))
    finally:
        shutil.rmtree(part, ignore_errors=True)


def keep_only(folder: Path, steps: Collection[int | None]) -> None:
    """Drop the best weights of all other steps."""
    for path in checkpoints(folder):
        if int(path.name.removeprefix("step-")) not in steps:
            shutil.rmtree(path, ignore_errors=True)
