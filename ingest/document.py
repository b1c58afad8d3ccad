"""Documents as read and as stored; passages of documents and memory as found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import ClassVar, Literal, NamedTuple

from ingest.origins import tool_name

Format = Literal[
    "markdown",
    "text",
    "rst",
    "org",
    "asciidoc",
    "code",
    "html",
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "doc",
    "xls",
    "ppt",
    "msg",
    "rtf",
    "enex",
    "odt",
    "ods",
    "odp",
    "epub",
    "fb2",
    "iwork",
    "markup",
    "ipynb",
    "mail",
    "transcript",
]
Kind = Literal["document", "memory"]
KINDS: tuple[Kind, ...] = ("document", "memory")


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document says about itself in its front matter."""

    date: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class HeadingSpan(NamedTuple):
    """A heading: characters [start, end) of a text, its level from 1 (0 for a title above all), and
    its title.
    """

    start: int
    end: int
    level: int
    title: str


class TableSpan(NamedTuple):
    """A table: characters [start, body) of a text are its header rows, [body, end) the others."""

    start: int
    body: int
    end: int

    def moved(self, by: int, length: int) -> TableSpan:
        """The same where its text, of `length` characters, begins `by` characters later."""
        return TableSpan(self.start + by, self.body + by, min(self.end, length) + by)


class NamedPlace(NamedTuple):
    """A part of a text that begins at an offset, and its name: "cell 12"."""

    start: int
    name: str


@dataclass(frozen=True, slots=True)
class Document:
    """One source as read. Offsets are characters of `text`.

    - `lines[i]`: the line of the file, from 1, that line `i` of the text (from 0) came from; empty
      where the text is the file, line by line.
    - `pages[i]`: the offset at which page or slide `i + 1` starts.
    - `places`: other parts than pages, in order.
    - `cuts`: offsets that no chunk may cross.
    - `tables`: those with a header row; those of Markdown and CSV are found in the text itself.
    - `headings`: where the text has no marks for them.
    - `encoding`: of a file that is text, as declared, found or guessed.
    - `left_out`: what of the file is not in the text, in words for the user.
    """

    text: str
    format: Format
    title: str
    language: str = ""
    lines: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    cuts: tuple[int, ...] = ()
    tables: tuple[TableSpan, ...] = ()
    headings: tuple[HeadingSpan, ...] = ()
    encoding: str = ""
    left_out: tuple[str, ...] = ()
    properties: Properties = field(default_factory=Properties)


@dataclass(frozen=True, slots=True)
class Description:
    """The stored fields of a document beside its chunks; see `Document`. `pages` is a count."""

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
    last page or slide; `place` says where it is, in words: "page 3–4", "cell 12".
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
        """The text that is embedded and indexed before the chunk's own."""
        return "\n".join(filter(None, (self.heading, self.header)))


@dataclass(frozen=True, slots=True)
class DocumentPassage:
    """A chunk of a document as it is shown and sent.

    `id` is the key of the chunk, `source` the absolute path of its file, `also_in` the paths of
    identical copies. `place` says where it is, in words: "page 3–4", "cell 12". `title` is that of
    the document, `modified` when its file was last changed.
    """

    id: str
    source: str
    text: str
    heading: str = ""
    start_line: int | None = None
    end_line: int | None = None
    page: int | None = None
    end_page: int | None = None
    place: str = ""
    also_in: tuple[str, ...] = ()
    title: str = ""
    modified: datetime | None = None
    kind: ClassVar[Kind] = "document"

    @property
    def origin(self) -> str:
        """The file or conversation that it is part of."""
        return self.source

    def label(self, shorten: Callable[[str], str] = str, zone: tzinfo | None = None) -> str:
        """`docs/a.md:12-40`, or `report.pdf, page 3`; `shorten` rewrites the path."""
        del zone  # documents have no date in their label
        path = shorten(self.source)
        if self.place or self.page is not None:
            return f"{path}, {self.place or f'page {self.page}'}"
        if self.start_line is None:
            return path
        if self.end_line in (None, self.start_line):
            return f"{path}:{self.start_line}"
        return f"{path}:{self.start_line}-{self.end_line}"


@dataclass(frozen=True, slots=True)
class MemoryPassage:
    """An exchange of a past conversation as it is shown and sent.

    `id` is that of the exchange; `asked` and `answered` are its two sides, empty where a side was
    silent or is left out. `project` is the folder that a coding tool worked in.
    """

    id: str
    title: str
    asked: str
    answered: str = ""
    conversation: str = ""
    time: datetime | None = None
    asked_by: str = "You"
    answered_by: str = "Claude"
    project: str = ""
    kind: ClassVar[Kind] = "memory"

    @property
    def origin(self) -> str:
        """The file or conversation that it is part of."""
        return self.conversation or self.title

    @property
    def text(self) -> str:
        """Both sides, a paragraph each, after the name of the speaker."""
        sides = ((self.asked_by, self.asked), (self.answered_by, self.answered))
        return "\n\n".join(f"{name}: {said}" for name, said in sides if said)

    def label(self, shorten: Callable[[str], str] = str, zone: tzinfo | None = None) -> str:
        """Return `[you, 2026-03-04, “title”]`; an import has the name of its tool there, and of the
        project: `[Claude Code in shop, …]`. The day is that in `zone` (the local one by default).
        """
        del shorten  # for paths
        day = f"{self.time.astimezone(zone):%Y-%m-%d}, " if self.time else ""
        held = tool_name(self.conversation) or "you"
        folder = re.split(r"[/\\]", self.project.rstrip("/\\"))[-1]
        held = f"{held} in {folder}" if folder else held
        return f"[{held}, {day}“{self.title.strip() or self.conversation}”]"


Passage = DocumentPassage | MemoryPassage


@dataclass(frozen=True, slots=True)
class Signals:
    """The raw signals of a chunk for a query.

    `cosine` is -1..1, `bm25` 0 and up. `coverage` is the share that a chunk holds
    of the words of the query, each counted by its rarity: 0..1. A rank counts from 1; None where
    that search did not return the chunk.
    """

    cosine: float = 0.0
    bm25: float = 0.0
    coverage: float = 0.0
    dense_rank: int | None = None
    words_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; `score` is 0..1, higher is nearer. `earlier` are older exchanges
    that say the same, or older editions of the document, newest first; `changed` is when a newer
    memory or edition changed what it says; `dated` that the date of its file matters.
    """

    passage: Passage
    score: float
    signals: Signals = field(default_factory=Signals)
    earlier: tuple[Hit, ...] = ()
    changed: datetime | None = None
    dated: bool = False

    @property
    def text(self) -> str:
        """The text of the passage."""
        return self.passage.text

    @property
    def source(self) -> str:
        """The absolute path of the file, or the title of the conversation."""
        passage = self.passage
        return passage.source if isinstance(passage, DocumentPassage) else passage.title

    @property
    def title(self) -> str:
        """The title of the document or of the conversation."""
        return self.passage.title

    @property
    def label(self) -> str:
        """Where the passage is: path and lines or page, or day and title of a conversation."""
        return self.passage.label()
