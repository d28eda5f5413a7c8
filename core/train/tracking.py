"""The one setting `train.report_to` in, the Trainer's own integration out; without it nothing is imported."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

from core.runs.folder.run import Run

if TYPE_CHECKING:
    from transformers import TrainerCallback


def check_tracker(report_to: str) -> None:
    """ValueError, saying what to do, where `report_to` cannot work in this environment. Imports nothing heavy."""
    if report_to == "none":
        return
    if importlib.util.find_spec(report_to) is None:
        raise ValueError(
            f"train.report_to={report_to} needs a library that is not installed: "
            "pip install -r requirements-tracking.txt, or set train.report_to=none"
        )
    if report_to == "mlflow" and not os.environ.get("MLFLOW_TRACKING_URI"):
        raise ValueError(
            "train.report_to=mlflow needs the address of a tracking server: "
            "set MLFLOW_TRACKING_URI where the lab is started, or set train.report_to=none"
        )


def tracking_callbacks(run: Run, report_to: str) -> list[TrainerCallback]:
    """TensorBoard writes into the run folder; MLflow to MLFLOW_TRACKING_URI. ValueError as `check_tracker`."""
    check_tracker(report_to)
    if report_to == "tensorboard":
        from torch.utils.tensorboard import SummaryWriter
        from transformers.integrations import TensorBoardCallback

        return [TensorBoardCallback(SummaryWriter(str(run.dir / "tensorboard")))]
    if report_to == "mlflow":
        from transformers.integrations import MLflowCallback

        return [MLflowCallback()]
    return []
