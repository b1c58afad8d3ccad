"""A thread of Facebook Messenger or Instagram as a page, which "Download your information" makes
where JSON is not asked for: `message_1.html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.fields import attached, joined
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.html_export import pieces
from ingest.transcripts.markup import plain
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript, key_of

_MESSAGE = '<div class="pam '
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_SPEAKER = re.compile(r'class="[^"]*\b_a6-h\b[^"]*">(.*?)</(?:div|h2)>', re.DOTALL)
_TEXT = re.compile(r'class="[^"]*\b_a6-p\b[^"]*">(.*?)<div class="[^"]*\b_a6-o\b', re.DOTALL)
_TIME = re.compile(r'\b_a6-o\b[^"]*">(.*?)</div>', re.DOTALL)
_HEAD = 60
_FILE = re.compile(r'(?:src|href)="(?!https?:)([^"]+)"')
_REACTIONS = re.compile(r'<ul class="_a6-q">.*?</ul>', re.DOTALL)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The thread, whose newest message comes first."""
    rooms = Rooms("messenger", reading)
    rows = [value for value in values if isinstance(value, str)]
    named = _TITLE.search("".join(rows[:_HEAD]))
    room = rooms.room(_key(reading), plain(named[1]) if named else "")
    for piece in reversed(list(pieces(rows, _MESSAGE))):
        speaker, said, sent = _SPEAKER.search(piece), _TEXT.search(piece), _TIME.search(piece)
        if speaker is None or sent is None:
            continue
        markup = _REACTIONS.sub("", said[1]) if said else ""
        files = attached(path.rpartition("/")[2] for path in _FILE.findall(markup))
        words = joined([plain(markup), files])
        room.say(plain(speaker[1]), words, "", instant(plain(sent[1]), local=True))
    yield from rooms.finished()


def _key(reading: Reading) -> str:
    """The name of the folder, which is that of the thread."""
    folders = reading.name.split("/")[:-1]
    return f"inbox/{folders[-1]}" if folders else key_of(reading)


def _recognises(values: Sequence[object]) -> bool:
    page = "".join(value for value in values if isinstance(value, str))
    return _MESSAGE in page and "_a6-g" in page and "_a6-o" in page


PAGE = TranscriptFormat("messenger", "Messenger or Instagram", _recognises, _read)
