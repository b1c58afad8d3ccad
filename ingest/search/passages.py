"""Passages: candidates as they are shown, with their text and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.conversation import Exchange
from ingest.document import DocumentPassage, MemoryPassage, Passage
from ingest.records.conversations import Conversations
from ingest.records.database import Database, Row
from ingest.records.fulltext import Where
from ingest.records.ids import CollectionId
from ingest.search.spans import Place, places

if TYPE_CHECKING:
    from ingest.search.candidates import Candidate

LONG = 800
"""Characters up to which a side of an exchange is shown whole; of a longer one, its best part."""
BEGINNING = 400
"""Characters that are shown of a longer one in which nothing was found."""

SHORT = 80
"""Words of a statement in passing; a longer turn describes a task."""

NEIGHBOURS = 400
"""Characters of each neighbour that are read along with a chunk: with it and a question they come
to what most rerankers read, 512 word pieces.
"""


class Passages:
    """Reads passages from the records."""

    def __init__(self, database: Database, conversations: Conversations) -> None:
        self._database = database
        self._conversations = conversations

    def load(
        self, candidates: Sequence[Candidate], parts: Mapping[str, Sequence[int]]
    ) -> dict[str, Passage]:
        """Return the passages of candidates, by their unit; one that was deleted meanwhile is
        missing.

        `parts` are the chunks that were found of each unit, by row, best first. A document passage
        is the chunk that was found; a memory passage is the exchange, a long side cut to its best
        part: the whole of eight long replies is more than a request has room for, and pushes out
        what answers (BEAM, evidence within 1,000 words: 41 % whole, 63 % so).
        """
        exchanges = self._conversations.exchanges(
            candidate.turn for candidate in candidates if candidate.turn is not None
        )
        units = {one.unit: (one.chunk, *parts.get(one.unit, ())) for one in candidates}
        rows = self._chunks({chunk for chunks in units.values() for chunk in chunks})
        found: dict[str, Passage] = {}
        for candidate in candidates:
            row = rows.get(candidate.chunk)
            if row is None:
                continue
            if candidate.kind == "document":
                found[candidate.unit] = self._document_passage(row)
            elif candidate.turn in exchanges:
                exchange, title = exchanges[candidate.turn]
                chunks = map(rows.get, parts.get(candidate.unit, ()))
                texts = [chunk["text"] for chunk in chunks if chunk]
                found[candidate.unit] = memory_passage(exchange, title, texts)
        return found

    def short_statements(self, candidates: Sequence[Candidate]) -> dict[str, MemoryPassage]:
        """Return what the user stated in the exchanges of these candidates, without the answers, by
        unit. Long texts and mere questions are left out.
        """
        exchanges = self._conversations.exchanges(
            candidate.turn
            for candidate in candidates
            if candidate.turn is not None and candidate.own and not candidate.only_asks
        )
        found = {}
        for candidate in candidates:
            exchange, title = exchanges.get(candidate.turn or 0, (None, ""))
            if exchange is not None and len(exchange.question.text.split()) <= SHORT:
                alone = replace(exchange, answer=replace(exchange.answer, text=""))
                found[candidate.unit] = memory_passage(alone, title)
        return found

    def with_neighbours(self, chunk: int) -> str:
        """Return a chunk's text, by its row, between the end of the chunk before it and the start
        of the next.
        """
        around = {
            row["away"]: row["text"]
            for row in self._database.rows(
                "SELECT other.position - this.position AS away, other.text FROM chunks this"
                " JOIN chunks other ON other.document_id = this.document_id"
                " AND other.collection_id = this.collection_id"
                " AND other.position BETWEEN this.position - 1 AND this.position + 1"
                " WHERE this.id = ?",
                (chunk,),
            )
        }
        before, after = around.get(-1, "")[-NEIGHBOURS:], around.get(1, "")[:NEIGHBOURS]
        return "\n".join(filter(None, (before, around.get(0, ""), after)))

    def around(
        self, collection: CollectionId, key: str, away: int
    ) -> list[DocumentPassage] | list[MemoryPassage]:
        """Return a passage, by its id, and up to `away` on each side of it, in their order.

        They are chunks of the same document or exchanges of the same conversation, uncut. The list
        is empty if the collection has no passage with this id.
        """
        rows = self._database.rows(
            "SELECT other.* FROM chunks this JOIN chunks other"
            " ON other.document_id = this.document_id"
            " AND other.collection_id = this.collection_id"
            " AND other.position BETWEEN this.position - ? AND this.position + ?"
            " WHERE this.collection_id = ? AND this.key = ? ORDER BY other.position",
            (away, away, collection, key),
        )
        if rows:
            return [self._document_passage(row) for row in rows]
        places = self._conversations.places(collection, key)
        conversation = next((where for where, exchange in places if exchange == key), None)
        if conversation is None:
            return []
        found = self._conversations.conversation(collection, conversation)
        exchanges = found.exchanges if found else ()
        position = next((n for n, said in enumerate(exchanges) if said.id == key), 0)
        near = exchanges[max(0, position - away) : position + away + 1]
        return [_whole_exchange(exchange, found.title if found else "") for exchange in near]

    def count_documents(self, collection: CollectionId, narrowed: Where) -> int:
        """Return how many documents a filter leaves; `narrowed` is what `Scope.sql_filter` has."""
        clause, values = narrowed
        sql = (
            "SELECT count(DISTINCT c.document_id) FROM chunks c"
            f" WHERE c.collection_id = ? AND c.document_id IS NOT NULL{clause}"
        )
        return int(self._database.scalar(sql, (collection, *values)))

    def of_file(self, collection: CollectionId, path: Path) -> list[DocumentPassage]:
        """Return the chunks of a file, in its order; none if the collection does not have it."""
        rows = self._database.rows(
            "SELECT c.* FROM chunks c JOIN sources s ON s.document_id = c.document_id"
            " AND s.collection_id = c.collection_id"
            " WHERE s.collection_id = ? AND s.path = ? ORDER BY c.position",
            (collection, os.fsencode(path)),
        )
        return [self._document_passage(row) for row in rows]

    def places(self, chunks: Sequence[int]) -> dict[int, Place]:
        """Return the place of each chunk, by row; of several copies of a file the first by name."""
        return places(self._database, chunks)

    def _chunks(self, chunks: Collection[int]) -> dict[int, Row]:
        rows = self._database.rows_among("SELECT * FROM chunks WHERE id IN ({})", list(chunks))
        return {row["id"]: row for row in rows}

    def _document_passage(self, row: Row) -> DocumentPassage:
        files = self._database.rows(
            "SELECT s.path, s.mtime_ns, d.title FROM sources s JOIN documents d"
            " ON d.id = s.document_id WHERE s.document_id = ? ORDER BY s.path",
            (row["document_id"],),
        )
        paths = [os.fsdecode(file["path"]) for file in files]
        modified = min((file["mtime_ns"] for file in files), default=None)
        return DocumentPassage(
            id=row["key"],
            source=paths[0] if paths else "",
            text="\n".join(filter(None, (row["header"], row["text"]))),
            heading=row["heading"],
            start_line=row["start_line"],
            end_line=row["end_line"],
            page=row["page"],
            end_page=row["end_page"],
            place=row["place"],
            also_in=tuple(paths[1:]),
            title=files[0]["title"] if files else "",
            modified=None if modified is None else datetime.fromtimestamp(modified / 1e9, UTC),
        )


def memory_passage(exchange: Exchange, title: str, found: Sequence[str] = ()) -> MemoryPassage:
    """Return an exchange as a passage, without an answer that only repeats its own sources: those
    are found themselves. `found` are parts of its sides, best first.
    """
    question, answer = (
        "" if turn.echo or not turn.text else _cut(turn.plain_text, found, turn.narration)
        for turn in (exchange.question, exchange.answer)
    )
    return MemoryPassage(
        id=exchange.id,
        title=title,
        asked=question,
        answered=answer,
        conversation=exchange.conversation,
        time=exchange.question.time,
        asked_by=exchange.question.spoken_by("You"),
        answered_by=exchange.answer.spoken_by(),
        project=exchange.project,
    )


def _whole_exchange(exchange: Exchange, title: str) -> MemoryPassage:
    return replace(
        memory_passage(exchange, title),
        asked=exchange.question.plain_text,
        answered=exchange.answer.plain_text,
    )


def _cut(text: str, found: Sequence[str], narration: int) -> str:
    """Return the text; of a long one the best part.

    Of an answer after the narration of its work, the answer proper: the narration repeats the words
    of the question and says nothing of the outcome. A part of it that was found follows.
    """
    if len(text) <= LONG:
        return text
    proper = text[narration:]
    part = next((part for part in found if part and part in text), "")
    if not narration or part in proper:
        return _extract(proper, part)
    return f"{_extract(proper, '')}\n\n… {part} …"


def _extract(text: str, part: str) -> str:
    """Return a text, of a long one `part` or else its beginning."""
    if len(text) <= LONG:
        return text
    part = part or text[:BEGINNING]
    before = "" if text.startswith(part) else "… "
    return f"{before}{part} …"
