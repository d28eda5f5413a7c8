"""A cluster's address in; its nodes and jobs out, through Ray's own REST interface (Ray 2.60).

Standard library only: whoever submits needs no Ray, no page waits for its import, and every question has a time
limit. The token is read as Ray reads it, and never follows a redirect.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from core.fields import check_address
from core.files import is_public
from core.runs.folder.files import RunError

ADDRESS_VARIABLE = "RAY_API_SERVER_ADDRESS"
"""Ray's own name for the address that `run.address` leaves out."""
ANSWER_S = 2.5  # seconds until a cluster counts as out of reach
SUBMIT_S = 15.0  # a head that has just started finds its first job agent slowly
OVER = ("STOPPED", "SUCCEEDED", "FAILED")


class ClusterError(RunError):
    """The cluster does not answer, or refuses; said in one line."""


@dataclass(frozen=True)
class Node:
    """A machine of the cluster."""

    id: str
    name: str
    is_head: bool
    is_alive: bool
    cpus: float
    gpus: float


@dataclass(frozen=True)
class RayJob:
    """What the cluster says of a job; `node` is empty until it has one."""

    id: str
    state: str
    message: str
    node: str

    @property
    def is_over(self) -> bool:
        return self.state in OVER


class Cluster:
    """A Ray cluster by the address of its dashboard: the argument, else RAY_API_SERVER_ADDRESS."""

    def __init__(self, address: str = "") -> None:
        self.address = (address or default_address()).rstrip("/")
        if is_public() and self.address != default_address().rstrip("/"):
            raise RunError(
                f"only the cluster that {ADDRESS_VARIABLE} names is open to visitors; leave run.address empty"
            )
        if not self.address:
            raise RunError(f"no cluster is named: set run.address, such as http://head:8265, or {ADDRESS_VARIABLE}")
        try:
            check_address(ADDRESS_VARIABLE, self.address)
        except ValueError as error:
            raise RunError(str(error)) from None

    def nodes(self) -> list[Node]:
        """Every node that has been there, the head first, then the living."""
        listed = self._ask("GET", "/api/v0/nodes?detail=true&limit=1000")["data"]["result"]["result"]
        nodes = [
            Node(
                id=entry["node_id"],
                name=entry["node_name"],
                is_head=entry["is_head_node"],
                is_alive=entry["state"] == "ALIVE",
                cpus=(entry.get("resources_total") or {}).get("CPU", 0),
                gpus=(entry.get("resources_total") or {}).get("GPU", 0),
            )
            for entry in listed
        ]
        return sorted(nodes, key=lambda node: (not node.is_head, not node.is_alive, node.name))

    def jobs(self) -> list[RayJob]:
        """Every submitted job that the cluster remembers."""
        return [_job(entry) for entry in self._ask("GET", "/api/jobs/") if entry.get("submission_id")]

    def job(self, job_id: str) -> RayJob | None:
        """One job; None when the cluster knows none of that id."""
        found = self._ask("GET", f"/api/jobs/{quote(job_id)}", known=False)
        return _job(found) if found else None

    def submit(self, job_id: str, entrypoint: str, variables: Mapping[str, str], cpus: float, gpus: float) -> None:
        """Start a shell command on the first node that has the processors free."""
        request = {
            "submission_id": job_id,
            "entrypoint": entrypoint,
            "runtime_env": {"env_vars": dict(variables)},
            "entrypoint_num_cpus": cpus,
            "entrypoint_num_gpus": gpus,
        }
        self._ask("POST", "/api/jobs/", request, limit=SUBMIT_S)

    def stop(self, job_id: str) -> None:
        """Ask a job to end; nothing when it is over or unknown."""
        self._ask("POST", f"/api/jobs/{quote(job_id)}/stop", {}, known=False)

    def _ask(self, method: str, path: str, body: Any = None, limit: float = ANSWER_S, known: bool = True) -> Any:
        """The answer as JSON; None where what is asked for need not be `known`, and is not."""
        where = urlsplit(self.address)
        kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        try:
            connection = kind(where.hostname or "", where.port, timeout=limit)
            try:
                data = None if body is None else json.dumps(body)
                connection.request(method, where.path + path, data, _headers())
                answer = connection.getresponse()
                status, text = answer.status, answer.read().decode("utf-8", "replace")
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise ClusterError(f"the cluster at {self.address} does not answer ({reason})") from None
        return None if status == 404 and not known else self._read(status, text)

    def _read(self, status: int, text: str) -> Any:
        if status in (401, 403):
            raise ClusterError(
                f"the cluster at {self.address} refuses: {text.strip()}; "
                "set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH"
            )
        if status != 200:
            raise ClusterError(f"the cluster at {self.address} says {status} {last_line(text)}".rstrip())
        try:
            return json.loads(text)
        except ValueError:
            raise ClusterError(f"{self.address} is not the dashboard of a Ray cluster") from None


def default_address() -> str:
    """The address of the environment; empty without one."""
    return os.environ.get(ADDRESS_VARIABLE, "")


def last_line(text: str) -> str:
    """The end of a traceback or a log: where the reason stands."""
    return (text.strip().splitlines() or [""])[-1].strip()


def _headers() -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if os.environ.get("RAY_AUTH_MODE") != "token":
        return headers
    token = os.environ.get("RAY_AUTH_TOKEN", "").strip()
    if not token:
        path = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or "~/.ray/auth_token").expanduser()
        try:
            token = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ClusterError(f"no token for the cluster: RAY_AUTH_TOKEN is not set, and {error}") from None
    return {**headers, "Authorization": f"Bearer {token}"}


def _job(entry: Mapping[str, Any]) -> RayJob:
    return RayJob(
        entry["submission_id"], entry["status"], entry.get("message") or "", entry.get("driver_node_id") or ""
    )
