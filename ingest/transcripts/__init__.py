"""Past conversations from elsewhere: a path in, transcripts out; one file for each format.

Knows the exports and transcript files of other programs. Does not know a library or its records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ingest.errors import ReadError
from ingest.transcripts import chatgpt, claude_ai, claude_code, recognition, source, turns
from ingest.transcripts.transcript import Message, Transcript

__all__ = ["ORIGINS", "Message", "Transcript", "origin_of", "read"]

ORIGINS = ("claude.ai", "chatgpt", "claude-code", "ragchat", "turns")
"""What `origin_of` tells apart: "ragchat" is its own export, "turns" any other JSON lines."""

_SUFFIXES = frozenset((".json", ".jsonl", ".zip"))
_FEW = 8

_Values = Callable[[BinaryIO], Iterator[object]]
_Reader = Callable[[Iterable[object], datetime], Iterator[Transcript]]
_READERS: dict[str, tuple[_Values, _Reader]] = {
    "claude.ai": (source.elements, claude_ai.read),
    "chatgpt": (source.elements, chatgpt.read),
    "claude-code": (source.lines, claude_code.read),
    "ragchat": (source.lines, turns.read),
    "turns": (source.lines, turns.read),
}


def origin_of(path: Path) -> str | None:
    """Which of `ORIGINS` wrote the transcript; None if it is none, or cannot be read.

    Looks at the name, then at the first 64 kB, of a zip at those of the members that count.
    """
    if path.suffix.lower() not in _SUFFIXES:
        return None
    try:
        parts = islice(source.parts(path, recognition.HEAD), _FEW)
        origins = (recognition.origin_of(part.read(recognition.HEAD)) for part in parts)
        return next(filter(None, origins), None)
    except (OSError, ReadError):
        return None


def read(path: Path) -> tuple[Transcript, ...]:
    """The conversations in a file that have messages. A message that is broken is left out.

    A conversation that stands there twice is read as it stands last. ReadError if the file cannot
    be read, breaks off, or holds no conversation; the message is the reason, without the path.
    """
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found = {
            (each.origin, each.key): each
            for part in source.parts(path)
            for each in _transcripts(part, written)
        }
    except OSError as error:
        reason = f"cannot be read ({error.strerror}): check its permissions"
        raise ReadError(reason) from error
    if not found:
        raise ReadError("no conversations of a known kind: see the README for those that are read")
    return tuple(each for each in found.values() if each.messages)


def _transcripts(part: BinaryIO, written: datetime) -> Iterator[Transcript]:
    origin = recognition.origin_of(part.read(recognition.HEAD))
    part.seek(0)
    if origin:
        values, reader = _READERS[origin]
        yield from reader(values(part), written)
