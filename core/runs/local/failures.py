"""An error, or the code that a worker ended with, in; one line for people out: what it was and what to do."""

from __future__ import annotations

import contextlib
import errno
import re
import signal

from core.augment.guard import STUCK_SECONDS, stuck_at
from core.runs.folder.files import FULL, explain
from core.runs.folder.run import Run
from core.runs.folder.status import LostError

# What torch (CPU, CUDA) and NumPy say of an allocation that failed.
_NEEDED = re.compile(r"(?:tried to allocate|Unable to allocate) ([\d.]+) (bytes|[KMGTPE]i?B)", re.IGNORECASE)
_SHORT = re.compile(
    r"DefaultCPUAllocator|bad_alloc|[Cc]annot allocate memory|"
    r"failed to map segment|could not create a (?:memory|primitive)"
)


def describe(error: BaseException, run: Run) -> str:
    """Why it failed and what to do, in one line."""
    first = (str(error).strip().splitlines() or [""])[0].strip()
    if is_shortage(error):
        needed = _NEEDED.search(str(error))
        return out_of_memory(run, f"it asked for {_in_gib(needed)} more" if needed else "")
    if isinstance(error, OSError) and error.errno in (*FULL, errno.EACCES, errno.EPERM, errno.EROFS):
        return explain(error, error.filename or run.dir)
    if "No space left on device" in str(error):
        return explain(OSError(errno.ENOSPC, ""), run.dir)
    own = isinstance(error, ValueError) and type(error).__module__.startswith("core.")
    if own or type(error) in (ValueError, LostError):
        return first
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return f"the worker was ended from within ({type(error).__name__} {first})".strip()
    return f"{type(error).__name__}: {first}".rstrip(": ") + " (the log has the details)"


def is_shortage(error: BaseException) -> bool:
    """Whether memory was lacking, in the words of Python, the loader, or torch on either device."""
    if isinstance(error, MemoryError) or "OutOfMemoryError" in {cls.__name__ for cls in type(error).__mro__}:
        return True
    return isinstance(error, OSError | ImportError | RuntimeError) and _SHORT.search(str(error)) is not None


def out_of_memory(run: Run | None = None, how: str = "") -> str:
    """What the run may need in all, as far as its configuration can be read, and the settings that lower it."""
    needed, ways = "", ["a lower train.batch_size, train.token_budget or data.max_length"]
    if run is not None:
        from core.model.memory import as_long_as_allowed

        with contextlib.suppress(ValueError):
            size, found = as_long_as_allowed(run.config())
            needed, ways = f"up to {size} are needed; ", found or ways
    what = f"out of memory ({how})" if how else "out of memory"
    return f"{what}: {needed}clone it with {' or '.join(ways)}; or run fewer at once, and resume"


def of_exit(code: int, run: Run, killed_for_memory: bool) -> tuple[str, str]:
    """(state, reason) of a run whose worker ended with this exit code and had no time to say why."""
    if killed_for_memory and code == -signal.SIGKILL:
        held = run.recorded_status().now.get("memory_mb")
        size = f" when it held {held / 1024:.3g} GiB" if held else ""
        return "failed", out_of_memory(run, f"the system ended the worker{size}")
    if code != -signal.SIGKILL and _SHORT.search(run.log_tail(4_000)):
        return "failed", out_of_memory(run)
    if code == 1 and (stuck := of_stuck(run.log_tail(16_000))):
        return "failed", stuck
    how = signal.Signals(-code).name if code < 0 else f"code {code}"
    return "interrupted", f"the worker ended without a word ({how}; the log may say more); resume it"


def of_stuck(said: str) -> str:
    """Where a method of one's own hung, by the log of the process that was ended for it; empty where none was."""
    stuck = stuck_at(said, STUCK_SECONDS)
    return f"{stuck}, on a later text; mend the method, or leave it out of augment.methods" if stuck else ""


def _in_gib(needed: re.Match[str]) -> str:
    power = "BKMGTPE".index(needed[2][0].upper())
    return f"{float(needed[1]) * 1024.0**power / 2**30:.3g} GiB"
