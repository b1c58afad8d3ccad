"""From paths to a library: find, compare, read, chunk, embed, store, prune.

A file is compared by size and time, then by the hash of its bytes; only new content is read, and
only texts without a vector are embedded. Work is committed in batches, each all or nothing, while
the next one is embedded: a run that is killed has lost at most these two, but for their vectors,
and the next run goes on from there. What is to be done with each file is planned first
(`ingest/intake/planning.py`); a dry run only counts the plan.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import ReadError
from ingest.intake.ahead import ahead
from ingest.intake.conversation_files import count_file, import_file
from ingest.intake.discovery import Found, find
from ingest.intake.embedding import BATCH
from ingest.intake.exchange_index import index_turns
from ingest.intake.given import given, is_given
from ingest.intake.options import USUAL, RunOptions
from ingest.intake.planning import (
    Addition,
    Import,
    LeftAlone,
    Planner,
    Step,
    Unchanged,
)
from ingest.intake.pruning import remaining, vanished
from ingest.intake.report import Failed, LooksLike, Partly, Report, Skipped
from ingest.intake.share import may_be_data
from ingest.intake.writing import Batch, Writer
from ingest.readers import Child
from ingest.records.sources import Source

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

T = TypeVar("T")


class Ingestion:
    """One run over some paths."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        collection: str = "default",
        options: RunOptions = USUAL,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._name = collection
        self._collection = store.look_up(collection)
        self._options = options
        self._progress = options.progress
        self._report = Report()

    def run(self, paths: Sequence[Path], documents: Mapping[str, bytes] | None = None) -> Report:
        """Bring the library up to date with the paths, and with documents that are given by name.
        Raises ReadError for a missing root.
        """
        started = time.monotonic()
        self._store.use_model(self._embedder)
        self._collection = self._store.collection(self._name)
        files, known = self._find(paths, documents), self._known()
        self._progress.found(len(files), sum(file.size for file in files))
        writer = Writer(self._store, self._embedder, self._collection)
        with closing(ahead(self._steps(files, known), _chunks_of, BATCH)) as steps:
            self._execute(steps, writer)
        if not self._report.stopped:
            gone = self._vanished(paths, files, known)
            if gone:
                writer.forget(gone)
                self._report.removed = len(gone)
            index_turns(self._store, self._embedder, self._progress.advance, self._stopping)
        self._store.sync.flush_if_available()
        self._store.sync.look_for_unreachable()
        if not self._report.stopped:  # the next run needs the vectors of a batch that was cut off
            self._store.vectors.drop_unused(most=3)  # some are kept for what comes back
        self._store.shrink_file()
        self._report.seconds = time.monotonic() - started
        return self._report

    def plan(self, paths: Sequence[Path], documents: Mapping[str, bytes] | None = None) -> Report:
        """Return the report of what `run` would do; nothing is written."""
        started = time.monotonic()
        files, known = self._find(paths, documents), self._known()
        self._progress.found(len(files), sum(file.size for file in files))
        for step in self._steps(files, known):
            addition = self._foreseen(step) if isinstance(step, Import) else step
            self._count(addition)
            if isinstance(addition, Addition):
                self._progress.advance(len(addition.chunks or ()))
        if not self._report.stopped:
            self._report.removed = len(self._vanished(paths, files, known))
        self._report.seconds = time.monotonic() - started
        return self._report

    # The plan

    def _find(self, paths: Sequence[Path], documents: Mapping[str, bytes] | None) -> list[Found]:
        files = {file.path: file for file in given(self._store.home, documents or {})}
        options = self._options
        found = find(paths, options.selection, conversations=options.conversations)
        for item in found:
            if isinstance(item, Skipped):
                self._report.skipped.append(item)
            else:
                files.setdefault(item.path, item)
        return sorted(files.values(), key=lambda file: may_be_data(file.path))

    def _known(self) -> dict[Path, Source]:
        sources = self._store.documents.sources(self._collection)
        return {source.path: source for source in sources}

    def _steps(self, files: Iterable[Found], known: dict[Path, Source]) -> Iterator[Step]:
        with Child() as child:
            planner = Planner(
                self._store, self._embedder, child, self._collection, known, self._options
            )
            chunks = 0
            for step in planner.steps(self._announced(self._until_stopped(files))):
                if isinstance(step, Addition) and step.chunks is not None:
                    self._report.add_masked(step.file.path, step.secrets)
                    if left_out := step.description.left_out:
                        self._report.partly.append(Partly(step.file.path, left_out))
                    chunks += len(step.chunks)
                    self._progress.chunks(chunks)
                yield step

    def _announced(self, files: Iterable[Found]) -> Iterator[Found]:
        for file in files:
            self._progress.start(file.path, file.size)
            yield file

    def _until_stopped(self, items: Iterable[T]) -> Iterator[T]:
        for item in items:
            if self._stopping():
                return
            yield item

    def _stopping(self) -> bool:
        self._report.stopped = self._report.stopped or self._options.stop()
        return self._report.stopped

    def _vanished(
        self, paths: Sequence[Path], files: Iterable[Found], known: dict[Path, Source]
    ) -> list[Path]:
        """Return the files to forget; note those that are kept, and those left out by now."""
        seen = {file.path for file in files}
        self._report.remaining = [
            path
            for path in remaining(self._report.skipped, seen, known.keys())
            if known[path].format != "transcript"
        ]
        if known.keys() <= seen:
            return []
        # Conversations outlive their file, which stays listed, so that it can be removed.
        known = {
            path: source
            for path, source in known.items()
            if source.format != "transcript" and not is_given(self._store.home, path)
        }
        forgotten: list[Path] = []
        for gone, forget in vanished(paths, seen, known, self._options.prune):
            if forget:
                forgotten += gone
            else:
                self._report.kept += gone
        return forgotten

    # Its execution

    def _execute(self, steps: Iterable[Step], writer: Writer) -> None:
        """Take the steps. A batch is written in a thread, while the next one is embedded."""
        with ThreadPoolExecutor(1, "write") as thread:
            before: Future[None] | None = None
            for batch in self._batches(steps, writer):
                if writer.embed(batch, self._progress.advance, self._stopping):
                    if before is not None:
                        before.result()
                    before = thread.submit(self._write, batch, writer)
            if before is not None:
                before.result()

    def _batches(self, steps: Iterable[Step], writer: Writer) -> Iterator[Batch]:
        """Yield what is added, many chunks at a time; the other steps are taken on the way."""
        batch: list[Addition] = []
        size = 0
        for step in steps:
            done = self._import(step) if isinstance(step, Import) else step
            if isinstance(done, Addition):
                batch.append(done)
                size += len(done.chunks or ())
            else:
                if isinstance(done, Unchanged) and done.moved:
                    writer.touch(done.file, done.document)
                self._count(done)
            if size >= BATCH:
                yield Batch(batch)
                batch, size = [], 0
        if batch:
            yield Batch(batch)

    def _count(
        self, step: Addition | Unchanged | LooksLike | LeftAlone | Skipped | Failed | None
    ) -> None:
        if isinstance(step, LooksLike):
            self._report.unasked.append(step)
        elif isinstance(step, LeftAlone):
            self._report.left_alone += 1
        elif isinstance(step, Skipped):
            self._report.skipped.append(step)
        elif isinstance(step, Failed):
            self._report.failed.append(step)
        elif isinstance(step, Unchanged):
            self._report.unchanged += 1
            path = step.file.path
            if step.file.named and self._store.imports.without_turns(self._collection, path):
                self._report.without_turns.append(path)
        elif step is not None:
            self._report.chunks += len(step.chunks or ())
            self._report.added += step.known is None
            self._report.updated += step.known is not None

    def _import(self, step: Import) -> Addition | Failed | None:
        """Take past conversations into memory; once all are there, the file is a source, too."""
        try:
            import_file(
                self._store,
                self._collection,
                step,
                self._report,
                self._options,
                self._until_stopped,
            )
        except ReadError as error:
            return Failed(step.file.path, str(error))
        return None if self._report.stopped else step.addition

    def _foreseen(self, step: Import) -> Addition | Failed:
        try:
            count_file(step, self._report, self._until_stopped)
        except ReadError as error:
            return Failed(step.file.path, str(error))
        return step.addition

    def _write(self, batch: Batch, writer: Writer) -> None:
        if not writer.write(batch, self._stopping):
            return
        for addition in batch.additions:
            self._count(addition)
        self._store.sync.flush_if_available()
        self._store.sync.look_for_unreachable()


def _chunks_of(step: Step) -> int:
    """Return how many chunks a step adds."""
    return len(step.chunks or ()) if isinstance(step, Addition) else 0
