"""Guesses at which column of an own file is the text, its pair and the label: by names first, then by contents.

Each comes with its reason. Where several columns may be meant, DataError asks which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.data.column_names import HEADINGS, LABELS, OTHERS, PAIRS, PLAIN_TEXTS, SCORES, TEXTS, head, is_among, plain
from core.data.contents import Contents
from core.data.grid import Table
from core.data.rows import DataError

MUCH_LONGER = 3
"""A text column this many times longer than every other is the text, where names say nothing."""
NUMBERED = ("column", "col", "field", "var", "unnamed")
"""What programs call columns by their place; 1 and 2 behind it make no pair."""
BY_NAME = "by its name"

Guess = tuple[str, str]
"""The name of a column, and why it is the one."""


def guess_text(columns: Sequence[Contents], taken: Sequence[str | None], table: Table) -> Guess:
    """The text, among the columns that are not `taken`."""
    for name in table.nested:
        if plain(name) in PLAIN_TEXTS and name not in taken:
            return name, BY_NAME  # it is refused with its line
    free = [column for column in columns if column.name not in taken]
    for rule in (_first_of_two, _plainly_named, _named_as_text, _alone_of_texts, _most_varied):
        if found := rule(free, table):
            return found
    raise _unclear(table, "text", [column.name for column in free] or [str(name) for name in table.frame.columns])


def _first_of_two(free: list[Contents], table: Table) -> Guess | None:
    """The first of two comes before a lone one of another plain name, but for `text` itself."""
    by_name = _of_words(free)
    if "text" in by_name:
        return None
    firsts = (by_name[name] for name in (*PAIRS, *by_name) if name in by_name and _second(name, by_name, free))
    return next(((name, BY_NAME) for name in firsts), None)


def _plainly_named(free: list[Contents], table: Table) -> Guess | None:
    hits = (column.name for name in PLAIN_TEXTS for column in free if plain(column.name) == name)
    return next(((name, BY_NAME) for name in hits), None)


def _named_as_text(free: list[Contents], table: Table) -> Guess | None:
    named = [column for column in free if is_among(column.name, TEXTS) and not column.dates and not column.numbers]
    if not named:
        return None
    if all(is_among(column.name, HEADINGS) for column in named):
        most = MUCH_LONGER * max(column.letters for column in named)
        if longer := [column.name for column in _texts(free) if column.letters >= most]:
            raise _unclear(table, "text", [*longer, *(column.name for column in named)])
    return _longest(named, table, BY_NAME)


def _alone_of_texts(free: list[Contents], table: Table) -> Guess | None:
    texts = _texts(free)
    return _longest(texts, table, "as the only column of texts") if texts else None


def _most_varied(free: list[Contents], table: Table) -> Guess | None:
    rest = [column for column in free if not column.numbers and not column.dates and column.distinct > 1]
    rest.sort(key=lambda column: -column.distinct)
    if len(rest) > 1 and rest[0].distinct < MUCH_LONGER * rest[1].distinct:
        raise _unclear(table, "text", [column.name for column in rest])
    return (rest[0].name, "as the column with the most different values") if rest else None


def _texts(columns: Sequence[Contents]) -> list[Contents]:
    return [column for column in columns if column.is_text and not is_among(column.name, OTHERS)]


def _longest(columns: list[Contents], table: Table, why: str) -> Guess:
    """The one, or the one that is much longer than the others."""
    ranked = sorted(columns, key=lambda column: -column.letters)
    if len(ranked) == 1:
        return ranked[0].name, why
    if ranked[0].letters < MUCH_LONGER * ranked[1].letters:
        raise _unclear(table, "text", [column.name for column in columns])
    return ranked[0].name, "as by far the longest of the texts"


def guess_label_by_name(columns: Sequence[Contents], taken: Sequence[str | None], table: Table) -> str | None:
    """The plainest name of a label; a name that may also be a text's, or a measure's, must hold labels."""
    free = [column for column in columns if column.name not in taken]
    nested = [name for name in table.nested if name not in taken]  # refused with its line, if it is the one
    for called in (plain, head):
        for rank, names in enumerate(LABELS):
            sure = rank == 0 and called is plain
            hits = [column.name for column in free if called(column.name) in names and (sure or column.may_be_label)]
            hits += [name for name in nested if called(name) in names]
            if len(hits) > 1:
                raise _unclear(table, "label", hits)
            if hits:
                return hits[0]
    return None


def guess_label_by_contents(columns: Sequence[Contents], taken: Sequence[str | None], table: Table) -> Guess:
    """The only column that may hold labels."""
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
            raise _unclear(table, "label", [column.name for column in hits])
    raise _unclear(table, "label", [column.name for column in free])


def guess_pair(columns: Sequence[Contents], text: str, label: str) -> str | None:
    """The second text that goes with `text`, by its name."""
    by_name = _of_words([column for column in columns if column.name not in (text, label)])
    return _second(plain(text), by_name, columns)


def _of_words(columns: Sequence[Contents]) -> dict[str, str]:
    """Plain name to name, of what is neither numbers nor dates."""
    return {plain(column.name): column.name for column in columns if not column.numbers and not column.dates}


def _second(first: str, by_name: Mapping[str, str], columns: Sequence[Contents]) -> str | None:
    """The column that goes with a first text of this plain name, among columns by theirs."""
    counted = [first[:-1] + after for before, after in (("1", "2"), ("a", "b")) if first.endswith(before)]
    worded = {plain(column.name) for column in columns if column.is_text}
    counted = [name for name in counted if {first, name} <= worded and first[:-1] not in NUMBERED]
    return next((by_name[name] for name in (*counted, *PAIRS.get(first, ())) if name in by_name), None)


def _unclear(table: Table, what: str, names: list[str]) -> DataError:
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
