"""Runs in, files to take away out: the table as CSV and JSON, the curves as CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.runs.folder.store import RunInfo


def record(info: RunInfo) -> dict[str, Any]:
    """All that the list knows of a run, flat but for its configuration and score."""
    status = info.status
    return {
        "run": info.id,
        "name": info.name,
        "state": info.state,
        "error": (status.error if status else None) or info.reason or None,
        "step": status.step if status else None,
        "of": status.of if status else None,
        "created": status.created if status else None,
        "started": status.started if status else None,
        "ended": status.ended if status else None,
        "tags": list(info.meta.tags),
        "notes": info.meta.notes,
        "score": dict(status.metrics) if status else {},
        "config": info.config.to_dict() if info.config else {},
    }


def table_json(infos: Sequence[RunInfo]) -> str:
    return json.dumps([record(info) for info in infos], indent=1, ensure_ascii=False)


def table_csv(infos: Sequence[RunInfo]) -> str:
    """One line a run; scores and settings are columns of their own, lists are joined by `+`."""
    rows = []
    for info in infos:
        flat = record(info)
        score, config = flat.pop("score"), flat.pop("config")
        flat |= {f"score.{name}": value for name, value in score.items()} | config
        rows.append(
            {key: "+".join(map(str, value)) if isinstance(value, list) else value for key, value in flat.items()}
        )
    return pd.DataFrame(rows).to_csv(index=False)


def curves_csv(frames: Mapping[str, pd.DataFrame]) -> str:
    """Every measured line of the given runs (id -> metric frame), the run in the first column."""
    parts = [frame.assign(run=run_id) for run_id, frame in frames.items()]
    joined = pd.concat(parts, ignore_index=True)
    return joined[["run", *(name for name in joined.columns if name != "run")]].to_csv(index=False)
