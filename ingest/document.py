"""Documents: as read, as stored, as found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Format = Literal[
    "markdown",
    "text",
    "rst",
    "code",
    "html",
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "epub",
    "ipynb",
    "mail",
    "transcript",
]
Kind = Literal["document", "memory"]


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document says about itself in its front matter."""

    date: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One source as read. Offsets are characters of `text`.

    - `lines[i]`: the line of the file, from 1, that line `i` of the text (from 0) came from; empty
      where the text is the file, line by line.
    - `pages[i]`: the offset at which page or slide `i + 1` starts.
    - `places`: offsets at which other parts start, and their names: "cell 12".
    - `cuts`: offsets that no chunk may cross.
    - `tables`: for each table the offsets of its header row, its first row, and its end. Those of
      Markdown and CSV are found in the text itself.
    - `encoding`: of a file that is text, as declared, found or guessed.
    - `left_out`: what of the file is not in the text, in words for the user.
    """

    text: str
    format: Format
    title: str
    language: str = ""
    lines: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    places: tuple[tuple[int, str], ...] = ()
    cuts: tuple[int, ...] = ()
    tables: tuple[tuple[int, int, int], ...] = ()
    encoding: str = ""
    left_out: tuple[str, ...] = ()
    properties: Properties = field(default_factory=Properties)


@dataclass(frozen=True, slots=True)
class Description:
    """What is stored of a document beside its chunks; see `Document`. `pages` is their number."""

    title: str
    encoding: str = ""
    pages: int = 0
    left_out: tuple[str, ...] = ()
    properties: Properties = field(default_factory=Properties)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document or of a turn, as stored.

    `start` and `end` are characters of the text as read (end exclusive), lines count from 1 and
    include the last, `heading` is the path of titles above the piece, joined by " > ". `header` is
    the header row of the table that the piece continues. `page` and `end_page` are its first and
    last page or slide; `place` says in words where it stands: "page 3–4", "cell 12".
    """

    text: str
    start: int
    end: int
    start_line: int
    end_line: int
    heading: str = ""
    page: int | None = None
    end_page: int | None = None
    place: str = ""
    header: str = ""

    @property
    def context(self) -> str:
        """What is embedded and indexed before the text."""
        return "\n".join(filter(None, (self.heading, self.header)))


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
    end_page: int | None = None
    place: str = ""
    conversation: str | None = None
    time: datetime | None = None
    also_in: tuple[str, ...] = field(default=())
