"""Numbers that stand for no answer, as surveys code it: 99 beside 1 to 5, -999 among scores of 0 to 4."""

from __future__ import annotations

from collections import Counter

from core.data.rows import Finding

_CODES = frozenset(sign * int(nines) for nines in ("99", "999", "9999", "99999") for sign in (1, -1)) | {-9}


def stand_ins(sizes: Counter[float]) -> list[Finding]:
    """A code met twice that lies further from all other numbers than these from one another. Told, not changed."""
    for code in sorted(_CODES & sizes.keys()):
        others = [number for number in sizes if number != code]
        if len(others) > 1 and sizes[code] > 1:
            spread, gap = max(others) - min(others), min(abs(number - code) for number in others)
            if gap > spread:
                why = (
                    f"all other labels lie between {min(others):g} and {max(others):g}: if this stands for no answer, "
                    "empty these cells"
                )
                return [Finding("number that may be none", sizes[code], f"{code:g}", why)]
    return []
