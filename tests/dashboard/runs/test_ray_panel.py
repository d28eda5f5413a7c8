from core.runs.remote.ray_api import Node, RayJob
from core.runs.remote.ray_jobs import RemoteSnapshot
from dashboard.runs.ray_panel import node_frame, summary

SEEN = RemoteSnapshot(
    "http://head:8265",
    nodes=(
        Node("a", "big", is_head=True, is_alive=True, cpus=16, gpus=1),
        Node("b", "small", is_head=False, is_alive=True, cpus=4, gpus=0),
        Node("c", "gone", is_head=False, is_alive=False, cpus=0, gpus=0),
    ),
    jobs=(
        RayJob("one-1", "RUNNING", "", "b"),
        RayJob("two-1", "RUNNING", "", "b"),
        RayJob("three-1", "PENDING", "", ""),
        RayJob("old-1", "FAILED", "", "a"),
    ),
)


def test_panel_names_the_runs_at_work_on_each_node():
    frame = node_frame(SEEN, {"one-1": "augmented 10 %", "old-1": "over"})
    assert frame.to_dict("records") == [
        {"Node": "big (head)", "State": "alive", "Cores": "16", "GPUs": "1", "Runs": "–"},
        {"Node": "small", "State": "alive", "Cores": "4", "GPUs": "0", "Runs": "augmented 10 %, job two-1"},
        {"Node": "gone", "State": "lost", "Cores": "0", "GPUs": "0", "Runs": "–"},
    ]


def test_summary_counts_living_nodes_and_jobs():
    assert summary(SEEN) == "2 of 3 nodes, 2 running, 1 waiting"
    assert summary(RemoteSnapshot("http://head:8265", problem="it does not answer")) == "out of reach"
