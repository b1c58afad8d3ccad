"""Calendars (.ics): what a calendar shows of its events, a paragraph for each. Pure.

RFC 5545. Alarms, identifiers and rules of time zones are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

BEGIN = "BEGIN:VCALENDAR"
_KINDS = {"VEVENT": "Event", "VTODO": "Task", "VJOURNAL": "Entry"}
_NAMES = {
    "SUMMARY": "",
    "STATUS": "Status",
    "DTSTART": "Start",
    "DTEND": "End",
    "DUE": "Due",
    "RRULE": "Repeats",
    "LOCATION": "Place",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendees",
    "DESCRIPTION": "Description",
}
_PEOPLE = frozenset(("ORGANIZER", "ATTENDEE"))
_ENDS = frozenset(("DTEND", "DUE"))
_MOST_PEOPLE = 30
_LINE = re.compile(r"([A-Za-z-]+)((?:;[^:;\"]+(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r";([\w-]+)=(?:\"([^\"]*)\"|([^;:\"]*))")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_NAME = re.compile(r"^X-WR-CALNAME[^:\n]*:(.+)", re.MULTILINE)
_ESCAPED = re.compile(r"\\([,;\\nN])")


@dataclass(slots=True)
class Event:
    """An event or a task: its lines, each with its line in the file, from 1."""

    kind: str
    first: int = 1
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)

    def shown(self, without: str = "") -> list[tuple[str, int]]:
        """Return the lines in the order in which they are read; a description that is in the text
        `without` is left out.
        """
        found: list[tuple[str, int]] = []
        for name, label in _NAMES.items():
            text, line = self.lines.get(name, ("", 0))
            known = name == "DESCRIPTION" and _words(text) in _words(without)
            if text and not known:
                # They are read in another order than that of the file.
                line = max(line, found[-1][1]) if found else self.first
                found.append((f"{label or self.kind}: {text}", line))
        return found


def name(text: str) -> str:
    """Return the name of a calendar; "" if it has none."""
    found = _NAME.search(text)
    return _unescaped(found[1]) if found else ""


def events(text: str) -> Iterator[Event]:
    """Yield the events, tasks and entries of a calendar."""
    cancelled = False
    open_: list[str] = []
    event = Event("")
    for line, number in _unfolded(text):
        found = _LINE.match(line)
        if found is None:
            continue
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            open_.append(value.strip().upper())
            event = Event(_KINDS[open_[-1]], number) if open_[-1] in _KINDS else event
        elif name == "END" and open_:
            kind = open_.pop()
            if kind in _KINDS and event.lines:
                if cancelled:
                    event.lines["STATUS"] = (
                        "cancelled",
                        event.lines.get("STATUS", ("", number))[1],
                    )
                yield event
        elif name == "METHOD":
            cancelled = value.strip().upper() == "CANCEL"
        elif open_ and open_[-1] in _KINDS and name in _NAMES:
            _note(event, name, _parameters(found[2]), value, number)


def _note(event: Event, name: str, of: Mapping[str, str], value: str, number: int) -> None:
    text = _unescaped(value)
    if name in _PEOPLE:
        text = of.get("CN") or text.removeprefix("mailto:").removeprefix("MAILTO:")
        if name == "ATTENDEE":
            event.people.append(text)
            if len(event.people) > _MOST_PEOPLE:
                return
            text = ", ".join(event.people)
    elif time := _TIME.fullmatch(text):
        text = _shown(time, of.get("TZID", ""), is_end=name in _ENDS)
    elif name == "STATUS":
        text = "" if text.upper() == "CONFIRMED" else text.lower()
    elif name == "RRULE":
        text = text.lower().replace("freq=", "").replace(";", ", ").replace("=", " ")
    event.lines[name] = (text, event.lines.get(name, ("", number))[1])


def _shown(time: re.Match[str], zone: str, *, is_end: bool) -> str:
    """Return a time as people write it. A whole day ends where the next one begins."""
    if time[4]:
        zone = " UTC" if time[6] else f" ({zone})" if zone else ""
        return f"{time[1]}-{time[2]}-{time[3]} {time[4]}:{time[5]}{zone}"
    try:
        day = date(int(time[1]), int(time[2]), int(time[3]))
        return str(day - timedelta(days=1) if is_end else day)
    except (ValueError, OverflowError):
        return time[0]


def _unfolded(text: str) -> Iterator[tuple[str, int]]:
    """Yield the lines with those that go on in a next one joined, and the numbers of their first.

    A description may have line ends that are not escaped: they are part of it.
    """
    whole, first = "", 1
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line.startswith((" ", "\t")):
            whole += line[1:]
        elif whole and line and not _LINE.match(line):
            whole += f"\\n{line}"
        elif line:
            if whole:
                yield whole, first
            whole, first = line, number
    if whole:
        yield whole, first


def _parameters(text: str) -> dict[str, str]:
    return {found[1].upper(): found[2] or found[3] for found in _PARAMETER.finditer(text)}


def _unescaped(value: str) -> str:
    plain = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(plain.split())


def _words(text: str) -> str:
    return " ".join(text.split())
