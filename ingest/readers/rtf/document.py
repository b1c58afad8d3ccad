r"""Rich Text Format: made into a web page, and read as one is.

Rich Text Format 1.9.1. Hidden, deleted and struck-out text is left out, and what is for programs:
styles, pictures, everything behind `\*` that is not named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import html
from ingest.readers.described import beside
from ingest.readers.fragments import plain
from ingest.readers.lines import too_long
from ingest.readers.rtf.tables import SIGNS, TABLES, Tables
from ingest.readers.rtf.tokens import Token, tokens
from ingest.readers.rtf.words import (
    CHARACTERS,
    GROUNDS,
    INTO,
    MACHINES,
    NOWHERE,
    SHOWN,
    STARRED,
    State,
    code_page,
)

BEGIN = b"{\\rtf"
_LINK = re.compile(r'HYPERLINK\s+"([^"]+)"')
_SIGNS_OF_FONTS = range(0xF000, 0xF100)
_DEEPEST_HEADING = 6
MOST_GROUPS = 10_000
"""Groups within groups: programs write some tens."""


def read(raw: bytes, name: str) -> Document:
    """Return the document in a file; `name` is its title when it has none.

    ReadError if it is not such a file, SkippedFile if it has no text, or too much of it.
    """
    if not raw.lstrip().startswith(BEGIN):
        raise ReadError("damaged: open it in its program and save it again")
    page = _Page()
    for token in tokens(raw):
        page.take(token)
    text = page.html().encode(errors="replace")
    if len(text) > html.MAX_BYTES:
        raise too_long()
    found = html.read_part(text, "")
    if not found.text.strip():
        raise SkippedFile("a text without words (pictures?)", SkipKind.NO_TEXT)
    return Document(found.text, "rtf", page.title or found.title or name, tables=found.tables)


@dataclass(slots=True)
class _Page:
    """The paragraphs of a file as HTML, as they come."""

    title: str = ""
    _page: str = "cp1252"
    _tables: Tables = field(default_factory=Tables)
    _out: list[str] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _raw: bytearray = field(default_factory=bytearray)
    _half: int = 0  # the first of two numbers that make one character
    _to_skip: int = 0
    _cells: list[str] = field(default_factory=list)
    _rows: list[str] = field(default_factory=list)
    _edges: dict[str, None] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    _kept: list[list[str]] = field(default_factory=list)
    _aside: list[str] = field(default_factory=list)
    _link: str = ""
    _level: int = 0
    _in_table: bool = False
    _begins: bool = False
    _starred: bool = False
    _state: State = field(default_factory=State)
    _states: list[State] = field(default_factory=list)

    def html(self) -> str:
        """Return all of it."""
        if self._cells:
            self.end_row()
        self._in_table = False
        self.end_paragraph()
        self._end_table()
        return "".join([*self._edges, *self._out, *self._notes])

    def take(self, token: Token) -> None:
        """Take in a mark."""
        if token.kind == "text":
            self._begins = False
            self._take_bytes(token.raw)
            return
        self._flush()
        begins, self._begins = self._begins, token.kind == "open"
        if token.kind == "open":
            if len(self._states) >= MOST_GROUPS:
                raise ReadError("damaged: groups within groups without end")
            self._states.append(self._state)
            self._to_skip = 0
        elif token.kind == "close":
            self._close()
        elif token.name == "*":
            self._starred = self._begins = begins
        elif token.kind == "word" and not self._is_destination(token.name):
            self._control(token.name, token.number)
        elif token.kind == "symbol" and token.name in CHARACTERS:
            self._say(CHARACTERS[token.name])
        elif token.kind == "symbol" and token.name in "\r\n":
            self.end_paragraph()

    def _is_destination(self, word: str) -> bool:
        """Whether a word says where the text of its group goes."""
        starred, self._starred = self._starred, False
        self._tables.colours.paper |= word == "background"
        if self._state.into == "info" and word == "title":
            into = "title"
        elif self._state.into in ("", "info", *TABLES) and word not in SHOWN:
            return self._state.into not in TABLES
        elif word in NOWHERE or (starred and word not in STARRED):
            into = ""
        elif word == "fldrslt":
            self._state = replace(self._state, link=len(self._words))
            return True
        elif (into := INTO.get(word, "-")) == "-":
            return False
        self._state = replace(self._state, into=into, label=word, shaded=word == "shptxt")
        if into == "apart":
            self._kept.append(self._words)
            self._words = []
        return True

    def _close(self) -> None:
        ended = self._state
        self._state = self._states.pop() if self._states else State()
        self._to_skip = 0
        self._starred = False
        if ended.link > self._state.link and self._link:
            said = plain("".join(self._words[ended.link :]))
            self._words.append(escape(beside(said, self._link)))
            self._link = ""
        if ended.into == "styles":
            self._tables.name_style("".join(self._aside))
            self._aside = []
        if ended.into == self._state.into and ended.label == self._state.label:
            return
        if ended.into == "title":
            self.title = " ".join("".join(self._aside).split())
        elif ended.into == "field":
            found = _LINK.search("".join(self._aside))
            self._link = found[1] if found else ""
        elif ended.into == "apart":
            self._set_apart(ended.label)
        self._aside = []

    def _set_apart(self, label: str) -> None:
        """Keep a note, a comment, or what is above and below the pages."""
        words, self._words = plain("".join(self._words)), self._kept.pop()
        if label == "footnote":
            self._notes.append(f"<p>[{len(self._notes) + 1}] {words}</p>")
            self._words.append(f"[{len(self._notes)}]")
        elif words and label == "annotation":
            self._words.append(f" [comment: {words}]")
        elif words:
            self._edges[f"<p>{label[:6].capitalize()}: {words}</p>"] = None

    def _control(self, word: str, number: int | None) -> None:
        if self._state.into in TABLES:
            self._tables.note(self._state.into, word, number or 0)
        elif word == "cf":
            white = self._tables.colours.is_white(number or 0)
            self._state = replace(self._state, white=white)
        elif word in GROUNDS:
            self._tables.colours.ground(word, number or 0)
        elif word in CHARACTERS:
            self._say(CHARACTERS[word])
        elif word == "u":
            self._say_number((number or 0) % 65_536)
        elif word in MACHINES or word == "ansicpg":
            self._page = MACHINES.get(word) or code_page(f"cp{number}")
        elif action := _ACTIONS.get(word):
            action(self)
        elif word == "s":
            self._level = self._tables.levels.get(number or 0, 0)
        elif word == "outlinelevel" and 0 <= (number or 0) < _DEEPEST_HEADING:
            self._level = (number or 0) + 1
        else:
            self._state = self._state.after(word, number, self._tables.fonts)

    def _take_bytes(self, raw: bytes) -> None:
        skipped = min(self._to_skip, len(raw))
        self._to_skip -= skipped
        self._raw += raw[skipped:]

    def _flush(self) -> None:
        """Say the bytes so far, in the code page of their font."""
        if self._raw:
            page = self._state.page or self._page
            is_sign = page == SIGNS and len(self._raw) == 1
            text = "•" if is_sign else self._raw.decode(page, "replace")
            self._raw.clear()
            self._say(text)

    def _say_number(self, number: int) -> None:
        """Say a character that is given by its number; some have two."""
        self._to_skip = self._state.skips
        if 0xD800 <= number < 0xDC00:
            self._half = number
            return
        if 0xDC00 <= number < 0xE000:
            number = 0x10000 + ((self._half - 0xD800) << 10) + number - 0xDC00
            if not self._half:
                return
        self._half = 0
        self._say("•" if number in _SIGNS_OF_FONTS else chr(number))

    def _say(self, text: str) -> None:
        state = self._state
        if state.into in ("title", "field", "styles"):
            self._aside.append(text)
        elif state.into == "colours":
            for _ in range(text.count(";")):
                self._tables.colours.end()
        elif state.into in ("text", "apart") and not (
            state.unseen or self._tables.colours.hides(state)
        ):
            said = escape(text.replace("\0", ""))
            tag = state.raised
            self._words.append(f"<{tag}>{said}</{tag}>" if tag else said)

    def reset(self) -> None:
        """Begin a paragraph in the plain format."""
        self._level, self._in_table, self._tables.colours.paragraph = 0, False, False

    def begin_cell(self) -> None:
        """Note that the paragraph is in a table."""
        self._in_table = True

    def end_paragraph(self) -> None:
        """End a paragraph."""
        if self._state.into == "apart":
            self._words.append(" ")
        elif self._in_table or self._cells:
            self._words.append("<br>")
        elif words := "".join(self._words).strip():
            self._end_table()
            tag = f"h{self._level}" if self._level else "p"
            self._out.append(f"<{tag}>{words}</{tag}>")
            self._words = []
        else:
            self._words = []

    def end_line(self) -> None:
        """Break the line."""
        self._words.append("<br>")

    def end_cell(self) -> None:
        """End a cell."""
        self._cells.append("".join(self._words).removesuffix("<br>"))
        self._words = []

    def end_row(self) -> None:
        """End a row."""
        self._rows.append("".join(f"<td>{cell}</td>" for cell in self._cells))
        self._cells = []
        self._tables.colours.row = False

    def _end_table(self) -> None:
        if self._rows:
            self._out.append("<table>" + "".join(f"<tr>{row}</tr>" for row in self._rows))
            self._out.append("</table>")
            self._rows = []


_ACTIONS: dict[str, Callable[[_Page], None]] = {
    **dict.fromkeys(("par", "sect", "page", "column"), _Page.end_paragraph),
    **dict.fromkeys(("cell", "nestcell"), _Page.end_cell),
    **dict.fromkeys(("row", "nestrow"), _Page.end_row),
    "pard": _Page.reset,
    "intbl": _Page.begin_cell,
    "line": _Page.end_line,
}
