"""A chat of iMessage as a page, which imessage-exporter writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.fields import attached, joined
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.text_dates import moment
from ingest.transcripts.html_export import pieces
from ingest.transcripts.markup import plain
from ingest.transcripts.people import Rooms
from ingest.transcripts.transcript import Reading, Transcript, key_of

_MESSAGE = '<div class="message">'
_SPEAKER = re.compile(r'class="sender">(.*?)</span>', re.DOTALL)
_TIME = re.compile(r'class="timestamp">.*?>([^<>]*\d:\d\d:\d\d[^<>]*)<', re.DOTALL)
_TEXT = re.compile(r'class="bubble">(.*?)</span>', re.DOTALL)
_FILE = re.compile(r'class="attachment">.*?(?:src|href)="([^"]+)"', re.DOTALL)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat, whose name is that of the file; replies are shown below what they answer, too."""
    rooms = Rooms("imessage", reading)
    rows = (value for value in values if isinstance(value, str))
    for piece in pieces(rows, _MESSAGE):
        speaker, sent = _SPEAKER.search(piece), _TIME.search(piece)
        own = piece.partition('<div class="replies">')[0]
        files = attached(path.rpartition("/")[2] for path in _FILE.findall(own))
        words = joined([*map(plain, _TEXT.findall(own)), files])
        if speaker and sent:
            time = moment(plain(sent[1]), reading.latest)
            rooms.room(key_of(reading)).say(plain(speaker[1]), words, "", time)
        yield from rooms.full()
    yield from rooms.finished()


def _recognises(values: Sequence[object]) -> bool:
    page = "".join(value for value in values if isinstance(value, str))
    return _MESSAGE in page and 'class="sender">' in page and 'class="bubble">' in page


PAGE = TranscriptFormat("imessage", "iMessage", _recognises, _read)
