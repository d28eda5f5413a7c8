"""Names of run folders: what one may look like, and a new one."""

from __future__ import annotations

import re
import secrets
import time

from core.config import RunConfig
from core.runs.folder.files import RunError

RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
JOB = "job-"
"""How the ids of jobs begin, which are no runs (`core.runs.folder.jobs`); those of runs begin with a date."""
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0, 1: ids are read aloud


def check_id(run_id: str) -> str:
    """The id itself, or RunError: ids come from URLs and command lines."""
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        raise RunError(f"{str(run_id)[:120]!r} is not a run id (lower-case letters, digits, `.`, `_`, `-`)")
    return run_id


def new_id(config: RunConfig, now: float) -> str:
    """Readable and unique: when, what, and four random characters."""
    what = config.run.name or f"{config.subject}-{config.train.loss}"
    slug = re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-")[:60] or "run"
    stamp = time.strftime("%Y%m%d-%H%M", time.localtime(now))
    return check_id(f"{stamp}-{slug}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}")
