"""A chat of Signal as a page, which signal-export writes beside `data.json` or `chat.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingest.transcripts.fields import attached, joined
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.signal import chat_of
from ingest.transcripts.html_export import pieces
from ingest.transcripts.markup import plain
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript

_MESSAGE = '<div class="msg'
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_SPAN = r'<(\w+)\b[^>]*class="{}"[^>]*>(.*?)</\1>'
_DATE, _TIME, _SPEAKER = (
    re.compile(_SPAN.format(kind), re.DOTALL) for kind in ("date", "time", "sender")
)
_MOMENT = re.compile(r'<time\b[^>]*datetime="([^"]+)"')
_DELETED = re.compile(r'^[^">]*\bdeleted\b')
_AROUND = re.compile(
    r'<(\w+)\b[^>]*class="(?:date|time|sender|meta|quote|reactions?)"[^>]*>.*?</\1>'
    r'|<div\b[^>]*class="(?:page|pager|day|event)\b.*|<script\b.*',
    re.DOTALL,
)
"""What is around the words: who speaks and when, reactions, what comes after the message."""
_LINE_END = re.compile(r"\s*\n\s*")
"""A page has its tags on lines of their own, also within sentences."""
_FILE = re.compile(r'<(?:img|source|a)\b[^>]*(?:src|href)="\./([^"]+)"')
_HEAD_ROWS = 200
_TELLS = ("data.json", "chat.md")
_KNOWN = "the same chat as a page: data.json or chat.md beside it is read"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat; of messages that follow one another only the first may name who speaks, and when.

    It is not read where the same chat is beside it in a form that is meant for programs.
    """
    if any(map(reading.beside, _TELLS)):
        reading.remarks[_KNOWN] += 1
        return
    rooms = Rooms("signal", reading)
    rows = [value for value in values if isinstance(value, str)]
    titled = _TITLE.search("".join(rows[:_HEAD_ROWS]))
    title, speaker = plain(titled[1]) if titled else "", ""
    for piece in pieces(rows, _MESSAGE):
        named = _SPEAKER.search(piece)
        speaker = plain(named[2]) if named else speaker
        if speaker and not _DELETED.search(piece):
            paths = dict.fromkeys(_FILE.findall(piece))
            files = attached(path.rpartition("/")[2] for path in paths)
            said = _LINE_END.sub(" ", _AROUND.sub("", piece.partition(">")[2]))
            words = joined([plain(said), files])
            rooms.room(chat_of(reading), title).say(speaker, words, "", _moment(piece))
        yield from rooms.full()
    yield from rooms.finished()


def _moment(piece: str) -> datetime | None:
    """When a message was sent, in the zone of this machine where none is given."""
    if exact := _MOMENT.search(piece):
        return instant(exact[1], local=True)
    day, clock = _DATE.search(piece), _TIME.search(piece)
    return instant(f"{plain(day[2])} {plain(clock[2])}", local=True) if day and clock else None


def _recognises(values: Sequence[object]) -> bool:
    page = "".join(value for value in values if isinstance(value, str))
    return _MESSAGE in page and 'class="sender"' in page and 'class="body"' in page


PAGE = TranscriptFormat("signal", "Signal", _recognises, _read)
