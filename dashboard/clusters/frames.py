"""What is drawn of each run at each kept step: its picture first, what was measured of it as it comes."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache, cached

from core.analysis import clusters, measures, measuring, neighbours, projection
from core.analysis.kept_rows import KeptRows, load_kept
from core.analysis.measures import QuickMeasures
from core.runs.folder.store import Run
from dashboard.clusters import tables
from dashboard.shared import readers
from dashboard.shared.background import Answer, lane

LINES = 5
"""True neighbours that are drawn as lines."""
MOST_BYTES = 128 * 2**20
"""Of embeddings, and of neighbours, that are kept in memory; the files stay."""


class KeptStep(NamedTuple):
    """A run's folder and one of its steps."""

    folder: str
    step: int


_embeddings: LRUCache = readers.large(LRUCache(MOST_BYTES, getsizeof=lambda one: one.nbytes))
_lost: LRUCache = readers.large(LRUCache(MOST_BYTES, getsizeof=lambda one: one.nbytes))
_measured: LRUCache = readers.large(LRUCache(MOST_BYTES, getsizeof=lambda one: one.nbytes))
_GUARD = threading.Lock()  # of what is measured


@dataclass(frozen=True)
class Frame:
    """One run at one step, as it is drawn."""

    step: int
    points: np.ndarray
    """(n, 2)"""
    predicted: np.ndarray
    """(n,) class ids, or scores."""
    near: np.ndarray
    """(n, 5) the nearest rows in the embedding space itself."""
    distortion: np.ndarray
    """(n,) share of the 10 nearest that the picture does not show as such."""
    figures: tuple[tuple[str, str], ...]
    """Name and value of what stands above the picture."""


@cached(_embeddings, lock=threading.Lock())
def kept(folder: str, step: int) -> KeptRows:
    """What a run kept at a step. Raises RunError."""
    return load_kept(Run(Path(folder)), step)


def last(run: Run) -> KeptRows:
    """What it kept last. Raises RunError."""
    steps = run.embedding_steps()
    return kept(str(run.dir), steps[-1]) if steps else load_kept(run)


@cached(LRUCache(256), lock=threading.Lock())
def coincidence(folder: str, step: int, space: str) -> str:
    """What to say where its rows lie on one another; of 10,000 rows it takes half a second to see."""
    return tables.coincidence(kept(folder, step), space)


@cached(LRUCache(64), lock=threading.Lock())
def explained(ends: tuple[KeptStep, ...], space: str) -> float:
    """Share of these places' spread that the axes of PCA show."""
    return projection.explained([kept(*place).space(space) for place in ends])


class Layout(NamedTuple):
    """What is laid out, and how."""

    taken: tuple[KeptStep, ...]
    method: str
    space: str


class LayoutWork:
    """The pictures of a layout; tells how far it is."""

    def __init__(self, layout: Layout) -> None:
        self.done, self.total = 0, 0
        self._layout = layout

    def __call__(self) -> list[np.ndarray]:
        """(n, 2) for each place."""
        taken = self._layout.taken
        spaces = [kept(*place).space(self._layout.space) for place in taken]
        # What training has made of the rows is what is looked at: before it they may spread most where nothing is told.
        ends = [at for at, place in enumerate(taken) if at + 1 == len(taken) or taken[at + 1].folder != place.folder]
        return projection.align(spaces, self._layout.method, progress=self._report, axes_of=ends)

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class MeasurementWork:
    """What is measured of each place, each run's last first: these are looked at first. `found` fills as it goes."""

    def __init__(self, taken: Sequence[KeptStep], space: str) -> None:
        self.found: dict[KeptStep, QuickMeasures] = {}
        later = {
            place: sum(other.folder == place.folder and other.step > place.step for other in taken) for place in taken
        }
        self.taken = sorted(taken, key=later.__getitem__)
        self.ends = [place for place in taken if not later[place]]
        self._space = space

    def __call__(self) -> dict[KeptStep, QuickMeasures]:
        with _GUARD:
            known = {place: _measured.get((place, self._space)) for place in self.taken}
        self.found |= {place: plain for place, plain in known.items() if plain is not None}
        missing = [place for place in self.taken if place not in self.found]
        if missing and measuring.is_long(len(kept(*missing[0]).labels), len(missing)):
            with measuring.Measuring(self._space, "plain") as aside:
                self._measure(missing, aside.plain)
        else:
            self._measure(missing, lambda one: measures.plain(one, self._space))
        return self.found

    def _measure(self, missing: Sequence[KeptStep], plain: Callable[[KeptRows], QuickMeasures]) -> None:
        for place in missing:
            self.found[place] = plain(kept(*place))
            with _GUARD:
                _measured[place, self._space] = self.found[place]

    @property
    def has_ends(self) -> bool:
        """Whether each run's last step is measured."""
        return all(place in self.found for place in self.ends)


def places(runs: Sequence[Run]) -> tuple[KeptStep, ...]:
    """Every kept step, run after run."""
    return tuple(KeptStep(str(run.dir), step) for run in runs for step in run.embedding_steps())


def lay(layout: Layout) -> tuple[Answer, LayoutWork]:
    """Every picture, in one space; begun where it is not there yet."""
    question = LayoutWork(layout)
    key = ("pictures", layout)
    answer = lane("pictures").ask(key, question, wait_s=0.5 if layout.method == "pca" else 0.3)
    asked = lane("pictures").find(key)
    return answer, asked.question if asked is not None and isinstance(asked.question, LayoutWork) else question


def measure(taken: tuple[KeptStep, ...], space: str, wait_s: float) -> tuple[Answer, MeasurementWork]:
    """What is measured of each place; begun where it is not there yet, and waited for only then. Of 10,000 rows each
    takes seconds."""
    question = MeasurementWork(taken, space)
    key = ("measures", taken, space)
    answer = lane("samples").ask(key, question, wait_s=0.0 if lane("samples").find(key) else wait_s)
    asked = lane("samples").find(key)
    return answer, asked.question if asked is not None and isinstance(asked.question, MeasurementWork) else question


def by_run(
    runs: Sequence[Run], layout: Layout, pictures: Sequence[np.ndarray], found: Mapping[KeptStep, QuickMeasures]
) -> list[list[Frame]]:
    """Frames run by run; what is not measured yet has no figures, neighbours and distortion."""
    frames = iter(
        [_frame(layout, place, points, found.get(place)) for place, points in zip(layout.taken, pictures, strict=True)]
    )
    return [list(itertools.islice(frames, len(run.embedding_steps()))) for run in runs]


def _frame(layout: Layout, place: KeptStep, points: np.ndarray, measured: QuickMeasures | None) -> Frame:
    predicted = kept(*place).predictions
    if measured is None:
        return Frame(place.step, points, predicted, np.zeros((len(points), 0), int), np.zeros(len(points)), ())
    figures = tuple((clusters.WORDS[name], f"{value:.3f}") for name, value in measured.figures.items())
    lost = _distortion(layout, place, measured.near, points)
    return Frame(place.step, points, predicted, measured.near[:, :LINES], lost, figures)


@cached(_lost, key=lambda layout, place, near, points: (layout, place), lock=threading.Lock())
def _distortion(layout: Layout, place: KeptStep, near: np.ndarray, points: np.ndarray) -> np.ndarray:
    return neighbours.distortion(near, points)
