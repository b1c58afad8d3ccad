"""A channel of Discord that DiscordChatExporter saves as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from ingest.transcripts.fields import attached, joined
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.discord import channel_of
from ingest.transcripts.html_export import pieces
from ingest.transcripts.markup import plain
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript, key_of

_MARK = re.compile(r"<div id=\"?chatlog__message-container-|class=\"?chatlog__message-container")
_MESSAGE = "chatlog__message-container-"
_HEAD = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_ID = re.compile(r"(\d+)")
_SPEAKER = re.compile(r"class=\"?chatlog__author\b[^>]*>(.*?)</span>", re.DOTALL)
_TIME = re.compile(r"class=\"?chatlog__(?:short-)?timestamp\"? title=(?:\"([^\"]*)\"|([^>\s]*))")
_TEXT = re.compile(r"class=\"?chatlog__content\b[^>]*>(.*?)</div>", re.DOTALL)
_FILE = re.compile(r"class=\"?chatlog__attachment\b[^>]*>.*?href=\"?([^\">\s]+)", re.DOTALL)
_SYSTEM = re.compile(r"chatlog__system-notification")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The channel; of messages that follow one another only the first names who speaks."""
    rooms = Rooms("discord", reading)
    title, speaker = "", ""
    key = channel_of(reading.name)[0] or key_of(reading)
    heads: list[str] = []
    for piece in pieces(_titled(values, heads), _MESSAGE):
        title = title or next(iter(heads), "")
        if _SYSTEM.search(piece):
            continue
        named, said, sent = _SPEAKER.search(piece), _TEXT.search(piece), _TIME.search(piece)
        speaker = plain(named[1]) if named else speaker
        links = (unescape(link).partition("?")[0] for link in _FILE.findall(piece))
        files = attached(link.rpartition("/")[2] for link in links)
        id_ = _ID.match(piece)
        time = instant(unescape(sent[1] or sent[2]), local=True) if sent else None
        words = joined([plain(said[1]) if said else "", files])
        rooms.room(key, title).say(speaker, words, id_[1] if id_ else "", time)
        yield from rooms.full()
    yield from rooms.finished()


def _titled(values: Iterable[object], heads: list[str]) -> Iterator[str]:
    """The lines of the page; its title is put into `heads`."""
    for value in values:
        if isinstance(value, str):
            if not heads and (head := _HEAD.search(value)):
                heads.append(plain(head[1]))
            yield value


def _recognises(values: Sequence[object]) -> bool:
    page = "".join(value for value in values if isinstance(value, str))
    return "chatlog__" in page and ("preamble__" in page or bool(_MARK.search(page)))


PAGE = TranscriptFormat("discord", "Discord", _recognises, _read)
