"""Files of conversations: taken into memory one conversation at a time, and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.intake.conversation_import import File, add_transcript
from ingest.intake.options import RunOptions
from ingest.intake.planning import Import
from ingest.intake.report import FileImport, Report
from ingest.records.ids import CollectionId
from ingest.transcripts import Transcript, read

if TYPE_CHECKING:
    from ingest.store import Store

UntilStopped = Callable[[Iterable[Transcript]], Iterator[Transcript]]


def import_file(
    store: Store,
    collection: CollectionId,
    step: Import,
    report: Report,
    options: RunOptions,
    until_stopped: UntilStopped,
) -> None:
    """Take the conversations of a file into memory, and report what they brought. ReadError where
    the file breaks off: what was read before is in memory.
    """
    path = step.file.path
    file = File(path, datetime.fromtimestamp(step.file.mtime_ns / 1e9, UTC))
    brought = FileImport(path, step.name)
    report.conversations.append(brought)
    try:
        transcripts = read(path, options.progress.read, brought.remarks)
        for transcript in _counted(brought, until_stopped(transcripts)):
            with store.transaction():
                brought.imported += add_transcript(
                    store, collection, transcript, file, again=options.again
                )
    finally:
        report.add_imported(path, brought.imported)


def count_file(step: Import, report: Report, until_stopped: UntilStopped) -> None:
    """Count the contents of a file, as `import_file` does. Raises ReadError where it breaks off."""
    brought = FileImport(step.file.path, step.name)
    report.conversations.append(brought)
    for _ in _counted(brought, until_stopped(read(step.file.path, remarks=brought.remarks))):
        pass


def _counted(brought: FileImport, transcripts: Iterable[Transcript]) -> Iterator[Transcript]:
    for transcript in transcripts:
        if transcript.messages:
            brought.keys.add((transcript.claimed or transcript.origin, transcript.key))
            brought.turns += len(transcript.messages)
        yield transcript
