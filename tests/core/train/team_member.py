"""One member of a team of processes on this machine: `python team_member.py RANK SIZE MEETING_FILE RUN_DIR ...`."""

import sys
from pathlib import Path

import torch.distributed as dist

from core.runs.folder.run import Run
from core.train.fit import fit
from core.train.ray_workers import Onlooker
from core.train.team import Team


def take_part(rank: int, size: int, meeting: str, folders: list[str]) -> None:
    """Train the runs one after the other, and print what becomes of each."""
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    for folder in map(Path, folders):
        run = Onlooker(folder) if rank else Run(folder)
        print(fit(run, (folder / "stop").exists, Team(rank, size)), flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    take_part(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
