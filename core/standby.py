"""A process that loads the libraries and waits to be the next run's worker: `python -m core.standby ROOT`.

Loading them takes seconds, a fork milliseconds. Each run gets a fork of its own, so that nothing of one run is left
in the next; it ends when its standard input does, that is, with whoever started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

from core.loading import loaded_for_good
from core.runs.local.environment import SUBMITTED
from core.runs.local.standby import SOCKET, at
from core.runs.processes import give_way

TICK_S = 0.2
REQUEST_LIMIT = 1_000_000  # bytes
LATER = ("OMP_NUM_THREADS", "LAB_DATA", "LAB_PUBLIC")
"""Variables that are looked at when a run begins; the libraries read the others when they are loaded."""


class Standby:
    """The waiting process: its socket, and the line to whoever waits for the end of each of its forks."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.born_with = dict(os.environ)
        self.lines: dict[int, socket.socket] = {}  # pid of a worker -> who wants to know of its end

    def serve(self) -> None:
        """Take runs over until the standard input ends, then wait for the runs that are at work."""
        waiting = True
        while waiting or self.lines:
            watched = [self.listener, sys.stdin] if waiting else []
            ready, _, _ = select.select(watched, [], [], TICK_S)
            if sys.stdin in ready and not os.read(sys.stdin.fileno(), 1):
                waiting = False
                self.listener.close()
            elif self.listener in ready:
                line, _ = self.listener.accept()
                with contextlib.suppress(OSError, ValueError, KeyError):
                    self.take(line)
            self.reap()

    def take(self, line: socket.socket) -> None:
        """Become the worker that is asked for, in a fork; say nothing where this process does not suit."""
        line.settimeout(1.0)
        with line.makefile("rb") as file:
            asked = json.loads(file.readline(REQUEST_LIMIT))
        if not self.suits(asked["environment"]):
            line.close()
            return
        pid = os.fork()
        if pid == 0:
            self.become(asked)
        self.lines[pid] = line
        line.sendall(f"{pid}\n".encode())

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether the libraries would have been loaded the same under that environment."""
        names = [name for name in SUBMITTED if name not in LATER]
        return all(self.born_with.get(name) == environment.get(name) for name in names)

    def become(self, asked: Mapping[str, object]) -> None:
        """In the fork: everything as a worker that was started for this run alone finds it."""
        code = 1
        try:
            for other in (self.listener, *self.lines.values()):
                other.close()
            os.setsid()
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
            log = os.open(Path(str(asked["run"])) / "worker.log", flags, 0o644)
            null = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((null, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            os.environ.clear()
            os.environ.update(asked["environment"])  # type: ignore[call-overload]
            os.chdir(str(asked["cwd"]))
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            from core import worker

            code = worker.main(str(asked["run"]))
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def reap(self) -> None:
        """Tell how each worker has ended."""
        for pid in list(self.lines):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                with self.lines.pop(pid) as line, contextlib.suppress(OSError):
                    line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def rehearse() -> None:
    """Load what a run will load, and build the shipped model once: much comes in only when it is first used."""
    import scipy.stats  # noqa: F401 - for the verdict at a run's end
    import sklearn.metrics  # noqa: F401 - for its first score
    import torch

    import core.train.fit
    import core.worker  # noqa: F401
    from core.augment.english.dictionary import load_synonyms
    from core.config import RunConfig
    from core.data.sources import load_corpus
    from core.model.build import build_model
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer

    torch.set_num_threads(1)  # a pool of threads would not live on in a fork
    config = RunConfig(task="demo-intents")
    with contextlib.suppress(ValueError):  # such as LAB_WORDNET that names nothing: the run will say so
        load_synonyms(config.augment.style)
        corpus = load_corpus(config)
        load_tokenizer(resolve_model(config.model))
        build_model(config, corpus.task.num_labels)


def main(root: Path) -> None:
    """Load the libraries, then take over runs of `root` from its socket until the standard input ends."""
    give_way()
    root.mkdir(parents=True, exist_ok=True)
    with loaded_for_good():
        rehearse()
    with contextlib.suppress(OSError):
        (root / SOCKET).unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with at(root) as path:
        os.umask(0o077)
        listener.bind(path)
    os.umask(0o022)
    listener.listen()
    Standby(listener).serve()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
