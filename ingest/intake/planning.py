"""A plan of one run over some files: what is to be done with each, as steps.

A file is opened once: its hash and its text come from the same bytes. Planning writes nothing, so
that a dry run counts the very steps that a real run executes. Steps are made one at a time, because
the texts of a large folder do not fit into memory together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ingest.document import Chunk, Description, Document, Format, Properties
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.hashing import sha256, sha256_of
from ingest.intake.discovery import Found
from ingest.intake.report import Failed, Skipped
from ingest.readers import Child, format_of, parse, read_bytes
from ingest.records.documents import chunk_key
from ingest.records.sources import Source
from ingest.records.tombstones import forgotten_content, is_forgotten
from ingest.text.chunker import CHUNKER_VERSION, chunk
from ingest.text.cleaning import Cleaned, clean, clean_document, masked
from ingest.transcripts import origin_of

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

Keyed = list[tuple[str, str, Chunk]]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file whose document is in the library; its size or time may have `moved` since."""

    file: Found
    document: int
    moved: bool


@dataclass(frozen=True, slots=True)
class Addition:
    """A file that goes into the library; `chunks` is None where its document is there already.

    `known` is the source that it updates. `secrets` counts those that were masked, by kind.
    """

    file: Found
    content: str
    form: Format
    description: Description
    chunks: Keyed | None
    known: Source | None
    secrets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """A file of past conversations, which go into memory."""

    file: Found
    content: str
    known: Source | None

    def addition(self) -> Addition:
        """Return the step that makes the file a source, once its conversations are in memory."""
        named = Description(self.file.path.name)
        return Addition(self.file, self.content, "transcript", named, [], self.known)


Step: TypeAlias = "Unchanged | Addition | Import | Skipped | Failed"


class Planner:
    """Decides on files, one by one; `known` are the sources of the collection by path.

    `again` reads also what is unchanged or was forgotten.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        child: Child,
        collection: int,
        known: Mapping[Path, Source],
        *,
        again: bool,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._child = child
        self._collection = collection
        self._known = known
        self._again = again
        self._planned: set[tuple[str, Format]] = set()

    def steps(self, files: Iterable[Found]) -> Iterator[Step]:
        """Return a step for each file; one that cannot be read becomes a Skipped or a Failed."""
        return map(self._step, files)

    def _step(self, file: Found) -> Step:
        try:
            return self._compared(file, self._known.get(file.path))
        except SkippedFile as error:
            return Skipped(file.path, str(error), error.kind)
        except ReadError as error:
            return Failed(file.path, str(error))
        except OSError as error:
            return Failed(file.path, error.strerror or str(error))

    def _compared(self, file: Found, known: Source | None) -> Step:
        if not self._again and known is not None and _same_state(file, known):
            return Unchanged(file, known.document, moved=False)
        # Any JSON may be a transcript; its first lines tell. An export may be larger than memory.
        is_transcript = origin_of(file.path) is not None
        raw = b"" if is_transcript else read_bytes(file.path)
        content = sha256(file.path) if is_transcript else sha256_of(raw)
        form = "transcript" if is_transcript else format_of(file.path) or "text"
        if not self._again and self._is_forgotten(content):
            raise SkippedFile("was forgotten: --again reads it", SkipKind.FORGOTTEN)
        document = self._store.records.document(self._collection, content, form, CHUNKER_VERSION)
        if document is not None and not self._again:
            if known is not None and known.document == document:
                return Unchanged(file, document, moved=True)
            return Addition(file, content, form, Description(""), None, known)
        if (content, form) in self._planned and not self._again:
            return Addition(file, content, form, Description(""), None, known)
        if is_transcript:
            return Import(file, content, known)
        return self._addition(file, raw, content, form, known)

    def _addition(
        self, file: Found, raw: bytes, content: str, form: Format, known: Source | None
    ) -> Addition:
        document = parse(raw, file.path, self._child)
        cleaned = clean_document(document)
        chunks = self._chunks(document, cleaned, content)
        self._planned.add((content, form))
        described = _described(document)
        return Addition(file, content, form, described, chunks, known, Counter(cleaned.secrets))

    def _chunks(self, document: Document, cleaned: Cleaned, content: str) -> Keyed:
        # The model adds two word pieces of its own, at the beginning and at the end.
        chunks = chunk(document, self._embedder.count, self._embedder.max_tokens - 2, cleaned)
        owner = f"{content}\0{document.format}"
        return [
            (chunk_key(owner, piece, CHUNKER_VERSION), piece.context, piece) for piece in chunks
        ]

    def _is_forgotten(self, content: str) -> bool:
        tombstone = forgotten_content(content)
        return is_forgotten(self._store.database, self._collection, tombstone)


def _described(document: Document) -> Description:
    """Return what is stored of a document beside its chunks, cleaned as its text is."""

    def stored(words: str) -> str:
        return masked(clean(words).text)

    own = document.properties
    return Description(
        title=stored(document.title),
        encoding=document.encoding,
        pages=len(document.pages),
        left_out=tuple(map(stored, document.left_out)),
        properties=Properties(
            stored(own.date), tuple(map(stored, own.tags)), tuple(map(stored, own.aliases))
        ),
    )


def _same_state(file: Found, known: Source) -> bool:
    state = (known.size, known.mtime_ns, known.chunker)
    return state == (file.size, file.mtime_ns, CHUNKER_VERSION)
