"""Decoded JSON around the place that has been read so far, a value at a time."""

from __future__ import annotations

import codecs
import json
import re
from typing import IO

from ingest.errors import ReadError

LONGEST = 16_000_000
"""Characters of one value, without its pictures: more would not fit in memory twice."""
MUCH = 4_000_000
"""Characters of a value from which on files in base64 are taken out of it."""

_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_INCOMPLETE = "Unterminated string"  # how json words a string that goes on behind the buffer
_NEAR_END = 12  # no error of a value that is cut off lies further from the end: "\\ud83d\\ude00"
_LONG_DIGITS = 20
_BASE64 = re.compile(r'"(?:data:[^",]{0,80},)?[A-Za-z0-9+/=_\\-]{100000,}"')
_IN_STRING = re.compile(r'["\\]')
_OUTSIDE = re.compile(r'["\[\]{},]')


def _integer(digits: str) -> float:
    """No id or time has more than 20 digits, and Python refuses to read more than 4,300."""
    return int(digits) if len(digits) <= _LONG_DIGITS else float(digits)


_DECODER = json.JSONDecoder(parse_int=_integer)


def decode(text: str) -> object:
    """The value; None for anything but JSON, and for JSON that is nested too deeply."""
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return value


def decoded(value: object) -> object:
    """What a field of a database holds: JSON where it is a string, else the value itself."""
    return decode(value) if isinstance(value, str) else value


def encoding_of(part: IO[bytes]) -> str:
    """UTF-8, UTF-16 or UTF-32, by the byte order mark or the zeros: RFC 4627, section 3."""
    part.seek(0)
    encoding = json.detect_encoding(part.read(4))
    part.seek(0)
    return encoding


class Damaged(ReadError):
    """JSON that is not whole."""


class TooLong(ReadError):
    """A value that does not fit in memory; the scanner is at its beginning."""


class Scanner:
    """A file of JSON, decoded a part at a time."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._decoder = codecs.getincrementaldecoder(encoding_of(part))("replace")
        self._text = ""
        self._at = 0
        self._before = 0
        self.ended = False

    @property
    def position(self) -> int:
        """The number of characters before this place."""
        return self._before + self._at

    def peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or self.ended:
                return self._text[self._at : self._at + 1]
            self._more(_CHUNK)

    def skip(self, expected: str = "") -> None:
        """Go past a character. Raises Damaged if it is not the one that is expected."""
        if expected and self.peek() != expected:
            raise self.damage()
        self._at += 1

    def separate(self, end: str) -> None:
        """Go past a comma, if there is one before `end`. Raises Damaged for anything else."""
        following = self.peek()
        if following == ",":
            self._at += 1
        elif following != end:
            raise self.damage()

    def value(self, most: int | None = None) -> object:
        """The value that begins here. Raises TooLong if it has more characters than `most`, which
        is `LONGEST` if it is not given.
        """
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._require_more(error, most or LONGEST)
            except (ValueError, RecursionError) as error:
                raise ReadError("JSON that is nested too deeply: export it again") from error
            else:
                # A number may go on; a value with a closing character cannot.
                if end < len(self._text) or self.ended or self._text[end - 1] in '}]"':
                    self._at = end
                    return value
            size = len(self._text) - self._at
            self._more(max(_CHUNK, min(size, LONGEST - size)))

    def skip_value(self) -> None:
        """Go past the string, list or object that begins here, however long it is."""
        if self.peek() not in ('"', "[", "{"):
            raise self.damage()
        depth = 0
        while True:
            mark = self._next(_OUTSIDE)
            if mark == '"':
                self._skip_string()
            elif mark in "[{":
                depth += 1
            elif mark in "]}" and depth:
                depth -= 1
            if mark in '"]}' and not depth:
                return

    def damage(self) -> ReadError:
        """What to raise where the JSON is damaged or breaks off."""
        place = f"{self.position:,}"
        return Damaged(f"JSON that is damaged or breaks off (character {place}): export it again")

    def _skip_string(self) -> None:
        while self._next(_IN_STRING) == "\\":
            self._peek_raw()
            self._at += 1

    def _peek_raw(self) -> None:
        """Have at least one more character, if the file does."""
        while self._at >= len(self._text) and not self.ended:
            self._more(_CHUNK)

    def _next(self, wanted: re.Pattern[str]) -> str:
        """Go past the next of these characters, and return it."""
        while (found := wanted.search(self._text, self._at)) is None:
            self._at = len(self._text)
            if self.ended:
                raise self.damage()
            self._more(_CHUNK)
        self._at = found.end()
        return found[0]

    def _require_more(self, error: json.JSONDecodeError, most: int) -> None:
        cut = error.msg.startswith(_INCOMPLETE) or error.pos >= len(self._text) - _NEAR_END
        if self.ended or not cut:
            raise self.damage() from error
        if len(self._text) - self._at > MUCH:
            self._remove_base64()
        if len(self._text) - self._at > most:
            raise TooLong(f"a value of more than {most // 10**6} million characters")

    def _remove_base64(self) -> None:
        self._before += self._at
        self._text = _BASE64.sub('""', self._text[self._at :])
        self._at = 0

    def _more(self, size: int) -> None:
        raw = self._part.read(size)
        self._before += self._at
        rest = self._text[self._at :]
        self._text = ""
        self._text = rest + self._decoder.decode(raw, final=not raw)
        self._at = 0
        self.ended = not raw
