"""Markdown as blocks, and a block as lines of a terminal.

The parts of CommonMark that would hide text are off: HTML is shown as text, reference
definitions stay lines of text (so `[1]` stays a mark), and a link shows its text and its URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from pygments.token import Comment, Error, Generic, Keyword, Name, Number, Operator, String
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, TableElement
from rich.segment import Segment
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.table import Table
from rich.text import Text

from ragchat.cleaning import clean

Line = list[Segment]

UNBOUNDED = 100_000
MOST_BRACKETS = 5_000
"""In a paragraph whose links are looked for: that takes quadratic time, 10 s for 600,000."""
MOST_CELLS = 2_000
"""Of a table that is drawn, which takes 0.4 ms a cell; a larger one is shown as it was written."""
_CODE = {"fence", "code_block"}


def _parse_inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if token.content.count("[") > MOST_BRACKETS:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


# Colours that can be read on a white and on a black background, and differences without colour.
_CODE_THEME = ANSISyntaxTheme(
    {
        Comment: Style(dim=True, italic=True),
        Keyword: Style(bold=True),
        Operator.Word: Style(bold=True),
        String: Style(color="magenta"),
        Number: Style(color="magenta"),
        Name.Function: Style(bold=True),
        Name.Class: Style(bold=True),
        Name.Tag: Style(bold=True),
        Name.Attribute: Style(italic=True),
        Generic.Deleted: Style(color="red"),
        Generic.Inserted: Style(color="magenta"),
        Generic.Heading: Style(bold=True),
        Error: Style(color="red"),
    }
)

_PARSER = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["strikethrough", "table"])
    .disable(["reference"])
)
_PARSER.core.ruler.at("inline", _parse_inline)


@dataclass(frozen=True, slots=True)
class Unit:
    """A part that is printed at once: a top-level block, or one item of a top-level list.

    `line` is where its top-level block starts, counted from 0; `first` is false for the second and
    later items of a list, which follow without a blank line.
    """

    tokens: tuple[Token, ...]
    line: int
    first: bool = True


def units(text: str) -> list[Unit]:
    """Return the units of a Markdown text, in order.

    Once a line below has begun another unit, a unit is final: more text does not change it.
    """
    found: list[Unit] = []
    tokens = [_shown(token) for token in _PARSER.parse(text)]
    for block in _cut(tokens, level=0):
        line = block[0].map[0] if block[0].map else 0
        if block[0].type in {"bullet_list_open", "ordered_list_open"}:
            found += _items(block, line)
        else:
            found.append(Unit(tuple(block), line))
    return found


def lines_of(unit: Unit, console: Console) -> list[Line]:
    """Return `unit` as lines for the width that `console` has now, without blank ones at its ends.

    Lines of code are as long as they are: the terminal wraps them, and they are copied whole.
    """
    width = UNBOUNDED if unit.tokens[0].type in _CODE else console.width
    options = console.options.update(height=None, width=width)
    rendered = console.render_lines(_Block(unit.tokens), options, pad=False)
    lines = [_stripped(line) for line in rendered]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def end_of(unit: Unit, rows: int) -> Unit:
    """Return `unit`, or where it is code of more than `rows` lines, only its last `rows` lines."""
    token = unit.tokens[0]
    code = token.content.split("\n")
    if token.type not in _CODE or len(code) <= rows:
        return unit
    return Unit((token.copy(content="\n".join(code[-rows:])),), unit.line, unit.first)


def _cut(tokens: Iterable[Token], level: int) -> list[list[Token]]:
    """Return `tokens` cut where one of `level` opens or has no closing one."""
    cut: list[list[Token]] = []
    for token in tokens:
        if token.level == level and token.nesting >= 0:
            cut.append([])
        cut[-1].append(token)
    return cut


def _items(block: Sequence[Token], line: int) -> list[Unit]:
    opening, *inner, closing = block
    start = int(opening.attrs.get("start", 1))
    return [
        Unit((opening.copy(attrs={"start": start + at}), *item, closing), line, first=at == 0)
        for at, item in enumerate(_cut(inner, level=1))
    ]


def _shown(token: Token) -> Token:
    """Return `token` cleaned: entities can spell characters that were cleaned from the stream."""
    if token.type == "image":
        return Token(
            "text", "", 0, content=clean(f"{token.content} ({token.attrs.get('src', '')})")
        )
    children = token.children and [_shown(t) for t in token.children if t.info != "auto"]
    attrs = {key: clean(v) if isinstance(v, str) else v for key, v in token.attrs.items()}
    return token.copy(content=clean(token.content), children=children, attrs=attrs)


def _stripped(line: Line) -> Line:
    """Return `line` without the spaces at its end, which wrap when the window gets narrower."""
    line = list(line)
    while line and not line[-1].text.rstrip(" "):
        line.pop()
    if line:
        line[-1] = Segment(line[-1].text.rstrip(" "), line[-1].style)
    return line


class _Heading(Heading):
    LEVEL_ALIGN = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Code(CodeBlock):
    """Code between its fences, without frame or margin, so that it can be copied."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        language = "" if self.lexer_name == "text" else self.lexer_name
        yield Text(f"```{language}", style="dim")
        code = Syntax("", self.lexer_name, theme=_CODE_THEME).highlight(self.text.plain)
        code.rstrip()
        yield code
        yield Text("```", style="dim")


class _Table(TableElement):
    """A table, or where its words would not fit side by side, one `heading: cell` a line."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = self.body.rows if self.body else []
        if sum(len(row.cells) for row in rows) > MOST_CELLS:
            yield from self._plain()
            return
        for table in super().__rich_console__(console, options):
            wide = options.update(max_width=UNBOUNDED)
            if isinstance(table, Table) and (
                console.measure(table, options=wide).minimum > options.max_width
            ):
                yield from self._records()
            else:
                yield table

    def _plain(self) -> Iterable[Text]:
        rows = [self.header.row] if self.header and self.header.row else []
        for row in [*rows, *(self.body.rows if self.body else [])]:
            cells = (cell.content.plain for cell in row.cells)
            yield Text(f"| {' | '.join(cells)} |")

    def _records(self) -> Iterable[Text]:
        head = self.header and self.header.row
        names = [cell.content.plain for cell in head.cells] if head else []
        for row in self.body.rows if self.body else []:
            for name, cell in zip(names, row.cells, strict=False):
                yield Text.assemble((f"{name}: ", "bold"), cell.content)
            yield Text()


class _Block(Markdown):
    elements: ClassVar = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "code_block": _Code,
        "table_open": _Table,
    }

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = list(tokens)
