"""What starts and ends with the server, whichever command started it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse
from starlette.routing import Route

from core.augment import own_method
from core.loading import load_lightly
from core.runs import processes
from core.runs.folder.store import RunError, Store
from core.runs.local.launcher import LocalLauncher
from dashboard.access import middleware
from dashboard.augmentation import wordnet
from dashboard.shared.standby import STANDBY
from dashboard.visitors import Visitors

# NumPy's products take one thread: beside a run in training a second one waits for a core while the first one spins,
# and a picture of 16 steps takes half a second of processor time instead of 15 ms. It is read when NumPy is first
# loaded, which no start does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """What waited when the machine went down goes on; WordNet is fetched where it is missing; what still works
    something out for a page ends with us."""
    load_lightly()
    own_method.isolate()
    with contextlib.suppress(RunError):
        LocalLauncher(Store()).wake()
    wordnet.fetch_at_start()
    watch = asyncio.create_task(Visitors().watch())
    yield
    watch.cancel()
    STANDBY.stop()
    processes.end_helpers()


def routes() -> list[Route]:
    """Plotly's own script, which Streamlit's pages keep to themselves: figures are drawn anew for the file with it."""
    package = importlib.util.find_spec("plotly")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "package_data" / "plotly.min.js"
    return [Route("/lab/plotly.min.js", lambda request: FileResponse(path, media_type="text/javascript"))]


__all__ = ["lifespan", "middleware", "routes"]
