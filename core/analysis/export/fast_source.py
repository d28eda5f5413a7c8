"""The fast path in, one file that stands alone out: what a run's script needs to draw its dropout as the run did.

Taken from the lab's own source, so that the two cannot part.
"""

from __future__ import annotations

import inspect

from core.model import folded, folding

NAME = "fast_path.py"


def fast_source() -> str:
    """The text of `fast_path.py`: both modules, one after the other."""
    after = inspect.getsource(folded).replace("from __future__ import annotations\n", "")
    kept = [line for line in after.splitlines() if not line.startswith("from core.model.folding import")]
    return inspect.getsource(folding) + "\n\n" + "\n".join(kept) + "\n"
