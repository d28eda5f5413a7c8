"""`python -m dashboard [--port N]`: a free port, then the dashboard on it."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

from core.runs import processes

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "127.0.0.1"


def port_problem(port: int) -> str | None:
    """None where `port` can be listened on, else one line that says what to do."""
    if not 1 <= port <= 65535:
        return f"{port} is no port; give one between 1024 and 65535, as in: make app PORT=8502"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # The server sets the same option, so a port that is only closing down counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError:
            return f"port {port} may not be used by this account; try: make app PORT={max(port + 8000, 8502)}"
        except OSError:
            return (
                f"port {port} is in use; the lab may be open already at http://{ADDRESS}:{port}, "
                f"or try: make app PORT={port + 1}"
            )
    return None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Open the dashboard in a browser.")
    parser.add_argument("--port", type=int, default=8501)
    port = parser.parse_args(arguments).port
    problem = port_problem(port)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"MobileBERT Lab: http://{ADDRESS}:{port}   (Ctrl+C ends it; runs go on)", flush=True)
    os.chdir(ROOT)  # relative paths, such as runs/, start here whatever the caller
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)  # the server ends in order first, then hands the signal on
    from streamlit.web import cli  # only now: it takes a second, and a taken port is told at once

    app = str(ROOT / "dashboard" / "app.py")
    try:
        cli.main(["run", app, "--server.port", str(port), "--server.address", ADDRESS])
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else 0)
    return 0


def on_signal(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def leave(code: int) -> None:
    """End now. A usual exit would wait for every thread, such as one that has steps timed for an estimate; what is
    written below the run root may be cut off at any moment anyway."""
    processes.end_helpers()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
