"""Messages of Facebook Messenger and Instagram: `message_1.json` of "Download your information",
and the files of chats that are encrypted end to end.

https://www.facebook.com/help/212802592074644
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, first, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript, key_of

_FILES = ("photos", "videos", "audio_files", "files", "gifs", "media")
# What Instagram and Messenger say in someone's name.
_NOTE = re.compile(r"(?:Liked a message|Reacted \S{1,8} to your message)\s*")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The thread of a file; a long one has several files, the newest messages in the first."""
    rooms = Rooms("messenger", reading)
    for export in map(record, values):
        title = repaired(line(first(export, "title", "threadName")))
        key = name(export.get("thread_path")) or name(export.get("threadName")) or key_of(reading)
        for message in sorted(_messages(export), key=_sent):
            speaker = repaired(line(first(message, "sender_name", "senderName"))) or "someone"
            time = instant(_sent(message))
            room = rooms.room(key, re.sub(r"_\d+$", "", title))
            room.say(speaker, _words(message), f"{_sent(message)}", time)
    yield from rooms.finished()


def _words(message: dict[str, object]) -> str:
    """The words, a link that was shared, and the names of files."""
    if "call_duration" in message or message.get("is_unsent") or message.get("isUnsent"):
        return ""
    words = repaired(text(first(message, "content", "text")))
    share = record(message.get("share"))
    shared = repaired(joined([text(share.get("share_text")), line(share.get("link"))]))
    files = [file for key in _FILES for file in records(message.get(key))]
    names = attached(line(file.get("uri")).rpartition("/")[2] for file in files)
    return joined(["" if _NOTE.fullmatch(words) else words, shared, names])


def repaired(words: str) -> str:
    """The words in UTF-8, which these exports write as if its bytes were Latin-1."""
    try:
        return words.encode("latin-1").decode()
    except UnicodeError:
        return words


def _sent(message: dict[str, object]) -> int:
    sent = first(message, "timestamp_ms", "timestamp")
    return sent if isinstance(sent, int) else 0


def _messages(export: dict[str, object]) -> list[dict[str, object]]:
    return [message for message in records(export.get("messages")) if _is_message(message)]


def _is_message(message: dict[str, object]) -> bool:
    if "senderName" in message:
        return "timestamp" in message and "isUnsent" in message
    return "sender_name" in message and "timestamp_ms" in message


FORMAT = TranscriptFormat(
    "messenger", "Messenger or Instagram", any_object(lambda v: bool(_messages(v))), _read
)
