"""JSON out of a file: the elements of a list, or one value a line; also out of an export's zip."""

from __future__ import annotations

import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.errors import ReadError

MAX_MEMBER_BYTES = 1_000_000_000
"""More than this, unpacked, is no export but a bomb."""

_MEMBER = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json", re.IGNORECASE)
_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
_SPACE = re.compile(r"[ \t\r\n]*")
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # NotImplementedError, too: an unknown compression
    ValueError,
    OverflowError,
    LookupError,
)


def _integer(digits: str) -> float:
    """No id or time has more than 20 digits, and Python refuses to read more than 4,300."""
    return int(digits) if len(digits) <= 20 else float(digits)


_DECODER = json.JSONDecoder(parse_int=_integer)


def parts(path: Path, limit: int = MAX_MEMBER_BYTES) -> Iterator[BinaryIO]:
    """The file; of a zip the members that hold conversations, up to `limit` bytes of each.

    OSError if it cannot be read, ReadError if it is a damaged or an encrypted zip, or one with more
    than `MAX_MEMBER_BYTES` of conversations.
    """
    if path.suffix.lower() != ".zip":
        with path.open("rb") as file:
            yield file
        return
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                for member in _members(archive):
                    with archive.open(member) as packed:
                        content = packed.read(limit)
                    yield io.BytesIO(content)
        except _BROKEN_ZIP as error:
            raise ReadError("a damaged zip: download the export again") from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [each for each in archive.infolist() if _MEMBER.fullmatch(each.filename)]
    if any(each.flag_bits & _ENCRYPTED for each in found):
        raise ReadError("an encrypted zip: unpack it and ingest its conversations.json")
    if sum(each.file_size for each in found) > MAX_MEMBER_BYTES:
        raise ReadError("more than 1 GB of conversations in a zip: unpack it and ingest the files")
    return sorted(found, key=lambda each: each.filename)


def encoding_of(head: bytes) -> str:
    """UTF-8, UTF-16 or UTF-32, by the byte order mark or the zeros: RFC 4627, section 3."""
    return json.detect_encoding(head)


def decode(line: str) -> object:
    """The value; None for what is no JSON, or nested too deeply to be read."""
    try:
        value: object = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None
    return value


def lines(part: BinaryIO) -> Iterator[object]:
    """The value of each line; a line that is no JSON is left out."""
    encoding = encoding_of(part.read(4))
    part.seek(0)
    # Only "\n" ends a line: JSON may hold the other characters that Python takes for line ends.
    with io.TextIOWrapper(part, encoding, errors="replace", newline="\n") as text:
        for line in text:
            value = decode(line)
            if value is not None:
                yield value


def elements(part: BinaryIO) -> Iterator[object]:
    """The elements of a JSON array, one at a time. ReadError where it breaks off."""
    raw = part.read()
    text = raw.decode(encoding_of(raw), "replace")
    del raw
    at = _after_space(text, 0)
    if not text.startswith("[", at):
        raise ReadError("not a list of conversations: export it again")
    while not text.startswith("]", at := _after_space(text, at + 1)):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except ValueError as error:
            raise _broken_off(at) from error
        except RecursionError as error:
            raise ReadError("JSON that is nested too deeply: export it again") from error
        yield value
        at = _after_space(text, at)
        if text.startswith("]", at):
            return
        if not text.startswith(",", at):
            raise _broken_off(at)


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _broken_off(at: int) -> ReadError:
    return ReadError(f"JSON that is damaged or breaks off (character {at:,}): export it again")
