"""Attachments to a question: a pipe, a file, a long paste.

It is a document for this question alone: read, cut and searched like any other, cited by its lines,
never stored. Memory keeps its name, size and hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.document import Document
from ingest.errors import SkippedFile
from ingest.readers import format_of
from ingest.readers.encoding import decode
from ingest.readers.guess import guess
from ingest.text.amounts import bytes_shown, counted
from ingest.text.cleaning import clean_document
from ragchat.errors import UsageError

MOST_BYTES = 8_000_000
"""Only this much of an attachment is searched, its end: a larger one belongs in the library."""

ATTACHED = "attached:"
"""Prefix of the ids of an attachment's passages, which are not in the library."""

READ = 1_000_000
LONGEST_QUESTION = 2_000
"""Characters of a paragraph that can be the question beside a long text, and of a question in which
`@path` names a file: whatever is longer was pasted."""

_MEDIA = (
    (b"%PDF-", "a PDF (`ragchat ingest FILE` reads it)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (
        b"PK\x03\x04",
        "a zip archive or an Office file (`ragchat ingest FILE` reads .docx and .xlsx)",
    ),
    (b"\x1f\x8b", "a gzip archive (unpack it with `zcat`)"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|(\S+))')
_PUNCTUATION = ".,;:!?)]}\"'»”’"
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text that belongs to one question.

    `name` is "stdin", "paste", or the path of a file; `size` (in bytes), `lines` and `sha256` are
    those of the whole attachment, `text` is its kept end, which begins after `skipped_lines`.
    """

    name: str
    text: str
    size: int
    lines: int
    sha256: str
    skipped_lines: int = 0

    @property
    def label(self) -> str:
        """`stdin, 17,000 lines, 1.1 MB`."""
        return f"{self.name}, {counted(self.lines, 'line')}, {bytes_shown(self.size)}"

    @property
    def note(self) -> str:
        """The line that replaces its text in the question and in memory."""
        return f"[attached: {self.label}, sha256 {self.sha256[:12]}]"


def attachment(name: str, chunks: Iterable[bytes]) -> Attachment:
    """Return an attachment from bytes. Raises UsageError, with the kind, if they are not text."""
    digest, size, lines, dropped = hashlib.sha256(), 0, 0, 0
    kept: deque[bytes] = deque()
    for chunk in chunks:
        if not size and chunk:
            _refuse_media(name, chunk)
        digest.update(chunk)
        size += len(chunk)
        lines += chunk.count(b"\n")
        kept.append(chunk)
        while sum(map(len, kept)) - len(kept[0]) > MOST_BYTES:
            dropped += kept.popleft().count(b"\n")
    raw = b"".join(kept)
    if len(raw) > MOST_BYTES:
        cut = raw.find(b"\n", len(raw) - MOST_BYTES) + 1
        dropped += raw[:cut].count(b"\n")
        raw = raw[cut:]
    document = Document(_decoded(name, raw), "text", name)
    ends_open = bool(raw) and not raw.endswith(b"\n")
    text = clean_document(document).text
    return Attachment(name, text, size, lines + ends_open, digest.hexdigest(), dropped)


def read_stream(name: str, stream: BinaryIO) -> Attachment:
    """All that a stream brings; raises as `attachment` does."""
    return attachment(name, iter(lambda: stream.read(READ), b""))


def read_file(path: Path) -> Attachment:
    """A file as an attachment. Raises UsageError for what cannot be read as one."""
    try:
        if not path.is_file():
            raise UsageError(f"{path} is not a file: check --file")
        with path.open("rb") as opened:
            return read_stream(str(path.absolute()), opened)
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror}): check --file") from error


def mentioned_files(question: str, folder: Path) -> list[Path]:
    """The files that a typed question names as `@path` or `@"a path"`; the punctuation of the
    sentence may follow them.
    """
    found = (_mentioned(name, folder) for name in _mentions(question))
    return list(dict.fromkeys(path for path in found if path is not None))


def missing_files(question: str, folder: Path) -> list[str]:
    """Return the names in a question that look like files, by a folder or a suffix, and are not."""
    unknown = [name for name in _mentions(question) if _mentioned(name, folder) is None]
    names = [name.rstrip(_PUNCTUATION) for name in unknown]
    return [name for name in names if "/" in name or format_of(Path(name)) is not None]


def _mentions(question: str) -> list[str]:
    if len(question) > LONGEST_QUESTION:
        return []
    return [quoted or bare for quoted, bare in _MENTION.findall(question)]


def _mentioned(name: str, folder: Path) -> Path | None:
    for written in (name, name.rstrip(_PUNCTUATION)):
        with contextlib.suppress(OSError, RuntimeError):  # no such home folder
            path = folder / Path(written).expanduser()
            if path.is_file():
                return path
    return None


def split_question(text: str, or_else: str = "") -> tuple[str, str]:
    """The question in a long text, its last or first paragraph, and the rest of it.

    Raises UsageError where neither can be a question; `or_else` says where else one can be given.
    """
    paragraphs = [part for part in _BLANK_LINES.split(text.strip()) if part.strip()]
    if len(paragraphs) > 1:
        first, last = paragraphs[0], paragraphs[-1]
        asking = [part for part in (last, first) if part.rstrip().endswith(("?", "？", "؟"))]
        short = [part for part in (*asking, last, first) if len(part) <= LONGEST_QUESTION]
        if short:
            question = short[0]
            rest = text.strip()
            cut = rest.rindex(question) if question is last else len(question)
            return question.strip(), (rest[:cut] if question is last else rest[cut:]).strip("\n")
    amount = f"{counted(len(text.splitlines()), 'line')}, {bytes_shown(len(text.encode()))}"
    raise UsageError(
        f"there is no question beside the text ({amount}): write one in a paragraph of its own"
        f"{or_else}"
    )


def _decoded(name: str, raw: bytes) -> str:
    try:
        text = decode(raw, guess).text
    except SkippedFile:
        raise _not_text(name) from None
    # A thousandth may be broken, as where a log was cut within a character.
    if len(_CONTROLS.findall(text)) * 1_000 > max(len(text), 1_000):
        raise _not_text(name)
    return text


def _refuse_media(name: str, begins: bytes) -> None:
    for mark, kind in _MEDIA:
        if begins.startswith(mark) and (len(mark) > 2 or b"\x00" in begins[:64]):
            raise UsageError(f"{name} is {kind}: only text can be sent with a question")
    if begins[:4] == b"RIFF" and begins[8:12] == b"WEBP":
        raise UsageError(f"{name} is a picture (WebP): only text can be sent with a question")


def _not_text(name: str) -> UsageError:
    return UsageError(f"{name} is not text (a binary file?): only text can be sent with a question")
