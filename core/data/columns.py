"""Which column of an own file is the text, its pair and the label: by names first, then by contents, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.data.column_guesses import (
    BY_NAME,
    guess_label_by_contents,
    guess_label_by_name,
    guess_pair,
    guess_text,
)
from core.data.column_names import OTHERS, PARTS, SPLITS, is_among, plain
from core.data.contents import Contents, look
from core.data.grid import Table
from core.data.reviewed import review_column
from core.data.rows import DataError, Finding

NO_PAIR = "-"
"""As `data.pair`: single texts, though a column is named like a second one."""
AS_SET = "as set"


@dataclass(frozen=True)
class FileColumns:
    """Which column is what, and for what reason. `pair` is None for single texts."""

    text: str
    label: str
    pair: str | None = None
    why: str = ""
    split: str | None = None
    """The column that says which rows are trained on and which are held out, where the file has one."""
    review: str | None = None
    """The column that says which labels do not hold, where the file has one."""
    idle: tuple[str, ...] = ()
    """Further columns of texts, which play no part."""

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, self.pair) if self.pair else (self.text,)

    def finding(self) -> Finding:
        """Which columns serve, and why."""
        used = {"text": self.text, "pair": self.pair, "label": self.label}
        example = ", ".join(f"{what}: {name}" for what, name in used.items() if name)
        why = f"{self.why}; data.text, data.pair and data.label name others"
        if self.idle:
            why += f"; {', '.join(map(repr, self.idle[:3]))} holds texts as well and plays no part"
            why += "" if self.pair else f", which data.pair={self.idle[0]} would give it"
        return Finding("columns", len(self.texts) + 1, example, why)


def choose_columns(table: Table, text: str | None, label: str | None, pair: str | None) -> FileColumns:
    """The columns asked for; the others by name, then by contents. DataError lists what a file has, or what to set."""
    single = pair == NO_PAIR and NO_PAIR not in table.frame.columns
    pair = None if single else pair
    asked = (text, label, pair)
    _check(table, *asked)
    split = next((name for name in _whole(table) if name not in asked and parts_of(table, name)), None)
    review = review_column(table, asked)
    columns = [look(table.frame[name], name) for name in _whole(table) if name not in (split, review)]
    reasons = {what: AS_SET for what, name in zip(("text", "label", "pair"), asked, strict=True) if name}
    if not label and (label := guess_label_by_name(columns, [text, pair], table)):
        reasons["label"] = BY_NAME
    if not text:
        text, reasons["text"] = guess_text(columns, [label, pair], table)
    if not label:
        label, reasons["label"] = guess_label_by_contents(columns, [text, pair], table)
    # A second text is guessed only as long as nobody has said what the file holds.
    if not single and not any(asked) and (pair := guess_pair(columns, text, label)):
        reasons["pair"] = BY_NAME
    why = ", ".join(f"{what} {reasons[what]}" for what in ("text", "pair", "label") if what in reasons)
    idle = () if single else tuple(_idle(columns, (text, label, pair)))
    chosen = FileColumns(text, label, pair, why, split, review, idle)
    _refuse_nested(table, chosen)
    return chosen


def _idle(columns: list[Contents], used: Sequence[str | None]) -> Iterator[str]:
    """Columns of texts that are not used."""
    for column in columns:
        if column.name not in used and column.is_text and column.words >= 2 and not is_among(column.name, OTHERS):
            yield column.name


def _refuse_nested(table: Table, chosen: FileColumns) -> None:
    for name in (*chosen.texts, chosen.label):
        if name in table.nested:
            raise DataError(
                f"{table.name}: line {table.nested[name]} has a list or an object in {name!r}; "
                "a text or a label is one piece of text or one number"
            )


def parts_of(table: Table, name: str) -> list[str] | None:
    """`train`, `dev` or `test` by row, where that and nothing else is what a column says, of both sides something."""
    said = {word: part for part, words in PARTS.items() for word in words}
    parts = [said.get(plain(cell)) for cell in table.frame[name]]
    found = set(parts)
    return [str(part) for part in parts] if None not in found and "train" in found and len(found) > 1 else None


def unread_split(table: Table, columns: FileColumns) -> Finding | None:
    """What to say of a column that is named like one that splits the rows, and does not say train, dev or test."""
    used = (*columns.texts, columns.label, columns.split)
    names = [name for name in _whole(table) if name not in used and plain(name) in SPLITS]
    if columns.split or not names:
        return None
    values = list(dict.fromkeys(table.frame[names[0]].str.strip()))
    why = f"{names[0]!r} plays no part: a column splits the rows where each says train, dev or test, and some say train"
    return Finding("split column not read", len(values), ", ".join(map(repr, values[:5])), why)


def _whole(table: Table) -> list[str]:
    """The columns without a list or an object in them."""
    return [name for name in map(str, table.frame.columns) if name not in table.nested]


def _check(table: Table, text: str | None, label: str | None, pair: str | None) -> None:
    asked = {"data.text": text, "data.label": label, "data.pair": pair}
    names = list(map(str, table.frame.columns))
    for key, name in asked.items():
        if name and name not in names:
            raise DataError(f"{table.name} has no column {name!r}; it has {names}", key)
    used = [name for name in asked.values() if name]
    if len(set(used)) < len(used):
        raise DataError(f"{table.name}: one column cannot serve twice ({', '.join(used)})", "data.label")
