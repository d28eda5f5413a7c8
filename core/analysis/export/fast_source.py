"""The fast path in, one file that stands alone out: what a run's script needs to draw its dropout as the run did.

Taken from the lab's own source, so that the two cannot part.
"""

from __future__ import annotations

import inspect

from core.model import folded, folded_rows, folding, rest, unpadded

NAME = "fast_path.py"


def fast_source() -> str:
    """The text of `fast_path.py`: the modules, one after the other."""
    parts = [inspect.getsource(folding)]
    for module in (rest, folded_rows, unpadded, folded):
        lines = inspect.getsource(module).replace("from __future__ import annotations\n", "").splitlines()
        parts.append("\n".join(line for line in lines if not line.startswith("from core.model.")) + "\n")
    return "\n\n".join(parts)
