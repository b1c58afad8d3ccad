"""Full-text search: how much of a question's words each chunk holds, as FTS5 counts it.

The words of a chunk and of a question pass one normaliser (`ingest.text.words`). FTS5's bm25 has a
fixed notion of rarity that vanishes in small libraries; only the part that counts occurrences is
taken from it: https://www.sqlite.org/fts5.html#the_bm25_function
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.document import KINDS, Kind
from ingest.errors import StoreDamaged
from ingest.records.database import Database
from ingest.records.ids import CollectionId
from ingest.records.kept_words import KeptWords, kept_words
from ingest.records.schema import words_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS: Mapping[Kind, tuple[float, float]] = {"document": (1.0, 1.0), "memory": (0.6, 1.0)}
"""What a word counts for in a chunk's context and in its text."""

COUNTED = 2_000
"""Chunks that hold a word are counted up to this many in each half of a pool: 0.1 ms."""

Where = tuple[str, Sequence[object]]
"""A condition on rows of `chunks c`: SQL that begins with " AND ", and its values."""


@dataclass(frozen=True, slots=True)
class FullText:
    """The words index of one collection and kind.

    `languages` counts its chunks by language, the commonest first; `oldest` and `newest` are the
    rows of the first chunk and the last.
    """

    database: Database
    collection: CollectionId
    kind: Kind
    languages: Mapping[str, int]
    kept: KeptWords = field(compare=False)
    oldest: int = 0
    newest: int = 0

    @property
    def size(self) -> int:
        """The number of its chunks."""
        return sum(self.languages.values())

    @property
    def table(self) -> str:
        """The FTS5 table."""
        return words_table(self.collection, self.kind)

    def counts(self, forms: Iterable[str]) -> dict[str, int]:
        """Return how many chunks hold each of these forms; those that none holds are missing. The
        count of a common form is estimated from the oldest chunks that hold it and those in the
        middle.
        """
        estimates = self.kept.estimates
        known = {form: estimates.get(form, self.kept.counts.get(form)) for form in forms}
        counts = {form: chunks for form, chunks in known.items() if chunks}
        asked = [form for form, chunks in known.items() if chunks is None]
        if not asked:
            return counts
        rows = self.database.rows(  # one statement, since most forms are in no chunk
            "SELECT f.key, (SELECT count(*) || ' ' || coalesce(max(rowid), 0)"
            f" FROM (SELECT rowid FROM {self.table} WHERE {self.table} MATCH f.value"
            f" LIMIT {COUNTED})) FROM json_each(?) f",
            (json.dumps([_quoted(form) for form in asked]),),
        )
        found = {asked[row[0]]: tuple(map(int, row[1].split())) for row in rows}
        for form, (count, last) in found.items():
            if count >= COUNTED:
                counts[form] = estimates[form] = self._estimated(form, count, last)
                continue
            self.kept.keep_count(form, count)
            if count:
                counts[form] = count
        return counts

    def _estimated(self, form: str, count: int, last: int) -> int:
        """Return how many chunks hold a form that `count` do, counted from the oldest to the row
        `last`.
        """
        oldest, newest = self.oldest, self.newest
        begin = max(last + 1, (oldest + newest) // 2)
        later, last_later = self._count_from(_quoted(form), begin)
        estimate = count * (begin - oldest) / (last - oldest + 1)
        if later < COUNTED:
            return round(estimate + later)
        return round(estimate + later * (newest - begin + 1) / (last_later - begin + 1))

    def _count_from(self, quoted: str, begin: int) -> tuple[int, int]:
        """Return how many chunks from a row on hold a form, up to COUNTED, and the last of them."""
        row = self.database.row(
            f"SELECT count(*), max(rowid) FROM (SELECT rowid FROM {self.table}"
            f" WHERE {self.table} MATCH ? AND rowid >= ? LIMIT {COUNTED})",
            (quoted, begin),
        )
        return (row[0], row[1] or 0) if row is not None else (0, 0)

    def vocabulary(self, beginning: str) -> Iterator[tuple[str, int]]:
        """The words that begin like this, each with how many chunks hold it."""
        end = beginning[:-1] + chr(ord(beginning[-1]) + 1)
        rows = self.database.rows(
            f"SELECT term, doc FROM {self._vocabulary} WHERE term >= ? AND term < ?",
            (beginning, end),
        )
        return ((row["term"], row["doc"]) for row in rows)

    def words(self) -> Iterator[tuple[str, int]]:
        """All words, each with how many chunks hold it."""
        rows = self.database.rows(f"SELECT term, doc FROM {self._vocabulary}")
        return ((row["term"], row["doc"]) for row in rows)

    def holding(self, form: str, *, prefix: bool = False) -> NDArray[np.int64]:
        """The chunks that hold a word or phrase, by row: 30 times as fast as `occurrences`."""
        rows = self.kept.rows.get((form, prefix))
        if rows is None:
            rows = self._ids(
                f"SELECT group_concat(rowid) FROM {self.table} WHERE {self.table} MATCH ?",
                (_quoted(form, prefix=prefix),),
            )
            self.kept.keep_rows(form, rows, prefix=prefix)
        return rows

    def has(self, phrase: str) -> bool:
        """Return whether any chunk holds a word or phrase."""
        sql = f"SELECT 1 FROM {self.table} WHERE {self.table} MATCH ? LIMIT 1"
        return self.database.scalar(sql, (_quoted(phrase),)) is not None

    def chunks_where(self, where: Where) -> NDArray[np.int64]:
        """The chunks that a condition leaves, by row."""
        clause, values = where
        return self._ids(
            "SELECT group_concat(c.id) FROM chunks c WHERE c.collection_id = ? AND c.kind = ?"
            f"{clause}",
            (self.collection, self.kind, *values),
        )

    def _ids(self, sql: str, values: Sequence[object]) -> NDArray[np.int64]:
        """Return row ids, which SQL joins to one text: a Python object for each takes longer."""
        import numpy as np

        return np.fromstring(self.database.scalar(sql, values) or "", np.int64, sep=",")

    def occurrences(
        self,
        form: str,
        where: Where = ("", ()),
        among: Collection[int] | None = None,
        *,
        prefix: bool = False,
        held: int | None = None,
    ) -> dict[int, float]:
        """Each chunk that holds a word or phrase, by row, with the part of its bm25 that counts
        occurrences (0..2.2); of those that `where` leaves, or `among` these. `held` is how many
        chunks of all hold it, where that is known.
        """
        clause, values = where
        join = " JOIN chunks c ON c.id = w.rowid" if clause else ""
        if among is not None and not among:
            return {}
        if among is not None:
            # With a plus, FTS5 passes through the rows once instead of once for each of these.
            join, clause = "", " AND +w.rowid IN (SELECT value FROM json_each(?))"
            values = (json.dumps(list(among)),)
        quoted = _quoted(form, prefix=prefix)
        rows = self.database.rows(
            f"SELECT w.rowid, -bm25({self.table}, ?, ?) FROM {self.table} w{join}"
            f" WHERE {self.table} MATCH ?{clause}",
            (*WEIGHTS[self.kind], quoted, *values),
        )
        if not rows:
            return {}
        # Divided by what FTS5 takes for the word's rarity.
        if held is None:
            held = len(rows) if not clause else self._held(quoted)
        theirs = max(1e-6, math.log(max(1e-9, (self.size - held + 0.5) / (held + 0.5))))
        return {row[0]: row[1] / theirs for row in rows}

    def _held(self, quoted: str) -> int:
        sql = f"SELECT count(*) FROM {self.table} WHERE {self.table} MATCH ?"
        return int(self.database.scalar(sql, (quoted,)))

    def texts(self, chunks: Sequence[int]) -> dict[int, str]:
        """The texts of chunks, by row."""
        rows = self.database.rows_among("SELECT id, text FROM chunks WHERE id IN ({})", chunks)
        return {row["id"]: row["text"] for row in rows}

    def named(self, forms: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """The documents of the files whose path holds a word, by row, for each of these words."""
        table = f"names_{self.collection}"
        rows = self.database.rows(
            f"SELECT f.key, s.document_id FROM json_each(?) f CROSS JOIN {table} n"
            f" CROSS JOIN sources s ON s.id = n.rowid WHERE n.{table} MATCH f.value",
            (json.dumps([_quoted(form) for form in forms]),),
        )
        found: dict[str, dict[int, None]] = {form: {} for form in forms}
        for number, document in rows:
            found[forms[number]][document] = None
        return {form: tuple(documents) for form, documents in found.items()}

    def sources(self) -> int:
        """The number of files."""
        sql = "SELECT count(*) FROM sources WHERE collection_id = ?"
        return int(self.database.scalar(sql, (self.collection,)))

    def chunks_of(
        self, documents: Sequence[int], most: int, where: Where = ("", ())
    ) -> list[tuple[int, int, int]]:
        """The first chunks of documents: row, document, position; `where` narrows them."""
        clause, values = where
        rows = self.database.rows_among(
            "SELECT c.id, c.document_id, c.position FROM chunks c WHERE c.collection_id = ?"
            f" AND c.position < ?{clause} AND c.document_id IN ({{}})",
            documents,
            (self.collection, most, *values),
        )
        return [(row["id"], row["document_id"], row["position"]) for row in rows]

    @property
    def _vocabulary(self) -> str:
        return f"vocabulary_{self.collection}_{self.kind}"


def _quoted(form: str, *, prefix: bool = False) -> str:
    """A word or phrase as FTS5 reads it."""
    return '"' + form.replace('"', '""') + '"' + ("*" if prefix else "")


def full_text(database: Database, collection: CollectionId, kind: Kind) -> FullText:
    """Return the words index of a collection and kind."""
    rows = database.rows(
        "SELECT language, chunks FROM chunk_counts WHERE collection_id = ? AND kind = ?"
        " AND chunks > 0 ORDER BY chunks DESC",
        (collection, kind),
    )
    languages = {row["language"]: row["chunks"] for row in rows}
    index = FullText(database, collection, kind, languages, KeptWords())
    if not languages:
        return index
    part = "FROM chunks WHERE collection_id = ? AND kind = ?"
    # Each from an index: asked for both at once, SQLite reads all rows.
    ((oldest, newest),) = database.rows(
        f"SELECT (SELECT min(id) {part}), (SELECT max(id) {part})", (collection, kind) * 2
    )
    kept = kept_words(database, index.table, index.size, newest)
    return replace(index, kept=kept, oldest=oldest, newest=newest)


def rebuild_words(database: Database) -> None:
    """Rebuild every full-text index from the texts."""
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


def _tables(database: Database) -> Iterable[str]:
    for row in database.rows("SELECT id FROM collections ORDER BY id"):
        yield from (words_table(row["id"], kind) for kind in KINDS)
        yield f"names_{row['id']}"
