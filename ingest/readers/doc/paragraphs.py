"""The paragraphs of an old Word document: their letters as they are seen, with fields and marks.

MS-DOC 2.4.3 (paragraphs), 2.8.25 (fields).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.readers.described import beside
from ingest.readers.doc import forms as doc_forms
from ingest.readers.doc.formats import Formats
from ingest.readers.doc.pieces import Word
from ingest.readers.scripts import lowered, raised
from ingest.readers.word.styles import Look, Style, is_unseen
from ingest.readers.word.symbol_fonts import symbol

_ENDS = re.compile("[\r\x07\x0c]")
_CONTROL = re.compile("[\x00-\x1f\u00ad\uf000-\uf0ff]|[\ud800-\udfff]+")
_BEGIN, _SEPARATE, _END = "\x13", "\x14", "\x15"
_KEPT = "\x01"
"""A picture, or a field whose value is kept apart."""
_SAID = {"\t": "\t", "\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " "}
"""Tabs, ends of lines and of columns, hyphens that do not break."""
_LINK = re.compile(r'HYPERLINK\s+(?:\\[a-z]\s+)*"([^"]+)"')
_MADE = re.compile(r"\s*(?:TOC|INDEX|TOA)\b")
"""Fields that repeat what the text says elsewhere."""
_DRAWS = re.compile(r"\s*EQ\b", re.IGNORECASE)
_RUBY = re.compile(r"\\o(?:\\\w+)*\s*\(\\s\\up\s*[\d.]*\s*\([^()]*\)[,;]([^()]*)\)", re.IGNORECASE)
_FRACTION = re.compile(r"\\f\s*\(([^(),;]*)[,;]([^(),;]*)\)", re.IGNORECASE)
_MOST_FIELDS = 100
_LONGEST_INSTRUCTION = 1_000


@dataclass(slots=True)
class Paragraph:
    """A paragraph as it is seen. `own` is its look beside that of its style; `paged`: it has the
    number of its page; `ends_cell`: it is the last of a cell.
    """

    style: Style
    own: Look
    text: str = ""
    paged: bool = False
    ends_cell: bool = False


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shown: bool = False  # its result has begun
    start: int = 0  # where that begins among the words
    value: str = ""  # of a form


def paragraphs(
    word: Word, formats: Formats, marks: Mapping[int, str], start: int, end: int
) -> Iterator[Paragraph]:
    """Yield the paragraphs of characters [start, end); `marks` are those of notes, by where they
    are.
    """
    fields: list[_Field] = []
    while start < end:
        found = _ENDS.search(word.text, start, end)
        last = found.start() if found else end
        style, own = formats.paragraph(min(last, end - 1))
        paragraph = Paragraph(style, own, ends_cell=bool(found) and word.text[last] == "\x07")
        letters = _Letters(paragraph, formats, marks, word.data, fields)
        for first, stop, look in formats.letters(start, last):
            letters.take(word.text[first:stop], first, look)
        paragraph.text = letters.text()
        for one in fields:
            one.start = 0
        yield paragraph
        start = last + 1


@dataclass(slots=True)
class _Letters:
    """The words of a paragraph as they come."""

    paragraph: Paragraph
    formats: Formats
    marks: Mapping[int, str]
    data: bytes  # of fields
    fields: list[_Field]  # the open ones, also those of paragraphs before
    words: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return all of them; a character that has two units is one again."""
        text = "".join(self.words)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def take(self, text: str, start: int, look: Look) -> None:
        """Take in a run of letters that begins at character `start`."""
        style = self.formats.style(look["style"]).look if "style" in look else {}
        whole = self.paragraph.style.look | self.paragraph.own | style | look
        ground = bool(whole.get("in_table"))
        unseen = bool(look.get("deleted")) or is_unseen(whole, ground=ground)
        at = 0
        for found in _CONTROL.finditer(text):
            self._say(text[at : found.start()], whole, unseen)
            at = found.end()
            self._control(found[0], start + found.start(), whole, unseen)
        if "symbol" in look and not unseen:
            self._symbol(look)
        else:
            self._say(text[at:], whole, unseen)

    def _control(self, sign: str, at: int, look: Look, unseen: bool) -> None:
        if sign == _BEGIN:
            if len(self.fields) < _MOST_FIELDS:
                self.fields.append(_Field())
        elif sign == _SEPARATE and self.fields:
            self.fields[-1].shown, self.fields[-1].start = True, len(self.words)
            self.paragraph.paged |= "PAGE" in self.fields[-1].instruction
        elif sign == _END and self.fields:
            self._end_field(self.fields.pop())
        elif at in self.marks:
            self.words.append(self.marks[at])
        elif sign == _KEPT and self.fields and "data" in look:
            self.fields[-1].value = doc_forms.value(self.data, look["data"])
        elif sign >= "\uf000":
            self._say("•", look, unseen)
        elif sign in _SAID or sign >= "\ud800":
            self._say(_SAID.get(sign, sign), look, unseen)

    def _say(self, text: str, look: Look, unseen: bool) -> None:
        if not text:
            return
        hidden = next((one for one in self.fields if not one.shown), None)
        if hidden is not None:
            if len(hidden.instruction) < _LONGEST_INSTRUCTION:
                hidden.instruction += text
            return
        if unseen or any(_MADE.match(one.instruction) for one in self.fields):
            return
        before = "".join(self.words[-4:])
        if look.get("raised"):
            text = raised(before, text) if look["raised"] > 0 else lowered(before, text)
        self.words.append(text)

    def _symbol(self, look: Look) -> None:
        number = look.get("font", 0)
        font = self.formats.fonts[number] if number < len(self.formats.fonts) else ""
        self._say(symbol({"font": font, "char": f"{look['symbol']:X}"}), look, unseen=False)

    def _end_field(self, ended: _Field) -> None:
        self.paragraph.paged |= "PAGE" in ended.instruction
        if not ended.shown and not any(not one.shown for one in self.fields):
            self.words.append(ended.value or _drawn(ended.instruction))
        if link := _LINK.search(ended.instruction):
            said = "".join(self.words[ended.start :])
            self.words.append(beside(said, link[1]))


def _drawn(instruction: str) -> str:
    """Return what a field shows that draws: a word without its reading, a fraction."""
    if not _DRAWS.match(instruction):
        return ""
    if ruby := _RUBY.search(instruction):
        return ruby[1]
    fraction = _FRACTION.search(instruction)
    return f"{fraction[1].strip()}/{fraction[2].strip()}" if fraction else ""
