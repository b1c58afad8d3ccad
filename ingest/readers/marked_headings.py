"""Headings of wikis, Textile, Typst, Texinfo, Pod and Norg; the text stays as it is. Pure.

https://www.mediawiki.org/wiki/Help:Formatting, https://www.dokuwiki.org/wiki:syntax,
https://textile-lang.com, https://typst.app/docs/reference/syntax, https://perldoc.perl.org/perlpod
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ingest.document import HeadingSpan
from ingest.text.unseen_source import unseen_comments

_LOOK = 50_000
_SUFFIXES = {
    suffix: markup
    for markup, suffixes in {
        "mediawiki": "wiki mediawiki wikitext mw",
        "textile": "textile jira confluence",
        "creole": "creole",
        "dokuwiki": "dokuwiki",
        "typst": "typ",
        "texinfo": "texi texinfo txi",
        "pod": "pod",
        "norg": "norg",
    }.items()
    for suffix in suffixes.split()
}
_PLAIN = frozenset(("", "txt", "text"))
_LOOKS = {
    "dokuwiki": (re.compile(r"^={6} \S", re.MULTILINE), re.compile(r"\S ={6}$", re.MULTILINE)),
    "textile": (
        re.compile(r"^h1\. \S", re.MULTILINE),
        re.compile(r"^(?:h[2-6]\. \S|\|\||\{code|bc\. )", re.MULTILINE),
    ),
}
"""What only such a text has, all of it: programs of wikis keep their pages as .txt."""
_CHAPTERS = {
    **dict.fromkeys(("top", "chapter", "unnumbered", "appendix"), 1),
    **dict.fromkeys(("section", "unnumberedsec", "appendixsec", "heading"), 2),
    **dict.fromkeys(("subsection", "unnumberedsubsec", "subheading"), 3),
    "subsubsection": 4,
}
_LABEL = re.compile(r"<[\w:.-]+>$")
_MARKS = re.compile(r"'{2,5}|\*\*|//|__|@\w+\{|[{}]|[A-Z]<+\s?|\s?>+|\[\[(?:[^\]|]*\|)?|\]\]")


class _Markup(NamedTuple):
    """How headings are written (a mark, and the rest of the line), which level they have, what is
    code, and whether the mark is behind them, too.
    """

    heading: re.Pattern[str]
    level: Callable[[str], int]
    code: re.Pattern[str] | None = None
    closed: bool = False


_FENCE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.MULTILINE | re.DOTALL)
_TAGGED = re.compile(r"<(code|pre|nowiki|file|syntaxhighlight)\b.*?(?:</\1>|\Z)", re.DOTALL)
_BRACED = re.compile(r"\{(code|noformat)\b[^}]*\}.*?(?:\{\1\}|\Z)", re.DOTALL)
_EQUALS = re.compile(r"^(={1,6})(?!=)(.*)$", re.MULTILINE)
_MARKUPS = {
    "mediawiki": _Markup(_EQUALS, len, _TAGGED, closed=True),
    "dokuwiki": _Markup(
        re.compile(r"^[ \t]?(={2,6})(?!=)(.*)$", re.MULTILINE),
        lambda marks: 7 - len(marks),
        _TAGGED,
        closed=True,
    ),
    "creole": _Markup(_EQUALS, len),
    "textile": _Markup(
        re.compile(r"^h([1-6])(?:\([^()\n]*\)|\{[^{}\n]*\}|[<>=])*\.[ \t](.*)$", re.MULTILINE),
        int,
        _BRACED,
    ),
    "typst": _Markup(re.compile(r"^(={1,6})[ \t](.*)$", re.MULTILINE), len, _FENCE),
    "texinfo": _Markup(
        re.compile(rf"^@({'|'.join(_CHAPTERS)})[ \t](.*)$", re.MULTILINE),
        lambda name: _CHAPTERS[name],
    ),
    "pod": _Markup(re.compile(r"^=head([1-6])[ \t](.*)$", re.MULTILINE), int),
    "norg": _Markup(re.compile(r"^[ \t]*(\*{1,6})[ \t](.*)$", re.MULTILINE), len),
}
_UNTITLED = frozenset(("pod", "norg"))
_NAMED = re.compile(r"^@(?:set)?title[ \t](.*)$", re.MULTILINE)


def title(text: str, markup: str) -> str:
    """Return the title of a text; "" for none."""
    named = _NAMED.search(text) if markup == "texinfo" else None
    if named or markup in _UNTITLED:
        return _words(named[1]) if named else ""
    return next((words for *_, level, words in headings(text, markup) if level == 1), "")


def markup_of(path: Path, text: str) -> str:
    """Return the markup of a text by its name, or by what only texts of that markup have; "" for
    others.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    head = text[:_LOOK]
    found = (name for name, looks in _LOOKS.items() if all(look.search(head) for look in looks))
    return next(found, "") if suffix in _PLAIN else ""


def headings(text: str, markup: str) -> Iterator[HeadingSpan]:
    """Yield the headings."""
    rules = _MARKUPS[markup]
    spans = [found.span() for found in rules.code.finditer(text)] if rules.code else []
    spans += [(start, end) for start, end, _ in unseen_comments(text, markup)]
    spans.sort()
    for found in rules.heading.finditer(text):
        at = bisect_right(spans, (found.start(), len(text)))
        rest = found[2].strip()
        if rules.closed and not rest.endswith("=="[: len(found[1])]):
            continue
        words = _words(rest.strip("= \t") if "=" in found[1] else rest)
        if words and not (at and found.start() < spans[at - 1][1]):
            yield HeadingSpan(found.start(), found.end(), rules.level(found[1]), words)


def _words(text: str) -> str:
    return " ".join(_MARKS.sub("", _LABEL.sub("", text.strip())).split())
