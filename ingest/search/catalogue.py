"""What a library holds, whole: its files, its conversations, every place where some words are.

A search returns the best passages; this counts and lists all of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.records.conversations import ConversationEntry, Conversations
from ingest.records.database import Database
from ingest.records.documents import Documents
from ingest.records.fulltext import FullText, Where, full_text
from ingest.records.ids import CollectionId
from ingest.records.public_ids import CONVERSATION_ID
from ingest.records.sources import Source
from ingest.search.scope import Scope
from ingest.text.language import UNKNOWN, language_of

if TYPE_CHECKING:
    from ingest.search.term import Term
    from ingest.search.terms import WordQuery

BEGINNING = 12
"""Chunks of a file that are read to compare it with another: some 8,000 characters."""

READ_FOR_LANGUAGE = 100
"""Chunks, evenly spread, that are read to tell English from what is in no language."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The places where some words are: the files, with how many of their chunks hold them, those
    with the most first; how many chunks of documents do in all, and how many exchanges, of how many
    conversations.
    """

    files: tuple[tuple[Path, int], ...] = ()
    passages: int = 0
    exchanges: int = 0
    conversations: int = 0


class Catalogue:
    """Lists and counts rows of the collections of a scope; `rows` are theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._documents = Documents(database)
        self._conversations = Conversations(database)

    def files(self, rows: Sequence[CollectionId], scope: Scope) -> list[Source]:
        """Return the files that a scope takes in, by path."""
        if "document" not in scope.kinds:
            return []
        found = [source for row in rows for source in self._documents.sources(row)]
        if scope.sql_filter("document")[0]:
            documents = {document for row in rows for document in self._documents_in(row, scope)}
            found = [source for source in found if source.document in documents]
        return sorted(found, key=lambda source: source.path)

    def conversations(self, rows: Sequence[CollectionId], scope: Scope) -> list[ConversationEntry]:
        """Return the conversations, the latest first."""
        if "memory" not in scope.kinds:
            return []
        found = [listed for row in rows for listed in self._conversations.entries(row)]
        return sorted(found, key=lambda listed: listed.last, reverse=True)

    def mentions(self, rows: Sequence[CollectionId], scope: Scope, words: WordQuery) -> Mentions:
        """Return where all of some words are, in any of their forms, within one chunk."""
        files: Counter[Path] = Counter()
        passages = exchanges = conversations = 0
        for row in rows:
            if "document" in scope.kinds:
                chunks = _holding(full_text(self._database, row, "document"), words, scope)
                passages += len(chunks)
                files.update(self._files_of(chunks))
            if "memory" in scope.kinds:
                chunks = _holding(full_text(self._database, row, "memory"), words, scope)
                said = self._exchanges_of(chunks)
                exchanges += len(said)
                conversations += len({conversation for conversation, _ in said})
        most_first = sorted(files.items(), key=lambda file: (-file[1], file[0]))
        return Mentions(tuple(most_first), passages, exchanges, conversations)

    def times_said(
        self, rows: Sequence[CollectionId], scope: Scope, most: int, *, latest: bool
    ) -> list[float]:
        """Return when the latest (or the earliest) exchanges that a scope takes in were said, in
        seconds since the epoch.
        """
        clause, values = scope.sql_filter("memory")
        order, ends = ("DESC", "max") if latest else ("ASC", "min")
        found = [
            said["time"]
            for row in rows
            for said in self._database.rows(
                f"SELECT {ends}(t.time) AS time FROM chunks c JOIN turns t ON t.id = c.turn_id"
                f" WHERE c.collection_id = ? AND c.kind = 'memory'{clause}"
                f" GROUP BY t.exchange ORDER BY time {order} LIMIT ?",
                (row, *values, most),
            )
        ]
        return sorted(found, reverse=latest)[:most]

    def languages(self, rows: Sequence[CollectionId], scope: Scope) -> Mapping[str, int]:
        """Return how many of the chunks that a scope takes in are in each language, those that do
        not tell under "": names, numbers and code, which the index counts as English.
        """
        found: Counter[str] = Counter()
        for row in rows:
            for kind in scope.kinds:
                found.update(self._languages_of(full_text(self._database, row, kind), scope))
        return found

    def _languages_of(self, index: FullText, scope: Scope) -> Mapping[str, int]:
        clause, values = scope.sql_filter(index.kind)
        within = f" FROM chunks c WHERE c.collection_id = ? AND c.kind = ?{clause}"
        found = dict(index.languages)
        if clause:
            sql = f"SELECT c.language, count(*) AS chunks{within} GROUP BY c.language"
            counted = self._database.rows(sql, (index.collection, index.kind, *values))
            found = {row["language"]: row["chunks"] for row in counted}
        if UNKNOWN in found:
            ids = self._database.rows(
                f"SELECT c.id{within} AND c.language = ?",
                (index.collection, index.kind, *values, UNKNOWN),
            )
            step = max(1, len(ids) // READ_FOR_LANGUAGE)
            texts = self._database.rows_among(
                "SELECT c.text FROM chunks c WHERE c.id IN ({})", [row["id"] for row in ids[::step]]
            )
            share = sum(language_of(row["text"]) == UNKNOWN for row in texts) / max(1, len(texts))
            found[""] = round(found[UNKNOWN] * (1 - share))
            found[UNKNOWN] -= found[""]
        return {code: chunks for code, chunks in found.items() if chunks}

    def beginning(self, path: str) -> str:
        """Return the first texts of a file, enough to tell whether it is much like another."""
        rows = self._database.rows(
            "SELECT c.text FROM chunks c JOIN sources s ON s.document_id = c.document_id"
            " AND s.collection_id = c.collection_id WHERE s.path = ? ORDER BY c.position LIMIT ?",
            (os.fsencode(path), BEGINNING),
        )
        return "\n".join(row["text"] for row in rows)

    def _documents_in(self, row: CollectionId, scope: Scope) -> list[int]:
        clause, values = scope.sql_filter("document")
        found = self._database.rows(
            "SELECT DISTINCT c.document_id FROM chunks c WHERE c.collection_id = ?"
            f" AND c.kind = 'document'{clause}",
            (row, *values),
        )
        return [document[0] for document in found]

    def _files_of(self, chunks: Sequence[int]) -> Counter[Path]:
        """The files of chunks, each with how many of these it has; copies of a file are files."""
        rows = self._database.rows_among(
            "SELECT s.path FROM chunks c JOIN sources s ON s.document_id = c.document_id"
            " AND s.collection_id = c.collection_id WHERE c.id IN ({})",
            chunks,
        )
        return Counter(Path(os.fsdecode(row["path"])) for row in rows)

    def _exchanges_of(self, chunks: Sequence[int]) -> set[tuple[str, str]]:
        """The exchanges of chunks, by the ids of conversation and exchange."""
        rows = self._database.rows_among(
            f"SELECT DISTINCT {CONVERSATION_ID} AS conversation, t.exchange FROM chunks c"
            " JOIN turns t ON t.id = c.turn_id JOIN conversations k ON k.id = t.conversation_id"
            " WHERE c.id IN ({})",
            chunks,
        )
        return {(row["conversation"], row["exchange"]) for row in rows}


def _holding(index: FullText, words: WordQuery, scope: Scope) -> list[int]:
    """The chunks that hold all of the words, by row."""
    from ingest.search.look_up import LANGUAGES
    from ingest.search.terms import terms_of

    if not index.size:
        return []
    where = scope.sql_filter(index.kind)
    terms = terms_of(words, list(index.languages)[:LANGUAGES])
    found = [_of_term(index, term, where) for term in terms if not term.optional]
    return sorted(set.intersection(*found)) if found else []


def _of_term(index: FullText, term: Term, where: Where) -> set[int]:
    """The chunks that hold a word in any of its forms, or an identifier by its parts."""
    found: set[int] = set()
    for form in term.forms:
        found.update(index.occurrences(form, where, prefix=term.prefix))
    parts = [_of_term(index, part, where) for part in term.parts]
    return found | set.intersection(*parts) if parts else found
