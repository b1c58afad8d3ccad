"""Comments in the source of LaTeX, AsciiDoc, Org, reStructuredText and others: they are not seen in
what is made of it. Pure. Code is left alone: its text is visible.

https://docs.asciidoctor.org/asciidoc/latest/comments, https://orgmode.org/worg/org-syntax.html,
https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html#comments
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Edit = tuple[int, int, str]

_LATEX_CODE = (
    r"verbatim\*?|[BLS]?Verbatim\*?|alltt\*?|lstlisting|minted|filecontents\*?|luacode\*?|pycode"
)
_LATEX = re.compile(
    rf"\\begin\{{(?P<code>{_LATEX_CODE})\}}"
    r"|\\(?:verb\*?|lstinline(?:\[[^\]\n]*\])?|mintinline\{[^}\n]*\})(?P<mark>[^\sA-Za-z0-9{*])"
    r"|\\(?:url|href|path|nolinkurl|lstinline)\{[^{}\n]*\}"
    r"|\\begin\{(?P<unseen>comment)\}|\\iffalse(?![A-Za-z])"
    r"|\\\\|\\%|(?P<line>^[ \t]*)?%[^\n]*",
    re.MULTILINE,
)
_FI = re.compile(r"\\if[a-zA-Z]*|\\fi(?![A-Za-z])")
_ASCIIDOC = re.compile(
    r"^(?P<fence>-{4,}|\.{4,}|\+{4,}|`{3,}.*|/{4,})[ \t]*$"
    r"|^\[comment\][ \t]*\n(?P<open>--[ \t]*$)?|^//(?!/)[^\n]*(?:\n|\Z)",
    re.MULTILINE,
)
_ORG = re.compile(
    r"^[ \t]*\#\+begin_(?P<block>\w+)"
    r"|^(?P<stars>\*+)[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?COMMENT(?=[ \t\n])[^\n]*"
    r"|^[ \t]*\#(?:[ \t][^\n]*)?(?:\n|\Z)|@@comment:[^\n]*?@@",
    re.MULTILINE | re.IGNORECASE,
)
_LITERAL = frozenset("src example export verse comment".split())
_TYPST = re.compile(
    r"```|`[^`\n]*`|\"(?:[^\"\\\n]|\\.)*\"|\w+://\S*|(?:^[ \t]*)?//[^\n]*(?:\n(?=[ \t]*//))?|/\*",
    re.MULTILINE,
)
_RST = re.compile(
    r"^(?P<indent>[ \t]*)(?:\.\.(?P<remark>(?:[ \t]+(?!\[|_|\||[\w:.+-]+::)[^\n]*)?)$"
    r"|\.\.[ \t]+(?:code|code-block|sourcecode|parsed-literal|literalinclude|raw|highlight|math"
    r"|prompt|testcode|testoutput|ipython|productionlist)::(?P<code>[^\n]*)$"
    r"|(?P<text>[^\s.][^\n]*|\.(?!\.[ \t\n])[^\n]*)::[ \t]*$)",
    re.MULTILINE,
)


def unseen_comments(text: str, markup: str) -> Iterator[Edit]:
    """Yield the spans of comments, in order; one that never ends is left as it is."""
    reader = _READERS.get(markup)
    return reader(text) if reader is not None else iter(())


class _Ends:
    """Finds where parts end. What was not found once is not to be found further on, and is not
    looked for again, which would take quadratic time.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def after(self, pattern: str, start: int) -> int:
        """Return where the next match of a pattern ends; 0 if there is none."""
        if pattern in self._missing:
            return 0
        found = re.compile(pattern, re.MULTILINE | re.IGNORECASE).search(self._text, start)
        if found is None:
            self._missing.add(pattern)
        return found.end() if found else 0

    def after_line(self, mark: str, start: int) -> int:
        """Return where the next line ends that is a mark alone; 0 if there is none."""
        return self.after(rf"^{re.escape(mark)}[ \t]*(?:\n|\Z)", start)

    def fi(self, start: int) -> int:
        """Return where a part that is switched off ends; 0 if it never does."""
        if "fi" in self._missing:
            return 0
        depth = 1
        for mark in _FI.finditer(self._text, start):
            depth += -1 if mark[0] == "\\fi" else 1
            if not depth:
                return mark.end()
        self._missing.add("fi")
        return 0


def _latex(text: str) -> Iterator[Edit]:
    """Yield comments to the end of their line, whole lines of them, and parts that are switched
    off. An escaped sign of percent, and one in code or an address, is text.
    """
    position, ends = 0, _Ends(text)
    while found := _LATEX.search(text, position):
        position = found.end()
        if code := found["code"]:
            position = max(position, ends.after(re.escape(f"\\end{{{code}}}"), position))
        elif mark := found["mark"]:
            line = text.find("\n", position)
            position = text.find(mark, position, line if line >= 0 else None) + 1 or position
        elif found["unseen"] or found[0] == "\\iffalse":
            is_part = found["unseen"] is not None
            end = ends.after(r"\\end\{comment\}", position) if is_part else ends.fi(position)
            if end:
                yield found.start(), end, ""
                position = end
        elif found[0].lstrip().startswith("%"):
            whole = found["line"] is not None and text[position : position + 1] == "\n"
            position += whole
            yield found.start(), position, ""


def _asciidoc(text: str) -> Iterator[Edit]:
    position, ends = 0, _Ends(text)
    while found := _ASCIIDOC.search(text, position):
        position = found.end()
        if fence := found["fence"]:
            end = ends.after_line("```" if fence.startswith("`") else fence, position)
            if fence.startswith("/") and end:
                yield found.start(), end, ""
            position = max(position, end)
        elif found[0].startswith("[comment]"):
            is_block = found["open"] is not None
            end = ends.after_line("--", position) if is_block else _blank(text, position)
            if end:
                yield found.start(), end, ""
                position = end
        else:
            yield *found.span(), ""


def _org(text: str) -> Iterator[Edit]:
    position, ends = 0, _Ends(text)
    while found := _ORG.search(text, position):
        position = found.end()
        if block := found["block"]:
            end = ends.after(rf"^[ \t]*#\+end_{block}[^\n]*\n?", position)
            if block.lower() == "comment" and end:
                yield found.start(), end, ""
            if block.lower() in _LITERAL:
                position = max(position, end)
        elif stars := found["stars"]:
            end = ends.after(rf"^(?=\*{{1,{len(stars)}}}[ \t])", position)
            position = end or len(text)
            yield found.start(), position, ""
        else:
            yield *found.span(), ""


def _rst(text: str) -> Iterator[Edit]:
    position = 0
    while found := _RST.search(text, position):
        position = found.end()
        deeper = _indented(text, position, len(found["indent"]))
        if found["remark"] is None:
            position = max(position, deeper)
        elif found["remark"].strip() or text[position + 1 : position + 2] not in ("\n", ""):
            yield found.start(), deeper, ""
            position = max(position, deeper)
        # Two dots before an empty line end what is indented, and have no text of their own.


def _indented(text: str, position: int, indent: int) -> int:
    """Return where the lines end that are indented by more than this, with empty ones between."""
    end = position
    while position < len(text):
        line_end = text.find("\n", position + 1)
        line_end = len(text) if line_end < 0 else line_end
        line = text[position + 1 : line_end]
        if line.strip():
            if len(line) - len(line.lstrip()) <= indent:
                break
            end = line_end
        position = line_end
    return end


def _blank(text: str, start: int) -> int:
    """Return where a paragraph ends."""
    found = re.compile(r"\n[ \t]*(?:\n|\Z)").search(text, start)
    return found.start() if found else len(text)


def _typst(text: str) -> Iterator[Edit]:
    position, ends = 0, _Ends(text)
    while found := _TYPST.search(text, position):
        position = found.end()
        if found[0].startswith("```"):
            position = ends.after("```", position) or position
        elif found[0] == "/*":
            end = ends.after(r"\*/", position)
            if end:
                yield found.start(), end, ""
                position = end
        elif found[0].lstrip().startswith("//"):
            yield *found.span(), ""


def _parts(begin: str, end: str, lines: str = r"(?!)") -> Callable[[str], Iterator[Edit]]:
    """Return a function that yields parts from one pattern to another, and what `lines` matches."""
    mark = re.compile(rf"(?P<begin>{begin})|{lines}", re.MULTILINE)

    def yielded(text: str) -> Iterator[Edit]:
        position, ends = 0, _Ends(text)
        while found := mark.search(text, position):
            position = found.end()
            stop = ends.after(end, position) if found["begin"] else position
            if stop:
                yield found.start(), stop, ""
                position = stop

    return yielded


_READERS: dict[str, Callable[[str], Iterator[Edit]]] = {
    "latex": _latex,
    "asciidoc": _asciidoc,
    "org": _org,
    "rst": _rst,
    "typst": _typst,
    "mediawiki": _parts("<!--", r"-->\n?"),
    "textile": _parts(r"(?!)", "", r"^###\.[ \t](?:.+\n?)+"),
    "texinfo": _parts(
        r"^@ignore[ \t]*$", r"^@end ignore[ \t]*\n?", r"^@(?:c|comment)(?:[ \t].*)?(?:\n|\Z)"
    ),
    "pod": _parts(
        r"^=begin[ \t]+comment\b", r"^=end[ \t]+comment.*\n?", r"^=for[ \t]+comment\b(?:.+\n?)+"
    ),
}
