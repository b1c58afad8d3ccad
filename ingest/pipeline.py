"""From paths to a library: find, compare, read, chunk, embed, store, prune.

A file is compared by size and time, then by the hash of its bytes; only what is new is read, and
only what has no vector yet is embedded. Work is committed in batches, each all or nothing, so a
stopped run has lost no more than the batch in hand, and the next one goes on from there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ingest.document import Chunk, Document, Format
from ingest.errors import ReadError, SkippedFile
from ingest.hashing import sha256
from ingest.intake.conversation_import import add_transcript
from ingest.intake.discovery import Found, find
from ingest.intake.embedding import BATCH, embed
from ingest.intake.exchange_index import index_turns
from ingest.intake.pruning import vanished
from ingest.intake.report import Progress, Report, Silent, Skipped
from ingest.readers import Child, format_of, read
from ingest.records.documents import Source, chunk_key, embedded_text, text_hash
from ingest.records.tombstones import forgotten_content, is_forgotten, lift
from ingest.text.chunker import CHUNKER_VERSION, chunk
from ingest.text.cleaning import Cleaned, clean, clean_document, masked
from ingest.transcripts import origin_of
from ingest.transcripts import read as read_transcripts

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

Keyed = list[tuple[str, str, Chunk]]
Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class _Read:
    """A file on its way into the store; `chunks` is None where its document is there already."""

    file: Found
    content: str
    form: Format
    title: str
    chunks: Keyed | None
    known: Source | None


class Ingestion:
    """One run over some paths.

    `stop` is asked between files, conversations and batches; once it says yes, what is in hand is
    finished and the report says `stopped`. `prune` decides on roots of which more than half has
    vanished: it is given the root and the paths, and says whether to forget them.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        collection: str = "default",
        again: bool = False,
        prune: Callable[[Path, Sequence[Path]], bool] = lambda root, gone: False,
        stop: Callable[[], bool] = lambda: False,
        progress: Progress | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._name = collection
        self._collection = store.look_up(collection)
        self._again = again
        self._prune_most = prune
        self._stop = stop
        self._progress = progress or Silent()
        self._report = Report()
        self._known_chunks = 0
        self._made: set[tuple[str, Format]] = set()
        self._child = Child()

    def run(self, paths: Sequence[Path]) -> Report:
        """Bring the library up to date with the paths. Raises ReadError for a missing root."""
        started = time.monotonic()
        self._store.use_model(self._embedder)
        self._collection = self._store.collection(self._name)
        files = self._find(paths)
        self._progress.found(len(files))
        known = {each.path: each for each in self._store.records.sources(self._collection)}
        batch: list[_Read] = []
        size = 0
        with self._child:
            for file in self._until_stopped(files):
                each = self._read(file, known.get(file.path))
                if each is None:
                    continue
                batch.append(each)
                size += len(each.chunks or ())
                if size >= BATCH:
                    self._write(batch)
                    batch, size = [], 0
        self._write(batch)
        if not self._report.stopped:
            self._prune(paths, {file.path for file in files}, known)
            index_turns(self._store, self._embedder, self._progress.advance, self._stopping)
        self._store.flush()
        self._store.records.drop_unused_vectors(most=3)  # some are kept for what comes back
        self._report.seconds = time.monotonic() - started
        return self._report

    def plan(self, paths: Sequence[Path]) -> Report:
        """What `run` would do, without reading more than it must to tell; nothing is written."""
        files = self._find(paths)
        known = {each.path: each for each in self._store.records.sources(self._collection)}
        with self._child:
            for file in self._until_stopped(files):
                each = self._read(file, known.get(file.path), write=False)
                if each is not None:
                    self._count(each)
        if not self._report.stopped:
            self._prune(paths, {file.path for file in files}, known, write=False)
        return self._report

    def _find(self, paths: Sequence[Path]) -> list[Found]:
        files: dict[Path, Found] = {}
        for each in find(paths):
            if isinstance(each, Skipped):
                self._report.skipped.append(each)
            else:
                files.setdefault(each.path, each)
        return list(files.values())

    def _until_stopped(self, wanted: Iterable[Each]) -> Iterator[Each]:
        for each in wanted:
            if self._stopping():
                return
            yield each

    def _stopping(self) -> bool:
        self._report.stopped = self._report.stopped or self._stop()
        return self._report.stopped

    # One file

    def _read(self, file: Found, known: Source | None, *, write: bool = True) -> _Read | None:
        self._progress.start(file.path)
        if not self._again and known is not None and _same_state(file, known):
            self._report.unchanged += 1
            return None
        try:
            return self._compare(file, known, write=write)
        except SkippedFile as reason:
            self._report.skipped.append(Skipped(file.path, str(reason), reason.kind))
        except ReadError as error:
            self._report.failed.append(Skipped(file.path, str(error)))
        except OSError as error:
            self._report.failed.append(Skipped(file.path, error.strerror or str(error)))
        return None

    def _compare(self, file: Found, known: Source | None, *, write: bool) -> _Read | None:
        # Of unknown formats only files that were named come here; they are read as text.
        # Any JSON may be a transcript; what it is shows in how it begins.
        form = "transcript" if origin_of(file.path) else format_of(file.path) or "text"
        content = sha256(file.path)
        if not self._again and self._is_forgotten(content):
            raise SkippedFile("was forgotten: --again reads it")
        document = self._store.records.document(self._collection, content, form, CHUNKER_VERSION)
        if document is not None and not self._again:
            if known is not None and known.document == document:
                if write:
                    self._touch(file, document)
                self._report.unchanged += 1
                return None
            return _Read(file, content, form, "", None, known)
        if (content, form) in self._made and not self._again:
            return _Read(file, content, form, "", None, known)
        if form == "transcript":
            return self._import(file, content, known, write=write)
        document_read = read(file.path, self._child)
        cleaned = clean_document(document_read)
        self._report.add_masked(file.path, Counter(cleaned.secrets))
        keyed = self._chunk(document_read, cleaned, content)
        self._made.add((content, form))
        self._known_chunks += len(keyed)
        self._progress.chunks(self._known_chunks)
        return _Read(file, content, form, masked(document_read.title), keyed, known)

    def _chunk(self, document: Document, cleaned: Cleaned, content: str) -> Keyed:
        # Two word pieces are the model's own marks at the beginning and the end.
        chunks = chunk(document, self._embedder.count, self._embedder.max_tokens - 2, cleaned)
        owner = f"{content}\0{document.format}"
        return [(chunk_key(owner, each, CHUNKER_VERSION), each.heading, each) for each in chunks]

    def _import(
        self, file: Found, content: str, known: Source | None, *, write: bool
    ) -> _Read | None:
        """Take past conversations into memory; once all are there, the file is a source, too."""
        secrets: Counter[str] = Counter()
        for transcript in self._until_stopped(read_transcripts(file.path)):
            if not write:
                continue
            with self._store.database.transaction():
                imported = add_transcript(
                    self._store, self._collection, transcript, again=self._again
                )
            self._report.turns += imported.added
            self._report.forgotten += imported.forgotten
            secrets.update(imported.masked)
        self._report.add_masked(file.path, secrets)
        if self._report.stopped:
            return None
        return _Read(file, content, "transcript", file.path.name, [], known)

    def _is_forgotten(self, content: str) -> bool:
        tombstone = forgotten_content(content)
        return is_forgotten(self._store.database, self._collection, tombstone)

    # One batch

    def _write(self, batch: Sequence[_Read]) -> None:
        if not batch or not self._embed(batch):
            return
        records = self._store.records
        with self._store.database.transaction():
            for each in batch:
                self._write_one(each)
            records.drop_orphans(self._collection)
        for each in batch:
            self._count(each)
        self._store.flush()

    def _embed(self, batch: Sequence[_Read]) -> bool:
        """Embed what is new; False when stopped half-way (what is embedded is kept)."""
        texts = {
            text_hash(context, piece.text): embedded_text(context, piece.text)
            for each in batch
            for _, context, piece in each.chunks or ()
        }
        advance, stop = self._progress.advance, self._stopping
        return embed(self._store, self._embedder, texts, advance=advance, stop=stop)

    def _write_one(self, each: _Read) -> None:
        records = self._store.records
        document = records.document(self._collection, each.content, each.form, CHUNKER_VERSION)
        if each.chunks is not None:
            title = clean(each.title).text
            document = records.add_document(
                self._collection, each.content, each.form, title, CHUNKER_VERSION
            )
            records.add_chunks(self._collection, each.chunks, document=document)
        if document is not None:
            self._touch(each.file, document)
        lift(self._store.database, self._collection, [forgotten_content(each.content)])

    def _touch(self, file: Found, document: int) -> None:
        self._store.records.put_source(
            self._collection, file.path, file.size, file.mtime_ns, document, time.time()
        )

    def _count(self, each: _Read) -> None:
        self._report.chunks += len(each.chunks or ())
        if each.known is None:
            self._report.added += 1
        else:
            self._report.updated += 1

    # What has vanished

    def _prune(
        self,
        paths: Sequence[Path],
        seen: set[Path],
        known: dict[Path, Source],
        *,
        write: bool = True,
    ) -> None:
        for gone, forget in vanished(paths, seen, known, self._prune_most):
            if not forget:
                self._report.kept += gone
                continue
            if write:
                self._forget(gone)
            self._report.removed += len(gone)

    def _forget(self, gone: Sequence[Path]) -> None:
        with self._store.database.transaction():
            self._store.records.remove_sources(self._collection, gone)
            self._store.records.drop_orphans(self._collection)


def _same_state(file: Found, known: Source) -> bool:
    state = (known.size, known.mtime_ns, known.chunker)
    return state == (file.size, file.mtime_ns, CHUNKER_VERSION)
