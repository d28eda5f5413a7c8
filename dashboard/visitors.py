"""Whether anybody is on the site; with the first a process stands by, with the last one memory is given back."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import math
import os
import time

from streamlit import runtime

from dashboard.shared import readers
from dashboard.shared.standby import STANDBY

# Arrow's own allocator keeps for good what threads took that have ended, as each draw of a page is one. It is chosen
# when pyarrow is first loaded, which no start does.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
LOOK_S = 1.0
LEFT_S = 20.0
"""A page that is reloaded is back before that."""
FORGET_S = 600.0
"""Nobody comes back so soon any more: the process that stands by for the next run ends."""


class Visitors:
    """Looks at the site's sessions now and then; tells when the last one has left."""

    def __init__(self) -> None:
        self._last_seen = -math.inf
        self._cleared = math.inf

    def look(self, present: bool, now: float) -> None:
        """What is to be done at this moment. What was being worked out ends later than its visitor: clear again."""
        if present:
            if now - self._last_seen < LEFT_S:  # not at the very first look: the page is to be drawn first
                STANDBY.start()
            self._last_seen = self._cleared = now
        elif now - self._last_seen > FORGET_S:
            STANDBY.stop()
        elif now - self._cleared > LEFT_S:
            self._cleared = now
            let_go()

    async def watch(self) -> None:
        """Look for as long as the server is there."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look(anybody(), time.monotonic())


def anybody() -> bool:
    """Whether a page of ours is open in some browser."""
    return runtime.exists() and runtime.get_instance().state == runtime.RuntimeState.ONE_OR_MORE_SESSIONS_CONNECTED


def let_go() -> None:
    """Forget the rows and embeddings that pages have read, and give the memory back to the system."""
    readers.forget()
    gc.collect()
    with contextlib.suppress(ImportError):
        import pyarrow

        pyarrow.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):  # glibc only
        ctypes.CDLL(None).malloc_trim(0)
