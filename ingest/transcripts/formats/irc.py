"""Logs of IRC as its clients write them: irssi, WeeChat, HexChat, mIRC, ZNC.

A line has a time and `<nick>`; the day is in it, in a line of its own, or in the name of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.turn_fields import ROLES
from ingest.transcripts.people import People
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_SAID = re.compile(
    r"[\[(]?(?:(?P<day>\d{4}-\d\d-\d\d)[T ]|(?P<month>[A-Z][a-z]{2} [ \d]\d) )?"
    r"(?P<clock>\d\d:\d\d(?::\d\d)?)Z?[\])]?"
    r"(?:[ \t]+<[ @+%&~]?(?P<nick>[^<>\s]{1,40})>[ \t]+"
    r"|\t[@+%&~]?(?P<name>[^\W\d_][^\s<>]{0,39})\t)"
    r"(?P<text>\S.*)",
    re.DOTALL,
)
_BY_PROGRAM = re.compile(
    r"[\[(]?(?:\d{4}-\d\d-\d\d[T ]|[A-Z][a-z]{2} [ \d]\d )?\d\d:\d\d(?::\d\d)?Z?[\])]?"
    r"[ \t]+(?:-!-|\*|-->|<--|--|=!=|-\S+-)"
)
"""Who came and left, topics, notices, and what someone does ("* petra waves")."""
_DAY = re.compile(
    r"(?:--- (?:Log (?:opened|closed)|Day changed)|\*{4} (?:BEGIN|ENDING) LOGGING AT"
    r"|Session (?:Start|Time|Close|Ident):)\s+(?P<day>.*)",
    re.DOTALL,
)
_DAY_OF_FILE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
_MOST_OF = 0.8
"""The share of the lines that must be such as a log has."""
_LEVELS = frozenset(
    "trace debug verbose info notice warn warning error err crit critical alert emerg fatal".split()
)
"""What other programs write in such brackets."""
_CHANNEL = re.compile(r"#[^\W_][\w-]*?(?=[_.]\d|[./]|$)")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The log of a file; what the program says itself is left out."""
    channel = _CHANNEL.search(reading.name)
    people = People(Draft("irc", key_of(reading), reading, channel[0] if channel else ""))
    day = _day_of_file(reading)
    for row in values:
        line = row if isinstance(row, str) else ""
        if begun := _DAY.match(line):
            moment = instant(begun["day"].strip(), local=True)
            day = moment.astimezone().date() if moment else day
        elif said := _SAID.match(line):
            people.say(said["nick"] or said["name"], said["text"].strip(), "", _time(said, day))
    yield people.draft.finished()


def _day_of_file(reading: Reading) -> date | None:
    found = _DAY_OF_FILE.search(reading.name.rpartition("/")[2])
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _time(said: re.Match[str], day: date | None) -> datetime | None:
    if said["day"]:
        return instant(f"{said['day']} {said['clock']}", local=True)
    if day is None:
        return None
    written = f"{said['month']} {day.year}" if said["month"] else f"{day:%Y-%m-%d}"
    return instant(f"{written} {said['clock']}", local=True)


def _recognises(values: Sequence[object]) -> bool:
    lines = [value for value in values if isinstance(value, str) and value.strip()]
    said = list(filter(None, map(_SAID.match, lines)))
    others = sum(bool(_BY_PROGRAM.match(line) or _DAY.match(line)) for line in lines)
    names = {(one["nick"] or one["name"]).casefold() for one in said}
    # Other programs, too, write a time, a name and a text between tabs.
    sure = others > 0 or all(one["nick"] for one in said)
    is_chat = sure and len(said) > 1 and not names <= ROLES.keys() | _LEVELS
    return is_chat and len(said) + others > _MOST_OF * len(lines)


FORMAT = TranscriptFormat("irc", "IRC", _recognises, _read, is_document=True)
