"""Past conversations from elsewhere: a file is recognised, and read as transcripts.

Formats are added in `formats`, a file a tool; what they share is here. It knows nothing of the
library: what becomes of a transcript is decided where it is imported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from ingest.errors import ReadError
from ingest.transcripts import source
from ingest.transcripts.format import Notes, TranscriptFormat, Unread
from ingest.transcripts.formats import FORMATS, NAMES
from ingest.transcripts.json_pieces import TOO_LONG
from ingest.transcripts.notes import notes_of
from ingest.transcripts.recognition import recognise_part
from ingest.transcripts.tools import TOOLS, folders_of
from ingest.transcripts.transcript import Reading, Transcript

__all__ = [
    "FORMATS",
    "NAMES",
    "READER_VERSION",
    "TOOLS",
    "Notes",
    "Reading",
    "Transcript",
    "TranscriptFormat",
    "Unread",
    "folders_of",
    "may_hold_conversations",
    "notes",
    "read",
    "recognise",
]

READER_VERSION = 1007
"""Files that an older version has read are read again: it is kept where documents have the version
of the chunker, above all of those."""

_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        "json jsonl ndjson zip txt log weechatlog md html yaml yml csv tsv xml"
        " db sqlite sqlite3 vscdb"
    ).split()
)
_FEW = 40


def may_hold_conversations(path: Path) -> bool:
    """Return whether the name of a file is such that it is worth a look."""
    return path.suffix.lower() in _SUFFIXES


def recognise(path: Path) -> TranscriptFormat | Notes | Unread | None:
    """Return the format of the conversations in a file, or why a file that looks like some is not
    read; None for another file, or one that cannot be read.

    The first member of a zip that is recognised decides.
    """
    if not may_hold_conversations(path):
        return None
    others: list[Notes | Unread] = []
    try:
        for part in islice(source.parts(path), _FEW):
            found = recognise_part(part)
            if isinstance(found, TranscriptFormat):
                return found
            others += [found] if found else []
    except source.Refused as error:
        return Unread(str(error))
    except (OSError, ReadError):
        return None
    return next((found for found in others if isinstance(found, Notes)), next(iter(others), None))


def read(
    path: Path,
    progress: Callable[[int, int], None] = lambda done, of: None,
    remarks: Counter[str] | None = None,
) -> Iterator[Transcript]:
    """Return the conversations in a file that have messages, or had some, one at a time.

    A message that is broken is left out. ReadError if the file cannot be read, breaks off, or holds
    no conversation; the message is the reason, without the path. `progress` receives the number of
    bytes read so far, and that of all; `remarks` counts what was left out or guessed.
    """
    any_found = False
    remarks = Counter() if remarks is None else remarks
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for part in source.parts(path, progress):
            found = recognise_part(part)
            any_found = any_found or found is not None
            if isinstance(found, TranscriptFormat):
                reading = Reading(written, part.name, part.beside, remarks)
                for transcript in found.read(_that_fit(part.values(), remarks), reading):
                    if transcript.messages or transcript.dropped:
                        yield transcript
    except OSError as error:
        reason = f"cannot be read ({error.strerror}): check its permissions"
        raise ReadError(reason) from error
    if not any_found:
        raise ReadError(
            "no conversations of a known kind: `ragchat help importing-conversations` lists those"
            " that are read"
        )


def _that_fit(values: Iterator[object], remarks: Counter[str]) -> Iterator[object]:
    """The values that fit in memory; the others are counted."""
    for value in values:
        if value is TOO_LONG:
            remarks[TOO_LONG] += 1
        else:
            yield value


def notes(path: Path) -> str:
    """Return what an export has beside conversations that is worth reading, as Markdown: documents
    of projects, and what the assistant remembers. Empty if it has neither.
    """
    if path.suffix.lower() not in (".json", ".zip"):
        return ""
    try:
        found = [
            notes_of(part.values())
            for part in source.parts(path)
            if isinstance(recognise_part(part), Notes)
        ]
    except (OSError, ReadError):
        return ""
    return "\n\n".join(filter(None, found))
