"""How many threads a run computes with: a small model's would only wait for each other once a page is open."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from core.model.limits import SMALL
from core.model.source import find_config
from core.runs.local.waitlist import default_threads


def threads_for(model: str, root: Path) -> int:
    """OMP_NUM_THREADS where given; one for a small model; else a run's share of the cores, over the slots of `root`.

    The demo on two cores, in examples/s: two threads 340 alone and 57 to 120 once a browser watches, since each waits
    for the other at every barrier; one thread 301, and it keeps them. A model of full size gains twice by the second.
    """
    share = default_threads(root)
    return 1 if share > 1 and "OMP_NUM_THREADS" not in os.environ and _is_small(model) else share


def _is_small(model: str) -> bool:
    with contextlib.suppress(ValueError, OSError, KeyError, TypeError):  # the training will say what is wrong with it
        return bool(find_config(model)["hidden_size"] <= SMALL)
    return False
