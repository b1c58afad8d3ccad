"""Parts of a Markdown text that its reader does not see on the rendered page. Pure.

Comments in HTML, Obsidian, MDX, Hugo, Jekyll and Jinja, link definitions that are used as comments,
titles of links, hidden elements, styles and scripts. Code is left alone: its text is visible.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ingest.text.styles import hides

_HTML_COMMENT_END = "-->"
_CANDIDATE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})(?P<info>.*)$"
    r"|(?P<comment><!--)|(?P<remark>%%(?=\s|\w)|\{\{?/\*|\{%-?\s?comment\b[^%\n]{0,20}%\}|\{#(?=\s))"
    r"|^ {0,3}(?P<definition>\[[^\]\n]+\]:[ \t]*(?:#|<#?>)[ \t]*(?:\n[ \t]*)?(?=[(\"']))"
    r"|(?:^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\n?[ \t]*|\]\([ \t]*)(?P<target>"
    r"<[^<>\n]*>|[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)(?=[ \t]*\n?[ \t]*[\"'(])"
    r"|<(?P<tag>[A-Za-z][\w-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*'){0,500})>",
    re.MULTILINE,
)
_QUOTED = (
    r"\((?:[^()\\\n]|\\.|\n(?![ \t]*\n))*\)"
    r"|\"(?:[^\"\\\n]|\\.|\n(?![ \t]*\n))*\""
    r"|'(?:[^'\\\n]|\\.|\n(?![ \t]*\n))*'"
)
_TITLE = re.compile(rf"(?:{_QUOTED})[ \t]*$", re.MULTILINE)
_OF_LINK = re.compile(rf"\s+(?:{_QUOTED})[ \t]*(?=\)|$)", re.MULTILINE)
_REMARK_END = {
    "%%": re.compile(r"%%(?=[\s.,;:)]|\Z)"),
    "{/*": re.compile(r"\*/\}"),
    "{{/": re.compile(r"\*/\}\}"),
    "{%": re.compile(r"\{%-?\s?endcomment\s?-?%\}"),
    "{#": re.compile(r"#\}"),
}
"""The ends of remarks by how they begin: those of Obsidian, MDX, Hugo, Jekyll and Jinja."""
_LONGEST = 5_000
_NEVER_SHOWN = frozenset("style script template noscript".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_HIDDEN = re.compile(r"(?:^|\s)hidden(?=[\s=/]|$)|aria-hidden\s*=\s*[\"']?true", re.IGNORECASE)
_STYLE = re.compile(r"(?:^|\s)style\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_MOST_FAILURES = 20
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def unseen_parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the spans to be taken out, in order; a comment that never ends is left as it is."""
    position, fence = 0, ""
    closed = _ClosingTags(text)
    while found := _CANDIDATE.search(text, position):
        position = found.end()
        if mark := found["fence"]:
            fence = _fence_after(fence, mark, found["info"])
        elif not fence and text[found.start() - 1 : found.start()] != "`":
            end = _end(text, found, closed)
            if end > found.end():
                yield found.end() if found["target"] else found.start(), end, ""
                position = end


class _ClosingTags:
    """Finds where parts end; looks only for a few that never end, which takes quadratic time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._failures = 0
        self._open_remarks: Counter[str] = Counter()
        self._last_comment_end = text.rfind(_HTML_COMMENT_END)

    def comment_end(self, start: int) -> int:
        """Return the end of a comment; 0 if it never ends."""
        if start > self._last_comment_end:
            return 0
        return self._text.find(_HTML_COMMENT_END, start) + len(_HTML_COMMENT_END)

    def remark_end(self, mark: str, start: int) -> int:
        """Return the end of a remark; 0 if it never ends."""
        kind = next(begin for begin in _REMARK_END if mark.startswith(begin))
        if self._open_remarks[kind] >= _MOST_FAILURES:
            return 0
        closing = _REMARK_END[kind].search(self._text, start, start + _LONGEST)
        self._open_remarks[kind] += closing is None
        return closing.end() if closing else 0

    def end(self, tag: str, start: int) -> int:
        """Return the end of an element's end tag; without one, where a blank line begins."""
        if self._failures < _MOST_FAILURES:
            depth = 1
            for found in re.compile(rf"<(/?){tag}\b[^>]*>", re.IGNORECASE).finditer(
                self._text, start
            ):
                depth += -1 if found[1] else 1
                if not depth:
                    return found.end()
            self._failures += 1
        blank = _BLANK_LINE.search(self._text, start)
        return blank.start() if blank else len(self._text)


def _end(text: str, found: re.Match[str], closed: _ClosingTags) -> int:
    """Return where the part that begins here ends; 0 if it is shown."""
    if found["comment"]:
        return closed.comment_end(found.end())
    if found["remark"]:
        in_code = _in_code(text, found.start())
        return 0 if in_code else closed.remark_end(found["remark"], found.end())
    if found["definition"]:
        title = _TITLE.match(text, found.end())
        return title.end() if title else 0
    if found["target"]:
        title = _OF_LINK.match(text, found.end())
        return title.end() if title and not _in_code(text, found.start()) else 0
    tag = found["tag"].lower()
    if tag in _VOID or not (tag in _NEVER_SHOWN or _is_hidden(found["attributes"])):
        return 0
    return closed.end(tag, found.end())


def _in_code(text: str, at: int) -> bool:
    """Return whether an offset is within code of its line."""
    return text.count("`", text.rfind("\n", 0, at) + 1, at) % 2 == 1


def _is_hidden(attributes: str) -> bool:
    if _HIDDEN.search(re.sub(r"\"[^\"]*\"|'[^']*'", "''", attributes)):
        return True
    style = _STYLE.search(attributes)
    return style is not None and hides(style[1] or style[2] or style[3] or "")


def _fence_after(fence: str, mark: str, info: str) -> str:
    """Return the fence that is open after this line, "" for none."""
    if not fence:
        return "" if mark[0] == "`" and "`" in info else mark
    return "" if mark.startswith(fence) and not info.strip() else fence
