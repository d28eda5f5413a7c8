"""What a run is doing, as status.json holds it, and what people say about it, as meta.json does."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.runs.folder.files import RunError, strict

STATES = ("queued", "running", "finished", "failed", "stopped", "interrupted")
ENDED = ("finished", "failed", "stopped", "interrupted")
RESUMABLE = ("stopped", "failed", "interrupted")
TIMES = {"created", "submitted", "started", "ended"}
LAST_TIME = 253_402_300_800.0
"""The year 10000: no calendar of Python's goes on."""
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that nobody sees, and that command a terminal or turn what follows round."""
_TEXT_LIMIT = 1_000  # characters: status.json stays within one disk block


class LostError(RuntimeError):
    """Something that a run needs is gone by no fault of its own: the run is `interrupted` and can be resumed."""


@dataclass(frozen=True)
class Status:
    """One moment of a run. Times are seconds since 1970; `interrupted` is mostly derived when read, seldom written."""

    state: str = "queued"
    """One of STATES."""
    phase: str = ""
    """What a running worker is at, for people: starting, loading data, training, evaluating, saving."""
    step: int = 0
    """Optimizer steps done."""
    of: int | None = None
    """Optimizer steps in all, once known."""
    epoch: float = 0.0
    """Passes over the training rows done."""
    eta_s: float | None = None
    """Seconds left, estimated."""
    now: Mapping[str, float | None] = field(default_factory=dict)
    """The newest step's loss, rate, gradient norm, speed, memory and processor use; the curve may be sparser."""
    pid: int | None = None
    """The worker's process."""
    pid_started: int | None = None
    """Its start in clock ticks since boot (field 22 of /proc/PID/stat)."""
    boot: str | None = None
    """The boot that these ticks count from."""
    host: str | None = None
    """The machine it runs on."""
    threads: int | None = None
    """Threads it computes with; kept by a resume, since sums depend on it to the last bit."""
    error: str | None = None
    """Why it failed: one line, with what to do."""
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    """The last evaluation, the task's own metric first; None where a metric is undefined (constant answers, one class).

    Those of further evaluation splits bear the split's name: `accuracy`, then `mismatched_accuracy`.
    """
    best: Mapping[str, float | None] = field(default_factory=dict)
    """The best evaluation by the task's own metric: its `step`, and its metrics by the names of `metrics`."""
    majority: Mapping[str, float | None] = field(default_factory=dict)
    """What the commonest class of the evaluation rows would score for every row, by the names of `metrics`."""
    verdict: str = ""
    """Of a finished run: `learned ...`, or `did not learn: try ...`."""
    created: float | None = None
    """When the folder was made."""
    submitted: float | None = None
    """When it was (last) put into the queue."""
    started: float | None = None
    """When a worker first took it."""
    ended: float | None = None
    """When it last came to an end; of a run that is resumed, until a worker takes it again."""
    paused_s: float = 0.0
    """Seconds since `started` in which nobody worked on it: from each end to the resume after it."""
    job: str | None = None
    """The job of a cluster that carries it; None for a run of this machine's own queue."""
    resume: bool = False
    """True when the worker is to go on from the newest good checkpoint."""
    weights_note: str = ""
    """Said wherever the run is shown, such as that its weights are random."""
    cwd: str | None = None
    """Folder that relative paths of the configuration start from."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The submitter's variables that decide where data and models come from; never a secret."""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise RunError(f"unknown state {self.state!r}; choose from {list(STATES)}")

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    @property
    def best_said(self) -> str:
        """The best evaluation by the task's own metric: `0.900 at step 18`; empty where there is none."""
        step, value = self.best.get("step"), self.best.get(self._metric)
        return "" if step is None or value is None else f"{value:.3f} at step {step:.0f}"

    @property
    def better(self) -> str:
        """The same, where it scored otherwise than the last evaluation; else empty."""
        return "" if self.best.get(self._metric) == self.metrics.get(self._metric) else self.best_said

    @property
    def _metric(self) -> str:
        return next((name for name in self.best if name != "step"), "")

    def worked_s(self, now: float) -> float | None:
        """Seconds that workers have spent on it until `now`, pauses left out; None before the first one took it."""
        if self.started is None:
            return None
        return max(0.0, (now if self.ended is None else self.ended) - self.started - self.paused_s)

    def replace(self, changes: Mapping[str, Any]) -> Status:
        """A copy with fields changed; unknown names raise RunError listing the choices."""
        return build(Status, {**vars(self), **strict(dict(changes))}, strictly=True)

    def to_dict(self) -> dict[str, Any]:
        values = {name: _short(value) for name, value in vars(self).items()}
        for name in _FIGURES:
            values[name] = {str(key): value for key, value in list(values[name].items())[:24]}
        return values


@dataclass(frozen=True)
class Meta:
    """What people add to a run; the worker never touches it."""

    name: str = ""
    """A name to show instead of the id."""
    notes: str = ""
    """Free text."""
    tags: tuple[str, ...] = ()
    """Short words to filter by."""
    sweep: str | None = None
    """The sweep it belongs to."""
    cell: Mapping[str, Any] = field(default_factory=dict)
    """Its coordinates in that sweep: dotted key to value."""

    def __post_init__(self) -> None:
        for name, value, limit in (("name", self.name, 120), ("notes", self.notes, 20_000)):
            if len(value) > limit:
                raise RunError(f"{name} has {len(value)} characters; {limit} are allowed")
        if len(self.tags) > 32 or any(not tag.strip() or len(tag) > 40 for tag in self.tags):
            raise RunError("tags: at most 32, each with 1 to 40 characters")

    def replace(self, changes: Mapping[str, Any]) -> Meta:
        """A copy with fields changed; unknown names raise RunError listing the choices."""
        return build(Meta, {**vars(self), **strict(dict(changes))}, strictly=True)

    def to_dict(self) -> dict[str, Any]:
        return {**vars(self), "tags": list(self.tags), "cell": dict(self.cell)}


_FIGURES = {"metrics", "best", "majority", "now"}
_KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "tuple": (list, tuple),
    "Mapping": (dict, Mapping),
}


def build(cls: type, values: Mapping[str, Any], strictly: bool = False) -> Any:
    """A Status or Meta out of JSON: types are checked, fields of a newer version passed over."""
    fields = {entry.name: str(entry.type) for entry in dataclasses.fields(cls)}
    if cls is Status and not strictly and "score" in values:  # what earlier versions called it
        values = {"metrics": values["score"], **values}
    unknown = [name for name in values if name not in fields]
    if unknown and strictly:
        raise RunError(f"unknown field {unknown[0]!r}; choose from {list(fields)}")
    chosen = {name: values[name] for name in fields.keys() & values.keys()}
    for name, value in chosen.items():
        _check_kind(name, value, fields[name])
    return cls(**(_tidy_status(chosen) if cls is Status else _tidy_meta(chosen)))


def _check_kind(name: str, value: Any, hint: str) -> None:
    kinds = _KINDS[hint.split("[")[0].split(" ")[0]]
    wrong = not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)
    if wrong and not (value is None and hint.endswith("| None")):
        raise RunError(f"{name} is {str(value)[:60]!r}, not {hint}")


def _tidy_meta(given: Mapping[str, Any]) -> dict[str, Any]:
    """Name and tags on one line, and nothing anywhere that steers a terminal."""
    chosen = dict(given)
    if "tags" in chosen:
        if not all(isinstance(tag, str) for tag in chosen["tags"]):
            raise RunError("tags must be texts")
        chosen["tags"] = tuple(dict.fromkeys(one_line(tag) for tag in chosen["tags"]))
    if "name" in chosen:
        chosen["name"] = one_line(chosen["name"])
    if "notes" in chosen:
        chosen["notes"] = _STEERING.sub(lambda found: found[0] if found[0] in "\t\r\n" else "", chosen["notes"])
    return chosen


def _tidy_status(given: Mapping[str, Any]) -> dict[str, Any]:
    """Figures that are numbers, times as a calendar knows them."""
    chosen = {**given, **_times({name: given[name] for name in TIMES & given.keys()})}
    for name in _FIGURES & given.keys():
        figures = given[name].items()
        chosen[name] = {str(key): value for key, value in figures if value is None or _is_number(value)}
    return chosen


def _times(given: Mapping[str, float | None]) -> dict[str, float | None]:
    """Times as a calendar knows them, none beyond it, and no end before the start: clocks are set back, too."""
    times = {name: value if value is not None and 0 <= value < LAST_TIME else None for name, value in given.items()}
    begin, end = times.get("started"), times.get("ended")
    if begin is not None and end is not None and end < begin:
        times["ended"] = begin
    return times


def one_line(text: str) -> str:
    """A name as it can be shown anywhere: on one line, without what steers a terminal."""
    return " ".join(_STEERING.sub(" ", text).split())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _TEXT_LIMIT:
        return value[: _TEXT_LIMIT - 1] + "…"
    return value
