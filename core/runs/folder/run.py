"""One run folder: what a worker writes and what every page reads."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.config import RunConfig
from core.runs import processes
from core.runs.folder import contents, metrics
from core.runs.folder.files import RunError, dump, open_regular, read_json, write
from core.runs.folder.liveness import CLAIM, derive
from core.runs.folder.metrics import MetricsTail, Row
from core.runs.folder.status import Meta, Status, build

if TYPE_CHECKING:
    import numpy as np

RECORD_LIMIT = 16_000_000  # bytes


class Run:
    """A validated run folder. Get one from `Store.get` or `Store.create`."""

    def __init__(self, folder: Path) -> None:
        self.dir = folder
        self.id = folder.name
        self._config: RunConfig | None = None
        self._last: Status | None = None

    def __repr__(self) -> str:
        return f"Run({self.id!r})"

    def config(self) -> RunConfig:
        """The configuration it was made with. Raises RunError when config.json is missing or broken."""
        if self._config is None:
            try:
                self._config = RunConfig.from_dict(read_json(self.dir / "config.json"))
            except RunError:
                raise
            except (ValueError, TypeError) as error:
                raise RunError(f"run {self.id}: config.json: {error}") from None
        return self._config

    def recorded_status(self) -> Status:
        """status.json as written. Raises RunError when it is missing or broken."""
        self._last = build(Status, read_json(self.dir / "status.json"))
        return self._last

    def status(self) -> Status:
        """What the run is doing now: `interrupted` when the recorded worker is gone. Raises RunError."""
        return derive(self.recorded_status(), self.dir)

    def set_status(self, **changes: Any) -> Status:
        """Change fields of status.json atomically, even on a full disk. Only the one who holds the claim may.

        Raises RunError for an unknown field or state, and when the folder is gone or unwritable.
        """
        try:
            current = self.recorded_status()
        except RunError:
            if self._last is None:
                raise
            current = self._last  # damaged from outside: the worker knows what it wrote last
        fresh = current.replace(changes)
        if fresh == current:
            return fresh
        durable = fresh.state != current.state
        write(self.dir / "status.json", dump(fresh.to_dict(), indent=1), durable=durable, in_place=True)
        self._last = fresh
        return fresh

    @contextmanager
    def claim(self, patience: float = 0.0) -> Iterator[bool]:
        """The right to write status.json; ends with the process.

        Yields False when another process has it and does not give it up within `patience` seconds.
        """
        end = time.monotonic() + patience
        while True:
            with processes.record_lock(self.dir / CLAIM) as mine:
                if mine or time.monotonic() >= end:
                    yield mine
                    return
            time.sleep(0.02)

    def meta(self) -> Meta:
        """Name, notes, tags and sweep; the defaults while nobody has said anything. Raises RunError."""
        path = self.dir / "meta.json"
        return build(Meta, read_json(path)) if os.path.lexists(path) else Meta()

    def set_meta(self, **changes: Any) -> Meta:
        """Change name, notes, tags, sweep or cell. Raises RunError for unknown or over-long ones."""
        fresh = self.meta().replace(changes)
        write(self.dir / "meta.json", dump(fresh.to_dict(), indent=1))
        return fresh

    def record(self) -> dict[str, Any]:
        """What the worker wrote down about the run: `task` (class names in order, kind, columns), `rows`, `findings`,
        `computed`, `model`, `notes`, and at its end `end`. Empty for a run of before there were records. RunError."""
        path = self.dir / "record.json"
        return read_json(path, RECORD_LIMIT) if os.path.lexists(path) else {}

    def save_record(self, **parts: Any) -> None:
        """Put parts of the record in place of those there are. Only who holds the claim may. Raises RunError."""
        write(self.dir / "record.json", dump({**self.record(), **parts}, indent=1), durable=True)

    def append_metrics(self, row: Mapping[str, Any]) -> None:
        """Add `{"step": int, "epoch": float, ...}`; `time` is filled in. Raises RunError on a full disk."""
        if not isinstance(row.get("step"), int):
            raise ValueError("a row of metrics needs an integer `step`")
        metrics.append(self.dir / "metrics.jsonl", row)

    def metrics(self, since: int = 0) -> tuple[list[Row], int]:
        """(rows from byte `since` on, offset for the next call).

        After a resume the file holds `{"rewind": step}`: rows before it with a later step no longer count.
        From the start this is applied already; for an incremental reader `tail()` does it.
        """
        if since:
            fresh = metrics.read(self.dir / "metrics.jsonl", since)
            return fresh.rows, fresh.offset
        tail = self.tail()
        tail.update()
        return tail.rows, tail.offset

    def tail(self) -> MetricsTail:
        """The metrics as a growing list: `tail.update()` reads what is new, `tail.rows` holds all."""
        return MetricsTail(self.dir / "metrics.jsonl")

    def sync_metrics(self) -> None:
        """Wait until what was appended is on the disk itself, so that a power cut cannot take it."""
        metrics.sync(self.dir / "metrics.jsonl")

    def rewind_metrics(self, step: int) -> None:
        """Before resuming at `step`: what was recorded of later steps no longer counts."""
        metrics.rewind(self.dir / "metrics.jsonl", step)

    def log_tail(self, max_bytes: int = 20_000) -> str:
        """The last whole lines of worker.log, at most `max_bytes` of it; empty while there is none."""
        path = self.dir / "worker.log"
        if not os.path.lexists(path):
            return ""
        with os.fdopen(open_regular(path), "rb") as file:
            start = max(0, os.fstat(file.fileno()).st_size - max_bytes)
            file.seek(start)
            data = file.read(max_bytes)
        if start and b"\n" in data:
            data = data.partition(b"\n")[2]
        return data.decode("utf-8", "replace")

    def save_embeddings(self, step: int, pooled: Any, logits: Any, labels: Any, rows: Any) -> None:
        """Keep one evaluation: pooled (n, hidden), logits (n, C), labels (n,), rows (n,) into eval_rows."""
        import numpy as np

        arrays = {
            "pooled": np.asarray(pooled, dtype=np.float32),
            "logits": np.asarray(logits, dtype=np.float32),
            "labels": np.asarray(labels),
            "rows": np.asarray(rows, dtype=np.int64),
        }
        contents.save_arrays(self._embeddings(step), arrays)

    def embedding_steps(self) -> list[int]:
        """Steps whose embeddings were kept, ascending."""
        return contents.numbers(self.dir / "embeddings")

    def load_embeddings(self, step: int) -> dict[str, np.ndarray]:
        """The arrays of `save_embeddings`. Raises RunError when they are missing or broken."""
        return contents.load_arrays(self._embeddings(step))

    def save_eval_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the texts that the embeddings belong to: {"row", "text", "pair", "label"} each."""
        contents.save_rows(self.dir / "eval_rows.jsonl", rows)

    def load_eval_rows(self) -> list[dict[str, Any]]:
        """The rows of `save_eval_rows`. Raises RunError when there are none."""
        return contents.load_rows(self.dir / "eval_rows.jsonl")

    def eval_rows_changed(self) -> int:
        """When these rows were written, in nanoseconds; 0 where there are none."""
        try:
            return (self.dir / "eval_rows.jsonl").stat().st_mtime_ns
        except OSError:
            return 0

    def save_augmented(self, epoch: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the augmented rows of an epoch: all, or 500 evenly spaced ones."""
        contents.save_rows(self._augmented(epoch), contents.thin(rows))

    def augmented_epochs(self) -> list[int]:
        """Epochs whose augmented rows were kept, ascending."""
        return contents.numbers(self.dir / "augmented")

    def load_augmented(self, epoch: int) -> list[dict[str, Any]]:
        """The rows of `save_augmented`. Raises RunError when that epoch has none."""
        return contents.load_rows(self._augmented(epoch))

    @property
    def log_path(self) -> Path:
        return self.dir / "worker.log"

    @property
    def checkpoint_dir(self) -> Path:
        """Where the training loop keeps its checkpoints; made by whoever writes there."""
        return self.dir / "checkpoints"

    @property
    def best_dir(self) -> Path:
        """Where the weights of the best evaluation are kept, as long as they are not the last ones."""
        return self.dir / "best"

    def best_before_end(self) -> int | None:
        """The step of the best evaluation; None where that is the last step, or where no evaluation has a score."""
        best, end = self.status().best.get("step"), self.record().get("end", {}).get("step")
        return None if best is None or best == end else int(best)

    @property
    def model_dir(self) -> Path:
        """Where the trained model is saved; made by whoever writes there."""
        return self.dir / "model"

    def tidy(self) -> None:
        """Remove what a kill left half-written; for the worker, before it begins."""
        for path in (*self.dir.glob("*.tmp"), *self.dir.glob("*/*.tmp")):
            path.unlink(missing_ok=True)

    def size(self) -> dict[str, int]:
        """Bytes on disk: `checkpoints`, `model`, and `total` with everything else."""
        parts = {"checkpoints": self.checkpoint_dir, "model": self.model_dir, "total": self.dir}
        return {name: contents.size_of(folder) for name, folder in parts.items()}

    def _embeddings(self, step: int) -> Path:
        return self.dir / "embeddings" / f"step-{int(step):06d}.safetensors"

    def _augmented(self, epoch: int) -> Path:
        return self.dir / "augmented" / f"epoch-{int(epoch):04d}.jsonl"
