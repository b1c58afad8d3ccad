"""Passages: candidates as somebody is shown them, with their text and their place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from ingest.conversation import Exchange
from ingest.document import Passage
from ingest.records.conversations import Conversations
from ingest.records.database import Database, Row
from ingest.search.candidates import Candidate

LONG = 800
"""Characters of a side of an exchange that are shown whole; of a longer one, the best part."""
BEGINNING = 400
"""Characters that are shown of a longer one of which nothing was found."""

SHORT = 80
"""Words of what was told in passing; more, and it is a task that was described."""

NEIGHBOURS = 400
"""Characters of each neighbour that are read along with a chunk: with it and a question they come
to what most rerankers read, 512 word pieces.
"""


class Found(NamedTuple):
    """What is to be shown: a candidate with its score, and the chunks of its exchange that were
    found, by their rows, best first.
    """

    candidate: Candidate
    score: float
    chunks: tuple[int, ...]


def passages(
    database: Database, conversations: Conversations, ranked: Sequence[Found]
) -> list[Passage]:
    """The passages of candidates, in the order given.

    A document gives the chunk that was found; memory gives the exchange, a side that is long cut to
    its best part: the whole of eight long replies is more than a request has room for, and pushes
    out what answers (BEAM, evidence within 1,000 words: 41 % whole, 63 % so).
    """
    exchanges = conversations.exchanges(
        each.candidate.turn for each in ranked if each.candidate.turn is not None
    )
    found: list[Passage] = []
    for candidate, score, chunks in ranked:
        row = _chunk(database, candidate.chunk)
        if row is None:
            continue
        if candidate.kind == "document":
            found.append(_document_passage(database, row, candidate, score))
        elif candidate.turn in exchanges:
            exchange, title = exchanges[candidate.turn]
            texts = [each["text"] for each in map(partial(_chunk, database), chunks) if each]
            found.append(_memory_passage(exchange, title, candidate, score, texts))
    return found


def told(conversations: Conversations, ranked: Sequence[Found]) -> list[Passage]:
    """What the person said in the exchanges of these candidates, where it is short and no mere
    question, in the order given; without the answers.
    """
    exchanges = conversations.exchanges(
        candidate.turn
        for candidate, _, _ in ranked
        if candidate.turn is not None and candidate.own and not candidate.only_asks
    )
    found = []
    for candidate, score, _ in ranked:
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
        text="\n".join(filter(None, (row["header"], row["text"]))),
        score=score,
        cosine=candidate.cosine,
        bm25=candidate.bm25,
        heading=row["heading"],
        start_line=row["start_line"],
        end_line=row["end_line"],
        page=row["page"],
        end_page=row["end_page"],
        place=row["place"],
        also_in=tuple(paths[1:]),
    )


def _memory_passage(
    exchange: Exchange,
    title: str,
    candidate: Candidate,
    score: float,
    found: Sequence[str] = (),
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


def exchange_text(exchange: Exchange, found: Sequence[str] = ()) -> str:
    """Both sides of an exchange, one paragraph a side, named; without an answer that only repeats
    what its own sources say: those are found themselves. `found` are parts of them, best first.
    """
    return "\n\n".join(
        f"{turn.speaker or default}: {_cut(turn.plain_text, found)}"
        for turn, default in ((exchange.question, "You"), (exchange.answer, "Claude"))
        if turn.text and not turn.echo
    )


def _cut(text: str, found: Sequence[str]) -> str:
    if len(text) <= LONG:
        return text
    part = next((each for each in found if each and each in text), text[:BEGINNING])
    before = "" if text.startswith(part) else "… "
    return f"{before}{part} …"
