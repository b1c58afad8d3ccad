"""Comments of readers on the cells of a sheet and on slides.

ECMA-376, part 1, 18.7 and 19.4; MS-XLSX 2.6.205 (threaded comments), MS-PPTX 2.6 (modern ones).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ingest.readers import opc
from ingest.readers.archive import Archive
from ingest.readers.xml import events

_COMMENTS = frozenset("comment threadedComment cm reply".split())
_KINDS = ("threadedComment", "comments")


class _Comment(NamedTuple):
    cell: str
    author: str
    text: str


def comments(archive: Archive, part: str) -> list[str]:
    """Return the comments on a sheet or a slide: "Comment on B2 by Ann: …"."""
    found: list[_Comment] = []
    parts = opc.related(archive, part).values()
    for wanted in _KINDS:
        # Of a thread, old programs get one comment with all of it, and a note on what to buy.
        threaded = {comment.cell for comment in found if comment.cell}
        for kind, name in parts:
            if kind == wanted:
                own = list(_comments(archive.read(name)))
                found += [comment for comment in own if comment.cell not in threaded]
    return [shown(*comment) for comment in found if comment.text]


def _comments(raw: bytes) -> Iterator[_Comment]:
    authors: list[str] = []
    open_: list[tuple[dict[str, str], list[str]]] = []
    inside = ""
    for kind, tag, of in events(raw):
        if kind == "text":
            if inside == "author":
                authors[-1] += tag
            elif inside and open_:
                open_[-1][1].append(tag)
        elif tag in ("t", "text", "author"):
            inside = tag if kind == "open" else ""
            authors += [""] if inside == "author" else []
        elif tag == "p" and open_:
            open_[-1][1].append(" ")
        elif tag in _COMMENTS and kind == "open":
            open_.append((of, []))
        elif tag in _COMMENTS:
            own, words = open_.pop()
            yield _Comment(
                own.get("ref", ""), _author(own, authors), " ".join("".join(words).split())
            )


def _author(of: dict[str, str], authors: list[str]) -> str:
    number = of.get("authorId", "")
    name = authors[int(number[:6])] if number.isdecimal() and int(number[:6]) < len(authors) else ""
    return "" if name.startswith("tc=") else " ".join(name.split())


def shown(cell: str, author: str, text: str) -> str:
    """Return a comment as it is read: "Comment on B2 by Ann: …"."""
    place = f" on {cell}" if cell else ""
    said = text.startswith(author)  # many programs put the name before the text
    return f"Comment{place}{'' if said else f' by {author}'}: {text}"
