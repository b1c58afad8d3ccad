"""Address books (.vcf): what a program shows of its contacts, a paragraph for each. Pure.

RFC 6350 and its forerunners. Pictures, keys and identifiers are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.readers.content_lines import Line, content_lines, unescaped

BEGIN = "BEGIN:VCARD"
_LABELS = {
    "NICKNAME": "Nickname",
    "ORG": "Organization",
    "TITLE": "Job title",
    "ROLE": "Role",
    "TEL": "Phone",
    "EMAIL": "Email",
    "ADR": "Address",
    "IMPP": "Messenger",
    "X-SOCIALPROFILE": "Profile",
    "URL": "Web",
    "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary",
    "X-ANNIVERSARY": "Anniversary",
    "X-ABDATE": "Date",
    "RELATED": "Related",
    "X-ABRELATEDNAMES": "Related",
    "CATEGORIES": "Groups",
    "NOTE": "Note",
}
_SEVERAL = frozenset(("ADR", "ORG", "N"))
"""Properties whose values have parts."""
_PART = re.compile(r"(?<!\\);")
_GIVEN_FIRST = (3, 1, 2, 0, 4)
"""The parts of N in the order in which they are said: Dr. Ann Mary Roe Jr."""
_SAYS_NOTHING = frozenset("internet pref voice x-internet other".split())
_APPLE = re.compile(r"_\$!<(.*)>!\$_")
_SCHEME = re.compile(r"(?:tel|mailto|x-apple|sip):", re.IGNORECASE)


def shown(text: str) -> tuple[list[tuple[str, int]], str]:
    """Return the lines of all contacts, each with its line in the file, and the name of the only
    contact, "" where there are several.
    """
    rows: list[tuple[str, int]] = []
    names: list[str] = []
    for card in _cards(text):
        name = _name(card)
        found = [(f"Contact: {name}", card[0].number)] if name else []
        for line, label in _labelled(card):
            if value := _value(line):
                found.append((f"{label}: {value}", line.number))
        if found:
            rows += [("", rows[-1][1])] if rows else []
            rows += found
            names.append(name)
    return rows, names[0] if len(names) == 1 else ""


def _cards(text: str) -> Iterator[list[Line]]:
    """Yield the lines of each contact."""
    card: list[Line] = []
    for line in content_lines(text):
        if line.name == "BEGIN":
            card = [line]
        elif line.name == "END":
            if card:
                yield card
            card = []
        elif card:
            card.append(line)


def _name(card: Sequence[Line]) -> str:
    """Return what a contact is called: its full name, or what there is of it."""
    by_name = {line.name: line for line in reversed(card)}
    if (full := by_name.get("FN")) and (name := unescaped(full.value)):
        return name
    if parts := by_name.get("N"):
        words = [unescaped(part) for part in _PART.split(parts.value)]
        ordered = (words[n] for n in _GIVEN_FIRST if n < len(words))
        if name := " ".join(filter(None, ordered)):
            return name
    first = by_name.get("ORG") or by_name.get("EMAIL") or by_name.get("TEL")
    return _value(first) if first else ""


def _labelled(card: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """Yield the lines that are shown, with their labels: "Phone (cell)"."""
    own = {line.group: line.value for line in card if line.name == "X-ABLABEL" and line.group}
    for line in card:
        if label := _LABELS.get(line.name, ""):
            named = own.get(line.group, "")
            apple = _APPLE.fullmatch(named)
            more = (apple[1] if apple else named) or ", ".join(_kinds(line)).lower()
            yield line, f"{label} ({more})" if more else label


def _kinds(line: Line) -> list[str]:
    kinds = line.parameters.get("TYPE", "").replace('"', "").split(",")
    return [kind for kind in kinds if kind and kind.casefold() not in _SAYS_NOTHING]


def _value(line: Line) -> str:
    if line.name in _SEVERAL:
        return ", ".join(filter(None, map(unescaped, _PART.split(line.value))))
    return _SCHEME.sub("", unescaped(line.value), count=1)
