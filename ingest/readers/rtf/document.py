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
from ingest.readers.rtf.letters import Letters
from ingest.readers.rtf.paragraphs import Paragraphs
from ingest.readers.rtf.tables import TABLES, Tables
from ingest.readers.rtf.tokens import Token, tokens
from ingest.readers.rtf.words import (
    CHARACTERS,
    GROUNDS,
    INTO,
    NOWHERE,
    SHOWN,
    STARRED,
    State,
)

BEGIN = b"{\\rtf"
_LINK = re.compile(r'HYPERLINK\s+"([^"]+)"')
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
    _tables: Tables = field(default_factory=Tables)
    _letters: Letters = field(default_factory=Letters)
    body: Paragraphs = field(default_factory=Paragraphs)
    _edges: dict[str, None] = field(default_factory=dict)  # headers and footers, each once
    _notes: list[str] = field(default_factory=list)
    _interrupted: list[list[str]] = field(default_factory=list)  # words around what is kept apart
    _aside: list[str] = field(default_factory=list)
    _link: str = ""
    _begins: bool = False
    _starred: bool = False
    _state: State = field(default_factory=State)
    _states: list[State] = field(default_factory=list)

    def html(self) -> str:
        """Return all of it; a note that a file breaks off in goes on the text around it."""
        self._say(self._letters.taken(self._state))
        while self._interrupted:
            self.body.words = [*self._interrupted.pop(), " ", *self.body.words]
        return "".join([*self._edges, self.body.html(), *self._notes])

    def take(self, token: Token) -> None:
        """Take in a mark."""
        if token.kind == "text":
            self._begins = False
            self._letters.add(token.raw)
            return
        self._say(self._letters.taken(self._state))
        begins, self._begins = self._begins, token.kind == "open"
        if token.kind == "open":
            if len(self._states) >= MOST_GROUPS:
                raise ReadError("damaged: groups within groups without end")
            self._states.append(self._state)
            self._letters.skip_none()
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
            self._state = replace(self._state, link=len(self.body.words))
            return True
        elif (into := INTO.get(word, "-")) == "-":
            return False
        self._state = replace(self._state, into=into, label=word, shaded=word == "shptxt")
        if into == "apart":
            self._interrupted.append(self.body.words)
            self.body.words = []
        return True

    def _close(self) -> None:
        ended = self._state
        self._state = self._states.pop() if self._states else State()
        self._letters.skip_none()
        self._starred = False
        if ended.link > self._state.link and self._link:
            said = plain("".join(self.body.words[ended.link :]))
            self.body.words.append(escape(beside(said, self._link)))
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
        words, self.body.words = plain("".join(self.body.words)), self._interrupted.pop()
        if label == "footnote":
            self._notes.append(f"<p>[{len(self._notes) + 1}] {words}</p>")
            self.body.words.append(f"[{len(self._notes)}]")
        elif words and label == "annotation":
            self.body.words.append(f" [comment: {words}]")
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
            self._say(self._letters.numbered((number or 0) % 65_536, self._state))
        elif self._letters.use(word, number):
            return
        elif action := _ACTIONS.get(word):
            action(self)
        elif word == "s":
            self.body.level = self._tables.levels.get(number or 0, 0)
        elif word == "outlinelevel" and 0 <= (number or 0) < _DEEPEST_HEADING:
            self.body.level = (number or 0) + 1
        else:
            self._state = self._state.after(word, number, self._tables.fonts)

    def _say(self, text: str) -> None:
        state = self._state
        if not text:
            return
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
            self.body.words.append(f"<{tag}>{said}</{tag}>" if tag else said)

    def reset(self) -> None:
        """Begin a paragraph in the plain format."""
        self.body.reset()
        self._tables.colours.paragraph = False

    def end_paragraph(self) -> None:
        """End a paragraph; what is kept apart is one."""
        if self._state.into == "apart":
            self.body.words.append(" ")
        else:
            self.body.end()

    def end_row(self) -> None:
        """End a row."""
        self.body.end_row()
        self._tables.colours.row = False


_ACTIONS: dict[str, Callable[[_Page], None]] = {
    **dict.fromkeys(("par", "sect", "page", "column"), _Page.end_paragraph),
    **dict.fromkeys(("cell", "nestcell"), lambda page: page.body.end_cell()),
    **dict.fromkeys(("row", "nestrow"), _Page.end_row),
    "pard": _Page.reset,
    "intbl": lambda page: page.body.begin_cell(),
    "line": lambda page: page.body.end_line(),
}
