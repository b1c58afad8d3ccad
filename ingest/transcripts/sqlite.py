"""Databases of tools that keep their conversations in SQLite, opened to be read only."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from ingest.errors import ReadError

SUFFIXES = frozenset((".db", ".sqlite", ".sqlite3", ".vscdb"))

_LONGEST = 100_000_000
"""Bytes of one value; a column that is computed may be of any length."""
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
# Newer versions of llm keep turns of threads; what is older may stay where it was.
_LLM_TURNS = (
    "SELECT t.id, t.thread_id AS conversation_id, h.name AS conversation_name, t.model,"
    " t.resolved_model, t.datetime_utc, s.prompt, s.response,"
    " (SELECT json_group_array(json_object('source', f.source, 'content', f.content))"
    " FROM turn_fragments p JOIN fragments f ON f.id = p.fragment_id"
    " WHERE p.turn_id = t.id AND p.kind = 'prompt') AS prompt_fragments,"
    " (SELECT json_group_array(json_object('path', a.path, 'url', a.url))"
    " FROM parts q JOIN part_attachments p ON p.part_id = q.id"
    " JOIN attachments a ON a.id = p.attachment_id"
    " WHERE q.message_hash = t.parent_message_hash) AS attachments"
    " FROM turns t JOIN turn_search s ON s.turn_id = t.id"
    " LEFT JOIN threads h ON h.id = t.thread_id"
    " ORDER BY t.datetime_utc"
)
# "composerData:ID" comes before its messages, "bubbleId:ID:…".
_CURSOR = (
    "SELECT key, value FROM cursorDiskKV WHERE key GLOB 'composerData:*' OR key GLOB 'bubbleId:*'"
    " ORDER BY substr(key, instr(key, ':') + 1)"
)
# Older versions keep conversations in the workspace.
_OLDER_CURSOR = (
    "SELECT key, value FROM ItemTable WHERE key = 'workbench.panel.aichat.view.aichat.chatdata'"
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
_OPEN_WEBUI = "SELECT id, title, chat, created_at, updated_at FROM chat ORDER BY created_at"
_OLDER_LLM = "responses conversations fragments prompt_fragments attachments prompt_attachments"
_NEWER_LLM = f"{_OLDER_LLM} turns turn_search threads turn_fragments parts part_attachments"
_QUERIES = {
    frozenset(tables.split()): queries
    for tables, queries in {
        _NEWER_LLM: (_LLM_TURNS, _LLM_WITH_FRAGMENTS),
        _OLDER_LLM: (_LLM_WITH_FRAGMENTS,),
        "responses conversations": (_LLM,),
        "cursorDiskKV ItemTable": (_CURSOR, _OLDER_CURSOR),
        "cursorDiskKV": (_CURSOR,),
        "ItemTable": (_OLDER_CURSOR,),
        "session message part": (_OPENCODE,),
        "chat user auth": (_OPEN_WEBUI,),
    }.items()
}
"""The queries for a database that has all of these tables; the first that fit."""
_MESSAGES = re.compile(r"(?:\w+_)?messages?")
_TALKS = re.compile(r"(?:\w+_)?(?:chat|conversation|session|thread)s?")
_BOTH = frozenset(("message_store", "chat_history"))


def rows(path: Path) -> Iterator[object]:
    """Return the rows that hold what was said; none of an unknown database. ReadError if it is
    damaged or in use.
    """
    with _opened(path) as (database, tables):
        for needed, queries in _QUERIES.items():
            if needed <= tables:
                for query in queries:
                    yield from (dict(row) for row in database.execute(query))
                break


def looks_like_talk(path: Path) -> bool:
    """Return whether a database has tables of conversations and of messages, by their names, or
    threads of Zed.
    """
    with _opened(path) as (database, tables):
        if "threads" in tables:
            columns = {row["name"] for row in database.execute("PRAGMA table_info(threads)")}
            if {"summary", "data_type", "data"} <= columns:
                return True
        both = any(map(_MESSAGES.fullmatch, tables)) and any(map(_TALKS.fullmatch, tables))
        return both or not _BOTH.isdisjoint(tables)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, frozenset[str]]]:
    """A database and its tables; an empty one for a file that is none."""
    with path.open("rb") as file:
        known = file.read(len(_MAGIC)) == _MAGIC
    address = f"file:{quote(str(path))}?mode=ro" if known else ":memory:"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            database.execute("PRAGMA trusted_schema = OFF")
            database.row_factory = sqlite3.Row
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            yield database, frozenset(row["name"] for row in found)
    except sqlite3.Error as error:
        raise ReadError(f"a database that cannot be read ({error})") from error
