"""One member of a team of processes on this machine: `python team_member.py RANK SIZE MEETING_FILE RUN_DIR ...`."""

import sys
from pathlib import Path

import torch.distributed as dist

from core.runs.folder.run import Run
from core.train.fit import fit
from core.train.ray_workers import Onlooker
from core.train.team import Team

if __name__ == "__main__":
    rank, size, meeting = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    for folder in map(Path, sys.argv[4:]):
        run = Onlooker(folder) if rank else Run(folder)
        print(fit(run, (folder / "stop").exists, Team(rank, size)))
    dist.destroy_process_group()
