"""Dates as people and programs write them, with or without a time of day; a text that begins with one is none."""

from __future__ import annotations

import re

_TIME = r"\d\d?[:.h]\d\d(?:[:.]\d\d)?(?:[.,]\d+)?(?:\s*[ap]\.?m\.?)?(?:\s*(?:Z|[A-Z]{2,4}|[-+]\d\d:?\d\d))*"
_NUMBERS = r"\d{4}(?P<mark>[-./])\d\d?(?P=mark)\d\d?|\d\d?(?P<sign>[./])\d\d?(?P=sign)(?:\d{4}|\d\d)"
_NAME = r"[^\W\d_]{3,9}\.?"
_DATE = re.compile(
    rf"(?:{_NUMBERS})(?:[T ,]+{_TIME})?"  # 2024-05-06T07:08:09Z, 6.5.24 7:08
    rf"|(?:{_NAME},? )?(?:{_NAME} \d\d?|\d\d?\.? {_NAME}),?(?: {_TIME})? \d{{4}}(?:,? {_TIME})?",  # Mon, 6 May 2024
    re.IGNORECASE,
)


_CLOCK = re.compile(r"\d\d?:\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?", re.IGNORECASE)


def is_time(text: str) -> bool:
    """Whether it is a time of day, or one that a clock has stopped: `7:08`, `12:30:05`, `7:08 pm`."""
    return _CLOCK.fullmatch(text.strip()) is not None


def is_date(text: str) -> bool:
    """Whether it is a date and nothing else: `9.3/10` and `2024-05-06 the lift stood still` are none."""
    return _DATE.fullmatch(text.strip()) is not None
