"""JSON as a stream: the elements of a list, or one value a line, never a whole file in memory."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from typing import IO

from ingest.errors import ReadError

LONGEST = 32_000_000
"""Characters of one value, and of one line: more is a dump, and would not fit in memory twice."""

_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_INCOMPLETE = "Unterminated string"  # how json words a string that goes on behind the buffer
_NEAR_END = 12  # no error of a value that is cut off lies further from the end: "\\ud83d\\ude00"
_LONG_DIGITS = 20


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


def values(part: IO[bytes]) -> Iterator[object]:
    """The elements of a list, the value of each line, or the objects that a file consists of.

    In JSON Lines a line that is not JSON is left out. ReadError where a list or an object breaks
    off, or is larger than `LONGEST`.
    """
    scanner = _Scanner(part)
    first = scanner.peek()
    if first == "[":
        yield from _elements(scanner)
    elif first:
        yield from _objects_or_lines(part, scanner)


def _objects_or_lines(part: IO[bytes], scanner: _Scanner) -> Iterator[object]:
    """Lines if the first line is a whole value, or if the file does not begin with a whole one."""
    part.seek(0)
    line = next(_text_lines(part), None)
    if line is not None and decode(line) is None:
        try:
            part.seek(0)
            scanner = _Scanner(part)
            while scanner.peek():
                yield scanner.value()
        except _Damaged:
            pass
        else:
            return
    part.seek(0)
    for line in _text_lines(part):
        value = decode(line)
        if value is not None:
            yield value


def _elements(scanner: _Scanner) -> Iterator[object]:
    scanner.skip()
    while scanner.peek() != "]":
        yield scanner.value()
        following = scanner.peek()
        if following == "]":
            return
        if following != ",":
            raise scanner.damage()
        scanner.skip()


def encoding_of(part: IO[bytes]) -> str:
    """UTF-8, UTF-16 or UTF-32, by the byte order mark or the zeros: RFC 4627, section 3."""
    part.seek(0)
    encoding = json.detect_encoding(part.read(4))
    part.seek(0)
    return encoding


def _text_lines(part: IO[bytes]) -> Iterator[str]:
    """The lines; one that is longer than `LONGEST` is left out."""
    # Only "\n" ends a line: JSON may hold the other characters that Python takes for line ends.
    text = io.TextIOWrapper(part, encoding_of(part), errors="replace", newline="\n")
    try:
        while line := text.readline(LONGEST):
            if len(line) < LONGEST or line.endswith("\n"):
                yield line
                continue
            while line and not line.endswith("\n"):
                line = text.readline(_CHUNK)
    finally:
        text.detach()  # closing it would close the file, which belongs to the caller


class _Damaged(ReadError):
    """JSON that is not whole."""


class _Scanner:
    """Decoded text around the place that has been read so far."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._decoder = codecs.getincrementaldecoder(encoding_of(part))("replace")
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more(_CHUNK)

    def skip(self) -> None:
        """Go past a character."""
        self._at += 1

    def value(self) -> object:
        """The value that begins here."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._require_more(error)
            except (ValueError, RecursionError) as error:
                raise ReadError("JSON that is nested too deeply: export it again") from error
            else:
                # A number may go on; a value with a closing character cannot.
                if end < len(self._text) or self._ended or self._text[end - 1] in '}]"':
                    self._at = end
                    return value
            self._more(max(_CHUNK, len(self._text) - self._at))

    def damage(self) -> ReadError:
        """What to raise where the JSON is damaged or breaks off."""
        place = f"{self._before + self._at:,}"
        return _Damaged(f"JSON that is damaged or breaks off (character {place}): export it again")

    def _require_more(self, error: json.JSONDecodeError) -> None:
        cut = error.msg.startswith(_INCOMPLETE) or error.pos >= len(self._text) - _NEAR_END
        if self._ended or not cut:
            raise self.damage() from error
        if len(self._text) - self._at > LONGEST:
            size = f"{LONGEST // 10**6} MB"
            raise ReadError(f"a single conversation of more than {size}: no export has one")

    def _more(self, size: int) -> None:
        raw = self._part.read(size)
        self._before += self._at
        rest = self._text[self._at :]
        self._text = ""
        self._text = rest + self._decoder.decode(raw, final=not raw)
        self._at = 0
        self._ended = not raw
