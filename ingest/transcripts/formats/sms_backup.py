"""Text messages that SMS Backup & Restore saves: `sms-20260304.xml`.

https://www.synctech.com.au/sms-backup-restore/fields-in-xml-backup-files
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript
from ingest.transcripts.xml_stream import CHILDREN, ELEMENT

_RECEIVED, _SENT = "1", "2"
_FROM = "137"
"""The type of an address that a message came from."""
_ME = "Me"
_UNKNOWN = frozenset(("", "null", "(unknown)"))
_LAYOUT = "application/smil"
_NOT_DIGITS = re.compile(r"\D")
_COUNTRY = 8
"""Digits from the end of a number by which it is known with and without that of the country."""
_UNSENT = "left out drafts and messages that were not sent"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chats: one for each number, or group of numbers."""
    rooms = Rooms("sms", reading)
    names: dict[str, str] = {}
    for message in map(record, values):
        is_picture = message.get(ELEMENT) == "mms"
        way = line(message.get("msg_box" if is_picture else "type"))
        if way not in (_RECEIVED, _SENT):
            reading.remarks[_UNSENT] += message.get(ELEMENT) in ("sms", "mms")
            continue
        numbers = sorted(filter(None, map(line, line(message.get("address")).split("~"))))
        called = _known(message.get("contact_name"))
        if len(numbers) == 1 and called:
            names[_digits(numbers[0])] = called
        sender = _sender(message, numbers)
        speaker = _ME if way == _SENT else names.get(_digits(sender), "") or sender
        words = _parts(message) if is_picture else text(message.get("body"))
        room = rooms.room("~".join(map(_digits, numbers)), called or ", ".join(numbers))
        when = name(message.get("date"))
        room.say(speaker or "someone", words, f"{when}-{way}", instant(when))
        yield from rooms.full()
    yield from rooms.finished()


def _known(value: object) -> str:
    said = line(value)
    return "" if said.casefold() in _UNKNOWN else said


def _digits(number: str) -> str:
    """Return what two ways of writing a number have in common; a name of a sender as it is."""
    digits = _NOT_DIGITS.sub("", number)
    return digits[-_COUNTRY:] if len(digits) >= _COUNTRY else number


def _sender(message: dict[str, object], numbers: list[str]) -> str:
    """Return the number that a message came from; in a group it is one of several."""
    if len(numbers) == 1:
        return numbers[0]
    return next(
        (
            line(address.get("address"))
            for part in records(message.get(CHILDREN))
            for address in records(part.get(CHILDREN))
            if address.get("type") == _FROM and part.get(ELEMENT) == "addrs"
        ),
        "",
    )


def _parts(message: dict[str, object]) -> str:
    """Return the words of a message with pictures, and the names of those."""
    words = [_known(message.get("sub"))]
    files: list[str] = []
    for held in records(message.get(CHILDREN)):
        for part in records(held.get(CHILDREN)) if held.get(ELEMENT) == "parts" else ():
            kind = line(part.get("ct"))
            if kind == "text/plain":
                words.append(text(part.get("text")))
            elif kind != _LAYOUT:
                named = _known(part.get("name")) or _known(part.get("cl"))
                files.append(named or kind.partition("/")[0])
    return joined([*words, attached(files)])


FORMAT = TranscriptFormat(
    "sms",
    "SMS Backup & Restore",
    any_object(lambda value: value.get(ELEMENT) in ("sms", "mms")),
    _read,
)
