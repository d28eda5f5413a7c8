"""A run and its model's float graph in; between which numbers the products' inputs lie on its training rows, out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.analysis.export import fixed_scales, formats
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

    if unfoldable(formats.merged_model(trained)):
        return Calibration(None)
    try:
        rows = load_corpus(run.config()).train
    except (DataError, OSError) as error:
        why = str(error).splitlines()[0]
        return Calibration(None, note=f"scaled anew for each batch, which takes longer: no training rows ({why})")
    chosen = [place * len(rows) // min(ROWS, len(rows)) for place in range(min(ROWS, len(rows)))]
    chosen.sort(key=lambda i: len(rows.texts[i]))
    batches = []
    for start in range(0, len(chosen), AT_ONCE):
        some = chosen[start : start + AT_ONCE]
        sides = [[rows.texts[i] for i in some], *([[rows.pairs[i] for i in some]] if rows.pairs else [])]
        settings = {"truncation": True, "max_length": trained.max_length, "padding": True, "return_tensors": "np"}
        batches.append(dict(trained.tokenizer(*sides, **settings)))
    return Calibration(fixed_scales.measure(graph, batches), len(chosen))
