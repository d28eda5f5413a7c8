"""A run and its model's float graph in; between which numbers the products' inputs lie on its training rows, out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.analysis.export import fixed_scales
from core.data.rows import DataError
from core.runs.folder.run import Run

if TYPE_CHECKING:
    from core.analysis.predict import TrainedModel

ROWS = 512
"""Largest error of a logit on SST-2's 872 rows, of a light model: 0.38 from 128 rows, 0.05 from 512, as by batch."""
AT_ONCE = 4
"""Few, as every layer's inputs are held at once: up to a gigabyte for 512 pieces and 24 layers."""


@dataclass(frozen=True)
class Calibration:
    """What fixed scales rest on, or why there are none."""

    ranges: fixed_scales.Ranges | None
    rows: int = 0
    note: str = ""


def calibrate(run: Run, trained: TrainedModel, graph: Path) -> Calibration:
    """Ranges over some of the training rows, evenly apart, as they are without augmentation.

    None for a model that is no MobileBERT, whose graph has other layers, and where the rows cannot be read any more;
    the note says the latter.
    """
    from core.data.sources import load_corpus
    from core.model.folded import unfoldable
    from core.train.batches import EncodedRows, pad

    if unfoldable(trained.model):
        return Calibration(None)
    try:
        rows = load_corpus(run.config()).train
    except (DataError, OSError) as error:
        why = str(error).splitlines()[0]
        return Calibration(None, note=f"scaled anew for each batch, which takes longer: no training rows ({why})")
    most = min(ROWS, len(rows))
    chosen = rows.take([place * len(rows) // most for place in range(most)])
    encoded, padding = EncodedRows(trained.tokenizer, chosen, trained.max_length), trained.tokenizer.pad_token_id
    order = np.argsort(encoded.lengths(), kind="stable")
    batches = (pad([encoded[i] for i in order[first : first + AT_ONCE]], padding) for first in range(0, most, AT_ONCE))
    found = fixed_scales.measure(graph, ({name: one.numpy() for name, one in batch.items()} for batch in batches))
    return Calibration(found, most)
