"""A real server in a process of its own, spoken to over raw sockets, with every call to the outside written down."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "make app": [sys.executable, "-m", "dashboard", "--port"],
    "streamlit run": [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port"],
}
# Loaded by every Python process below the server: whom it asks for an address, and whom it calls.
LISTENER = """
import os, sys

def listen(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        where = arguments[1][0] if isinstance(arguments[1], tuple) else "local"
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        where = arguments[0]
    else:
        return
    if where not in ("local", "127.0.0.1", "localhost", "::1", None, ""):
        with open(os.environ["HEARD"], "a") as file:
            file.write(f"{event} {where}\\n")

sys.addaudithook(listen)
"""


class Served:
    """A running dashboard."""

    def __init__(self, port: int, heard: Path, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process, self._heard = port, process, heard

    def ask(self, path: str, host: str | None = None, method: str = "GET", body: bytes = b"", **headers: str) -> int:
        """The status that one request on a socket of its own is answered with."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.name if host is None else host}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body else []
        return int(self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body).split(b" ", 2)[1])

    def raw(self, data: bytes) -> bytes:
        """What comes back for these very bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(data)
            return line.recv(4096)

    def open_socket(self, host: str | None = None, **headers: str) -> int:
        """101 where the handshake of the page's socket succeeds, as a browser would send it."""
        return self.ask(
            "/_stcore/stream", host, Connection="Upgrade", Upgrade="websocket",
            Sec_WebSocket_Version="13", Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
            Sec_WebSocket_Protocol="streamlit", **headers,
        )  # fmt: skip

    def visit(self, page: str = "") -> int:
        """Open a page the way a browser does, wait until it is drawn; how many messages drew it."""
        with connect(f"ws://{self.name}/_stcore/stream", origin=f"http://{self.name}", max_size=None) as line:  # type: ignore[arg-type]
            ask = BackMsg()
            ask.rerun_script.query_string = ""
            ask.rerun_script.page_name = page
            line.send(ask.SerializeToString())
            for count in range(10_000):
                said = ForwardMsg()
                said.ParseFromString(line.recv(60))  # type: ignore[arg-type]
                if said.WhichOneof("type") == "script_finished":
                    return count
        raise AssertionError(f"{page} is never drawn")

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def heard(self) -> str:
        """Every call to the outside so far, a line each; empty is silence."""
        return self._heard.read_text() if self._heard.exists() else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve(folder: Path, command: str = "make app", **environment: str) -> Iterator[Served]:
    """The dashboard on a port of its own, its runs in `folder`."""
    site, heard, port = folder / "site", folder / "heard", free_port()
    site.mkdir(parents=True)
    (site / "sitecustomize.py").write_text(LISTENER)
    own = {
        "LAB_STANDBY": "0",
        "LAB_WORDNET": "builtin",
        "LAB_RUNS": str(folder / "runs"),
        "PYTHONPATH": str(site),
        "HEARD": str(heard),
        "HF_HUB_OFFLINE": "0",
    }
    own["LAB_WORDNET"] = "builtin"  # else it would be fetched, the one call that nobody chose
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            [*COMMANDS[command], str(port)], cwd=ROOT, env={**os.environ, **own, **environment}, stdout=log, stderr=log
        )
    served = Served(port, heard, process)
    try:
        while True:
            assert process.poll() is None, (folder / "server.log").read_text()
            with contextlib.suppress(OSError):
                if served.ask("/_stcore/health") == 200:
                    break
            time.sleep(0.1)
        yield served
    finally:
        process.terminate()
        process.wait(20)
