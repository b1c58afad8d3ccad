"""Calendars (.ics): what a calendar shows of its events, a paragraph for each. Pure.

RFC 5545. Alarms, identifiers and rules of time zones are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ingest.readers.content_lines import content_lines, unescaped

BEGIN = "BEGIN:VCALENDAR"
_KINDS = {"VEVENT": "Event", "VTODO": "Task", "VJOURNAL": "Entry"}
_NAMES = {
    "SUMMARY": "",
    "STATUS": "Status",
    "DTSTART": "Start",
    "DTEND": "End",
    "DURATION": "Lasts",
    "DUE": "Due",
    "RECURRENCE-ID": "Instead of",
    "RRULE": "Repeats",
    "RDATE": "Also on",
    "EXDATE": "Not on",
    "LOCATION": "Place",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendees",
    "URL": "Link",
    "CONFERENCE": "Link",
    "DESCRIPTION": "Description",
}
_PEOPLE = frozenset(("ORGANIZER", "ATTENDEE"))
_LISTS = frozenset(("RDATE", "EXDATE", "URL", "CONFERENCE"))
"""Properties that may come several times, and hold several values."""
_MOST_PEOPLE = 30
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?", re.IGNORECASE)
_LASTING = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d+S)?)?"
)
_NAME = re.compile(r"^X-WR-CALNAME[^:\n]*:(.+)", re.MULTILINE)


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
    return unescaped(found[1]) if found else ""


def shown(text: str) -> list[tuple[str, int]]:
    """Return the lines of all events, tasks and entries, each with its line in the file."""
    rows: list[tuple[str, int]] = []
    for event in events(text):
        rows += [("", rows[-1][1])] if rows else []
        rows += event.shown()
    return rows


def events(text: str) -> Iterator[Event]:
    """Yield the events, tasks and entries of a calendar."""
    cancelled = False
    open_: list[str] = []
    event = Event("")
    for name, parameters, value, number, _ in content_lines(text):
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
            _note(event, name, parameters, value, number)


def _note(event: Event, name: str, of: Mapping[str, str], value: str, number: int) -> None:
    text = unescaped(value)
    if name in _PEOPLE:
        text = of.get("CN") or text.removeprefix("mailto:").removeprefix("MAILTO:")
        if name == "ATTENDEE":
            event.people.append(text)
            if len(event.people) > _MOST_PEOPLE:
                return
            text = ", ".join(event.people)
    elif name in _LISTS:
        dates = (_date(part, of) for part in text.split(",")) if name.endswith("DATE") else (text,)
        before = event.lines.get(name, ("", 0))[0]
        text = ", ".join(filter(None, (before, *dates)))
    elif name == "DURATION":
        text = _lasting(text)
    elif _TIME.fullmatch(text):
        text = _date(text, of, is_end=name == "DTEND")
    elif name == "STATUS":
        text = "" if text.upper() == "CONFIRMED" else text.lower()
    elif name == "RRULE":
        text = text.lower().replace("freq=", "").replace(";", ", ").replace("=", " ")
        text = _TIME.sub(lambda time: _shown(time, "", is_end=False), text)
    event.lines[name] = (text, event.lines.get(name, ("", number))[1])


def _date(text: str, of: Mapping[str, str], *, is_end: bool = False) -> str:
    """Return a time as people write it; of a period its beginning, other text as it is."""
    time = _TIME.fullmatch(text.partition("/")[0].strip())
    return _shown(time, of.get("TZID", ""), is_end=is_end) if time else text


def _lasting(text: str) -> str:
    """Return a duration in words: PT1H30M is 1 h 30 min; other text as it is."""
    found = _LASTING.fullmatch(text.upper())
    parts = zip(found.groups(), ("weeks", "days", "h", "min"), strict=True) if found else ()
    words = (f"{int(n)} {unit.rstrip('s') if int(n) == 1 else unit}" for n, unit in parts if n)
    return " ".join(words) or text


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


def _words(text: str) -> str:
    return " ".join(text.split())
