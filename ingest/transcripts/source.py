"""Files that may hold conversations, and the members of an export's zip, as streams."""

from __future__ import annotations

import io
import lzma
import os
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ingest.errors import ReadError
from ingest.transcripts import json_stream, sqlite, text_files

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAX_RATIO = 100
"""How many times smaller a member may be than its content; exports pack to a tenth."""
SMALL = 50_000_000
"""A member that unpacks to no more may be packed as tightly as it likes."""
MAX_TOTAL = 20_000_000_000
"""What an export may unpack to; it is read as a stream."""
_MAX_BESIDE = 20_000_000

# The members that hold conversations, or what belongs to them.
_MEMBER = re.compile(
    r"(?:.*/)?(?:(?:shared_)?conversations(?:[-_]\d+)?\.json|projects\.json|memories\.json"
    r"|(?:conversations|projects|memories)/[^/]+\.json|result\.json|messages\d*\.html"
    r"|[^/]*chat-export[^/]*\.json|chat-[0-9a-f]{8}-[0-9a-f-]{27}\.json|prod-grok-[^/]+\.json|[^/]+/\d{4}-\d\d-\d\d\.json"
    r"|[^/]+\.jsonl|_chat\.txt|[^/]*WhatsApp[^/]*\.txt"
    # Messenger, Instagram, Zulip, packages of Discord, Google Chat; DiscordChatExporter; KakaoTalk.
    r"|message_\d+\.json|messages(?:-\d+)?\.json|[^/]+ \[\d{16,}\][^/]*\.(?:json|csv|html|txt)"
    r"|[^/]*KakaoTalk[^/]*\.(?:txt|csv)"
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
            yield from _members(file, str(path))
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
            with (path.parent / relative).open("rb") as file:
                return file.read(_MAX_BESIDE)
        except OSError:
            return b""

    return read


def _members(file: IO[bytes], outer: str) -> Iterator[Part]:
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        for member in sorted(members, key=lambda member: member.filename):
            if _NESTED.fullmatch(member.filename):
                _check(member)
                with archive.open(member) as inner:
                    yield from _members(inner, f"{outer}/{member.filename}")
        wanted = [member for member in members if _wanted(member.filename)]
        if sum(member.file_size for member in wanted) > MAX_TOTAL:
            raise Refused(f"unpacks to more than {MAX_TOTAL // 10**9} GB: no export does")
        for member in sorted(wanted, key=lambda member: member.filename):
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
    except KeyError:
        return b""


def _check(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise Refused("an encrypted zip: unpack it and ingest its conversations.json")
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        raise Refused(f"packed more than {MAX_RATIO} times smaller: no export is")
