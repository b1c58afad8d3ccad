"""The echo guard: an answer that only repeats its sources is not new evidence; pure.

If it were indexed, it would be found beside its own sources the next time, and a claim would look
more certain each time it is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ragchat.query.rules import wording_words
from ragchat.query.wording import Wording, wording

ENOUGH = 0.9
"""The share of a sentence's content words that the texts must have; of its details, all."""

TITLE = 3
"""Words of a title or lead-in ("Summary:") that say nothing by themselves."""

_MARK = re.compile(r"\[\d{1,3}\]")
_BULLET = re.compile(r"^[ \t>]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?])[*_\"”’)]*\s+|(?<=[。！？؟।])")
_TITLE = re.compile(r"[ \t]*#{1,6}[ \t]|.*[:：][*_ \t]*$|[ \t]*\*\*[^*]+\*\*[ \t]*$")


def repeats(answer: str, texts: Sequence[str]) -> bool:
    """Return whether an answer says nothing beyond `texts`, its passages and its question.

    Compared sentence by sentence (lines of code, rows of a table, points of a list are sentences):
    the texts must have nearly all content words and every number, date, name and negation.
    An answer without content words repeats nothing.
    """
    known = wording("\n".join(texts))
    some = False
    for sentence, title in _sentences(answer):
        said = wording(sentence)
        if not said.items and not said.negations:
            continue
        if title and _is_plain(said):
            continue
        if not _is_known(said, known):
            return False
        some = some or not said.words <= _talk()
    return some


@cache
def _talk() -> frozenset[str]:
    """Words about the answer itself ("according to the passage"), which say nothing."""
    return wording(" ".join(wording_words("talk"))).words


def _is_known(said: Wording, known: Wording) -> bool:
    denied = said.negations
    if len(denied) > 1:  # "No, you cannot" denies once
        denied -= {"not"}
    if not denied <= known.negations:
        return False
    if not (said.figures <= known.words and said.names <= known.words):
        return False
    counted = [item for item in said.items if item not in _talk()]
    missing = [item for item in counted if item not in known.words]
    if any(f"not {item}" in known.words for item in missing):
        return False
    return len(counted) - len(missing) >= ENOUGH * len(counted)


def _is_plain(said: Wording) -> bool:
    """Return whether a title has no details."""
    return len(said.items) <= TITLE and not (said.figures or said.names or said.negations)


def _sentences(answer: str) -> Iterator[tuple[str, bool]]:
    """Yield sentences without Markdown, each with whether it is a title."""
    text = _BULLET.sub("", _FENCE.sub("", _MARK.sub("", answer)))
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if not line or line.isspace():
            continue
        if _TITLE.match(line) or ("|" in line and _is_rule(lines[number : number + 1])):
            yield line, True
        else:
            yield from ((part, False) for part in _SENTENCE_END.split(line) if part)


def _is_rule(following: Sequence[str]) -> bool:
    """Return whether the next line is the one below the head of a table."""
    return any("---" in line and not line.strip(" \t:|-") for line in following)
