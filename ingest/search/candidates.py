"""Candidates: chunks that may answer a question, each with both raw signals.

Dense search and word search each give their best; whatever one side missed is scored for it
afterwards, so that no candidate is judged by half of the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from ingest.document import Kind, Signals
from ingest.index.vectors import Near
from ingest.records.database import Row
from ingest.records.fulltext import FullText, full_text
from ingest.records.ids import ConversationRow, ModelId, TurnId
from ingest.records.index_parts import IndexPart
from ingest.records.models import Model
from ingest.records.packing import unpacked
from ingest.records.tables import Tables
from ingest.search.dense import DenseSearch
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.search.word_counts import WordCounts
from ingest.search.wordsearch import WordScores, WordSearch
from ingest.text.language import SHORT, says_nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


ONLY_ASKS = (
    "(substr(rtrim(t.text), -1) IN ('?', '？', '؟') AND length(t.text) < 160"
    " AND t.text NOT LIKE '%. %' AND t.text NOT LIKE '%! %')"
)
"""How SQL knows a turn that is a short question and nothing else (table alias `t`)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that may answer.

    `unit` is what would be shown: the id of the chunk itself, or of its exchange. `by_model`: said
    by Claude, not by a person. `parts`: the number of chunks of its turn, 1 for documents. `pool`:
    the number of chunks among which it was found. `only_asks`: a turn that is a short question and
    nothing else. `own`: said by the user or by Claude, not by people with names. `time`: when it
    was said, in seconds since the epoch; None for documents. `language`: of the chunk.
    `conversation`: that of its turn; None for documents.
    `neighbours`: the chunks before and after it in its document; `beside`: what they add to its
    coverage. `unknown_name`: the question has a name that its pool does not hold.
    """

    chunk: int
    kind: Kind
    unit: str
    turn: TurnId | None
    signals: Signals
    by_model: bool = False
    parts: int = 1
    pool: int = 1
    only_asks: bool = False
    own: bool = False
    time: float | None = None
    language: str = ""
    conversation: ConversationRow | None = None
    neighbours: tuple[int, ...] = ()
    beside: float = 0.0
    unknown_name: bool = False


class CandidateSearch:
    """One search of every collection and kind of a scope, begun with the words of the question: the
    model computes its vector meanwhile.

    A word is as rare as it is in all the collections, so that their scores can be compared.
    """

    def __init__(
        self,
        tables: Tables,
        dense: DenseSearch,
        model: Model,
        words: WordQuery,
        scope: Scope,
        *,
        exact: bool,
    ) -> None:
        self._tables = tables
        self._dense = dense
        self._exact = exact
        self._model = model
        self._scope = scope
        pools = [
            (name, full_text(tables.database, tables.look_up(name), kind))
            for name in scope.collections
            for kind in scope.kinds
        ]
        indexes = [index for _, index in pools if index.size]
        counts = {
            kind: WordCounts([index for index in indexes if index.kind == kind], indexes)
            for kind in scope.kinds
        }
        self._pools = [
            (name, WordSearch(index, counts[index.kind], words, scope.sql_filter(index.kind)))
            for name, index in pools
            if index.size
        ]

    def candidates(self, vector: NDArray[np.float32], limit: int) -> list[Candidate]:
        """Return up to `limit` candidates a side from each."""
        found: list[Candidate] = []
        for name, words in self._pools:
            index = words.index
            dense = self._nearest(name, index, vector, limit)
            near = _rows_near(index, [one.id for one in dense])
            scores = words.scores(near)
            best = nlargest(limit, scores.scores, key=lambda chunk: scores.scores[chunk])
            others = _rows_of(index, [chunk for chunk in best if chunk not in near])
            rows = {
                chunk: row
                for chunk, row in (*near.items(), *others.items())
                if not row["short"] or not says_nothing(row["short"])
            }
            cosines = _cosines(self._tables, self._model.id, vector, rows, dense)
            signals = _signals(rows, cosines, scores, dense, best)
            found += [
                _candidate(index.kind, row, signals[chunk], scores, index.size)
                for chunk, row in rows.items()
            ]
        return found

    def _nearest(
        self, name: str, index: FullText, vector: NDArray[np.float32], limit: int
    ) -> list[Near]:
        part = IndexPart(self._model, index.collection, name, index.kind)
        search = self._dense.exact if self._exact else self._dense.nearest
        return search(part, vector, limit, self._scope.narrowing(index.kind))


_ROWS = (
    "SELECT c.id, c.key, c.hash, c.language, c.turn_id, t.exchange, t.conversation_id, t.time,"
    " t.speaker = '' AS own, t.role = 'assistant' AND t.speaker = '' AS by_model,"
    f" {ONLY_ASKS} AS only_asks,"
    f" CASE WHEN length(t.text) <= {SHORT} THEN t.text END AS short,"
    " (SELECT count(*) FROM chunks p WHERE p.turn_id = c.turn_id) AS parts,"
    # A document is in one collection, so its chunks are, too.
    " (SELECT group_concat(b.id) FROM chunks b WHERE b.document_id = c.document_id"
    " AND b.position IN (c.position - 1, c.position + 1)) AS beside FROM chunks c"
    " LEFT JOIN turns t ON t.id = c.turn_id WHERE "
)


def _rows_near(index: FullText, keys: Sequence[str]) -> dict[int, Row]:
    """The rows of the chunks that are near, by row, in the order of their keys."""
    found = index.database.rows_among(
        f"{_ROWS} c.collection_id = ? AND c.kind = ? AND c.key IN ({{}})",
        keys,
        (index.collection, index.kind),
    )
    return {row["id"]: row for row in sorted(found, key=lambda row: row["key"])}


def _rows_of(index: FullText, chunks: Sequence[int]) -> dict[int, Row]:
    """The rows of some chunks, in the order of their rows."""
    found = index.database.rows_among(
        # With a plus, SQLite looks up the wanted rows by id instead of filtering all of the part
        # (100,000 chunks: 24.3 -> 0.5 ms).
        f"{_ROWS} +c.collection_id = ? AND +c.kind = ? AND c.id IN ({{}})",
        chunks,
        (index.collection, index.kind),
    )
    return {row["id"]: row for row in sorted(found, key=lambda row: row["id"])}


def _cosines(
    tables: Tables,
    model: ModelId,
    vector: NDArray[np.float32],
    rows: Mapping[int, Row],
    dense: Sequence[Near],
) -> dict[int, float]:
    known = {near.id: near.cosine for near in dense}
    stored = tables.vectors.find(
        model, {row["hash"] for row in rows.values() if row["key"] not in known}
    )
    compared = (unpacked(list(stored.values()), len(vector)) @ vector).tolist()
    cosine_of = dict(zip(stored, compared, strict=True))
    cosines: dict[int, float] = {}
    for chunk, row in rows.items():
        if row["key"] in known:
            cosines[chunk] = known[row["key"]]
        elif row["hash"] in cosine_of:
            cosines[chunk] = cosine_of[row["hash"]]
    return cosines


def _signals(
    rows: Mapping[int, Row],
    cosines: Mapping[int, float],
    scores: WordScores,
    dense: Sequence[Near],
    best: Sequence[int],
) -> dict[int, Signals]:
    """Both raw signals of each row."""
    dense_ranks = {near.id: rank for rank, near in enumerate(dense, 1)}
    words_ranks = {chunk: rank for rank, chunk in enumerate(best, 1)}
    return {
        chunk: Signals(
            cosine=cosines.get(chunk, 0.0),
            bm25=scores.scores.get(chunk, 0.0),
            coverage=scores.coverage.get(chunk, 0.0),
            dense_rank=dense_ranks.get(row["key"]),
            words_rank=words_ranks.get(chunk),
        )
        for chunk, row in rows.items()
    }


def _candidate(kind: Kind, row: Row, signals: Signals, scores: WordScores, pool: int) -> Candidate:
    neighbours = tuple(map(int, row["beside"].split(","))) if row["beside"] else ()
    return Candidate(
        chunk=row["id"],
        kind=kind,
        unit=row["exchange"] or row["key"],
        turn=row["turn_id"],
        signals=signals,
        by_model=bool(row["by_model"]),
        parts=max(1, row["parts"]),
        pool=pool,
        only_asks=bool(row["only_asks"]),
        own=bool(row["own"]),
        time=row["time"],
        language=row["language"],
        conversation=row["conversation_id"],
        neighbours=neighbours,
        beside=scores.added_beside(row["id"], neighbours),
        unknown_name=scores.unknown_name,
    )
