"""Documents: as read, as stored, as found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Format = Literal[
    "markdown", "text", "rst", "code", "html", "pdf", "docx", "xlsx", "epub", "transcript"
]
Kind = Literal["document", "memory"]


@dataclass(frozen=True, slots=True)
class Document:
    """One source as read.

    `lines[i]` is the line of the file that line `i` of the text (both counted from 0) came from,
    counted from 1; empty where the text is the file, line by line. `pages[i]` is the character
    offset at which page `i + 1` starts; empty for formats without pages.
    """

    text: str
    format: Format
    title: str
    language: str = ""
    lines: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document or of a turn, as stored.

    `start` and `end` are characters of the text as read (end exclusive), lines count from 1 and
    include the last, `heading` is the path of titles above the piece, joined by " > ".
    """

    text: str
    start: int
    end: int
    start_line: int
    end_line: int
    heading: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document, or an exchange, as found.

    `id` names it for good: the key of a chunk, or the id of an exchange. `source` is the absolute
    path of a document, or the title of a conversation. `score` is the fused score, higher is
    nearer; `cosine` (-1..1) and `bm25` (0 and up) are the raw signals that it was made of.
    """

    kind: Kind
    id: str
    source: str
    text: str
    score: float
    cosine: float = 0.0
    bm25: float = 0.0
    heading: str = ""
    start_line: int | None = None
    end_line: int | None = None
    page: int | None = None
    conversation: str | None = None
    time: datetime | None = None
    also_in: tuple[str, ...] = field(default=())
