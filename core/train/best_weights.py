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


class BestWeights:
    """Of one training, in the folder given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.checkpointed: int | None = None
        """The step of the best evaluation when the newest checkpoint was written."""

    def save(self, step: int, model: torch.nn.Module) -> None:
        """Write a new best's, whole or not at all. OSError, RunError (linked or missing folder) or SafetensorError."""
        make_folder(self._folder)
        part = self._folder / f".part-{step:08d}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            save_file(trained_tensors(model), part / "weights.safetensors")
            put_in_place(part, of_step(self._folder, step))
        finally:
            shutil.rmtree(part, ignore_errors=True)
        self._keep_only({self.checkpointed, step})

    def checkpoint(self, best_step: int | None) -> None:
        """A checkpoint was written while `best_step` was the best: no resume goes back before it."""
        self.checkpointed = best_step
        self._keep_only({best_step})

    def _keep_only(self, steps: Collection[int | None]) -> None:
        for path in checkpoints(self._folder):
            if int(path.name.removeprefix("step-")) not in steps:
                shutil.rmtree(path, ignore_errors=True)
