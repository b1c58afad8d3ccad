"""Where a search looks: collections, kinds, and filters on documents and memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.document import Kind
from ingest.index.limits import conversation_value
from ingest.records.public_ids import CONVERSATION_ID
from ingest.search.document_filter import ALL_DOCUMENTS, DocumentFilter

if TYPE_CHECKING:
    from ingest.records.fulltext import Where


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A filter on the chunks of one kind, in SQL on rows of `chunks c`, and on Chroma's metadata:
    empty where there is nothing to filter, None where the metadata does not tell.
    """

    sql: Where = ("", ())
    chroma: Mapping[str, Any] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look.

    - `since` and `until` are seconds since the epoch; like `conversation`, `project` and `branch`
      they narrow the memory alone.
    - `tags` narrow the documents alone, to those whose front matter has all of them; so does
      `documents`, by paths, types and dates of files.
    - `project` is the folder of a coding tool, or its last parts; `origins` are the tools whose
      conversations count, by the beginnings of their ids ("ragchat" for one's own), or all.
    """

    collections: tuple[str, ...] = ("default",)
    kinds: tuple[Kind, ...] = ("document", "memory")
    since: float | None = None
    until: float | None = None
    conversation: str | None = None
    project: str = ""
    branch: str = ""
    origins: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    documents: DocumentFilter = ALL_DOCUMENTS

    def narrowing(self, kind: Kind) -> Narrowing:
        """Return the filter on chunks of a kind."""
        return Narrowing(self.sql_filter(kind), self._chroma_filter(kind))

    def _chroma_filter(self, kind: Kind) -> Mapping[str, Any] | None:
        if kind == "document":
            return None if self.tags or self.documents else {}
        if self.project or self.branch or self.origins:
            return None
        parts: list[Mapping[str, Any]] = []
        if self.since is not None:
            parts.append({"time": {"$gte": self.since}})
        if self.until is not None:
            parts.append({"time": {"$lt": self.until}})
        if self.conversation is not None:
            parts.append({"conversation": conversation_value(self.conversation)})
        return parts[0] if len(parts) == 1 else {"$and": parts} if parts else {}

    def sql_filter(self, kind: Kind) -> Where:
        """Return the filter on rows of `chunks c`, with its values."""
        if kind == "document":
            (tagged, tags), (filed, files) = self._tag_filter(), self.documents.sql()
            return tagged + filed, (*tags, *files)
        parts: list[str] = []
        values: list[object] = []
        for column, sign, value in (
            ("t.time", ">=", self.since),
            ("t.time", "<", self.until),
            (CONVERSATION_ID, "=", self.conversation),
            ("k.branch", "=", self.branch or None),
        ):
            if value is not None:
                parts.append(f"{column} {sign} ?")
                values.append(value)
        if self.project:
            parts.append("('/' || replace(k.project, char(92), '/')) LIKE ? ESCAPE '!'")
            values.append("%/" + _literal(self.project.replace("\\", "/").strip("/")))
        if self.origins:
            parts.append(f"k.origin IN ({', '.join('?' * len(self.origins))})")
            values += self.origins
        if not parts:
            return "", ()
        clause = (
            " AND c.turn_id IN (SELECT t.id FROM turns t JOIN conversations k"
            f" ON k.id = t.conversation_id WHERE {' AND '.join(parts)})"
        )
        return clause, tuple(values)

    def _tag_filter(self) -> Where:
        """A tag holds for those below it, too: "trip" for "trip/2026"."""
        one = (
            " AND c.document_id IN (SELECT d.id FROM documents d, json_each(d.properties, '$.tags')"
            " g WHERE ltrim(g.value, '#') = ? COLLATE NOCASE OR ltrim(g.value, '#') LIKE ?"
            " ESCAPE '!')"
        )
        values: list[object] = []
        for tag in self.tags:
            wanted = tag.lstrip("#").rstrip("/")
            values += [wanted, _literal(wanted) + "/%"]
        return one * len(self.tags), tuple(values)


def _literal(text: str) -> str:
    """Escape a text for LIKE with ESCAPE '!'."""
    return re.sub("([!%_])", r"!\1", text)
