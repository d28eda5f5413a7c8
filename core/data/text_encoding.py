"""Bytes of a file in, its text out, whichever of the usual encodings it is in; what was no UTF-8 is said."""

from __future__ import annotations

import itertools
import re

from core.data.rows import DataError, Finding

# UTF-32's mark begins with UTF-16's, so it is asked for first.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_LINE_END = re.compile(r"\r\n|\n|\r")
_ALPHABETS = [
    frozenset(letters)
    for letters in (
        "àâæçéèêëîïôœùûÿ", "äöüß", "áéíóúüñ", "ãáâàçéêíóôõú", "àèéìíîòóùú", "éëïöüáóèê", "æøåéóôòêè", "åäöéàü",
        "äöåšž", "áéíóúýþæöð", "áíóúýæøð", "àçéèíïóòúü", "äõöüšž", "çë", "ñç", "ôêëîûéèï",
    )
]  # fmt: skip
"""What French, German, Spanish and so on write beside a to z; together in one text in no others."""
_FINNISH = "äõ"
"""One of these stands in any Finnish or Estonian text: without them `š` is an old Mac's `ö`, as in `Kšln`."""
_TELLING = frozenset("ãðìòõùûýþšžÿ")
"""Of these, the ones that bytes of other alphabets become most often; `café, schön und naïve` is nothing odd."""
_ODD_LINES = 3
"""One line in so many with letters that no alphabet has together is too many: texts quote names of all countries."""
_FOREIGN_WORD = re.compile(r"(?<!\w)(?!(?:çà|öö|ää)\b)[^\W\d_\x00-\x7fªºµ]{2,}(?!\w)", re.IGNORECASE)
"""A word without a letter of a to z; western languages have hardly one, those of other alphabets no other."""
_STRANGE = re.compile(
    r"[^\W\d_\x00-\x7f]{4}|(?<=[^\W\d_])([^\w\x00-\x7f’‘´·–—…«»“”]|[¹²³ªº])(?=[^\W\d_])|(?<=[a-z])[ŠŽŸŒ]|¤"
    r"|(?<=[a-z])§(?!\d)|(?<!\w)[€†](?=[a-z]{2})"
    r"|[ƒˆ‰‡˜](?=[^\s\x00-\x7f])|ƒ(?=[^\W\d_])|‚(?=[^\w\x00-\x7f])|[´¨¯¬º¸](?=[À-ÿ])"
)
"""Four letters beyond a to z in a row, a sign or capital within a word, a word that begins with a sign or ends in one:
the bytes mean letters of another alphabet, old Macs' (`Spa§`, `€rger`), or halves of Chinese and Japanese ones."""
_ESCAPED = re.compile(r"\x1b[$(]")
_IN_ASCII = {"HZ": re.compile(r"~\{[!-~]{2,}?~\}"), "UTF-7": re.compile(r"\+A[M-P][AEIMQUYcgkosw048]-")}
"""Alphabets that are written in signs of ASCII: Chinese between braces, `ü` as `+APw-`."""
_WHOLE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(data: bytes, where: str) -> tuple[str, list[Finding]]:
    """The text, without a byte-order mark. DataError names the line of what cannot be read."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _unmarked_utf16(data)
    if not encoding:
        try:
            return _whole(data.decode("utf-8-sig"), where), []
        except UnicodeDecodeError as error:
            return _western(data, error.start, where)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{where} begins as {encoding.upper()} and breaks off (byte {error.start}); save it as UTF-8"
        ) from None
    return _whole(text, where), [_mended(text, encoding.upper().removesuffix("-LE").removesuffix("-BE"), "")]


def _unmarked_utf16(data: bytes) -> str:
    """By the zero bytes of its commas, spaces and digits: they are all at even places, or all at odd ones."""
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even + odd < max(8, len(sample) / 20) or min(even, odd) > max(even, odd) / 10:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _western(data: bytes, start: int, where: str) -> tuple[str, list[Finding]]:
    """Windows-1252, which Excel saves; DataError where it is half UTF-8, or by its letters another alphabet's."""
    line, byte = _line(data[:start].decode("latin-1")), data[start]
    advice = f"{where}: line {line} is not UTF-8 (byte 0x{byte:02x})"
    odd = len(re.findall(rb"[\x80-\xff]", _WHOLE.sub(b"", data)))
    if len(_WHOLE.findall(data)) >= odd:
        raise DataError(f"{advice}, though other lines are; mend that line or save the file as UTF-8")
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise DataError(f"{advice}, nor Windows-1252; save it as UTF-8") from None
    strange = _STRANGE.search(text)
    odd_line = _line(text[: strange.start()]) if strange else _odd_line(text)
    if odd_line:
        raise DataError(f"{where} is not UTF-8, and not western by the letters in line {odd_line}; save it as UTF-8")
    return _whole(text, where), [_mended(text, "Windows-1252", f", as byte 0x{byte:02x} in line {line} is not UTF-8")]


def _odd_line(text: str) -> int:
    """The first line whose letters no western language has together, or in such words, if many are such: Turkish,
    Czech, Hebrew; else 0."""
    found, odd = 0, []
    finnish = any(letter in text.lower() for letter in _FINNISH)
    alphabets = [alphabet for alphabet in _ALPHABETS if finnish or "š" not in alphabet]
    for line, words in enumerate(_LINE_END.split(text), start=1):
        letters = {char for char in words.lower() if char > "\x7f" and char.isalpha() and char not in "ªºµ"}
        found += bool(letters)
        together = not letters & _TELLING or any(letters <= alphabet for alphabet in alphabets)
        if not together or _FOREIGN_WORD.search(words):
            odd.append(line)
    return odd[0] if len(odd) * _ODD_LINES > found else 0


def _line(before: str) -> int:
    """The line that follows, in a file of any line endings: old Macs' have no line feed."""
    return len(_LINE_END.findall(before)) + 1


def _mended(text: str, encoding: str, because: str) -> Finding:
    lines = _LINE_END.split(text)
    example = next((line.strip() for line in lines if not line.isascii()), lines[0].strip())
    why = f"the file is read as {encoding}{because}; look whether the letters are right, or save it as UTF-8"
    return Finding("encoding mended", sum(not line.isascii() for line in lines), example[:120], why)


def _whole(text: str, where: str) -> str:
    """The text, if it is one, without the marks that stay inside files put together: DataError for zero bytes."""
    at = text.find("\x00")
    if at >= 0:
        line = _line(text[:at])
        raise DataError(f"{where}: line {line} holds zero bytes; this is not a text file, or it is damaged")
    if escaped := _ESCAPED.search(text):
        line = _line(text[: escaped.start()])
        raise DataError(f"{where}: line {line} changes its alphabet as ISO-2022 does; save it as UTF-8")
    for encoding, written in _IN_ASCII.items():
        found = [one.start() for one in itertools.islice(written.finditer(text), 3)]
        if len(found) > 2:  # one may be a text's
            raise DataError(f"{where}: line {_line(text[: found[0]])} is written in {encoding}; save it as UTF-8")
    return text.replace("\ufeff", "")
