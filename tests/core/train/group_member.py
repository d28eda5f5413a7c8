"""Groups of two processes on this machine, forked from one process that has the libraries loaded.

`python -m tests.core.train.group_member`, with PYTHONHASHSEED=0 as Ray's workers have it: each line of its input is the
folder of a run to train. It ends once its input has and all are trained, with 0 where every member did.
"""

import multiprocessing
import sys
from pathlib import Path

from core.runs.folder.run import Run
from core.train.ray_workers import ReadOnlyRun


def take_part(rank: int, size: int, meeting: str, folders: list[str]) -> None:
    """Train the runs one after the other, and print what becomes of each."""
    import torch.distributed as dist

    from core.train.fit import fit
    from core.train.process_group import ProcessGroup

    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    for folder in map(Path, folders):
        run = ReadOnlyRun(folder) if rank else Run(folder)
        print(fit(run, (folder / "stop").exists, ProcessGroup(rank, size)), flush=True)
    dist.destroy_process_group()


def main() -> int:
    import tests.core.train.preloaded  # noqa: F401

    context, members = multiprocessing.get_context("fork"), []
    for folder in map(str.strip, sys.stdin):
        for rank in range(2):
            members.append(context.Process(target=take_part, args=(rank, 2, f"{folder}/meeting", [folder])))
            members[-1].start()
    for member in members:
        member.join()
    return int(any(member.exitcode for member in members))


if __name__ == "__main__":
    sys.exit(main())
