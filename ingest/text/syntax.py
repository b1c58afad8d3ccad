"""The Outline of source code: its definitions, and where else it may be cut. Pure.

The only file that imports tree_sitter. All places are beginnings of lines, so that a row of the
tree is an offset in the text. The tree is walked with a cursor, since nesting has no limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from ingest.text.outline import LONGEST_TITLE, Heading, Outline

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree

LARGEST = 500_000
"""Characters of a file that is parsed: more was written by a program."""

_SLICE = 4096
"""Bytes handed to the parser at once."""
_SMALL = 200
"""Lines; a shorter node is not visited, since it is hardly ever divided."""
_DEEPEST = 6
"""Definitions within definitions that have a heading of their own."""

_GRAMMARS = {
    **{language: (language, "language") for language in "bash c cpp go java javascript".split()},
    **{language: (language, "language") for language in "python ruby rust".split()},
    "csharp": ("c_sharp", "language"),
    "php": ("php", "language_php"),
    "tsx": ("typescript", "language_tsx"),
    "typescript": ("typescript", "language_typescript"),
}

# The grammars use the same names for the same things, so one list serves all of them.
_FUNCTIONS = frozenset(
    "compact_constructor_declaration constructor_declaration destructor_declaration"
    " function_declaration function_definition function_item generator_function_declaration"
    " local_function_statement macro_definition method method_declaration method_definition"
    " preproc_function_def property_declaration singleton_method".split()
)
_SCOPES = frozenset(
    "abstract_class_declaration annotation_type_declaration class class_declaration"
    " class_definition class_specifier concept_definition enum_declaration enum_item"
    " enum_specifier impl_item interface_declaration internal_module mod_item module"
    " namespace_declaration namespace_definition record_declaration struct_declaration struct_item"
    " struct_specifier trait_declaration trait_item type_alias_declaration type_definition"
    " type_spec union_item union_specifier".split()
)
# A function that is a value is called what it is given to.
_GIVEN_TO = {
    "assignment_expression": ("left", "right"),
    "field_definition": ("property", "value"),
    "pair": ("key", "value"),
    "public_field_definition": ("name", "value"),
    "variable_declarator": ("name", "value"),
}
_VALUES = frozenset("arrow_function function_expression generator_function".split())
_WRAPPERS = frozenset(
    "ambient_declaration decorated_definition export_statement expression_statement"
    " lexical_declaration template_declaration type_declaration variable_declaration".split()
)
_LEADS = ("comment", "decorator", "attribute_item", "template_parameter_list")
_PROSE = re.compile("comment|string|heredoc")
_OPENED = (":", "{", "(", "[")
_QUALIFIED = re.compile(r"[\w$~]+(?:(?:::|\.|#)[\w$~]+)+")
_PARTS = re.compile(r"::|[.#]")
_RECEIVER = re.compile(r"(\w+)\s*(?:\[.*)?\)\Z", re.DOTALL)


def outline(text: str, language: str, whole: int) -> Outline:
    """The definitions of a cleaned text of source code; empty in a language without a grammar.

    A heading is the first lines of a definition with the comments and decorators above it. What a
    function of at most `whole` characters defines within itself has none.
    """
    if language not in _GRAMMARS or len(text) > LARGEST:
        return Outline()
    source = text.encode()
    tree = _tree(source, language)
    return _Walk(text, source, whole).outline(tree) if tree else Outline()


def _tree(source: bytes, language: str) -> Tree | None:
    from tree_sitter import Parser

    # Measured on thousands of files: code takes less than 20 steps in a thousand bytes, and is read
    # up to twice (in short files ten times). What takes more is crafted, or no code of this
    # language. Steps are counted, not seconds, so that the same text always has the same outline.
    steps, reads = 200 + len(source) // 50, 64 + 8 * len(source) // _SLICE

    def read(offset: int, _point: object) -> bytes:
        nonlocal reads
        reads -= 1
        return source[offset : offset + _SLICE] if reads > 0 else b""

    def stop(_offset: int, _broken: bool) -> bool:
        nonlocal steps
        steps -= 1
        return steps < 0 or reads <= 0

    try:
        return Parser(_grammar(language)).parse(read, progress_callback=stop)
    except ValueError:
        return None


@lru_cache
def _grammar(language: str) -> Language:
    from tree_sitter import Language

    package, function = _GRAMMARS[language]
    return Language(getattr(import_module(f"tree_sitter_{package}"), function)())


@dataclass(slots=True)
class _Level:
    """The children of a node of `size` characters, under `path`."""

    path: tuple[str, ...]
    size: int
    named: bool = True
    """Whether definitions have headings here."""
    last: int = -1
    """The row that the child before ended on."""
    lead: int | None = None
    """The row where the comments above the next child begin."""


class _Walk:
    """One pass over the nodes that are not small, in order."""

    def __init__(self, text: str, source: bytes, whole: int) -> None:
        self._text = text
        self._source = source
        self._whole = whole
        self._lines = [0, *(found.end() for found in re.finditer("\n", text)), len(text)]
        self._headings: list[Heading] = []
        self._breaks: list[tuple[int, int]] = []

    def outline(self, tree: Tree) -> Outline:
        """Return the sections and breaks of a tree."""
        cursor = tree.walk()
        levels = [_Level((), len(self._text))]
        going = cursor.goto_first_child()
        while levels:
            if not going:
                levels.pop()
                going = cursor.goto_parent() and cursor.goto_next_sibling()
                continue
            node = cursor.node
            inner = self._visit(node, levels[-1]) if node and node.is_named else None
            if inner and cursor.goto_first_child():
                levels.append(inner)
            else:
                going = cursor.goto_next_sibling()
        return Outline(tuple(self._headings), breaks=tuple(self._breaks))

    def _visit(self, node: Node, level: _Level) -> _Level | None:
        """Note a node; return the level of its children if they are to be visited, too."""
        first, last = node.start_point.row, _last_row(node)
        if level.lead == 0 and first > level.last + 1:
            # A comment apart, at the head of a file, is about the file.
            self._plain(0, level)
            level.lead = None
        if level.lead is None and first > level.last:
            level.lead = first
        level.last = max(level.last, last)
        if node.type.endswith(_LEADS) or _is_docstring(node):
            return None
        top = first if level.lead is None else level.lead
        level.lead = None
        size = self._lines[last + 1] - self._lines[first]
        if last == first or _PROSE.search(node.type):
            self._plain(top, level)
            return None
        if node.type in _WRAPPERS:
            return _Level(level.path, size, level.named, last, top)
        name = _name(node) if level.named else None
        path = (*level.path, *self._titles(node, name))[:_DEEPEST] if name else level.path
        if name is None or path == level.path:
            self._plain(top, level)
        else:
            self._define(top, min(name.end_point.row + 1, last), path)
            self._break(top, level)
            self._break(first, level)
        named = level.named and (node.type not in _FUNCTIONS or size > self._whole)
        return _Level(path, size, named) if size > _SMALL else None

    def _plain(self, row: int, level: _Level) -> None:
        """After a definition, code that defines nothing is under the path of its level again."""
        self._break(row, level)
        if self._headings and self._headings[-1].path != level.path:
            self._add(row, self._lines[row] + 1, level.path)

    def _define(self, row: int, body: int, path: tuple[str, ...]) -> None:
        """A heading of the rows before `body`; a long comment above it may be parted from them."""
        start, end = self._lines[row], self._lines[body]
        self._add(row, end if 2 * (end - start) <= self._whole else start + 1, path)

    def _add(self, row: int, end: int, path: tuple[str, ...]) -> None:
        start = self._lines[row]
        if not self._headings or self._headings[-1].start < start:
            self._headings.append(Heading(start, end, path))

    def _break(self, row: int, level: _Level) -> None:
        """A place to cut, unless the line above is the head of what follows."""
        start = self._lines[row]
        if self._breaks and self._breaks[-1][0] >= start:
            return
        if row and not self._text[self._lines[row - 1] : start].rstrip().endswith(_OPENED):
            self._breaks.append((start, level.size))

    def _titles(self, node: Node, name: Node) -> tuple[str, ...]:
        """What a node defines, from the outside in: a qualified name has several titles."""
        text = " ".join(self._said(name).split()).strip("\"'")
        receiver = node.child_by_field_name("receiver")
        owner = _RECEIVER.search(self._said(receiver)) if receiver else None
        titles = _PARTS.split(text) if _QUALIFIED.fullmatch(text) else [text]
        return tuple(title for title in (owner[1] if owner else "", *titles) if title)

    def _said(self, node: Node) -> str:
        # Not `node.text`, which asks the callback again and may crash (py-tree-sitter issue 435).
        start = node.start_byte
        said = self._source[start : min(node.end_byte, start + LONGEST_TITLE)]
        return said.decode(errors="ignore")


def _last_row(node: Node) -> int:
    """The row of a node's last character: some nodes hold the line end, too."""
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row


def _is_docstring(node: Node) -> bool:
    """Return whether a string is a statement: it documents the definition above it."""
    if node.type != "expression_statement" or not node.named_child_count:
        return False
    said = node.named_child(0)
    return said is not None and said.type == "string"


def _name(node: Node) -> Node | None:
    if fields := _GIVEN_TO.get(node.type):
        value = node.child_by_field_name(fields[1])
        return node.child_by_field_name(fields[0]) if value and value.type in _VALUES else None
    if node.type not in _FUNCTIONS and node.type not in _SCOPES:
        return None
    if node.type == "impl_item":
        return node.child_by_field_name("type")
    name = node.child_by_field_name("name") or node.child_by_field_name("declarator")
    return _declared(name) if name else None


def _declared(declarator: Node) -> Node:
    """The name within C's `*(*name)(int)`."""
    for _ in range(8):
        inner = declarator.child_by_field_name("declarator")
        children = declarator.named_child_count
        if inner is None and children and declarator.type.endswith("_declarator"):
            inner = declarator.named_child(children - 1)
        if inner is None:
            break
        declarator = inner
    return declarator
