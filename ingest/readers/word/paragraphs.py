"""Paragraphs of Word, old or new, as lines: headings, items of lists with their numbers, text."""

from __future__ import annotations

from ingest.readers.lines import Lines
from ingest.readers.word.numbers import Numbers
from ingest.readers.word.styles import BODY_LEVEL, Look


def write_paragraph(
    lines: Lines, numbers: Numbers, look: Look, text: str, *, is_code: bool = False
) -> None:
    """Write a paragraph by its look, under the next number of its list."""
    level = look.get("level", BODY_LEVEL)
    depth = min(look.get("depth", 0), BODY_LEVEL - 1)
    number = look.get("number", 0)
    listed = look.get("listed") and not numbers.is_blank(number, depth)
    label = numbers.label(number, depth) if listed else ""
    if level < BODY_LEVEL:
        lines.heading(level + 1, f"{label} {text}" if label else text)
    elif listed:
        lines.line(text, "  " * depth + (f"{label} " if label else "- "))
    elif is_code:
        lines.code(text)
    else:
        lines.paragraph(text)
