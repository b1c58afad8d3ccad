"""Secrets that are stored already, from before they were masked; never their text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ingest.records.database import Database
from ingest.records.documents import CONVERSATION_ID
from ingest.text.cleaning import mask, masked

Where = Literal["document", "path", "turn", "conversation", "title", "summary"]


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret in the library, by its kind.

    `place` is the path and line of a document, the path of a source, or the id of a conversation,
    followed by that of the exchange if the secret is in a turn. A secret in it is masked.
    """

    kind: str
    where: Where
    place: str
    collection: str


def stored_secrets(database: Database) -> list[StoredSecret]:
    """Return the secrets of all collections, one for each kind and place: in documents and their
    paths, in turns (their ids and models, too), in ids, titles and summaries of conversations.
    """
    searched = (_in_documents, _in_paths, _in_turns, _in_conversations)
    texts = (text for search in searched for text in search(database))
    return list(
        dict.fromkeys(
            StoredSecret(kind, where, masked(place), collection)
            for collection, where, place, text in texts
            for kind in mask(text).secrets
        )
    )


_Text = tuple[str, Where, str, str]
"""A collection, where in it, the place, and the text at that place."""


def _in_documents(database: Database) -> Iterator[_Text]:
    for row in database.rows(
        "SELECT l.name, s.path, c.start_line, d.title, c.context, c.text FROM chunks c"
        " JOIN documents d ON d.id = c.document_id JOIN sources s ON s.document_id = d.id"
        " JOIN collections l ON l.id = c.collection_id ORDER BY l.name, s.path, c.position"
    ):
        place = f"{os.fsdecode(row['path'])}:{row['start_line']}"
        for text in (row["title"], row["context"], row["text"]):
            yield row["name"], "document", place, text


def _in_paths(database: Database) -> Iterator[_Text]:
    for row in database.rows(
        "SELECT l.name, s.path FROM sources s JOIN collections l ON l.id = s.collection_id"
        " ORDER BY l.name, s.path"
    ):
        path = os.fsdecode(row["path"])
        yield row["name"], "path", path, path


def _in_turns(database: Database) -> Iterator[_Text]:
    for row in database.rows(
        f"SELECT l.name, {CONVERSATION_ID} AS conversation, t.exchange, t.speaker, t.text, t.key,"
        " t.model FROM turns t JOIN conversations k ON k.id = t.conversation_id"
        " JOIN collections l ON l.id = k.collection_id ORDER BY t.id"
    ):
        # The indexed text of a turn is made of the first two and of its conversation's title.
        for text in (row["speaker"], row["text"], row["key"], row["model"]):
            yield row["name"], "turn", f"{row['conversation']} {row['exchange']}", text


def _in_conversations(database: Database) -> Iterator[_Text]:
    for row in database.rows(
        f"SELECT l.name, {CONVERSATION_ID} AS conversation, k.title,"
        " coalesce(s.text, '') AS summary FROM conversations k"
        " JOIN collections l ON l.id = k.collection_id"
        " LEFT JOIN summaries s ON s.conversation_id = k.id ORDER BY k.id"
    ):
        yield row["name"], "conversation", row["conversation"], row["conversation"]
        yield row["name"], "title", row["conversation"], row["title"]
        yield row["name"], "summary", row["conversation"], row["summary"]
