"""Feeds (RSS, Atom) and outlines (OPML): each entry under its title, with its day and its text.

https://www.rssboard.org/rss-specification, RFC 4287, http://opml.org/spec2.opml
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from ingest.document import Document
from ingest.readers import html
from ingest.readers.page_lines import LinedPage
from ingest.readers.xml import Event, events_with_lines

_TAG = re.compile(r"</[a-z]+>", re.IGNORECASE)
_ENTRIES = frozenset(("item", "entry"))
_BODIES = ("encoded", "content", "description", "summary", "subtitle", "tagline")
"""Fields with the text, the longest form first."""
_DAYS = ("pubDate", "published", "date", "updated", "modified")
_FIELDS = frozenset(("title", "creator", "author", "name", "category", *_BODIES, *_DAYS))
_PLAIN = frozenset(("title", "name", "creator", "author", "category", *_DAYS))


def read(raw: bytes, name: str) -> Document:
    """Return the entries of a feed or an outline; `name` is its title when it has none."""
    feed = _Feed()
    for event, line in events_with_lines(raw):
        feed.take(event, line)
    feed.end_entry()
    return html.read_part(feed.out.page(), name)


@dataclass(slots=True)
class _Field:
    """A field of an entry: where it begins, and its text, which may be a page itself."""

    line: int
    words: list[str] = field(default_factory=list)
    tags: bool = False  # its page is written as tags of the feed


@dataclass(slots=True)
class _Feed:
    """The entries as they come; those of an outline are in each other."""

    out: LinedPage = field(default_factory=LinedPage)
    _level: int = 1
    _fields: dict[str, list[_Field]] = field(default_factory=dict)
    _open: tuple[str, _Field] | None = None
    _within: int = 0  # tags within the field that is open

    def take(self, event: Event, line: int) -> None:
        """Take in a tag or a text, and the line that it is on."""
        kind, name, of = event
        if self._open is not None:
            self._take_within(self._open[0], self._open[1], event)
        elif kind == "text":
            return
        elif name == "outline":
            self._take_outline(kind, of, line)
        elif name in _ENTRIES:
            self.end_entry()
            self._level = 2
        elif kind == "open" and name in _FIELDS and not (name == "author" and not self._is_rss):
            opened = _Field(line)
            self._open = name, opened
            self._fields.setdefault(name, []).append(opened)

    @property
    def _is_rss(self) -> bool:
        """Whether an author is a text, and not a part with a name and an address."""
        return "published" not in self._fields and "updated" not in self._fields

    def _take_within(self, name: str, opened: _Field, event: Event) -> None:
        kind, tag, _ = event
        if kind == "text":
            opened.words.append(escape(tag) if opened.tags else tag)
        elif kind == "close" and not self._within:
            self._open = None
        else:
            self._within += 1 if kind == "open" else -1
            if name not in _PLAIN:
                opened.tags = True
                opened.words.append(f"<{'/' if kind == 'close' else ''}{tag}>")

    def _take_outline(self, kind: str, of: dict[str, str], line: int) -> None:
        if kind == "close":
            self.out.put("</li></ul>")
            return
        self.end_entry()
        self.out.reach(line)
        text, note = of.get("text") or of.get("title", ""), of.get("_note", "")
        address = of.get("xmlUrl") or of.get("url") or of.get("htmlUrl", "")
        words = text if _TAG.search(text) else escape(text)  # which may be HTML
        said = f'<a href="{escape(address)}">{words}</a>' if address else words
        self.out.put(f"<ul><li>{said}")
        if note.strip():
            self.out.put(f"<p>{escape(' '.join(note.split()))}</p>")

    def end_entry(self) -> None:
        """Write the entry that is open: its title, its day, its people, its text."""
        title = self._said("title")
        if title:
            self._put(self._fields["title"][0].line, f"<h{self._level}>{title}</h{self._level}>")
        day = next(filter(None, map(self._said, _DAYS)), "")
        people = next(filter(None, map(self._said, ("creator", "author", "name"))), "")
        about = [f"Date: {day}"] if day else []
        about += [f"By: {people}"] if people else []
        topics = [self._words(one) for one in self._fields.get("category", ())]
        about += [f"Topics: {', '.join(filter(None, topics))}"] if any(topics) else []
        self.out.put("".join(f"<p>{line}</p>" for line in about))
        for name in _BODIES:
            if found := self._fields.get(name):
                self._put(found[0].line, f"<div>{''.join(found[0].words)}</div>")
                break
        self._fields = {}

    def _said(self, name: str) -> str:
        found = self._fields.get(name)
        return self._words(found[0]) if found else ""

    def _words(self, of: _Field) -> str:
        return escape(" ".join("".join(of.words).split()))

    def _put(self, line: int, part: str) -> None:
        self.out.reach(line)
        self.out.put(part)
