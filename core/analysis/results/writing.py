"""A table of results to take away: CSV, Markdown, LaTeX, and the note on method that belongs beneath it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import wording
from core.analysis.results.table import Result
from core.config import RunConfig
from core.sections import TrainConfig

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("Method", "Task", "Metric", "Ours", "Seeds", "As printed", "Printed metric")


_SIGNS = re.compile(r"([\\\\|<*`\[\]])")  # a name would open a cell, a tag, emphasis or a link
_ESCAPED = r"\\\1"
_IN_LATEX = {"±": r"$\pm$", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "[": "{[}", "`": "{`}"}
"""What pandas leaves as it is: in LaTeX's own font encoding < > | come out as other signs; a line that begins with [
would be taken for the height of the line before it, and ?` for one sign."""
_LATIN = "\u024f"
"""The last letter that LaTeX itself knows; for others it takes XeLaTeX or LuaLaTeX, and a font."""


def cell(result: Result) -> str:
    """`90.2 ± 0.4` in points of 100; without a spread for one seed."""
    return f"{result.mean:.1f}" + (f" ± {result.sd:.1f}" if result.sd is not None else "")


def columns(rows: Sequence[Result]) -> tuple[str, ...]:
    """Those that have something to say: of printed values, only where a row has one."""
    return COLUMNS if any(row.printed for row in rows) else COLUMNS[:5]


def frame(rows: Sequence[Result]) -> pd.DataFrame:
    """One line a row, as texts."""
    import pandas as pd

    lines = [
        (
            row.title,
            row.task,
            row.metric,
            cell(row),
            str(len(row.seeds)),
            f"{row.printed.value:.2f}" if row.printed else "",
            row.printed.metric if row.printed else "",
        )
        for row in rows
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))[list(columns(rows))]


def to_csv(rows: Sequence[Result]) -> str:
    """Numbers in full precision, one line a row."""
    import pandas as pd

    return pd.DataFrame([row.to_dict() for row in rows]).to_csv(index=False)


def to_markdown(rows: Sequence[Result]) -> str:
    """A table of texts; the note beneath it."""
    names = columns(rows)
    lines = [names, tuple("---" for _ in names), *frame(rows).itertuples(index=False, name=None)]
    table = "\n".join("| " + " | ".join(_SIGNS.sub(_ESCAPED, text) for text in line) + " |" for line in lines)
    return f"{table}\n\n{_SIGNS.sub(_ESCAPED, method_note(rows))}\n"


def to_latex(rows: Sequence[Result]) -> str:
    """A tabular with escaped texts, for the package booktabs; the note as a comment above it."""
    table = frame(rows)
    body = table.to_latex(index=False, escape=True, column_format="l" * len(table.columns))
    body = body.translate(str.maketrans(_IN_LATEX)).replace("--", "-{}-")  # else one long dash
    needs = r"Needs \usepackage{booktabs}" + ", and XeLaTeX or LuaLaTeX" * (max(body) > _LATIN) + "."
    note = "\n".join(f"% {line}" for line in [*method_note(rows).splitlines(), needs])
    return f"{note}\n{body}"


def method_note(rows: Sequence[Result]) -> str:
    """How the figures came about, from the runs' own configurations."""
    if not rows:
        return ""
    seeds = sorted({len(row.seeds) for row in rows})
    over = f"{seeds[0]} seed{'s' * (seeds[0] > 1)}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]} seeds"
    lines = [
        f"Mean and sample standard deviation over {over}, in points of 100, of the last evaluation on the dev split.",
        *dict.fromkeys(_settings(row) for row in rows),
    ]
    if any(row.printed and row.printed.remark for row in rows):
        lines.append("Printed values are not all in the same metric as ours; each has its own beside it.")
    return "\n".join(lines)


def _settings(row: Result) -> str:
    config = row.config
    train = config.train
    loss, optimizer = wording.value("train.loss", train.loss), wording.value("train.optimizer", train.optimizer)
    parts = [
        f"model {config.model}",
        f"LoRA r {config.lora.r}, alpha {config.lora.alpha:g}" if config.lora.enabled else "all weights trained",
        f"{config.surgery.layers} layers, CP rank {config.surgery.rank}" if config.surgery.variant == "light" else "",
        f"{loss} loss, {optimizer}",
        f"rate {train.lr:g}" if train.lr is not None else "the default learning rate",
        f"batches of {wording.batches(train)}, "
        + (_count(train.max_steps, "step") if train.max_steps else _epochs(train)),
        _augmentation(config),
        f"{config.data.max_train_rows:,} training rows" if config.data.max_train_rows else "",
    ]
    return f"{row.title}: {', '.join(part for part in parts if part)}."


def _augmentation(config: RunConfig) -> str:
    augment = config.augment
    if not augment.changes_rows:
        return "no augmentation"
    when, style = wording.value("augment.mode", augment.mode), wording.value("augment.style", augment.style)
    how = f"{when}, by {' or '.join(augment.methods)}, {style}"
    return f"{100 * augment.fraction:.3g} % of the rows augmented ({how})"


def _epochs(train: TrainConfig) -> str:
    return "the default number of epochs" if train.epochs is None else _count(train.epochs, "epoch")


def _count(number: float, unit: str) -> str:
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
