"""Files that may hold conversations, and the members of an export's zip, as streams."""

from __future__ import annotations

import io
import lzma
import os
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ingest.errors import ReadError
from ingest.transcripts import json_stream, sqlite, text_files, xml_stream

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAX_RATIO = 100
"""How many times smaller a member may be than its content; exports pack to a tenth."""
SMALL = 50_000_000
"""A member that unpacks to no more may be packed as tightly as it likes."""
SMALL_ZIP = 1_000_000
"""The same of a zip in a zip, which is packed already."""
MAX_TOTAL = 20_000_000_000
"""What an export may unpack to; it is read as a stream."""
SMALL_TOTAL = 200_000_000
"""What one of any size may unpack to: its members may be packed tightly, and in the same place."""
MAX_DIRECTORY = 20_000_000
"""Bytes of the list of a zip's members: some 200,000, which take 200 MB of memory."""
_MAX_BESIDE = 20_000_000
_LONGEST_END = 66_000 + 100
"""Bytes from the end of a zip in which its last records are, a comment included."""

# The members that hold conversations, or what belongs to them.
_MEMBER = re.compile(
    r"(?:.*/)?(?:(?:shared_)?conversations(?:[-_]\d+)?\.json|projects\.json|memories\.json"
    r"|(?:conversations|projects|memories)/[^/]+\.json|result\.json|messages\d*\.html"
    r"|[^/]*chat-export[^/]*\.json|chat-[0-9a-f]{8}-[0-9a-f-]{27}\.json|prod-grok-[^/]+\.json|[^/]+/\d{4}-\d\d-\d\d\.json"
    r"|[^/]+\.jsonl|_chat\.txt|[^/]*WhatsApp[^/]*\.txt"
    # Messenger, Instagram, Zulip, packages of Discord, Google Chat; DiscordChatExporter; KakaoTalk.
    r"|message_\d+\.json|messages(?:-\d+)?\.json|[^/]+ \[\d{16,}\][^/]*\.(?:json|csv|html|txt)"
    r"|[^/]*KakaoTalk[^/]*\.(?:txt|csv)|sms[^/]*\.xml"
    # Takeout names its files in the language of the account.
    r"|[^/]*Takeout/[^/]+/[^/]*(?:Gemini|Bard)[^/]*/[^/]+\.(?:json|html)"
    r"|My ?Activity\.(?:json|html))",
    re.IGNORECASE,
)
_NESTED = re.compile(r"(?:.*/)?(?:conversations|projects|memories)[-_]\d+\.zip", re.IGNORECASE)
_PERSONAL = re.compile(r"(?:.*/)?shared_conversations[^/]*", re.IGNORECASE)
_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
_BROKEN_MEMBER = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)
_BROKEN_ZIP = (*_BROKEN_MEMBER, RuntimeError, ValueError, OverflowError, LookupError)


class Refused(ReadError):
    """A zip that is not read: encrypted, or packed like a bomb."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file, or a member of a zip. `name` is its path, within the zip where it is in one."""

    name: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    beside: Callable[[str], bytes]
    path: Path | None = None

    def values(self) -> Iterator[object]:
        """JSON values, lines of text, or rows, as the format of the file has them. ReadError if
        it is damaged, OSError if it cannot be read.
        """
        if self.suffix in sqlite.SUFFIXES:
            yield from sqlite.rows(self.path) if self.path is not None else ()
            return
        try:
            with self.open() as file:
                yield from self._values(file)
        except _BROKEN_MEMBER as error:
            raise ReadError("a damaged zip: download the export again") from error

    @property
    def suffix(self) -> str:
        """How the name ends, in small letters."""
        return posixpath.splitext(self.name)[1].lower()

    def _values(self, file: IO[bytes]) -> Iterator[object]:
        if self.suffix in text_files.YAML:
            return text_files.yaml(file)
        if self.suffix in text_files.CSV:
            return text_files.rows(file)
        if self.suffix in text_files.TEXT:
            return text_files.lines(file)
        if self.suffix == xml_stream.SUFFIX:
            return xml_stream.elements(file)
        return json_stream.values(file)


Progress = Callable[[int, int], None]


def parts(path: Path, progress: Progress = lambda done, of: None) -> Iterator[Part]:
    """The file; of a zip the members that may hold conversations, each once.

    `progress` is called with the number of the byte that is read, and of all bytes. OSError if it
    cannot be read, ReadError if it is a damaged or an encrypted zip, or a bomb.
    """
    opened = partial(_opened, path, progress)
    if path.suffix.lower() != ".zip":
        yield Part(str(path), opened, _beside(path), path)
        return
    with opened() as file:
        try:
            yield from _members(file, str(path), path.stat().st_size)
        except _BROKEN_ZIP as error:
            raise ReadError("a damaged zip: download the export again") from error


class _Watched(io.FileIO):
    """A file that says how far it has been read."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path)
        self._progress = progress
        self._size = os.fstat(self.fileno()).st_size

    def readinto(self, buffer: Buffer) -> int | None:
        count = super().readinto(buffer)
        self._progress(self.tell(), self._size)
        return count


def _opened(path: Path, progress: Progress) -> IO[bytes]:
    return io.BufferedReader(_Watched(path, progress), 1 << 18)


def _beside(path: Path) -> Callable[[str], bytes]:
    def read(relative: str) -> bytes:
        try:
            beside = path.parent / relative
            if not beside.is_file():  # a pipe would be waited for
                return b""
            with beside.open("rb") as file:
                return file.read(_MAX_BESIDE)
        except OSError:
            return b""

    return read


def _members(file: IO[bytes], outer: str, size: int, *, nested: bool = False) -> Iterator[Part]:
    """The members of a zip of this size, and those of the zips in it, but of none in those."""
    if _directory_size(file) > MAX_DIRECTORY:
        raise Refused("has more members than an export has")
    with zipfile.ZipFile(file) as archive:
        members = sorted(archive.infolist(), key=lambda member: member.filename)
        inside = [] if nested else [m for m in members if _NESTED.fullmatch(m.filename)]
        wanted = [member for member in members if _wanted(member.filename)]
        _check_total([*inside, *wanted], size)
        for member in inside:
            _check(member, small=SMALL_ZIP)
            with archive.open(member) as inner:
                name = f"{outer}/{member.filename}"
                yield from _members(inner, name, member.file_size, nested=True)
        for member in wanted:
            _check(member)
            name = f"{outer}/{member.filename}"
            opened = partial(archive.open, member)
            yield Part(name, opened, partial(_read_beside, archive, member))


def _wanted(name: str) -> bool:
    return bool(_MEMBER.fullmatch(name)) and not _PERSONAL.fullmatch(name)


def _read_beside(archive: zipfile.ZipFile, member: zipfile.ZipInfo, relative: str) -> bytes:
    folder = posixpath.dirname(member.filename)
    name = posixpath.normpath(posixpath.join(folder, relative))
    try:
        with archive.open(name) as file:
            return file.read(_MAX_BESIDE)
    except (*_BROKEN_ZIP, OSError):
        return b""


def _directory_size(file: IO[bytes]) -> int:
    """The bytes of the list of members, which `zipfile` reads whole: APPNOTE.TXT 4.3.14, 4.3.16."""
    start = max(file.seek(0, os.SEEK_END) - _LONGEST_END, 0)
    file.seek(start)
    end = file.read()
    at = end.rfind(b"PK\5\6")
    large = end.rfind(b"PK\6\6", 0, max(at, 0))
    sizes = (end[at + 12 : at + 16] if at >= 0 else b"", end[large + 40 : large + 48])
    of_large = int.from_bytes(sizes[1], "little") if large >= 0 else 0
    return of_large or int.from_bytes(sizes[0], "little")


def _check_total(members: Sequence[zipfile.ZipInfo], size: int) -> None:
    total = sum(member.file_size for member in members)
    if total > MAX_TOTAL:
        raise Refused(f"unpacks to more than {MAX_TOTAL // 10**9} GB: no export does")
    if total > max(SMALL_TOTAL, MAX_RATIO * size):
        raise Refused(f"packed more than {MAX_RATIO} times smaller: no export is")


def _check(member: zipfile.ZipInfo, small: int = SMALL) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise Refused("an encrypted zip: unpack it and ingest its conversations.json")
    if member.file_size > max(small, MAX_RATIO * member.compress_size):
        raise Refused(f"packed more than {MAX_RATIO} times smaller: no export is")
