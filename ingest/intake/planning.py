"""A plan of one run over some files: one step for each file.

A file is opened once: its hash and its text come from the same bytes. Planning writes nothing, so
that a dry run counts the very steps that a real run executes. Steps are made one at a time, because
the texts of a large folder do not fit into memory together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ingest.document import Description, Document, Format, Properties
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.files import sha256, sha256_of
from ingest.intake.discovery import Found, Wanted
from ingest.intake.options import RunOptions
from ingest.intake.report import Failed, LooksLike, Skipped
from ingest.intake.share import Share
from ingest.readers import Child, format_of, parse, read_bytes
from ingest.records.chunks import KeyedChunk
from ingest.records.ids import CollectionId, DocumentId
from ingest.records.public_ids import chunk_key
from ingest.records.sources import Source
from ingest.records.tombstones import forgotten_content
from ingest.text.chunker import CHUNKER_VERSION, chunk
from ingest.text.cleaning import Cleaned, clean, clean_document, masked
from ingest.transcripts import READER_VERSION, Notes, TranscriptFormat, Unread, notes, recognise

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

_MAY_HIDE_TEXT = frozenset("html docx xlsx".split())
"""Formats that may show a picture, or text that a script writes, where nothing can be read."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file whose document is in the library; its size or time may have `moved` since."""

    file: Found
    document: DocumentId
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
    chunks: list[KeyedChunk] | None
    known: Source | None
    secrets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """A file of past conversations, which go into memory; `name` is that of their format.

    `addition` makes the file a source, once they are in memory. Its chunks are those of documents
    that an export has beside its conversations.
    """

    file: Found
    name: str
    addition: Addition


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A file that is not a conversation, where only conversations are wanted."""

    file: Found


Step: TypeAlias = "Unchanged | Addition | Import | LooksLike | LeftAlone | Skipped | Failed"
_Conversations: TypeAlias = "TranscriptFormat | Notes | Unread | None"


class Planner:
    """Decides on files, one by one; `known` are the sources of the collection by path."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        child: Child,
        collection: CollectionId,
        known: Mapping[Path, Source],
        options: RunOptions,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._child = child
        self._collection = collection
        self._known = known
        self._selection = options.selection
        self._again = options.again
        self._share = Share(known.values())
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
        # Any JSON, text or database may hold conversations: its first values tell.
        kind = _kind(file)
        if step := _left(file, kind):
            return step
        # An export may be larger than memory.
        is_export = isinstance(kind, (TranscriptFormat, Notes))
        raw = b"" if is_export else _bytes_of(file)
        content = sha256(file.path) if is_export else sha256_of(raw)
        form = _form(file.path, kind)
        if not self._again and self._is_forgotten(content):
            raise SkippedFile("was forgotten: --again reads it", SkipKind.FORGOTTEN)
        document = self._store.documents.find(self._collection, content, form, version_of(form))
        if document is not None and not self._again:
            if known is not None and known.document == document:
                return Unchanged(file, document, moved=True)
            if form != "transcript":
                return Addition(file, content, form, Description(""), None, known)
        if isinstance(kind, TranscriptFormat):
            beside = self._addition(file, _notes(file.path), content, known)
            addition = replace(beside, form=form, description=Description(file.path.name))
            return Import(file, kind.name, addition)
        if (content, form) in self._planned and not self._again:
            return Addition(file, content, form, Description(""), None, known)
        whole = self._is_whole(file)
        document_read = (
            _notes(file.path) if is_export else parse(raw, file.path, self._child, whole=whole)
        )
        return self._addition(file, document_read, content, known)

    def _addition(
        self, file: Found, document: Document, content: str, known: Source | None
    ) -> Addition:
        form = document.format
        cleaned = clean_document(document)
        chunks = self._chunks(document, cleaned, content)
        if not chunks and form in _MAY_HIDE_TEXT:
            said = f" ({'; '.join(document.left_out)})" if document.left_out else ""
            raise SkippedFile(f"no text that can be read{said}", SkipKind.NO_TEXT)
        self._planned.add((content, form))
        described = _described(document)
        if not self._is_whole(file):
            chunks, left_out = self._share.fitting(document, chunks, known)
            described = replace(described, left_out=(*described.left_out, *left_out))
        return Addition(file, content, form, described, chunks, known, Counter(cleaned.secrets))

    def _is_whole(self, file: Found) -> bool:
        """Return whether all of a file is wanted, however long it is."""
        return file.named or self._selection.includes(file.path, file.root)

    def _chunks(self, document: Document, cleaned: Cleaned, content: str) -> list[KeyedChunk]:
        # The model adds two word pieces of its own, at the beginning and at the end.
        chunks = chunk(document, self._embedder.count, self._embedder.max_tokens - 2, cleaned)
        owner = f"{content}\0{document.format}"
        return [
            KeyedChunk(chunk_key(owner, piece, CHUNKER_VERSION), piece.context, piece)
            for piece in chunks
        ]

    def _is_forgotten(self, content: str) -> bool:
        return self._store.tombstones.has(self._collection, forgotten_content(content))


def _described(document: Document) -> Description:
    """Return the description of a document to store, cleaned as its text is."""

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


def version_of(form: str) -> int:
    """Return the version of the code that decides what becomes of a file of this format."""
    return READER_VERSION if form == "transcript" else CHUNKER_VERSION


def _left(file: Found, kind: _Conversations) -> LooksLike | LeftAlone | None:
    """Return the step for a file that is left alone, since its conversations were not asked for, or
    only conversations were. Raises SkippedFile where the report is to say why.
    """
    if isinstance(kind, TranscriptFormat):
        return LooksLike(file.path, kind.name) if file.wanted is Wanted.DOCUMENT else None
    if isinstance(kind, Unread):
        raise SkippedFile(kind.reason, SkipKind.CONVERSATIONS)
    only_conversations = file.wanted is Wanted.CONVERSATIONS
    if only_conversations and not file.named and not isinstance(kind, Notes):
        return LeftAlone(file)
    if only_conversations and kind is None:
        raise SkippedFile("holds no conversations: without --conversations it is read")
    return None


def _kind(file: Found) -> _Conversations:
    """Return what a file has of conversations; a chat that is also a document only if asked for."""
    kind = recognise(file.path) if file.content is None else None
    chat = isinstance(kind, TranscriptFormat) and kind.is_document
    return None if chat and file.wanted is Wanted.DOCUMENT else kind


def _form(path: Path, kind: _Conversations) -> Format:
    if isinstance(kind, TranscriptFormat):
        return "transcript"
    return "markdown" if isinstance(kind, Notes) else format_of(path) or "text"


def _bytes_of(file: Found) -> bytes:
    return read_bytes(file.path) if file.content is None else file.content


def _notes(path: Path) -> Document:
    return Document(notes(path), "markdown", f"Notes in {path.name}")


def _same_state(file: Found, known: Source) -> bool:
    state = (known.size, known.mtime_ns, known.chunker)
    if state != (file.size, file.mtime_ns, version_of(known.format)):
        return False
    # What was read as a document may be a chat that is asked for now.
    asked = file.wanted is not Wanted.DOCUMENT and known.format in ("markdown", "text")
    return not (asked and isinstance(_kind(file), TranscriptFormat))
