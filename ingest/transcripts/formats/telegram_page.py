"""A chat that Telegram Desktop exports as pages, which is its default: `messages.html`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingest.transcripts.fields import attached, joined
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.html_export import pieces
from ingest.transcripts.markup import plain
from ingest.transcripts.people import People
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_MESSAGE = '<div class="message '
_TITLE = re.compile(r'<div class="text bold">(.*?)</div>', re.DOTALL)
_ID = re.compile(r'id="message(\d+)"')
_FORWARDED = 'class="forwarded body"'
_SPEAKER = re.compile(r'<div class="from_name">(.*?)(?:</div>|<span)', re.DOTALL)
_TEXT = re.compile(r'<div class="text">(.*?)</div>', re.DOTALL)
_FILE = re.compile(r'<div class="title bold">(.*?)</div>', re.DOTALL)
_DATE = re.compile(
    r'date details" title="(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{4}) (?P<clock>[\d:]{8})'
    r'(?: UTC(?P<zone>[+-]\d\d:\d\d))?"'
)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat; service messages are left out."""
    speaker = ""
    lines = (value for value in values if isinstance(value, str))
    head, rest = _head_and_rest(lines)
    named = _TITLE.search(head)
    title = plain(named[1]) if named else ""
    people = People(Draft("telegram", title or key_of(reading), reading, title or "Telegram"))
    for piece in pieces(rest, _MESSAGE):
        if not piece.startswith("default"):
            continue
        own = piece.partition(_FORWARDED)[0]
        named = _SPEAKER.search(own)
        speaker = plain(named[1]) if named else speaker  # who goes on speaking is not named again
        said, file = _TEXT.search(piece), _FILE.search(piece)
        files = attached([plain(file[1]) if file else ""])
        id_ = _ID.search(piece)
        people.say(
            speaker or "a bot",
            joined([plain(said[1]) if said else "", files]),
            id_[1] if id_ else "",
            _time(piece),
        )
    yield people.draft.finished()


def _head_and_rest(lines: Iterable[str]) -> tuple[str, Iterator[str]]:
    """What comes before the first message, and all from there on."""
    read = iter(lines)
    head = ""
    for line in read:
        before, mark, after = line.partition(_MESSAGE)
        head += before
        if mark:
            return head, _from(mark + after, read)
    return head, iter(())


def _from(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _time(piece: str) -> datetime | None:
    """The moment; without a zone it is that of this machine."""
    date = _DATE.search(piece)
    if date is None:
        return None
    day = f"{date['year']}-{date['month']}-{date['day']}T{date['clock']}"
    if date["zone"]:
        return instant(day + date["zone"])
    moment = instant(day)
    return moment.replace(tzinfo=None).astimezone() if moment else None


def _recognises(values: Sequence[object]) -> bool:
    words = "".join(value for value in values if isinstance(value, str))
    return _MESSAGE in words and 'class="history"' in words and "page_" in words


FORMAT = TranscriptFormat("telegram", "Telegram", _recognises, _read)
