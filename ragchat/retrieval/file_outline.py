"""The headings of a file, from its stored passages; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ingest.document import DocumentPassage, Format


def file_outline(passages: Sequence[DocumentPassage], form: str) -> tuple[str, ...]:
    """The headings in order, each indented by its level, with its line or page.

    They are read from the texts; where these have no marks for headings, from the titles that are
    stored above each passage.
    """
    return tuple(_marked(passages, form) or _stored(passages))


def _marked(passages: Sequence[DocumentPassage], form: str) -> list[str]:
    from ingest.text.outline import outline  # for the few questions that ask for it

    texts = [f"{passage.text}\n\n" for passage in passages]
    starts = list(accumulate(map(len, texts), initial=0))
    rows = []
    for heading in outline("".join(texts), cast("Format", form)).headings:
        n = bisect_right(starts, heading.start) - 1
        line = texts[n].count("\n", 0, heading.start - starts[n])
        if heading.path and heading.path[-1].strip():
            rows.append(_row(len(heading.path), heading.path[-1], passages[n], line))
    return rows


def _stored(passages: Sequence[DocumentPassage]) -> list[str]:
    """The titles above the passages, each where it first comes up."""
    rows: dict[tuple[str, ...], str] = {}
    for passage in passages:
        path = tuple(filter(None, passage.heading.split(" > ")))
        for level, title in enumerate(path, 1):
            rows.setdefault(path[:level], _row(level, title, passage, 0))
    return list(rows.values())


def _row(level: int, title: str, passage: DocumentPassage, line: int) -> str:
    place = ""
    if passage.page is not None or passage.place:
        place = f" ({passage.place or f'page {passage.page}'})"
    elif passage.start_line is not None:
        place = f" (line {passage.start_line + line})"
    return f"{'  ' * (level - 1)}{title}{place}"
