"""Every text that a library stores, with the place it is at; for searches of all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ingest.records.database import Database
from ingest.records.public_ids import CONVERSATION_ID

Where = Literal["document", "path", "turn", "conversation", "title", "summary"]


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text of a collection; `place` is the path and line of a document, the path of a source, or
    the id of a conversation, followed by that of the exchange if the text is in a turn.
    """

    collection: str
    where: Where
    place: str
    text: str


def stored_texts(database: Database) -> Iterator[StoredText]:
    """Yield the texts of all collections: of documents and their paths, of turns (their speakers,
    ids and models, too), of conversations (their ids, titles and summaries).
    """
    yield from _of_documents(database)
    yield from _of_paths(database)
    yield from _of_turns(database)
    yield from _of_conversations(database)


def _of_documents(database: Database) -> Iterator[StoredText]:
    for row in database.rows(
        "SELECT l.name, s.path, c.start_line, d.title, c.context, c.text FROM chunks c"
        " JOIN documents d ON d.id = c.document_id JOIN sources s ON s.document_id = d.id"
        " JOIN collections l ON l.id = c.collection_id ORDER BY l.name, s.path, c.position"
    ):
        place = f"{os.fsdecode(row['path'])}:{row['start_line']}"
        for text in (row["title"], row["context"], row["text"]):
            yield StoredText(row["name"], "document", place, text)


def _of_paths(database: Database) -> Iterator[StoredText]:
    for row in database.rows(
        "SELECT l.name, s.path FROM sources s JOIN collections l ON l.id = s.collection_id"
        " ORDER BY l.name, s.path"
    ):
        path = os.fsdecode(row["path"])
        yield StoredText(row["name"], "path", path, path)


def _of_turns(database: Database) -> Iterator[StoredText]:
    for row in database.rows(
        f"SELECT l.name, {CONVERSATION_ID} AS conversation, t.exchange, t.speaker, t.text, t.key,"
        " t.model FROM turns t JOIN conversations k ON k.id = t.conversation_id"
        " JOIN collections l ON l.id = k.collection_id ORDER BY t.id"
    ):
        place = f"{row['conversation']} {row['exchange']}"
        # The indexed text of a turn is made of the first two and of its conversation's title.
        for text in (row["speaker"], row["text"], row["key"], row["model"]):
            yield StoredText(row["name"], "turn", place, text)


def _of_conversations(database: Database) -> Iterator[StoredText]:
    for row in database.rows(
        f"SELECT l.name, {CONVERSATION_ID} AS conversation, k.title,"
        " coalesce(s.text, '') AS summary FROM conversations k"
        " JOIN collections l ON l.id = k.collection_id"
        " LEFT JOIN summaries s ON s.conversation_id = k.id ORDER BY k.id"
    ):
        place = row["conversation"]
        yield StoredText(row["name"], "conversation", place, place)
        yield StoredText(row["name"], "title", place, row["title"])
        yield StoredText(row["name"], "summary", place, row["summary"])
