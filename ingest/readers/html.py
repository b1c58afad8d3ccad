"""Web pages: what a reader of the page sees, as Markdown lines that know their line in the file.

The only file that imports bs4. Scripts, navigation and hidden elements are left out: text that no
person can see is a way to talk to the model behind their back (OWASP LLM01).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers.lines import escaped

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, Tag

MAX_BYTES = 10_000_000
"""The parser reads about 1 MB a second and holds ten times a page in memory."""

_DROPPED = frozenset(
    "head script style noscript template svg canvas iframe object embed audio video nav footer"
    " aside button select input textarea dialog".split()
)
_DROPPED_ROLES = frozenset("navigation contentinfo search menu menubar toolbar".split())
_DROPPED_CLASSES = frozenset("headerlink linenos lineno gutter".split())
_UNSEEN = re.compile(
    r"display:none|visibility:(?:hidden|collapse)"
    r"|(?:^|;)(?:opacity|font-size):0*\.?0*(?:px|em|rem|pt|%)?(?:;|!|$)"
    r"|(?:^|;)color:transparent|(?:^|;)(?:left|top|text-indent|margin-left):-\d{4}"
)
_COLOURS = {"white": "#ffffff", "#fff": "#ffffff", "black": "#000000", "#000": "#000000"}
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_PARAGRAPHS = frozenset("p blockquote dl table figure section article main header hr".split())
_LINES = frozenset(
    "div li dt dd tr br caption figcaption address form fieldset details summary body"
    " center".split()
)
_LISTS = frozenset(("ul", "ol"))
_CELLS = frozenset(("td", "th"))
_LANGUAGE = re.compile(r"\blang(?:uage)?-([\w+#-]+)")
_BACKTICKS = re.compile(r"`{3,}")


def read(raw: bytes, name: str) -> Document:
    """The document in a page's bytes; `name` is its title when the page has none.

    SkippedFile if it is larger than MAX_BYTES, ReadError if it cannot be parsed.
    """
    if len(raw) > MAX_BYTES:
        raise SkippedFile(
            f"a web page of more than {MAX_BYTES // 1_000_000} MB", SkipKind.TOO_LARGE
        )
    soup = _parsed(raw)
    page = _Page(_layout_tables(soup))
    page.render(_content(soup))
    title = " ".join(soup.title.get_text(" ").split()) if soup.title else ""
    first = next((line[2:] for line in page.text if line.startswith("# ")), "")
    return Document("\n".join(page.text), "html", first or title or name, lines=tuple(page.lines))


def _parsed(raw: bytes) -> BeautifulSoup:
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    # Comments that never end take the parser quadratic time; as text they are seen, at least.
    closed = raw.rfind(b"-->") + 1
    raw = raw[:closed] + raw[closed:].replace(b"<!--", b"&lt;!--")
    try:
        return BeautifulSoup(raw, "html.parser")
    except ParserRejectedMarkup as error:
        raise ReadError("not HTML that can be parsed: check that it is a web page") from error


def _content(soup: BeautifulSoup) -> Tag:
    """The part of a page that says what it is about."""
    main = soup.find("main") or soup.find(role="main")
    return main if main and main.get_text(strip=True) else soup


def _layout_tables(soup: BeautifulSoup) -> frozenset[int]:
    """Tables that hold tables: they place things on the page, and their cells are no cells."""
    outer = (table.find_parent("table") for table in soup.find_all("table"))
    return frozenset(id(table) for table in outer if table)


def _is_unseen(tag: Tag) -> bool:
    """Whether a tag is chrome around the content, or not to be seen on the page."""
    if tag.name in _DROPPED or tag.has_attr("hidden") or tag.get("aria-hidden") == "true":
        return True
    if str(tag.get("role", "")) in _DROPPED_ROLES:
        return True
    if not _DROPPED_CLASSES.isdisjoint(tag.get_attribute_list("class")):
        return True
    style = "".join(str(tag.get("style") or "").lower().split())
    return bool(style) and (_UNSEEN.search(style) is not None or _is_of_one_colour(style))


def _is_of_one_colour(style: str) -> bool:
    """Whether letters and ground are of the same colour."""
    told = dict(each.split(":", 1) for each in style.split(";") if ":" in each)
    ground = told.get("background-color", told.get("background", ""))
    colours = [each.removesuffix("!important") for each in (told.get("color", ""), ground)]
    letters, ground = (_COLOURS.get(each, each) for each in colours)
    return bool(letters) and letters == ground


def _walk(root: Tag) -> Iterator[tuple[Tag | NavigableString, bool]]:
    """Every seen tag as it opens (True) and closes (False), and every text; any depth."""
    from bs4.element import NavigableString, Tag

    pending: list[tuple[object, bool]] = [(root, True)]
    while pending:
        node, opens = pending.pop()
        if isinstance(node, NavigableString):
            yield node, True
        elif isinstance(node, Tag):
            yield node, opens
            if opens:
                pending.append((node, False))
                seen = (each for each in reversed(node.contents))
                pending.extend(
                    (each, True)
                    for each in seen
                    if not (isinstance(each, Tag) and _is_unseen(each))
                )


class _Page:
    """The lines of a page as they come, each with the line of the file that it begins on."""

    def __init__(self, layout_tables: frozenset[int]) -> None:
        self.text: list[str] = []
        self.lines: list[int] = []
        self._layout = layout_tables
        self._tables: list[bool] = []  # whether each open table lays out
        self._words: list[str] = []
        self._prefix = ""
        self._began = 0  # the line of the file on which the open line begins; 0 when it is empty
        self._line = 1
        self._lists = self._cells = self._columns = 0
        self._fence = ""

    def render(self, root: Tag) -> None:
        from bs4.element import PreformattedString, Tag

        for node, opens in _walk(root):
            if isinstance(node, Tag):
                self._open(node) if opens else self._close(node)
            else:
                if not isinstance(node, PreformattedString):
                    self._say_code(node) if self._fence else self._say(node)
                self._line += node.count("\n")
        self._end_line()
        while self.text and not self.text[-1]:
            self.text.pop()
            self.lines.pop()

    def _open(self, tag: Tag) -> None:
        self._line = tag.sourceline or self._line
        self._break(tag.name)
        if tag.name == "table":
            self._tables.append(id(tag) in self._layout)
        elif tag.name == "tr":
            self._columns = 0
        elif tag.name in _CELLS:
            self._open_cell()
        elif tag.name in _LISTS:
            self._lists += 1
        elif tag.name == "li":
            self._prefix = "  " * max(self._lists - 1, 0) + "- "
        elif tag.name == "pre" and not self._fence:
            self._open_code(tag)
        elif not self._cells:
            self._prefix = _HEADINGS.get(tag.name, self._prefix)

    def _close(self, tag: Tag) -> None:
        if tag.name == "pre" and self._fence:
            self._close_code()
        self._break(tag.name)
        if tag.name in _LISTS:
            self._lists -= 1
            self._blank()
        elif tag.name == "table":
            self._tables.pop()
        elif tag.name in _CELLS and self._in_data_table():
            self._cells -= 1

    def _break(self, name: str) -> None:
        """End the line where a block begins or ends; in a cell, keep the words apart."""
        if self._fence:
            if name == "br":
                self._words.append("\n")
        elif self._cells:
            self._words.append(" ")
        elif name in _HEADINGS or name in _PARAGRAPHS or name in _LISTS or name == "pre":
            self._end_line()
            self._blank()
        elif name in _LINES or (name in _CELLS and not self._in_data_table()):
            self._end_line()

    def _in_data_table(self) -> bool:
        return bool(self._tables) and not self._tables[-1]

    def _open_cell(self) -> None:
        if self._in_data_table():
            if self._columns:
                self._words.append(" | ")
            self._columns += 1
            self._cells += 1

    def _open_code(self, tag: Tag) -> None:
        self._end_line()
        text = tag.get_text()
        longest = max(map(len, _BACKTICKS.findall(text)), default=2)
        self._fence = "`" * (longest + 1)
        code = tag.find("code")
        classes = [
            *tag.get_attribute_list("class"),
            *(code.get_attribute_list("class") if code else ()),
        ]
        language = _LANGUAGE.search(" ".join(str(each) for each in classes if each))
        self._put(self._fence + (language[1] if language else ""), self._line)

    def _close_code(self) -> None:
        code = "".join(self._words).removeprefix("\n").rstrip()
        first = self._began + self._words[0].startswith("\n") if self._words else self._line
        for i, line in enumerate(code.split("\n")):
            self._put(line, first + i)
        self._put(self._fence, self._line)
        self._words.clear()
        self._began, self._fence = 0, ""

    def _say(self, text: str) -> None:
        said = text.lstrip()
        if said and not self._began:
            self._began = self._line + text[: len(text) - len(said)].count("\n")
        self._words.append(text)

    def _say_code(self, text: str) -> None:
        self._began = self._began or self._line
        self._words.append(text.replace("\r", ""))

    def _end_line(self) -> None:
        line = " ".join("".join(self._words).split())
        self._words.clear()
        if self._began and line:
            line = line.removesuffix("¶").rstrip()
            self._put(self._prefix + line if self._prefix else escaped(line), self._began)
            self._prefix = "  " * self._lists
        self._began = 0

    def _blank(self) -> None:
        if not self._lists and self.text and self.text[-1]:
            self._put("", self._line)
            self._prefix = ""

    def _put(self, line: str, source_line: int) -> None:
        self.text.append(line)
        self.lines.append(source_line)
