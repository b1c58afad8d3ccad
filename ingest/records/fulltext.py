"""Words: the question as an FTS5 query, and bm25 as SQLite counts it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from ingest.document import Kind
from ingest.errors import StoreDamaged
from ingest.records.database import Database
from ingest.records.documents import KINDS
from ingest.records.schema import words_table

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being but by can could"
    " did do does doing for from had has have having he her here hers him his how i if in into is"
    " it its just me more most my no nor not of off on once only or other our out over own same"
    " she should so some such than that the their them then there these they this those through"
    " to too under until up very was we were what when where which while who whom why will with"
    " would you your".split()
)
WEIGHTS: Mapping[Kind, tuple[float, float]] = {"document": (1.0, 1.0), "memory": (0.6, 1.0)}
"""What a word counts for in a chunk's context and in its text."""

ENOUGH_WORDS = 8
"""A passage need not hold more words of a long question to hold all of what it asks."""
MOST_WORDS = 64
"""Words of a question that are looked up: a pasted page is a question, too."""

_WORD = re.compile(r"\w+", re.UNICODE)


def telling_words(text: str) -> list[str]:
    """The words of a text in order, each once, in lower case, less the stop words."""
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return [word for word in words if word not in STOP_WORDS]


def match_expression(question: str) -> str:
    """Any of the question's words, less the stop words (unless it has no others); "" for none.

    Each word is quoted, so that nothing in a question is FTS5 syntax:
    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    words = telling_words(question) or list(dict.fromkeys(_WORD.findall(question.lower())))
    return " OR ".join(f'"{word}"' for word in words[:MOST_WORDS])


def most_bm25(expression: str, chunks: int) -> float:
    """About the bm25 of a chunk that holds every word of the question, each of them rare."""
    words = expression.count(" OR ") + 1
    return min(words, ENOUGH_WORDS) * math.log(chunks + 2)


def search_words(
    database: Database,
    collection: int,
    kind: Kind,
    expression: str,
    limit: int,
    where: tuple[str, Sequence[object]] = ("", ()),
) -> dict[int, float]:
    """The best chunks by bm25 (higher is nearer), by row, best first.

    `where` narrows the rows of `chunks c`: SQL that begins with " AND ", and its values.
    """
    if not expression:
        return {}
    table = words_table(collection, kind)
    clause, values = where
    join = " JOIN chunks c ON c.id = w.rowid" if clause else ""
    rows = database.rows(
        f"SELECT w.rowid, -bm25({table}, ?, ?) AS score FROM {table} w{join}"
        f" WHERE {table} MATCH ?{clause} ORDER BY score DESC LIMIT ?",
        (*WEIGHTS[kind], expression, *values, limit),
    )
    return {row[0]: row["score"] for row in rows}


def rebuild_words(database: Database) -> None:
    """Make every words index anew from the texts."""
    for table in _tables(database):
        database.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")


def merge_words(database: Database) -> None:
    """Leave no deleted word in the full-text indexes: FTS5 keeps them until segments are merged."""
    for table in _tables(database):
        database.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def words_out_of_step(database: Database) -> list[str]:
    """The words indexes that are damaged, or that do not hold the words of the texts."""
    return [table for table in _tables(database) if not _in_step(database, table)]


def _in_step(database: Database, table: str) -> bool:
    try:
        # With rank = 1 the words are compared with the texts, too:
        # https://www.sqlite.org/fts5.html#the_integrity_check_command
        database.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
    except StoreDamaged:
        return False
    return True


def _tables(database: Database) -> list[str]:
    rows = database.rows("SELECT id FROM collections ORDER BY id")
    return [words_table(row["id"], kind) for row in rows for kind in KINDS]
