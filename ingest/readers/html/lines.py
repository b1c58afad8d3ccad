"""The lines of a web page as Markdown, each with the line of the file that its words are on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turbohtml import Comment, Element, Node, Text

from ingest.readers.html.forms import CONTROLS, value_of
from ingest.readers.html.tables import is_data, span
from ingest.readers.html.unseen import Unseen
from ingest.readers.html.words import (
    BOXES,
    around,
    fence_of,
    first_number,
    in_words,
    label_of,
    mark_of,
    spaces_of,
    tag_of,
)
from ingest.readers.lines import escaped
from ingest.readers.scripts import lowered, raised
from ingest.readers.sourced_lines import SourcedLines
from ingest.readers.tables import Grid

_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_PARAGRAPHS = frozenset("p blockquote dl table figure section article main header hr aside".split())
_LINES = frozenset(
    "x-shadow div li dt dd tr br caption figcaption address form fieldset details summary body"
    " center legend button dialog footer hgroup".split()
)
_WHOLE = CONTROLS | {"math", "img", "script"}
"""Elements that are more than their text, which is not walked through."""
_LISTS = frozenset(("ul", "ol", "menu"))
_CELLS = frozenset(("td", "th"))
_AFTER_BOX = re.compile(r"(?<=\])\s+")
LONG_LINE = 800  # Characters after which a paragraph goes on in a new line where the file does


class PageLines:
    """The lines of a page as they come, parsed from `source`, without what is `unseen`."""

    def __init__(self, source: str, unseen: Unseen) -> None:
        self.written = SourcedLines()
        self._source = source
        self._unseen = unseen
        self._grids: list[Grid | None] = []  # of each open table; None if it only lays out
        self._words: list[str] = []
        self._prefix = ""
        self._began = 0  # the line of the file on which the open line begins; 0 when it is empty
        self._line = 1
        self._lists: list[int | None] = []  # of each open list: the next number
        self._fence = ""
        self._raised: list[tuple[str, list[str]]] = []

    def render(self, root: Element) -> None:
        """Take in an element."""
        for node, opens in self._walk(root):
            if not isinstance(node, Element):
                self._text_of(node)
            else:
                self._open(node) if opens else self._close(node)
        self._end_line()
        self._blank()

    def _walk(self, root: Element) -> Iterator[tuple[Node, bool]]:
        """Yield every element as it opens (True) and closes (False), and every text; any depth."""
        pending: list[tuple[Node, bool]] = [(root, True)]
        while pending:
            node, opens = pending.pop()
            yield node, opens
            if not opens or not isinstance(node, Element):
                continue
            pending.append((node, False))
            if node.tag in _WHOLE:
                continue
            mute = self._unseen.is_mute(node)
            pending.extend(
                (spaces_of(child) if mute and isinstance(child, Text) else child, True)
                for child in reversed(node.children)
                if not (isinstance(child, Element) and self._unseen(child))
            )

    # Elements

    def _open(self, tag: Element) -> None:
        location = tag.source_location
        if location is not None and location.start_tag is not None:
            self._line = location.start_tag.end_line
        name = tag_of(tag)
        self._break(name)
        self._words += [" "] if self._words and self._unseen.is_apart(tag) else []
        if name in ("sup", "sub"):
            self._raised.append(("".join(self._words[-8:]), self._words))
            self._words = []
        elif name in CONTROLS:
            self._say_value(value_of(tag), tag)
        elif name in _WHOLE:
            self._say(in_words(tag))
        elif before := around(tag)[0]:
            self._say(before)
        else:
            self._open_block(name, tag)
        if name in _CELLS and (grid := self._grid()):
            self._words = []
            self._began = 0
            grid.open(name == "th", span(tag, "rowspan"), span(tag, "colspan"))

    def _open_block(self, name: str, tag: Element) -> None:
        if name == "table":
            self._grids.append(Grid() if is_data(tag) else None)
        elif name in _LISTS:
            self._lists.append(first_number(tag))
        elif name == "li":
            self._prefix = self._item(tag)
        elif name == "pre" and not self._fence:
            self._open_code(tag)
        elif not self._grid():
            self._prefix = _HEADINGS.get(name, self._prefix)

    def _close(self, tag: Element) -> None:
        name = tag_of(tag)
        if name == "pre" and self._fence and not tag.closest("pre pre"):
            self._close_code()
        elif name in ("sup", "sub") and self._raised:
            before, words = self._raised.pop()
            said = "".join(self._words)
            self._words = words
            self._words.append((raised if name == "sup" else lowered)(before, said))
        elif behind := around(tag)[1]:
            self._say(behind)
        elif self._unseen.is_apart(tag):
            self._words.append(" ")
        if grid := self._grid():
            self._close_part(tag, grid)
        location = tag.source_location
        if location is not None and location.end_tag is not None:
            self._line = location.end_tag.end_line
        if name != "br":  # it has ended the line as it opened
            self._break(name)
        self._close_block(name)

    def _close_part(self, tag: Element, grid: Grid) -> None:
        """End a part of a table."""
        if tag_of(tag) in _CELLS:
            grid.close(" ".join("".join(self._words).split()), self._began or self._line)
            self._words = []
            self._began = 0
        elif tag_of(tag) == "tr":
            within = tag.closest("thead, tfoot")
            grid.end_row(within.tag if within is not None else "")
        elif tag.tag == "caption":
            self._put_line()

    def _close_block(self, name: str) -> None:
        if name in _LISTS and self._lists:
            self._lists.pop()
            self._blank()
        elif name == "table" and self._grids:
            if grid := self._grids.pop():
                self.written.table(grid, self._line)
            self._blank()
        if name == "li" and BOXES.issuperset(map(str.strip, self._words)):
            self._words.clear()
        if name in _HEADINGS or name in _LISTS or name == "li":  # it may have been empty
            self._prefix = "  " * len(self._lists)

    def _break(self, name: str) -> None:
        """End the line where a block begins or ends; in a cell, keep the words apart."""
        block = name in _HEADINGS or name in _PARAGRAPHS or name in _LISTS or name == "pre"
        if self._fence:
            ended = "".join(self._words[-2:]).endswith("\n") or not self._words
            if name == "br" or ((block or name in _LINES) and not ended):
                self._words.append("\n")
        elif self._raised:
            return
        elif self._grid() or (self._prefix.startswith("#") and name not in _HEADINGS):
            if block or name in _LINES:
                self._words.append(" ")
        elif block:
            self._end_line()
            self._blank()
        elif name in _LINES or name in _CELLS:
            self._end_line()

    def _grid(self) -> Grid | None:
        return self._grids[-1] if self._grids else None

    def _item(self, tag: Element) -> str:
        label, counting = mark_of(tag), self._lists[-1] if self._lists else None
        if counting is not None:
            label, self._lists[-1] = label_of(tag, counting)
        return "  " * max(len(self._lists) - 1, 0) + label

    # Code

    def _open_code(self, tag: Element) -> None:
        self._end_line()
        self._fence, language = fence_of(tag)
        self._put(self._fence + language, self._line)
        self._words = []
        location = tag.source_location
        if location is not None and location.start_tag is not None:
            # HTML drops a line end right after <pre>; it is a line of the file nevertheless.
            self._line += self._source.startswith("\n", location.start_tag.end_offset)

    def _close_code(self) -> None:
        code, first = "".join(self._words).rstrip(), self._began or self._line
        first += code.startswith("\n")
        for row, line in enumerate(code.removeprefix("\n").split("\n")):
            self._put(line, first + row)
        self._put(self._fence, self._line)
        self._words = []
        self._began, self._fence = 0, ""

    # Words

    def _text_of(self, node: Node) -> None:
        if isinstance(node, Text) and self._fence:
            self._began = self._began or self._line
            self._words.append(node.data)
        elif isinstance(node, Text):
            self._say(node.data)
        if isinstance(node, (Text, Comment)):
            self._line += node.data.count("\n")

    def _say(self, text: str) -> None:
        said = text.lstrip()
        if said and not self._began:
            self._began = self._line + text[: len(text) - len(said)].count("\n")
        if "\n" in text and not self._grid() and not self._raised:
            self._say_long(text)
        else:
            self._words.append(text)

    def _say_value(self, value: str, tag: Element) -> None:
        """Take in the value of a control, whose lines stay lines."""
        rows = [row for row in value.split("\n") if row.strip()]
        for row in rows[:-1]:
            self._say(f" {row} ")
            self._break("br")
        self._say(f" {rows[-1]} " if rows else " ")
        self._line += tag.text.count("\n")

    def _say_long(self, text: str) -> None:
        """Take in the lines of a text; a long paragraph goes on in a line of its own."""
        for row, part in enumerate(text.split("\n")):
            if row and sum(map(len, self._words)) > LONG_LINE and part.strip():
                prefix = self._prefix
                self._end_line()
                self._prefix = " " * len(prefix) if prefix.strip() in ("-", "") else ""
                self._began = self._line + row
            self._words.append(f" {part}" if row else part)

    def _end_line(self) -> None:
        if self._put_line():
            self._prefix = "  " * len(self._lists)
        self._began = 0

    def _put_line(self) -> bool:
        """Put the words so far as a line; False if there are none."""
        line = " ".join("".join(self._words).split()).removesuffix("¶").rstrip()
        self._words.clear()
        if BOXES.issuperset(filter(None, _AFTER_BOX.split(line))):
            if line and self._prefix.strip():  # the text of the item is in a block of its own
                self._words.append(f"{line} ")
            return False
        self._put(self._prefix + line if self._prefix else escaped(line), self._began)
        return True

    def _blank(self) -> None:
        if not self._lists and not self._grid() and self.written.ends_in_words:
            self._put("", self._line)
            self._prefix = ""

    def _put(self, line: str, source: int) -> None:
        self.written.put(line, source or self._line)
