"""What a format of conversations is made of: how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.transcripts.fields import objects
from ingest.transcripts.transcript import Reading, Transcript


@dataclass(frozen=True, slots=True)
class TranscriptFormat:
    """A format of conversations.

    `origin` begins the ids of its conversations, `name` is for people. `recognises` is given the
    first whole values of a file, `read` all of them: JSON objects, or the lines of a text.
    `folders` are where the tool keeps its conversations, below the home folder. `is_document` is a
    format that people keep among their notes: a document, unless its conversations are asked for.
    """

    origin: str
    name: str
    recognises: Callable[[Sequence[object]], bool]
    read: Callable[[Iterable[object], Reading], Iterator[Transcript]]
    folders: tuple[str, ...] = ()
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """A part of an export that is not conversations, but worth reading as a document."""

    name: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that has to do with conversations but is not read, and why, for people."""

    reason: str


def any_object(matches: Callable[[dict[str, object]], bool]) -> Callable[[Sequence[object]], bool]:
    """A recognition that is satisfied with one of the first objects."""
    return lambda values: any(matches(value) for value in objects(values))
