"""Which column of an own file is the text, its pair and the label: by names first, then by contents, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.data.column_names import (
    HEADINGS,
    LABELS,
    OTHERS,
    PAIRS,
    PARTS,
    PLAIN_TEXTS,
    SCORES,
    SPLITS,
    TEXTS,
    head,
    is_among,
    plain,
)
from core.data.contents import Contents, look
from core.data.grid import Table
from core.data.reviewed import review_column
from core.data.rows import DataError, Finding

MUCH_LONGER = 3
"""A text column this many times longer than every other is the text, where names say nothing."""
NO_PAIR = "-"
"""As `data.pair`: single texts, though a column is named like a second one."""
NUMBERED = ("column", "col", "field", "var", "unnamed")
"""What programs call columns by their place; 1 and 2 behind it make no pair."""


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
    _check(table, text, label, pair)
    split = next((name for name in _whole(table) if name not in (text, label, pair) and parts_of(table, name)), None)
    review = review_column(table, (text, label, pair))
    columns = [look(table.frame[name], name) for name in _whole(table) if name not in (split, review)]
    reasons: dict[str, str] = {}
    named = (text, label, pair)
    chosen_label = label or _label_by_name(columns, [text, pair], table)
    if chosen_label:
        reasons["label"] = "as set" if label else "by its name"
    chosen_text, why = (text, "as set") if text else _text(columns, [chosen_label, pair], table)
    reasons["text"] = why
    if not chosen_label:
        chosen_label, reasons["label"] = _label_by_contents(columns, [chosen_text, pair], table)
    # A second text is guessed only as long as nobody has said what the file holds.
    chosen_pair = pair or (None if single or any(named) else _pair(columns, chosen_text, chosen_label))
    if chosen_pair:
        reasons["pair"] = "as set" if pair else "by its name"
    said = [f"{what} {reasons[what]}" for what in ("text", "pair", "label") if what in reasons]
    used = (chosen_text, chosen_label, chosen_pair)
    idle = [column.name for column in columns if column.name not in used and column.is_text and column.words >= 2]
    idle = [name for name in idle if not is_among(name, OTHERS)]
    why = ", ".join(said)
    chosen = FileColumns(chosen_text, chosen_label, chosen_pair, why, split, review, () if single else tuple(idle))
    for name in (*chosen.texts, chosen.label):
        if name in table.nested:
            raise DataError(
                f"{table.name}: line {table.nested[name]} has a list or an object in {name!r}; "
                "a text or a label is one piece of text or one number"
            )
    return chosen


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


def _label_by_name(columns: list[Contents], taken: Sequence[str | None], table: Table) -> str | None:
    """The plainest name of a label; a name that may also be a text's, or a measure's, must hold labels."""
    free = [column for column in columns if column.name not in taken]
    nested = [name for name in table.nested if name not in taken]  # refused with its line, if it is the one
    for called in (plain, head):
        for rank, names in enumerate(LABELS):
            sure = rank == 0 and called is plain
            hits = [column.name for column in free if called(column.name) in names and (sure or column.may_be_label)]
            hits += [name for name in nested if called(name) in names]
            if len(hits) > 1:
                raise _ask(table, "label", hits)
            if hits:
                return hits[0]
    return None


def _text(columns: list[Contents], taken: Sequence[str | None], table: Table) -> tuple[str, str]:
    free = [column for column in columns if column.name not in taken]
    nested = [name for name in table.nested if plain(name) in PLAIN_TEXTS and name not in taken]
    if nested:
        return nested[0], "by its name"
    named = [column for column in free if is_among(column.name, TEXTS) and not column.dates and not column.numbers]
    by_name = {plain(column.name): column.name for column in free if not column.numbers and not column.dates}
    if "text" not in by_name:  # the first of two comes before a lone one of another plain name
        firsts = [name for name in (*PAIRS, *by_name) if name in by_name and _second(name, by_name, free)]
        if firsts:
            return by_name[firsts[0]], "by its name"
    for name in PLAIN_TEXTS:
        hits = [column for column in free if plain(column.name) == name]
        if hits:
            return hits[0].name, "by its name"
    alike = [column for column in free if column.is_text and not is_among(column.name, OTHERS)]
    if named and all(is_among(column.name, HEADINGS) for column in named):
        most = MUCH_LONGER * max(column.letters for column in named)
        if longer := [column.name for column in alike if column.letters >= most]:
            raise _ask(table, "text", [*longer, *(column.name for column in named)])
    if named:
        return _longest(named, table, "by its name")
    if alike:
        return _longest(alike, table, "as the only column of texts")
    rest = [column for column in free if not column.numbers and not column.dates and column.distinct > 1]
    if len(rest) > 1:
        rest.sort(key=lambda column: -column.distinct)
        if rest[0].distinct < MUCH_LONGER * rest[1].distinct:
            raise _ask(table, "text", [column.name for column in rest])
    if rest:
        return rest[0].name, "as the column with the most different values"
    raise _ask(table, "text", [column.name for column in free] or [str(name) for name in table.frame.columns])


def _longest(columns: list[Contents], table: Table, why: str) -> tuple[str, str]:
    """The one, or the one that is much longer than the others."""
    ranked = sorted(columns, key=lambda column: -column.letters)
    if len(ranked) > 1 and ranked[0].letters < MUCH_LONGER * ranked[1].letters:
        raise _ask(table, "text", [column.name for column in columns])
    return ranked[0].name, why if len(ranked) == 1 else "as by far the longest of the texts"


def _label_by_contents(columns: list[Contents], taken: Sequence[str | None], table: Table) -> tuple[str, str]:
    free = [column for column in columns if column.name not in taken and column.filled]
    if len(free) == 1:
        return free[0].name, "as the only other column"
    rules: tuple[Callable[[Contents], bool], ...] = (
        lambda column: column.may_be_label and (not is_among(column.name, OTHERS) or plain(column.name) in SCORES),
        lambda column: column.is_classes,
    )
    for rule in rules:
        hits = [column for column in free if rule(column)]
        # Numbers in the order of the rows count these, where another column may be the label.
        hits = [column for column in hits if not column.ordered] or hits
        if len(hits) == 1:
            few = f"{hits[0].distinct} different values" if hits[0].is_classes else "numbers"
            return hits[0].name, f"as the only other column that may be one, with {few}"
        if hits:
            raise _ask(table, "label", [column.name for column in hits])
    raise _ask(table, "label", [column.name for column in free])


def _pair(columns: list[Contents], text: str, label: str) -> str | None:
    by_name = {plain(c.name): c.name for c in columns if c.name not in (text, label) and not c.numbers and not c.dates}
    return _second(plain(text), by_name, columns)


def _second(first: str, by_name: Mapping[str, str], columns: Sequence[Contents]) -> str | None:
    """The column that goes with a first text of this plain name, among columns by theirs."""
    counted = [first[:-1] + after for before, after in (("1", "2"), ("a", "b")) if first.endswith(before)]
    worded = {plain(column.name) for column in columns if column.is_text}
    counted = [name for name in counted if {first, name} <= worded and first[:-1] not in NUMBERED]
    return next((by_name[name] for name in (*counted, *PAIRS.get(first, ())) if name in by_name), None)


def _ask(table: Table, what: str, names: list[str]) -> DataError:
    listed = ", ".join(repr(name) for name in names[:8])
    if table.nested and len(names) < 2:
        inner = ", ".join(repr(name) for name in table.nested)
        line = min(table.nested.values())
        return DataError(
            f"{table.name}: line {line} has lists or objects in {inner}, and beside them no {what}; "
            "write what they hold as fields of their own, each one piece of text or one number",
            f"data.{what}",
        )
    if not names:
        return DataError(f"{table.name} has no column left for the {what}; name it with data.{what}", f"data.{what}")
    return DataError(
        f"{table.name}: it is not clear which column holds the {what}: {listed}; "
        f"set data.{what} to one, such as data.{what}={names[0]}",
        f"data.{what}",
    )
