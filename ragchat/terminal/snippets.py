"""What of a text is shown below a hit: the lines that hold words of the query; pure."""

from __future__ import annotations

from ingest.text.front_matter import front_matter
from ingest.text.language import Language, indexed_language, language, telling_words
from ingest.text.words import words_of
from ragchat.cleaning import one_line

LINES = 3
BEFORE = 24
"""Cells that are shown before a word of the query which is far to the right in a long line."""


def beginning(text: str) -> str:
    """Return the first line of a text that says something, without front matter."""
    return next(iter(_lines(text)), "").lstrip("# ")


def snippet(text: str, query: str, *, heading: str = "", width: int) -> list[str]:
    """Return the three consecutive lines with the most words of the query, the first ones where
    several have as many, each from a word of the query on if that is beyond the width. A first line
    that only repeats the heading is left out.
    """
    lines = _lines(text)
    if len(lines) > 1 and heading and lines[0].lstrip("# ") == heading:
        lines = lines[1:]
    spoken = language(indexed_language(text))
    wanted = set(words_of(" ".join(telling_words(query)), spoken))
    held = [wanted.intersection(words_of(line, spoken)) for line in lines]
    starts = range(max(1, len(lines) - LINES + 1))
    best = max(starts, key=lambda at: len(set().union(*held[at : at + LINES])))
    chosen = zip(lines[best : best + LINES], held[best : best + LINES], strict=True)
    return [_from_a_hit(line, words, spoken, width) for line, words in chosen]


def _lines(text: str) -> list[str]:
    """Return the lines that are not blank, without front matter unless there is nothing else."""
    for part in (text[front_matter(text).end :], text):
        if lines := list(filter(None, map(one_line, part.split("\n")))):
            return lines
    return []


def _from_a_hit(line: str, words: set[str], spoken: Language, width: int) -> str:
    """Return a line, without its beginning if all words of the query are beyond the width."""
    if not words or len(line) <= width:
        return line
    pieces = line.split(" ")
    at = 0
    for piece in pieces:
        if words.intersection(words_of(piece, spoken)):
            break
        at += len(piece) + 1
    if at <= width - BEFORE:
        return line
    start = line.rfind(" ", 0, max(0, at - BEFORE)) + 1
    return f"… {line[start:]}"
