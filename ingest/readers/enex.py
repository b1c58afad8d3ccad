"""Notes that Evernote exports (.enex): each under its title, with its day and tags.

https://evernote.com/blog/how-evernotes-xml-export-format-works
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers import html
from ingest.readers.xml import events
from ingest.text.amounts import counted

_FIELDS = frozenset("title created updated tag content".split())
_BEFORE = re.compile(r"\A.*?<en-note\b[^>]*>|</en-note>\s*\Z", re.DOTALL)
_TASK = re.compile(r"<en-todo\b([^>]*?)/?>(?:</en-todo>)?")
_CLOSED = re.compile(r"<en-crypt\b.*?</en-crypt>", re.DOTALL)
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)T.*")


@dataclass(slots=True)
class _Note:
    """The fields of a note by name."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def page(self) -> str:
        """Return the note as a web page."""
        title = "".join(self.fields.get("title", ())) or "Untitled note"
        days = ("".join(self.fields.get(name, ())) for name in ("created", "updated"))
        day = next(filter(None, map(_DAY.fullmatch, days)), None)
        about = [f"Created: {day[1]}-{day[2]}-{day[3]}"] if day else []
        about += [f"Tags: {', '.join(self.fields['tag'])}"] if "tag" in self.fields else []
        content = _BEFORE.sub("", "".join(self.fields.get("content", ())))
        content = _CLOSED.sub("", _TASK.sub(_box, content))
        heads = "".join(f"<p>{escape(line)}</p>" for line in about)
        return f"<h1>{escape(title.strip())}</h1>{heads}{content}"

    def closed(self) -> int:
        """Return how many parts of the note are encrypted."""
        return len(_CLOSED.findall("".join(self.fields.get("content", ()))))


def read(raw: bytes, name: str) -> Document:
    """Return the notes of an export; `name` is its title.

    ReadError if it is broken, SkippedFile if it has no note, or too much text.
    """
    notes: list[_Note] = []
    inside = ""
    for kind, tag, _ in events(raw):
        if kind == "text":
            if inside and notes:
                parts = notes[-1].fields[inside]
                if inside == "tag":
                    parts[-1] += tag
                else:
                    parts.append(tag)
        elif tag == "note" and kind == "open":
            notes.append(_Note())
        elif tag in _FIELDS and notes:
            inside = tag if kind == "open" else ""
            if inside:
                notes[-1].fields.setdefault(inside, []).append("")
    read = html.read_parts(note.page() for note in notes)
    if not notes:
        raise SkippedFile("an export without notes", SkipKind.NO_TEXT)
    closed = sum(note.closed() for note in notes)
    said = (f"{counted(closed, 'encrypted part')}",) if closed else ()
    return Document(read.text, "enex", name, tables=read.tables, left_out=said)


def _box(task: re.Match[str]) -> str:
    return "[x] " if "true" in task[1] else "[ ] "
