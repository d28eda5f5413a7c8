"""`clusters`: how well runs separate the classes, whether they differ in it, and whether that comparison is fair."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.output import JsonOption, RunsOption, emit, note, say, table
from core.fields import one_of
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.store import Store

if TYPE_CHECKING:
    import numpy as np

    from core.analysis.clusters import Comparison
    from core.analysis.intervals import Interval
    from core.analysis.kept_rows import KeptRows
    from core.analysis.measures import Measured

RunsArgument = Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids of runs.")]
SPACES = ("pooled", "logits")
MOST_RUNS = 40


def clusters(
    run: RunsArgument,
    rows: Annotated[int, typer.Option(min=3, help="At most so many rows.")] = 1_000,
    projection: Annotated[str, typer.Option(help="pca, tsne or umap: for the points of the JSON.")] = "pca",
    space: Annotated[str, typer.Option(help="`pooled`, what the classifier reads, or its `logits`.")] = "pooled",
    weights: Annotated[str, typer.Option(help="Of the `last` evaluation, or of the `best` one.")] = "last",
    seed: Annotated[int, typer.Option(min=0, help="Seed of t-SNE and UMAP.")] = 0,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """How well runs separate the classes, and whether they differ in it; several seeds are compared as a group."""
    from core.analysis import projection as pictures
    from core.analysis.cluster_verdict import verdict
    from core.analysis.clusters import compare
    from core.analysis.intervals import LIKE_THESE
    from core.analysis.recorded import WEIGHTS
    from core.analysis.siblings import siblings
    from core.plan.command import shell_command

    one_of("weights", weights, WEIGHTS)
    one_of("space", space, SPACES)
    one_of("projection", projection, pictures.PROJECTIONS)
    wanted = list(dict.fromkeys(run))
    if len(wanted) > MOST_RUNS:
        raise ValueError(f"{len(wanted)} runs; at most {MOST_RUNS} are compared at once")
    store = Store(runs)
    chosen = [store.get(run_id) for run_id in wanted]
    found = compare(chosen, {one.id: _step(one, weights) for one in chosen}, rows, space)
    if json:
        spaces = [kept.space(space) for kept in found.kept]
        laid = pictures.align(spaces, projection, seed, lambda done, total: note(f"{done} of {total}"))
        emit({**_document(found, chosen, laid), "weights": weights, "verdict": verdict(found)})
        return
    _print(found, chosen, weights)
    if found.contrasts:
        say(verdict(found))
        if any(one.seeds > 1 and not one.one_setting for one in found.contrasts):
            say(LIKE_THESE)
        related = siblings(chosen, store.list(), store)
        if len(related) > len(chosen):
            named = " ".join(one.id for one in related)
            options = {"--space": space} if space != SPACES[0] else {}
            options |= {"--weights": weights} if weights != WEIGHTS[0] else {}
            command = shell_command(f"clusters {named}", options.items(), runs)
            note(f"other seeds of these settings have finished; with them, as on the page: {command}")
    if not found.judged.fair:
        note(found.judged.sentence())


def _document(found: Comparison, chosen: Sequence[Run], laid: Sequence[np.ndarray]) -> dict[str, Any]:
    """The comparison as JSON, with each run's picture, (N, 2), in `laid`."""
    from core.analysis.recorded import evaluated_rows

    reports = [
        {**_report(kept, measured, points), "evaluated": evaluated_rows(run, len(kept.labels))}
        for run, kept, measured, points in zip(chosen, found.kept, found.measured, laid, strict=True)
    ]
    comparisons = [
        {
            "first": contrast.first,
            "second": contrast.second,
            "seeds": contrast.seeds,
            "difference": _intervals(contrast.figures),
            "by_class": {str(name): _intervals(each) for name, each in contrast.by_class.items()},
        }
        for contrast in found.contrasts
    ]
    return {
        "runs": reports,
        "difference": comparisons[0]["difference"] if comparisons else {},
        "comparisons": comparisons,
        "compared": found.judged.compared,
        "fair": found.judged.fair,
        "differences": found.judged.keys,
    }


def _print(found: Comparison, chosen: Sequence[Run], weights: str) -> None:
    """A line a run, then what is to be known of the rows that it stands on."""
    from core.analysis.clusters import WORDS
    from core.analysis.recorded import evaluated_rows

    names = list(dict.fromkeys(name for one in found.measured for name in one.measures.figures))
    lines = [
        [kept.run_id, kept.step, len(kept.labels), *(_cell(one.measures.figures.get(name)) for name in names)]
        for kept, one in zip(found.kept, found.measured, strict=True)
    ]
    table(["run", "step", "rows", *(WORDS[name] for name in names)], lines)
    told = any(not math.isnan(figure.low) for one in found.measured for figure in one.measures.figures.values())
    brackets = "; in brackets: 95 % intervals over rows" * told
    say(f"each at its {weights} evaluation, whose step stands in the table{brackets}")
    for run, kept in zip(chosen, found.kept, strict=True):
        if (evaluated := evaluated_rows(run, len(kept.labels))) > len(kept.labels):
            say(f"{run.id}: {len(kept.labels):,} of the {evaluated:,} rows that it was evaluated on")
    for kept, one in zip(found.kept, found.measured, strict=True):
        if one.measures.why:
            note(f"{kept.run_id}: {one.measures.why}")


def _step(run: Run, weights: str) -> int:
    """The step at which a run is looked at: its last evaluation, or the one whose metric was best. RunError."""
    steps = run.embedding_steps()
    if not steps:
        raise RunError(f"run {run.id} has kept no embeddings yet; it is {run.status().state}")
    if weights == "last":
        return steps[-1]
    best = run.status().best.get("step")
    if best not in steps:
        why = "its metric was defined in none" if best is None else f"that of step {best} is not there"
        raise RunError(f"run {run.id} has kept no embeddings of its best evaluation: {why}; leave --weights out")
    return int(best)


def _report(kept: KeptRows, one: Measured, picture: np.ndarray) -> dict[str, Any]:
    figures = one.measures.figures
    plain = ("silhouette", "knn_purity", "intra", "inter")
    return {
        "run": kept.run_id,
        "step": kept.step,
        "rows": len(kept.labels),
        **dict.fromkeys(plain),
        **{name: figure.value for name, figure in figures.items()},
        "low": {name: figure.low for name, figure in figures.items()},
        "high": {name: figure.high for name, figure in figures.items()},
        "by_class": {str(name): _intervals(each) for name, each in one.measures.by_class.items()},
        "why": one.measures.why,
        "points": picture.round(4).tolist(),
    }


def _intervals(figures: Mapping[str, Interval]) -> dict[str, Any]:
    return {name: vars(figure) for name, figure in figures.items()}


def _cell(figure: Interval | None) -> str:
    if figure is None:
        return "-"
    return "undefined" if math.isnan(figure.value) else str(figure)
