"""Two libraries become one: the conversations of a backup, or of exports, taken in as one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import ReadError
from ingest.intake.conversation_import import File, merge_transcript
from ingest.intake.report import Imported
from ingest.maintenance.backups import opened_backup
from ingest.records.collections import Collections
from ingest.records.conversations import Conversations
from ingest.records.database import Database
from ingest.records.public_ids import OWN, split_id
from ingest.transcripts import Transcript, read

if TYPE_CHECKING:
    from ingest.store import Store

_DATABASE = b"SQLite format 3\0"


def merge(store: Store, collection: str, paths: Sequence[Path]) -> Imported:
    """Take in the conversations of backups and exports, or of folders of them.

    Those of an export go into this collection, those of a backup into the collections that they are
    in there. Raises ReadError for a file that is neither, StoreDamaged for a damaged backup.
    """
    done = Imported()
    for path in list(_files(paths)):
        file = File(path.resolve(), datetime.fromtimestamp(path.stat().st_mtime, UTC))
        if _is_database(path):
            with opened_backup(path) as backup:
                for name, transcript in _kept(backup):
                    done += _merge(store, name, transcript, file)
        else:
            for transcript in read(path):
                if not transcript.claimed:
                    raise ReadError(
                        f"{path} was not exported by ragchat: `ragchat ingest` reads it"
                    )
                done += _merge(store, collection, _as_claimed(transcript), file)
    return done


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*.jsonl") if file.is_file())
        elif path.is_file():
            yield path
        else:  # a pipe would be waited for, a device read for ever
            raise ReadError(f"{path} is not a regular file: give a backup or an export")


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_DATABASE)) == _DATABASE


def _merge(store: Store, collection: str, transcript: Transcript, file: File) -> Imported:
    with store.transaction():
        return merge_transcript(store, store.collection(collection), transcript, file)


def _as_claimed(transcript: Transcript) -> Transcript:
    """The conversation under the id that it has in the library that exported it."""
    origin = transcript.claimed
    key = transcript.key.removeprefix(f"{origin}:")
    said = tuple(replace(turn, here=origin == OWN) for turn in transcript.messages)
    return replace(transcript, origin=origin, key=key, messages=said, claimed="")


def _kept(backup: Database) -> Iterator[tuple[str, Transcript]]:
    """The conversations of a backup, with the names of the collections that they are in."""
    conversations = Conversations(backup)
    collections = Collections(backup)
    for name in collections.names():
        row = collections.find(name)
        for listed in conversations.entries(row):
            found = conversations.conversation(row, listed.id)
            if found is None:
                continue
            origin, key = split_id(found.id)
            yield (
                name,
                Transcript(
                    origin,
                    key,
                    found.title,
                    found.started,
                    found.turns,
                    updated=listed.last,
                    titled=True,
                    project=found.project,
                    branch=found.branch,
                ),
            )
