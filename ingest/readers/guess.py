"""The encoding of bytes that are not UTF-8, guessed as web browsers do. Runs in the child process.

turbohtml's detector follows Firefox's (chardetng). It tells scripts apart; for Latin letters, and
where there are few others, the letters of languages decide (`letters.py`). Measured on the
Universal Declaration of Human Rights, 20 samples of 12, 24, 40, 100 and 300 characters in each of
58 pairs of language and encoding: right are 83, 88, 92, 97 and 98 %, before 71, 76, 79, 85 and 88.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.document import Document
from ingest.readers.letters import encoding_of

DEFAULT = "windows-1252"
FEW = 40
"""Bytes that are not ASCII; from fewer the detector cannot tell scripts apart."""

_DECLARATION = re.compile(rb"<meta\b[^>]*>|<\?xml\b[^>]*>|@charset\b[^;]*;", re.IGNORECASE)
_RUN = re.compile(rb"([A-Za-z]?)([\x80-\xff]+)(?=([A-Za-z]?))")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_JAPANESE = ("cp932", "euc_jp")
_ARABIC, _ARABIC_OF_WINDOWS = "ISO-8859-6", "cp1256"
_HEBREW = "windows-1255"
_CYRILLIC = ("cp1251", "mac_cyrillic")
_LATIN = {DEFAULT, "windows-1250", "windows-1254", "windows-1257", "windows-1258", "macintosh"} | {
    f"ISO-8859-{n}" for n in (2, 3, 4, 10, 13, 14, 15, 16)
}
# Python's codec that decodes at least all of what the web's encoding of that name does.
_CODECS = {
    "GBK": "gb18030",
    "Shift_JIS": "cp932",
    "EUC-KR": "cp949",
    "Big5": "big5hkscs",
    "windows-874": "cp874",
    "KOI8-U": "koi8_u",
    "x-mac-cyrillic": "mac_cyrillic",
    "windows-1251": "cp1251",
}
_NAMES = {f"cp{n}": f"windows-{n}" for n in (1250, 1252, 1254, 1257, 1258)}
_NAMES["iso8859_2"] = "iso-8859-2"
"""What they are called on the web."""


def read(raw: bytes, name: str) -> Document:
    """Return an empty document with the encoding of a sample, as the child's answer."""
    return Document("", "text", name, encoding=guess(raw))


def guess(sample: bytes) -> str:
    """Return the name of a Python codec for text that is not UTF-8.

    Of Latin letters those of a language decide, since the detector knows few of them.
    """
    from turbohtml.detect import detect

    # Bytes that are not UTF-8 are not what their page declares.
    sample = _DECLARATION.sub(b"", sample)
    found = detect(sample).encoding or DEFAULT
    high = sum(byte >= 0x80 for byte in sample)
    for codec in _JAPANESE:
        if _is_japanese(sample, codec):
            return codec
    if _is_latin(sample):
        return _named(encoding_of(sample), sample)
    if found in _LATIN or found in ("UTF-8", _HEBREW):
        if high < FEW:
            return _named(encoding_of(sample, latin=False), sample)
        if found != _HEBREW:
            return _named(encoding_of(sample), sample)
    if found == _ARABIC and any(0x80 <= byte < 0xA0 for byte in sample):
        return _ARABIC_OF_WINDOWS
    return _named(_CODECS.get(found, found.lower()), sample)


def _named(codec: str, sample: bytes) -> str:
    """Return an encoding, or its neighbour that only a few bytes tell from it, by its name."""
    if codec in _CYRILLIC:
        return min(_CYRILLIC, key=lambda codec: _odd_capitals(sample, codec))
    if codec == "cp1252" and b"\xa4" in sample and not any(0x80 <= byte < 0xA0 for byte in sample):
        return "iso8859-15"  # the euro sign; the currency sign of Latin-1 is not in use
    return _NAMES.get(codec, codec)


def _is_latin(sample: bytes) -> bool:
    """Whether most bytes that are not ASCII are alone among ASCII letters."""
    runs = _RUN.findall(sample)
    alone = sum(len(run) < 3 and bool(before or after) for before, run, after in runs)
    letters = len(_ASCII_LETTER.findall(sample))
    return 4 * alone > 3 * len(runs) and letters > 3 * sum(len(run) for _, run, _ in runs)


def _is_japanese(sample: bytes, codec: str) -> bool:
    """Whether a sample is Japanese in an encoding: a fourth are kana, and nothing else is broken
    but a character that its ends may cut.
    """
    text = sample.decode(codec, "replace")
    letters = sum(not letter.isascii() for letter in text)
    return "\ufffd" not in text[1:-1] and 4 * len(_KANA.findall(text)) > letters > 0


def _odd_capitals(sample: bytes, codec: str) -> int:
    """Return how many capitals are behind a small letter: in another encoding they are small."""
    text = sample.decode(codec, "replace")
    return sum(a.islower() and b.isupper() for a, b in pairwise(text))
