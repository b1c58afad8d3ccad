"""Notebooks: cells of text and code, and the text of their outputs; pictures are left out.

https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import html
from ingest.readers.lines import Parts
from ingest.text import outline
from ingest.text.front_matter import front_matter

LONGEST_OUTPUT = 4_000
"""Characters of one output; more is a log or a table that is not read to its end."""

_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")
"""What a bar of progress showed before it moved on."""
_BACKTICKS = re.compile(r"`{3,}")


def read(raw: bytes, name: str) -> Document:
    """Return the cells of a notebook; `name` is its title when it has no heading.

    ReadError if it is not a notebook that can be read; SkippedFile if its cells are empty.
    """
    try:
        book = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ReadError("damaged: open it in Jupyter and save it again") from error
    book = _mapping(book)
    sheets = map(_mapping, _list(book.get("worksheets")))  # version 3
    cells = book.get("cells") or [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    language = _language(_mapping(book.get("metadata")))
    parts, pictures = Parts(), 0
    for number, cell in enumerate(_list(cells), 1):
        said, left = _cell(_mapping(cell), language)
        pictures += left
        if said:
            parts.add(said, f"cell {number}")
    if not parts:
        raise SkippedFile("a notebook without text", SkipKind.NO_TEXT)
    text = parts.text()
    own = front_matter(text)
    return Document(
        text,
        "ipynb",
        own.title or outline.title(text, "ipynb") or name,
        properties=own.properties,
        places=tuple(parts.places),
        left_out=(f"{pictures} picture{'s' * (pictures != 1)} in outputs",) if pictures else (),
    )


def _language(metadata: Mapping[str, object]) -> str:
    named = _mapping(metadata.get("language_info")).get("name")
    return str(named or _mapping(metadata.get("kernelspec")).get("language") or "python")


def _cell(cell: Mapping[str, object], language: str) -> tuple[str, int]:
    """Return the text of a cell, and the number of pictures in its outputs."""
    source = _text(cell.get("source", cell.get("input"))).strip("\n")
    kind = cell.get("cell_type")
    if kind == "heading":
        level = cell.get("level")
        return "#" * (level if isinstance(level, int) and 0 < level < 7 else 1) + " " + source, 0
    if kind != "code":
        return source, 0
    parts = [_fenced(source, language)] if source.strip() else []
    pictures = 0
    for output in _list(cell.get("outputs")):
        said, left = _output(_mapping(output))
        pictures += left
        if said.strip():
            if len(said) > LONGEST_OUTPUT:
                said = f"{said[: LONGEST_OUTPUT // 2]}\n…\n{said[-LONGEST_OUTPUT // 2 :]}"
            parts.append("Output:\n" + _fenced(said.strip("\n"), ""))
    return "\n\n".join(parts), pictures


def _output(output: Mapping[str, object]) -> tuple[str, int]:
    if output.get("output_type") == "stream":
        return _OVERWRITTEN.sub("", _ESCAPES.sub("", _text(output.get("text")))), 0
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename', '')}: {output.get('evalue', '')}", 0
    shown = _mapping(output.get("data")) or output  # version 3 has no "data"
    drawn = ("image/", "png", "jpeg", "application/vnd.")
    pictures = int(any(str(kind).startswith(drawn) for kind in shown))
    if "application/json" in shown:
        return json.dumps(shown["application/json"], ensure_ascii=False), pictures
    for kind in ("text/markdown", "text/latex", "text/html", "html", "text/plain", "text"):
        said = _text(shown.get(kind))
        if said and not (pictures and kind in ("text/plain", "text")):
            return _plain(kind, said), pictures
    return "", pictures


def _plain(kind: str, said: str) -> str:
    if kind in ("text/html", "html"):
        try:
            return html.read_part(said.encode("utf-8", "replace"), "").text
        except SkippedFile:  # a drawing with its data and a library
            return ""
    return _ESCAPES.sub("", said)


def _fenced(text: str, language: str) -> str:
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=2) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
