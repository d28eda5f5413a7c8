"""`errors`: where runs fail, and how they differ from the first."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.output import JsonOption, RunsOption, emit, say, table
from core.runs.folder.store import Store


def errors(
    run: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Ids of runs; the others are compared to the first.")
    ],
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Confusion, slices, hardest rows and calibration of a run on the evaluation rows that it kept."""
    from core.analysis.errors.report import reports

    store = Store(runs)
    document = reports([store.get(run_id) for run_id in run])
    if json:
        emit(document)
        return
    say(
        f"{document['run']}, step {document['step']}: {document['metric']} {document['value']:.3f} "
        f"({document['low']:.3f} to {document['high']:.3f}, 95 % over {document['rows']} rows)"
    )
    if document["note"]:
        say(document["note"])
    matrix = document["confusion"]
    if matrix:
        say("\nlabel (down), answer (across)")
        rows = zip(matrix["labels"], matrix["counts"], strict=True)
        table(["", *matrix["labels"]], [[name, *counts] for name, counts in rows])
    say()
    table(
        ("slice", "rows", document["metric"], "low", "high", ""),
        [
            (s["slice"], s["rows"], s["value"], s["low"], s["high"], "worse" if s["worse"] else "")
            for s in document["slices"]
        ],
    )
    say("\nhardest rows")
    table(
        ("row", "label", "answer", "text"),
        [(h["row"], h["label"], h["answer"], h["text"][:80]) for h in document["hardest"][:10]],
    )
    if document["calibration"]:
        say(f"\nexpected calibration error {document['calibration']['ece']:.3f}")
        if document["calibration"]["roc_auc"] is not None:
            say(f"area under ROC {document['calibration']['roc_auc']:.3f}, "
                f"average precision {document['calibration']['average_precision']:.3f}")  # fmt: skip
    for pair in document.get("disagreements", []):
        say(f"\nagainst {pair['run']}: better on {pair['b']}, worse on {pair['c']} of {pair['rows']} rows, "
            f"{pair['test']}, p = {pair['p']:.3g}")  # fmt: skip
