"""One run, several processes on the nodes of a Ray cluster: starts a team with Ray Train and waits for it.

The worker that calls this keeps the claim of the run and trains nothing itself. The team's first member writes the
run folder, as a single process would; the others read it and keep silent.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.runs.run import Run
from core.runs.status import Status
from core.train.team import Team

STOP = ".stop"
"""The file in a run folder that asks the whole team to stop."""
LOOK_S = 0.1


class Onlooker(Run):
    """A run folder that is read and never written."""

    def set_status(self, **changes: Any) -> Status:
        return self.recorded_status().replace(changes)

    def _nothing(self, *_args: Any, **_kwargs: Any) -> None:
        """What the first member writes."""

    append_metrics = rewind_metrics = sync_metrics = _nothing
    save_embeddings = save_eval_rows = save_augmented = _nothing


def fit_together(run: Run, should_stop: Callable[[], bool]) -> str:
    """`finished` or `stopped`, like `fit`. ValueError with the team's own message where it could not go on."""
    import ray
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchTrainer

    asked_to_end = signal.getsignal(signal.SIGTERM)
    ray.init()
    signal.signal(signal.SIGTERM, asked_to_end)  # Ray has put its own in its place
    wanted, stop, records = run.config().run, run.dir / STOP, run.dir / "ray"
    trainer = TorchTrainer(
        _member,
        train_loop_config={"run_dir": str(run.dir)},
        scaling_config=ScalingConfig(
            num_workers=wanted.workers,
            use_gpu=wanted.gpus > 0,
            resources_per_worker={"CPU": wanted.cpus, "GPU": wanted.gpus},
        ),
        run_config=RunConfig(name=run.id, storage_path=str(records)),
    )
    stop.unlink(missing_ok=True)
    over = threading.Event()
    threading.Thread(target=_pass_on, args=(should_stop, stop, over), daemon=True).start()
    try:
        answer: Mapping[str, str] = trainer.fit().return_value
    finally:
        over.set()
        stop.unlink(missing_ok=True)
        shutil.rmtree(records, ignore_errors=True)
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["outcome"]


def _pass_on(should_stop: Callable[[], bool], stop: Path, over: threading.Event) -> None:
    while not over.wait(LOOK_S):
        if should_stop():
            stop.touch()
            return


def _member(config: Mapping[str, str]) -> dict[str, str]:
    """What each process of the team runs."""
    from ray import train

    from core.train.fit import fit

    context, folder = train.get_context(), Path(config["run_dir"])
    team = Team(context.get_world_rank(), context.get_world_size())
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"):  # the Trainer must not share out the batch a second time
        os.environ.pop(name, None)
    try:
        return {"outcome": fit(Run(folder) if team.leads else Onlooker(folder), (folder / STOP).exists, team)}
    except ValueError as error:  # every member meets it: said once, as by a single process
        traceback.print_exc()
        return {"error": str(error)}
