"""The title and the headings of a LaTeX file. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from ingest.document import HeadingSpan
from ingest.text.unseen_source import unseen_comments

LEVELS = {
    name: level
    for level, name in enumerate("part chapter section subsection subsubsection".split(), 1)
}

_INNER = r"(?:[^{}]|\{[^{}]{0,200}\}){0,200}"
_IN_BRACES = (
    rf"\*?\s{{0,9}}(?:\[[^\]]{{0,200}}\]\s{{0,9}})?\{{((?:[^{{}}]|\{{{_INNER}\}}){{0,400}})\}}"
)
_HEADING = re.compile(rf"^[^%\n]*?\\({'|'.join(LEVELS)}){_IN_BRACES}", re.MULTILINE)
_TITLE = re.compile(rf"^[^%\n]*?\\title{_IN_BRACES}", re.MULTILINE)
_LEFT_OUT = re.compile(r"\\(?:thanks|footnote|label|index)\{[^{}]*\}|(?<!\\)%.*")
_SIGNS = re.compile(r"\\(?:[a-zA-Z]+\*?|[,;:!]|\\(?:\[[^\]]*\])?)\s*|[{}$]|(?<!\\)~")
_ESCAPED = re.compile(r"\\([%&#_$])")


def title(text: str) -> str:
    """Return the title that a file says it has; "" if it says none."""
    found = _TITLE.search(text)
    return _words(found[1]) if found else ""


def headings(text: str) -> Iterator[HeadingSpan]:
    """Yield the headings."""
    unseen = [(start, end) for start, end, _ in unseen_comments(text, "latex")]
    for found in _HEADING.finditer(text):
        at = bisect_right(unseen, (found.start(1), len(text)))
        if at and found.start(1) < unseen[at - 1][1]:
            continue
        if words := _words(found[2]):
            yield HeadingSpan(found.start(1) - 1, found.end(), LEVELS[found[1]], words)


def _words(code: str) -> str:
    """Return what is shown of the argument of a command."""
    return " ".join(_ESCAPED.sub(r"\1", _SIGNS.sub(" ", _LEFT_OUT.sub("", code))).split())
