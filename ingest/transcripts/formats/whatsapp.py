"""A chat that WhatsApp exports as text: `WhatsApp Chat with ….txt`, from iPhones `_chat.txt`.

https://faq.whatsapp.com/1180414079177245
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingest.transcripts.format import Format
from ingest.transcripts.people import People
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

# `03/04/2026, 21:16 - Petra: …` or `[03.04.26, 21:16:05] Petra: …`, in the order of the phone.
_HEAD = re.compile(
    r"\[?(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}),?\s+"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\.?)?(?:\]\s|\s-\s)(?P<rest>.*)",
    re.DOTALL,
)
_SPEAKER = re.compile(r"(?P<name>[^:\n]{1,60}): (?P<text>.*)", re.DOTALL)
_ATTACHED = re.compile(r"<[^<>:]{2,20}: (?P<ios>[^<>]+)>|(?P<android>\S+\.\w{2,4}) \([^()]+\)")
_NO_MEDIA = re.compile(r"<[^<>]{3,40}>")  # <Media omitted>, in the language of the phone
_EDITED = re.compile(r"\s*<[^<>]*(?:edited|bearbeitet|editado|modifié)[^<>]*>\s*$")
_DELETED = (
    "This message was deleted",
    "You deleted this message",
    "Diese Nachricht wurde gelöscht",
)
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\ufeff]")
_CHAT_NAME = re.compile(r".*WhatsApp[^/]*?(?:with|mit|con|avec|-) (?P<name>[^/]+?)\.(?:txt|zip).*")
_MONTHS = 12


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat of a file."""
    lines = [value for value in values if isinstance(value, str)]
    month_first = _month_first(lines)
    named = _CHAT_NAME.fullmatch(reading.name)
    key = named["name"] if named else key_of(reading)
    people = People(Draft("whatsapp", key, reading, named["name"] if named else "WhatsApp"))
    for said in _messages(lines):
        head = _HEAD.match(said)
        spoken = _SPEAKER.fullmatch(head["rest"]) if head else None
        if head is None or spoken is None:
            continue  # what the program says itself has no speaker
        words = _words(spoken["text"])
        speaker = " ".join(_INVISIBLE.sub("", spoken["name"]).split())
        people.say(speaker, words, "", _time(head, month_first=month_first))
    yield people.draft.finished()


def _messages(lines: Sequence[str]) -> Iterator[str]:
    """A message may go on over several lines."""
    current = ""
    for line in lines:
        bare = _INVISIBLE.sub("", line) if _HEAD.match(_INVISIBLE.sub("", line)) else ""
        if bare:
            yield current
            current = bare if "\u200e" not in line.lstrip("\u200e\ufeff") else _own_words(line)
        else:
            current += line
    yield current


def _own_words(line: str) -> str:
    """An iPhone marks what the program says in someone's name with U+200E: only files are named."""
    head, mark, said = line.lstrip("\u200e\ufeff").partition("\u200e")
    attached = _ATTACHED.search(said)
    return f"{_INVISIBLE.sub('', head)}{attached[0] if attached else ''}" if mark else line


def _words(said: str) -> str:
    said = _EDITED.sub("", _INVISIBLE.sub("", said)).strip()
    if (_NO_MEDIA.fullmatch(said) and not _ATTACHED.fullmatch(said)) or said.startswith(_DELETED):
        return ""
    return _ATTACHED.sub(lambda match: f"[attached: {match['ios'] or match['android']}]", said)


def _month_first(lines: Sequence[str]) -> bool:
    """Whether the phone writes the month before the day: a number above 12 tells."""
    heads = [head for head in map(_HEAD.match, lines) if head]
    dates = [re.split(r"[./-]", head["date"]) for head in heads]
    if any(int(date[0]) > _MONTHS for date in dates if len(date[0]) < 4):
        return False
    if any(int(date[1]) > _MONTHS for date in dates):
        return True
    return bool(heads) and "/" in heads[0]["date"] and heads[0]["half"] is not None


def _time(head: re.Match[str], *, month_first: bool) -> datetime | None:
    """The moment, in the zone of this machine: the export does not say which it was."""
    first, second, third = map(int, re.split(r"[./-]", head["date"]))
    if first > 31:
        year, month, day = first, second, third
    else:
        year = third if third > 99 else 2000 + third
        month, day = (first, second) if month_first else (second, first)
    hour = int(head["hour"])
    if head["half"]:
        hour = hour % 12 + (12 if head["half"] in "Pp" else 0)
    try:
        moment = datetime(year, month, day, hour, int(head["minute"]), int(head["second"] or 0))
        return moment.astimezone()
    except (ValueError, OverflowError):
        return None


def _recognises(values: Sequence[object]) -> bool:
    lines = [_INVISIBLE.sub("", value) for value in values if isinstance(value, str)]
    begun = next(filter(str.strip, lines), "")
    heads = [head for head in map(_HEAD.match, lines) if head]
    return bool(_HEAD.match(begun)) and any(_SPEAKER.fullmatch(head["rest"]) for head in heads)


FORMAT = Format("whatsapp", "WhatsApp", _recognises, _read)
