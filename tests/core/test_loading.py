"""What a run loads before its first step, and that what was left out comes in as soon as it is needed."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.loading import paused_collector

ROOT = Path(__file__).resolve().parents[2]
NOT_BEFORE_THE_FIRST_STEP = {
    "datasets", "plotly", "streamlit", "torch._dynamo.convert_frame",
    "torch.distributed.fsdp", "torch.distributed.tensor._api",
}  # fmt: skip
SCRIPT = """
import json, sys
from core.loading import load_lightly
load_lightly()
from core.config import RunConfig
from core.runs.folder.store import Store
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for

run = Store(sys.argv[1]).create(config_for(sys.argv[2]).replace({"train.max_steps": 1}))
loaded = []

def should_stop():
    if run.status().phase == "training":  # set before the first step
        loaded.append(list(sys.modules))
    return False

assert fit(run, should_stop) == "finished"
import torch, transformers
from transformers import masking_utils
found = {"before": loaded[0], "steps": [row["step"] for row in run.metrics()[0]]}
found["compiled"] = torch.compile(lambda x: x + 1, backend="eager")(torch.ones(2)).tolist()
found["after"] = list(sys.modules)
with masking_utils.TransformGetItemToIndex():
    found["index"] = int(torch.arange(5)[torch.tensor(3)])
import torch._dynamo.eval_frame
import torch.distributed.tensor.placement_types as placements
found["same"] = [
    torch._dynamo is sys.modules["torch._dynamo"],
    torch._dynamo.eval_frame.OptimizedModule is sys.modules["torch._dynamo.eval_frame"].OptimizedModule,
    placements.Shard is torch.distributed.tensor.Shard,
]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory, tiny_model_dir):
    """Of one process that trains a run of one step, and compiles a function afterwards."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path_factory.mktemp("runs")), str(tiny_model_dir)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_run_takes_its_first_step_without_what_only_later_steps_or_pages_need(found):
    assert NOT_BEFORE_THE_FIRST_STEP.intersection(found["before"]) == set()
    assert {"torch", "transformers", "peft"} <= set(found["before"])
    assert found["steps"] == [0, 1, 1]


def test_torchs_compiler_comes_in_when_something_is_compiled(found):
    assert found["compiled"] == [2.0, 2.0]
    assert "torch._dynamo.convert_frame" in found["after"]
    assert found["index"] == 3
    assert found["same"] == [True] * 3


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was_found(enabled):
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with paused_collector():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_what_was_made_meanwhile_counts_as_old():
    gc.enable()
    with paused_collector():
        made = [[] for _ in range(10_000)]
    young = {id(one) for generation in (0, 1) for one in gc.get_objects(generation)}
    assert not young & set(map(id, made))
