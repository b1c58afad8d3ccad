"""Bytes as text: byte order marks, UTF-8 with a few broken bytes, UTF-16 without a mark."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from ingest.errors import SkipKind, SkippedFile

# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
MANY = 4
"""Characters of UTF-8 for each broken byte, from which it is UTF-8 for certain."""
_ASIAN = frozenset("cp932 euc_jp euc-jp gb18030 big5hkscs cp949".split())
_SHIFTS = {
    b"\x1b$B": "iso-2022-jp",
    b"\x1b$@": "iso-2022-jp",
    b"\x1b(I": "iso-2022-jp-3",
    b"\x1b$)C": "iso-2022-kr",
}
"""Escapes that begin the letters of encodings made of ASCII alone."""
SAMPLE = 32_768
"""Bytes on either side of the first that is not UTF-8, from which an encoding is guessed."""
_TEXT_SHARE = 0.98
"""Of the characters of a sample those that must be printable for it to be text."""


class Decoded(NamedTuple):
    """A text, and the encoding it was read with: "utf-8", "windows-1252 (guessed)"."""

    text: str
    encoding: str


def decode(raw: bytes, guess: Callable[[bytes], str], declared: str = "") -> Decoded:
    """Return the text in the bytes, without a byte order mark. SkippedFile if there is none.

    A broken byte costs one character. `guess` returns the codec for a sample that is not UTF-8;
    `declared` is the encoding that the text itself names, which UTF-8 that is valid overrules.
    """
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return Decoded(raw[len(mark) :].decode(encoding, "replace"), encoding)
    if raw.count(0) * 1000 > len(raw):
        wide = _wide(raw)
        if wide is None:
            raise SkippedFile("a binary file", SkipKind.BINARY)
        return wide
    for shift, encoding in _SHIFTS.items():
        if shift in raw:
            with suppress(UnicodeDecodeError):
                return Decoded(raw.decode(encoding), encoding)
    try:
        return Decoded(raw.decode(), "utf-8")
    except UnicodeDecodeError as error:
        return _not_all_utf8(raw, error.start, guess, declared)


def _not_all_utf8(
    raw: bytes, first_bad: int, guess: Callable[[bytes], str], declared: str
) -> Decoded:
    text = raw.decode(errors="replace")
    broken = text.count("\ufffd")
    whole = sum(not character.isascii() for character in text) - broken
    # Bytes of another encoding hardly ever make a valid sequence of UTF-8 by chance.
    if 0 < broken <= whole and not (MANY * broken > whole and _is_asian(raw, guess)):
        lost = f"{broken:,} broken byte{'s' * (broken != 1)}"
        return Decoded(text, f"utf-8 ({lost})")
    codec = _codec(declared)
    if codec and codec != "utf-8":
        return Decoded(raw.decode(codec, "replace"), codec)
    codec = guess(raw[max(first_bad - SAMPLE, 0) : first_bad + SAMPLE])
    text = raw.decode(codec, "replace")
    if not _is_text(text[: 2 * SAMPLE]):
        raise SkippedFile("a binary file, or text in an unknown encoding", SkipKind.BINARY)
    return Decoded(text, f"{codec} (guessed)")


def _is_asian(raw: bytes, guess: Callable[[bytes], str]) -> bool:
    """Whether a short text, some of whose bytes look like UTF-8 by chance, is all in an encoding of
    two bytes a character.
    """
    if len(raw) > SAMPLE:
        return False
    codec = guess(raw)
    try:
        return codec in _ASIAN and bool(raw.decode(codec))
    except UnicodeDecodeError:
        return False


def _wide(raw: bytes) -> Decoded | None:
    """Return UTF-16 or UTF-32 that has no mark: zeros are at every second or fourth byte."""
    for encoding in _WIDE:
        size = 4 if "32" in encoding else 2
        try:
            sample = raw[: len(raw) // size * size][: 4 * SAMPLE].decode(encoding)
        except UnicodeDecodeError:
            continue
        spaced = any(character in " \n\t" for character in sample)
        if len(sample) > 3 and spaced and _is_text(sample) and "\0" not in sample:
            return Decoded(raw.decode(encoding, "replace"), f"{encoding} (guessed)")
    return None


def _is_text(text: str) -> bool:
    printable = sum(
        character.isprintable() or character in "\t\n\r\f\v\x1b\xad\u200b\ufeff\u3000\xa0"
        for character in text
    )
    return printable >= _TEXT_SHARE * len(text)


def _codec(name: str) -> str:
    """Return Python's name of an encoding that a file declares; "" if it is unknown.

    What calls itself Latin-1 or ASCII is windows-1252: https://encoding.spec.whatwg.org/#names
    """
    try:
        codec = codecs.lookup(name.strip()) if name.strip() else None
    except (LookupError, ValueError):
        return ""
    # Some of Python's codecs are not encodings of text: rot13, zip.
    if codec is None or not getattr(codec, "_is_text_encoding", True):
        return ""
    return {
        "iso8859-1": "cp1252",
        "ascii": "cp1252",
        "iso8859-9": "cp1254",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "euc_kr": "cp949",
        "tis-620": "cp874",
        "utf-16": "utf-8",  # a page whose declaration can be read is not in UTF-16
        "utf-16-le": "utf-8",
        "utf-16-be": "utf-8",
        "utf-7": "utf-8",
    }.get(codec.name, codec.name)
