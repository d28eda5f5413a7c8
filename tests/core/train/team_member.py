"""One member of a team of processes on this machine: `python team_member.py RUN_DIR RANK SIZE MEETING_FILE`."""

import sys
from pathlib import Path

import torch.distributed as dist

from core.runs.run import Run
from core.train.fit import fit
from core.train.ray_workers import Onlooker
from core.train.team import Team

if __name__ == "__main__":
    folder, rank, size, meeting = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    run = Onlooker(folder) if rank else Run(folder)
    print(fit(run, (folder / "stop").exists, Team(rank, size)))
    dist.destroy_process_group()
