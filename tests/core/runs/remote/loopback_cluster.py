"""Two nodes of one core each on loopback: `python loopback_cluster.py`.

Says where they are as one line of JSON. A line on standard input kills the second node's raylet; the end of
standard input ends the cluster.
"""

import contextlib
import json
import socket
import sys

from ray.cluster_utils import Cluster

NODE = {
    "num_cpus": 1,
    "num_gpus": 0,
    "object_store_memory": 80_000_000,
    "node_ip_address": "127.0.0.1",
    "dashboard_agent_listen_port": 0,  # any: another cluster may be at work on this machine
    "include_log_monitor": False,  # it would print here what workers say
}


def begun():
    """The head's dashboard takes no port of its own choice, and one that is free may be taken before it comes to it."""
    for _ in range(5):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        place = {"include_dashboard": True, "dashboard_host": "127.0.0.1", "dashboard_port": port}
        with contextlib.suppress(ValueError):  # occupied
            return Cluster(initialize_head=True, head_node_args={**NODE, **place})
    sys.exit("no port stayed free")


if __name__ == "__main__":
    cluster = begun()
    second = cluster.add_node(**NODE)
    print(json.dumps({"address": f"http://{cluster.webui_url}", "second": second.node_id}), flush=True)
    for _ in sys.stdin:
        for started in second.all_processes["raylet"]:
            started.process.kill()
            started.process.wait()
    cluster.shutdown()
