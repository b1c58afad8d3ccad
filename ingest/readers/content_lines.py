"""The lines of calendars and of address books: a name, parameters and a value each. Pure.

RFC 5545 (3.1) and RFC 6350 (3.2, 3.3); of vCard 2.1 its quoted-printable values, too.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_LINE = re.compile(
    r"(?:([\w-]+)\.)?([A-Za-z-]+)((?:;[^:;\"]+(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL
)
_PARAMETER = re.compile(r";(?:([\w-]+)=)?(?:\"([^\"]*)\"|([^;:\"]*))")
_ESCAPED = re.compile(r"\\([,;:\\nN])")
_QUOTED = re.compile(r"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)


class Line(NamedTuple):
    """A line: its name in capitals, its parameters, its value as written, its number from 1.

    `group` ties lines to each other: the "item1" of "item1.TEL".
    """

    name: str
    parameters: Mapping[str, str]
    value: str
    number: int
    group: str = ""


def content_lines(text: str) -> Iterator[Line]:
    """Yield the lines of a text that have the form of one."""
    for line, number in _unfolded(text):
        found = _LINE.match(line)
        if found is None:
            continue
        parameters = _parameters(found[3])
        value = found[4]
        if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            value = _decoded(value, parameters.get("CHARSET", ""))
        yield Line(found[2].upper(), parameters, value, number, found[1] or "")


def unescaped(value: str) -> str:
    """Return a value on one line, without the backslashes before its commas and line ends."""
    plain = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(plain.split())


def _unfolded(text: str) -> Iterator[tuple[str, int]]:
    """Yield the lines with those that go on in a next one joined, and the numbers of their first.

    A description may have line ends that are not escaped: they are part of it.
    """
    whole, first = "", 1
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line.startswith((" ", "\t")):
            whole += line[1:]
        elif whole.endswith("=") and _QUOTED.match(whole):
            whole = whole[:-1] + line
        elif whole and line and not _LINE.match(line):
            whole += f"\\n{line}"
        elif line:
            if whole:
                yield whole, first
            whole, first = line, number
    if whole:
        yield whole, first


def _parameters(text: str) -> dict[str, str]:
    """Return the parameters by their names; those of vCard 2.1 without a name are types."""
    found: dict[str, str] = {}
    for part in _PARAMETER.finditer(text):
        value = part[2] or part[3] or ""
        quoted = value.upper() == "QUOTED-PRINTABLE"
        name = (part[1] or ("ENCODING" if quoted else "TYPE")).upper()
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _decoded(value: str, charset: str) -> str:
    raw = quopri.decodestring(value.encode())
    try:
        return raw.decode(charset or "utf-8").replace("\r\n", "\\n").replace("\n", "\\n")
    except (LookupError, UnicodeDecodeError):
        return raw.decode("latin-1")
