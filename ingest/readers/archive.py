"""The members of a zip, read into memory and never to disk. The door for the formats that are one.

A bomb is known by what its directory declares, and no member unpacks to more than it declares.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import NoReturn, Protocol

from ingest.errors import ReadError

MAX_MEMBERS = 10_000
MAX_BYTES = 200_000_000
"""Unpacked, all members together."""
MAX_RATIO = 100
"""How many times smaller a member may be than its content; text packs to a twentieth."""
SMALL = 10_000_000
"""A member that unpacks to no more may be packed as tightly as it likes."""

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # MS-CFB 2.2
_PASSWORD = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3.4.4
_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
# Those of the Open Packaging Conventions and of EPUB; others unpack without bounds.
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.DOTALL)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # NotImplementedError, too
    ValueError,
    OverflowError,
    LookupError,
)


class Members(Protocol):
    """What a file of several parts is read from."""

    def read(self, name: str) -> bytes:
        """The content of a part; empty if there is none of that name."""


class Archive:
    """A zip in memory.

    ReadError, here and in `read`, if it is damaged, encrypted, a bomb, or names a member that
    would lie outside of it.
    """

    def __init__(self, raw: bytes) -> None:
        if raw.startswith(_OLE):
            raise ReadError(_ole_reason(raw))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except _BROKEN as error:
            _refuse_damage(error)
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise ReadError(f"packs more than {MAX_MEMBERS:,} files: convert it to text first")
        if sum(member.file_size for member in members) > MAX_BYTES:
            size = MAX_BYTES // 10**6
            raise ReadError(f"unpacks to more than {size} MB: convert it to text first")
        for member in members:
            _check(member)

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def __iter__(self) -> Iterator[str]:
        return iter(self._zip.NameToInfo)

    def read(self, name: str) -> bytes:
        """The content of a member; empty if there is none of that name."""
        if name not in self:
            return b""
        try:
            return self._zip.read(name)
        except _BROKEN as error:
            _refuse_damage(error)


def _ole_reason(raw: bytes) -> str:
    """Return what an old container holds: an encrypted file, or one of the formats before 2007."""
    if _PASSWORD in raw:
        return "encrypted: save it without a password first"
    return "an old Office file under a new name: save it as .docx, .xlsx or .pptx"


def _check(member: zipfile.ZipInfo) -> None:
    if _OUTSIDE.match(member.filename):
        raise ReadError("names a file outside of itself: do not trust where it comes from")
    if member.flag_bits & _ENCRYPTED:
        raise ReadError("encrypted: save it without a password first")
    if member.compress_type not in _METHODS:
        raise ReadError("packed in an unusual way: save it again")
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        raise ReadError(f"packed more than {MAX_RATIO} times smaller: convert it to text first")


def _refuse_damage(error: Exception) -> NoReturn:
    raise ReadError("damaged: open it in its program and save it again") from error
