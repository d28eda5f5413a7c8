"""One run, several processes on the nodes of a Ray cluster: starts a group with Ray Train and waits for it.

The worker that calls this keeps the claim of the run and trains nothing itself. The group's first member writes the
run folder, as a single process would; the others read it and keep silent.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.augment.guard import end_process_when_stuck
from core.loading import loaded_for_good
from core.runs.folder.group import RECORDS, STOP, clear
from core.runs.folder.run import Run
from core.runs.folder.status import LostError, Status
from core.runs.local.failures import describe, of_stuck

LOOK_S = 0.1
STUCK = "stuck-"
"""Beginning of the names of files, one a member, in which its stack lies if a method of one's own hung in it."""
NODE_ENVIRONMENT = {
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.2",  # seconds until the end of a group is noticed; a stop may take 3
    "RAY_TRAIN_ENABLE_PRINT_PATCH": "0",  # else every line comes twice
    "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": "0",  # a process more, whose warnings no member reads
    "RAY_COLOR_PREFIX": "0",
    "RAY_DEDUP_LOGS": "0",
}


class MemberError(RuntimeError):
    """What went wrong in one process of a group, in one line for people."""


class ReadOnlyRun(Run):
    """A run's folder as every member but the first has it: read and never written."""

    def set_status(self, **changes: Any) -> Status:
        return self.recorded_status().replace(changes)

    def _nothing(self, *_args: Any, **_kwargs: Any) -> None:
        """What the first member writes."""

    append_metrics = rewind_metrics = sync_metrics = _nothing
    save_embeddings = save_eval_rows = save_augmented = save_record = _nothing


def fit_together(run: Run, should_stop: Callable[[], bool]) -> str:
    """`finished` or `stopped`, like `fit`.

    Raises ValueError with a member's own message where it could not go on, LostError where a member is gone.
    """
    os.environ.update(NODE_ENVIRONMENT)
    import ray
    from ray.exceptions import RayError
    from ray.train import RunConfig, ScalingConfig, TrainingFailedError
    from ray.train.torch import TorchTrainer

    asked_to_end = signal.getsignal(signal.SIGTERM)
    ray.init()
    signal.signal(signal.SIGTERM, asked_to_end)  # Ray has put its own in its place
    clear(run.dir)
    wanted = run.config().run
    trainer = TorchTrainer(
        _member,
        train_loop_config={"run_dir": str(run.dir)},
        scaling_config=ScalingConfig(
            num_workers=wanted.workers,
            use_gpu=wanted.gpus > 0,
            resources_per_worker={"CPU": wanted.cpus, "GPU": wanted.gpus},
        ),
        run_config=RunConfig(name=run.id, storage_path=str(run.dir / RECORDS)),
    )
    over = threading.Event()
    listening = threading.Thread(target=_pass_on, args=(should_stop, run.dir / STOP, over), daemon=True)
    listening.start()
    try:
        outcome: str = trainer.fit().return_value
    except (TrainingFailedError, RayError) as error:
        raise cause_of(error, run.dir / RECORDS) from error
    finally:
        over.set()
        listening.join()  # else a stop asked for at the end could come after the clearing
        clear(run.dir)
    return outcome


def cause_of(failure: Exception, records: Path) -> Exception:
    """What a member has said of its end, or left behind in `records`; where none did, that one was lost."""
    failures: Mapping[int, Exception] = getattr(failure, "worker_failures", {})
    said = [str(error) for _, error in sorted(failures.items()) if isinstance(error, MemberError)]
    if said:
        return ValueError(said[0])
    for path in sorted(records.glob(f"{STUCK}*")):
        if stuck := of_stuck(path.read_text(encoding="utf-8", errors="replace")):
            return ValueError(stuck)
    return LostError("a process of the run's group was lost (killed, out of memory, or its machine is gone); resume it")


def _pass_on(should_stop: Callable[[], bool], stop: Path, over: threading.Event) -> None:
    while not over.wait(LOOK_S):
        if should_stop():
            stop.touch()
            return


def _member(config: Mapping[str, str]) -> str:
    """What each process of the group runs."""
    from ray import train

    with loaded_for_good():
        from core.train.fit import fit
        from core.train.process_group import ProcessGroup

    context, folder = train.get_context(), Path(config["run_dir"])
    group = ProcessGroup(context.get_world_rank(), context.get_world_size())
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"):  # the Trainer must not share out the batch a second time
        os.environ.pop(name, None)
    run = Run(folder) if group.is_main else ReadOnlyRun(folder)
    (folder / RECORDS).mkdir(exist_ok=True)
    try:
        with open(folder / RECORDS / f"{STUCK}{context.get_world_rank()}", "w", encoding="utf-8") as last_words:
            end_process_when_stuck(said=last_words)  # the cluster keeps a member's stderr to itself
            return fit(run, (folder / STOP).exists, group)
    except LostError:
        raise
    except Exception as error:  # raised, since the others may wait for this member for ever
        raise MemberError(describe(error, run)) from error
