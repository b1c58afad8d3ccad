"""Headings of Org and AsciiDoc, whose mark stands before them, outside of blocks. Pure.

https://orgmode.org/worg/org-syntax.html, https://docs.asciidoctor.org/asciidoc/latest/sections/titles-and-levels
"""

from __future__ import annotations

import re

from ingest.document import HeadingSpan

Span = tuple[int, int]

_ORG = re.compile(
    r"^(?P<stars>\*+)[ \t]+(?P<title>\S.*)$"
    r"|^[ \t]*\#\+(?P<mark>begin|end)_(?P<block>\w+)"
    r"|^\#\+title:[ \t]*(?P<named>\S.*)$",
    re.MULTILINE | re.IGNORECASE,
)
_ORG_TAGS = re.compile(r"[ \t]+:[\w@#%:]+:[ \t]*$")
_ORG_STATE = re.compile(r"(?:TODO|DONE|NEXT|WAITING|CANCELLED)[ \t]+|\[#[A-Z0-9]\][ \t]+")
_ORG_LINK = re.compile(r"\[\[[^\]]*\](?:\[([^\]]*)\])?\]")
_ASCIIDOC = re.compile(
    r"^(?P<marks>={1,6})[ \t]+(?P<title>\S.*)$|^(?P<fence>-{4,}|\.{4,}|/{4,}|\+{4,}|`{3,})[ \t]*$",
    re.MULTILINE,
)


def org(text: str) -> tuple[list[HeadingSpan], list[Span]]:
    """The headings of an Org file, its title above them; and its blocks, like fenced code."""
    headings: list[HeadingSpan] = []
    blocks: list[Span] = []
    block, opened = "", 0
    for found in _ORG.finditer(text):
        kind = (found["block"] or "").lower()
        if kind and found["mark"].lower() == "begin" and not block:
            block, opened = kind, found.start()
        elif kind and kind == block and found["mark"].lower() == "end":
            blocks.append((opened, found.end()))
            block = ""
        elif found["named"] and not headings:
            title = found["named"].strip()
            headings.append(HeadingSpan(found.start(), found.end(), 0, title))
        elif found["stars"] and not block:
            title = _ORG_STATE.sub("", _ORG_TAGS.sub("", found["title"]))
            title = _ORG_LINK.sub(r"\1", title).strip()
            level = len(found["stars"])
            headings.append(HeadingSpan(found.start(), found.end(), level, title))
    return headings, blocks


def asciidoc(text: str) -> tuple[list[HeadingSpan], list[Span]]:
    """The headings of an AsciiDoc file, and its blocks, like fenced code."""
    headings: list[HeadingSpan] = []
    blocks: list[Span] = []
    fence, opened = "", 0
    for found in _ASCIIDOC.finditer(text):
        if found["fence"] and not fence:
            fence, opened = found["fence"], found.start()
        elif found["fence"] == fence and fence:
            blocks.append((opened, found.end()))
            fence = ""
        elif found["marks"] and not fence:
            level, title = len(found["marks"]), found["title"].strip()
            headings.append(HeadingSpan(found.start(), found.end(), level, title))
    return headings, blocks
