"""Manual pages (man and mdoc), as `man` shows them, line by line. Pure.

groff_man(7), mandoc's mdoc(7), groff_char(7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest.document import HeadingSpan

_LOOK = 20_000
_SUFFIX = re.compile(r"\.(?:[1-9]\w{0,4}|man|mdoc|roff)$")
_TITLE = re.compile(r"^\.(?:TH|Dt)[ \t]+(\S+)(?:[ \t]+(\S+))?", re.MULTILINE)
_HEADING = re.compile(r"^\.S[HhSs]\b", re.MULTILINE)
_REQUEST = re.compile(r"[.'][ \t]*([A-Za-z]{1,3}|\\\"|\\#)?[ \t]*(.*)")
_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"?|((?:\\.|[^\s"\\])(?:\\.|[^\s\\])*)')
_ESCAPE = re.compile(
    r"\\(?:f(?:\[[^\]]*\]|\(..|.)|s[-+]?\d{1,2}|\*(?:\[(?P<name>[^\]]*)\]|\((?P<two>..)|.)"
    r"|\((?P<sign>..)|\[(?P<long>[^\]]*)\]|[mF]\[[^\]]*\]|[hvwDlLoZbNXY]'[^']*'|[\"#].*|(?P<one>.)|$)"
)
_SIGNS = {
    **dict.fromkeys(("cq", "aq", "oq"), "'"),
    "lq": "“",
    "rq": "”",
    "dq": '"',
    "em": "—",
    "en": "–",
    "hy": "-",
    "bu": "•",
    "co": "©",
    "rg": "®",
    "ti": "~",
    "ha": "^",
    "ga": "`",
    "rs": "\\",
    "la": "⟨",
    "ra": "⟩",
    "<=": "≤",
    ">=": "≥",
    "mu": "×",
    "+-": "±",
    "->": "→",
    "<-": "←",
    ":a": "ä",
    ":o": "ö",
    ":u": "ü",
    "ss": "ß",
    "'e": "é",
    "`e": "è",
    "Tm": "™",
    "R": "®",
    "Aq": "'",
}
_ONE = {"e": "\\", "-": "-", " ": " ", "~": " ", "0": " ", "t": "\t", "'": "'", "`": "`", ".": "."}
_ONE["\\"] = "\\"
_FONTS = frozenset("B I R SM SB".split())
_TURNS = frozenset("BR RB IR RI BI IB".split())
"""Requests whose words stand next to each other, each in its font."""
_BREAKS = frozenset("PP P LP Pp HP TP TQ br sp IP RS RE Bd Ed El".split())
_END_OF_FORMAT = "."
_UNSEEN_BLOCKS = {"de": "..", "ig": "..", "EQ": ".EN", "TS": _END_OF_FORMAT}
"""What ends parts that are not shown; of a table those are the formats of its columns."""
_CELL = re.compile(r"T[{}]")
_WORDS = {"Nd": "—"}
_CALLABLE = frozenset(
    "Ar Fl Op Cm Ic Xr Pa Ev Em Sy Nm Li Ql Dq Sq Pq Va Vt Fn Fa Ft In Er Dv Ad An Lk Mt Ns Oo Oc"
    " Ao Ac Bq Brq Aq Qq Tn Sx Ux Bx Fx Nx Ox No".split()
)
_PAIRS = {"Op": "[]", "Dq": "“”", "Sq": "''", "Pq": "()", "Bq": "[]", "Aq": "<>", "Brq": "{}"}
_PAIRS |= {"Ql": "''", "Qq": '""'}


class Shown(NamedTuple):
    """A page as it is shown: its lines, that of the file for each, the headings (start, end, level,
    title), and the title.
    """

    text: str
    lines: tuple[int, ...]
    headings: tuple[HeadingSpan, ...]
    title: str


def is_page(name: str, text: str) -> bool:
    """Whether a file is a manual page, by its name and its first requests."""
    head = text[:_LOOK]
    named = _SUFFIX.search(name.lower()) is not None
    return named and bool(_TITLE.search(head) and _HEADING.search(head))


def shown(text: str) -> Shown:
    """Return a page as it is shown, each line of the file as a line."""
    page = _Page()
    for number, row in enumerate(text.split("\n"), 1):
        page.take(row, number)
    found = _TITLE.search(text)
    title = f"{found[1]}({found[2]})" if found and found[2] else found[1] if found else ""
    return Shown(
        "\n".join(row for row, _ in page.rows),
        tuple(number for _, number in page.rows),
        tuple(page.headings),
        title.strip('"').replace('"', ""),
    )


class _Page:
    """The lines as they come."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int]] = []
        self.headings: list[HeadingSpan] = []
        self._length = 0
        self._name = ""  # of the command, which mdoc says once
        self._until = ""  # the request that ends a part that is not shown
        self._address = ""

    def take(self, row: str, number: int) -> None:
        """Take in a line of the file."""
        if self._until:
            ends = row.rstrip().endswith if self._until == _END_OF_FORMAT else row.startswith
            self._until = "" if ends(self._until) else self._until
            return
        found = _REQUEST.fullmatch(row) if row[:1] in (".", "'") else None
        if found is None:
            cells = _CELL.sub("", row) if row.startswith(("T{", "T}")) or "T{" in row else row
            self._put(_plain(cells), number)
        elif (request := found[1] or "") in _UNSEEN_BLOCKS:
            self._until = _UNSEEN_BLOCKS[request]
        else:
            self._take_request(request, found[2], number)

    def _take_request(self, request: str, rest: str, number: int) -> None:
        if request.upper() in ("SH", "SS"):
            self._put_heading(1 if request.upper() == "SH" else 2, rest, number)
        elif request in ("UR", "MT"):
            self._address = _plain(rest)
        elif request in ("UE", "ME"):
            self._put(f"<{self._address}>{_plain(rest)}" if self._address else "", number)
            self._address = ""
        elif request in _BREAKS:
            self._break(rest if request == "IP" else "", number)
        else:
            self._put(self._said(request, rest), number)

    def _said(self, request: str, rest: str) -> str:
        """Return what a request shows of its words."""
        words = [_plain(word) for word in _arguments(rest)]
        if request in _TURNS:
            return "".join(words)
        if request in _FONTS:
            return " ".join(words)
        known = request in _CALLABLE or request in _PAIRS or request in ("It", "Nd")
        return self._of_mdoc([request, *words]) if known else ""

    def _of_mdoc(self, words: list[str]) -> str:
        """Return what a line of mdoc shows, whose words may be requests."""
        said: list[str] = []
        closing: list[str] = []
        at = 0
        while at < len(words):
            word = words[at]
            at += 1
            if word == "Nm":
                named = at < len(words) and words[at] not in _CALLABLE and words[at].isalnum()
                self._name = words[at] if named and not self._name else self._name
                at += named and words[at] == self._name
                said.append(self._name)
            elif word == "Fl":
                bare = at >= len(words) or words[at] in _CALLABLE
                said.append("-" if bare else f"-{words[at]}")
                at += not bare
            elif word == "Xr" and at + 1 < len(words):
                said.append(f"{words[at]}({words[at + 1]})")
                at += 2
            elif word in _PAIRS:
                said.append(_PAIRS[word][0])
                closing.append(_PAIRS[word][1])
            elif word in _WORDS:
                said.append(_WORDS[word])
            elif word not in _CALLABLE and not (at == 1 and word == "It"):
                said.append(word)
        text = " ".join(filter(None, (*said, *reversed(closing))))
        return re.sub(r"([\[(“<{]) | (?=[\])”>},.:;])", r"\1", text)

    def _put(self, words: str, number: int) -> None:
        if words.strip():
            self.rows.append((words.rstrip(), number))
            self._length += len(words.rstrip()) + 1

    def _put_heading(self, level: int, rest: str, number: int) -> None:
        title = " ".join(_plain(word) for word in _arguments(rest)).strip()
        if title:
            self._break("", number)
            end = self._length + len(title)
            self.headings.append(HeadingSpan(self._length, end, level, title))
            self._put(title, number)

    def _break(self, rest: str, number: int) -> None:
        """Begin a paragraph; one of a list may have a mark."""
        if self.rows and self.rows[-1][0]:
            self.rows.append(("", number))
            self._length += 1
        mark = next(_arguments(rest), "")
        self._put(_plain(mark), number)


def _arguments(rest: str) -> Iterator[str]:
    for found in _ARGUMENT.finditer(rest):
        word = (found[1] or "").replace('""', '"') if found[2] is None else found[2]
        if word.startswith('\\"'):
            return
        yield word


def _plain(text: str) -> str:
    """Return words without marks of fonts, and with their signs."""
    return _ESCAPE.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    if found["one"]:
        return _ONE.get(found["one"], "" if found["one"] in "&|^:/,)cpdu{}!%" else found["one"])
    name = found["sign"] or found["long"] or found["name"] or found["two"] or ""
    if name.startswith("u") and re.fullmatch(r"u[0-9A-F]{4,5}", name):
        return chr(int(name[1:], 16))
    return _SIGNS.get(name, "")
