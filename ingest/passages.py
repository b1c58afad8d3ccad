"""Passages: candidates as somebody is shown them, with their text and their place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from ingest.candidates import Candidate
from ingest.conversation import Exchange
from ingest.conversations import Conversations
from ingest.database import Database, Row
from ingest.document import Passage

LONG_ANSWER = 2400
"""Characters of an answer that are shown whole; of a longer one, the part that was found."""

SHORT = 80
"""Words of what was told in passing; more, and it is a task that was described."""

NEIGHBOURS = 400
"""Characters of each neighbour that are read along with a chunk: with it and a question they come
to what most rerankers read, 512 word pieces.
"""


def passages(
    database: Database, conversations: Conversations, ranked: Sequence[tuple[Candidate, float]]
) -> list[Passage]:
    """The passages of candidates with their scores, in the order given.

    A document gives the chunk that was found; memory gives the exchange, an answer that is long
    cut to the part that was found.
    """
    exchanges = conversations.exchanges(
        candidate.turn for candidate, _ in ranked if candidate.turn is not None
    )
    found: list[Passage] = []
    for candidate, score in ranked:
        row = _chunk(database, candidate.chunk)
        if row is None:
            continue
        if candidate.kind == "document":
            found.append(_document_passage(database, row, candidate, score))
        elif candidate.turn in exchanges:
            exchange, title = exchanges[candidate.turn]
            found.append(_memory_passage(exchange, title, candidate, score, row["text"]))
    return found


def told(conversations: Conversations, ranked: Sequence[tuple[Candidate, float]]) -> list[Passage]:
    """What the person said in the exchanges of these candidates, where it is short and no mere
    question, in the order given; without the answers.
    """
    exchanges = conversations.exchanges(
        candidate.turn
        for candidate, _ in ranked
        if candidate.turn is not None and candidate.own and not candidate.only_asks
    )
    found = []
    for candidate, score in ranked:
        exchange, title = exchanges.get(candidate.turn or 0, (None, ""))
        if exchange is not None and len(exchange.question.text.split()) <= SHORT:
            alone = replace(exchange, answer=replace(exchange.answer, text=""))
            found.append(_memory_passage(alone, title, candidate, score))
    return found


def with_neighbours(database: Database, chunk: int) -> str:
    """A chunk's text, by its row, between the end of the chunk before and the start of the next."""
    around = {
        row["away"]: row["text"]
        for row in database.rows(
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


def _chunk(database: Database, chunk: int) -> Row | None:
    return database.row("SELECT * FROM chunks WHERE id = ?", (chunk,))


def _document_passage(database: Database, row: Row, candidate: Candidate, score: float) -> Passage:
    paths = [
        os.fsdecode(source["path"])
        for source in database.rows(
            "SELECT path FROM sources WHERE document_id = ? ORDER BY path", (row["document_id"],)
        )
    ]
    return Passage(
        kind="document",
        id=row["key"],
        source=paths[0] if paths else "",
        text=row["text"],
        score=score,
        cosine=candidate.cosine,
        bm25=candidate.bm25,
        heading=row["heading"],
        start_line=row["start_line"],
        end_line=row["end_line"],
        page=row["page"],
        also_in=tuple(paths[1:]),
    )


def _memory_passage(
    exchange: Exchange, title: str, candidate: Candidate, score: float, found: str = ""
) -> Passage:
    return Passage(
        kind="memory",
        id=exchange.id,
        source=title,
        text=exchange_text(exchange, found),
        score=score,
        cosine=candidate.cosine,
        bm25=candidate.bm25,
        conversation=exchange.conversation,
        time=exchange.question.time,
    )


def exchange_text(exchange: Exchange, found: str = "") -> str:
    """Both sides of an exchange, one paragraph a side, named; without an answer that only repeats
    what its own sources say: those are found themselves.
    """
    return "\n\n".join(
        f"{turn.speaker or default}: {_cut(turn.plain_text, found)}"
        for turn, default in ((exchange.question, "You"), (exchange.answer, "Claude"))
        if turn.text and not turn.echo
    )


def _cut(text: str, found: str) -> str:
    if len(text) <= LONG_ANSWER:
        return text
    part = found if found and found in text else text[:LONG_ANSWER]
    before = "" if text.startswith(part) else "… "
    return f"{before}{part} …"
