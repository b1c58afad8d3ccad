"""Databases of tools that keep their conversations in SQLite, opened to be read only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ingest.errors import ReadError

SUFFIXES = frozenset((".db", ".sqlite", ".sqlite3", ".vscdb"))

_MAGIC = b"SQLite format 3\0"
_LLM = (
    "SELECT r.*, c.name AS conversation_name FROM responses r"
    " LEFT JOIN conversations c ON c.id = r.conversation_id ORDER BY r.datetime_utc"
)
_LLM_WITH_FRAGMENTS = (
    "SELECT r.*, c.name AS conversation_name,"
    " (SELECT json_group_array(json_object('source', f.source, 'content', f.content))"
    " FROM prompt_fragments p JOIN fragments f ON f.id = p.fragment_id"
    " WHERE p.response_id = r.id) AS prompt_fragments,"
    " (SELECT json_group_array(json_object('path', a.path, 'url', a.url))"
    " FROM prompt_attachments p JOIN attachments a ON a.id = p.attachment_id"
    " WHERE p.response_id = r.id) AS attachments"
    " FROM responses r LEFT JOIN conversations c ON c.id = r.conversation_id"
    " ORDER BY r.datetime_utc"
)
# "composerData:ID" comes before its messages, "bubbleId:ID:…".
_CURSOR = (
    "SELECT key, value FROM cursorDiskKV WHERE key GLOB 'composerData:*' OR key GLOB 'bubbleId:*'"
    " ORDER BY substr(key, instr(key, ':') + 1)"
)
# Of a part only what was said, and whether it is a tool: the rest may be large.
_OPENCODE = (
    "SELECT s.id AS session_id, s.title, s.directory, s.revert, s.time_created AS created,"
    " s.time_updated AS updated, m.id, m.data AS info,"
    " (SELECT json_group_array(json_object('type', p.type, 'text', p.text,"
    " 'filename', p.filename, 'synthetic', p.synthetic, 'ignored', p.ignored))"
    " FROM (SELECT json_extract(data, '$.type') AS type, json_extract(data, '$.text') AS text,"
    " json_extract(data, '$.filename') AS filename, json_extract(data, '$.synthetic') AS synthetic,"
    " json_extract(data, '$.ignored') AS ignored FROM part WHERE message_id = m.id ORDER BY id) p"
    " WHERE p.type IN ('text', 'file', 'tool')) AS parts"
    " FROM session s JOIN message m ON m.session_id = s.id WHERE s.parent_id IS NULL"
    " ORDER BY s.time_created, s.id, m.id"
)
_QUERIES = {
    frozenset(
        "responses conversations fragments prompt_fragments attachments prompt_attachments".split()
    ): _LLM_WITH_FRAGMENTS,
    frozenset(("responses", "conversations")): _LLM,
    frozenset(("cursorDiskKV",)): _CURSOR,
    frozenset(("session", "message", "part")): _OPENCODE,
}
"""The query for a database that has all of these tables; the first that fits."""


def rows(path: Path) -> Iterator[object]:
    """Return the rows that hold what was said; none of an unknown database. ReadError if it is
    damaged or in use.
    """
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return
    try:
        address = f"file:{quote(str(path))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.row_factory = sqlite3.Row
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row["name"] for row in found}
            for needed, query in _QUERIES.items():
                if needed <= tables:
                    yield from (dict(row) for row in database.execute(query))
                    break
    except sqlite3.Error as error:
        raise ReadError(f"a database that cannot be read ({error})") from error
