"""Find out how a file's bytes spell its text: UTF-8, UTF-16, Shift-JIS (CP932) or Latin-1 (CP1252).

UTF-8 and UTF-16 prove themselves. CP932 accepts nearly any bytes, so it is believed only where the text that comes
out looks like Japanese: runs of kana and common kanji, not lone ones between Latin letters (``é`` and ``°`` misread).
"""

from __future__ import annotations

import codecs
import re

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_LOOK_AT = 200_000
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_JAPANESE_SHARE = 0.6


def decode(data: bytes) -> tuple[str, str]:
    """Decode a file's bytes.

    Returns
    -------
    The text without its byte-order mark, and the name of the encoding for a person.

    Raises
    ------
    UnicodeError
        If a byte-order mark promises an encoding that the bytes break, or the bytes are no text.
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return data.decode(codec), name
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return data.decode(unmarked), "UTF-16"
    if b"\x00" in data:
        raise UnicodeError("the file holds zero bytes: it is no text")
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        pass
    else:
        if _looks_japanese(text[:_LOOK_AT]):
            return text, "Shift-JIS (CP932)"
    try:
        return data.decode("cp1252"), "Latin-1"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _utf16_without_mark(data: bytes) -> str:
    """Recognise UTF-16 by its zero bytes: nearly all on one side, as Latin letters and digits leave them."""
    head = data[: _LOOK_AT - _LOOK_AT % 2]
    if len(head) < 4 or b"\x00" not in head or len(data) % 2:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _looks_japanese(text: str) -> bool:
    """Say whether most non-ASCII characters stand as they do in Japanese."""
    fitting = total = 0
    for run in _NOT_ASCII.finditer(text):
        letters = run.group()
        total += len(letters)
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        lone = len(letters) == 1 and (before.isalnum() or after.isalnum())
        if not lone:
            fitting += sum(_is_common(letter, len(letters)) for letter in letters)
    return total > 0 and fitting >= _JAPANESE_SHARE * total


def _is_common(letter: str, run: int) -> bool:
    """Kana, JIS level 1 kanji, symbols and full-width forms; half-width kana only in runs."""
    code = letter.encode("cp932")
    if len(code) == 1:
        return run >= 2
    return 0x81 <= code[0] <= 0x84 or 0x87 <= code[0] <= 0x97 or (code[0] == 0x98 and code[1] <= 0x72)
