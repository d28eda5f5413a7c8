"""The environment and the command that a worker is started with, whoever starts it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from core.augment.opened import VARIABLE as OPENED
from core.files import cache_folder, replace_file
from core.runs import processes

SUBMITTED = (
    "CUDA_VISIBLE_DEVICES",
    "HF_DATASETS_OFFLINE",
    "HF_ENDPOINT",
    "HF_HOME",
    "HF_HUB_CACHE",
    "HF_HUB_OFFLINE",
    "LAB_DATA",
    "LAB_PUBLIC",
    "NLTK_DATA",
    "OMP_NUM_THREADS",
    "TRANSFORMERS_OFFLINE",
)
FIXED = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONHASHSEED": "0",  # the order of sets must not differ after a resume
    "TOKENIZERS_PARALLELISM": "false",
}
"""What every worker's environment has."""
CODE = str(Path(__file__).resolve().parents[3])


def own_environment() -> dict[str, str]:
    """The variables of this process that a run is to see, whoever started the dispatcher."""
    return {name: os.environ[name] for name in SUBMITTED if name in os.environ}


def note_own_code(run_dir: Path) -> None:
    """Note what this process has opened, for the worker of a run that waits; whoever starts it then asks `own_code`."""
    with contextlib.suppress(OSError, RuntimeError):  # no home, or a full disk: the dispatcher's own holds
        note = _note(run_dir)
        note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(note, os.fsencode(os.environ.get(OPENED, "")))


def own_code(run_dir: Path) -> dict[str, str]:
    """What the submitter of a run had opened, once; nothing where this account has noted nothing."""
    try:
        note = _note(run_dir)
        opened = os.fsdecode(note.read_bytes())
        note.unlink()
    except (OSError, RuntimeError):
        return {}
    return {OPENED: opened}


def _note(run_dir: Path) -> Path:
    return cache_folder("opened") / hashlib.sha256(os.fsencode(run_dir.resolve())).hexdigest()[:40]


def with_core(given: Mapping[str, str]) -> dict[str, str]:
    """`given`, with `core` to be imported from anywhere, and of no run's family."""
    environment = {name: value for name, value in given.items() if name != processes.FAMILY_VARIABLE}
    paths = [CODE, *[path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path != CODE]]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def environment_for(run_dir: Path, submitted: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: this process's, but the submitter's where data, models and own code come from."""
    environment = {name: value for name, value in with_core(os.environ).items() if name not in SUBMITTED}
    return environment | own_code(run_dir) | own_variables(run_dir, submitted)


def standby_environment() -> dict[str, str]:
    """For a process that will become a worker, whichever run it will be given."""
    return with_core(os.environ) | FIXED


def own_variables(run_dir: Path, submitted: Mapping[str, str]) -> dict[str, str]:
    """What a worker's environment has of its own, on whichever machine."""
    return {
        **{name: value for name, value in submitted.items() if name in SUBMITTED and _is_value(value)},
        processes.FAMILY_VARIABLE: str(run_dir),
        **FIXED,
    }


def _is_value(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def worker_command(run_dir: Path) -> list[str]:
    """The argument list of a worker. LAB_WORKER replaces what stands before the folder (numactl, a script)."""
    own = os.environ.get("LAB_WORKER")
    return [*(shlex.split(own) if own else [sys.executable, "-P", "-m", "core.worker"]), str(run_dir)]
