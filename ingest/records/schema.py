"""The tables of `ragchat.db`, as SQL, one string per version of the schema.

Triggers keep the full-text index (FTS5), the queue of records for Chroma and the kept counts in
step with the chunks, in the transaction that adds or deletes one, cascades included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ingest.document import KINDS
from ingest.records.ids import CollectionId
from ingest.records.migrations import OLD_WORDS, VERSION_2, VERSION_3, VERSION_4
from ingest.text.language import indexed_language
from ingest.text.words import searchable, searchable_path

VERSION_1 = """
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    active INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    hash TEXT NOT NULL,
    format TEXT NOT NULL,
    title TEXT NOT NULL,
    chunker INTEGER NOT NULL,
    UNIQUE (collection_id, hash, format)
);

-- A path is kept as the bytes that the file system has: not every name is UTF-8.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    document_id INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    read_at REAL NOT NULL,
    UNIQUE (collection_id, path)
);
CREATE INDEX sources_of_document ON sources (document_id);

CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    origin TEXT NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    started REAL NOT NULL,
    UNIQUE (collection_id, origin, key)
);

CREATE TABLE turns (
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
    key TEXT NOT NULL,
    exchange TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    speaker TEXT NOT NULL,
    text TEXT NOT NULL,
    time REAL NOT NULL,
    status TEXT NOT NULL,
    model TEXT NOT NULL,
    stop_reason TEXT NOT NULL,
    usage TEXT NOT NULL,
    UNIQUE (conversation_id, key)
);
CREATE INDEX turns_of_exchange ON turns (exchange);

CREATE TABLE answer_sources (
    turn_id INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    passage TEXT NOT NULL,
    hash TEXT NOT NULL,
    place TEXT NOT NULL,
    score REAL NOT NULL,
    cited INTEGER NOT NULL,
    PRIMARY KEY (turn_id, n)
) WITHOUT ROWID;
CREATE INDEX answer_sources_of_passage ON answer_sources (passage);

-- `context` comes before `text` when the chunk is embedded and when its words are indexed;
-- `hash` is the sha256 of both, the key of its vector.
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('document', 'memory')),
    key TEXT NOT NULL,
    document_id INTEGER REFERENCES documents ON DELETE CASCADE,
    turn_id INTEGER REFERENCES turns ON DELETE CASCADE,
    position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    page INTEGER,
    heading TEXT NOT NULL,
    context TEXT NOT NULL,
    text TEXT NOT NULL,
    hash BLOB NOT NULL,
    CHECK ((document_id IS NULL) <> (turn_id IS NULL)),
    UNIQUE (collection_id, kind, key)
);
CREATE INDEX chunks_of_document ON chunks (document_id);
CREATE INDEX chunks_of_turn ON chunks (turn_id);
CREATE INDEX chunks_of_hash ON chunks (hash);

CREATE TABLE vectors (
    model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    hash BLOB NOT NULL,
    vector BLOB NOT NULL
);
CREATE UNIQUE INDEX vectors_of_hash ON vectors (hash, model_id);

-- Records to add to Chroma or to delete there. A row is deleted once Chroma has confirmed.
CREATE TABLE pending (
    model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    collection_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('add', 'delete')),
    PRIMARY KEY (model_id, collection_id, kind, key)
) WITHOUT ROWID;

CREATE TRIGGER chunk_added AFTER INSERT ON chunks BEGIN
    INSERT OR REPLACE INTO pending (model_id, collection_id, kind, key, action)
    SELECT id, new.collection_id, new.kind, new.key, 'add' FROM models;
END;
CREATE TRIGGER chunk_deleted AFTER DELETE ON chunks BEGIN
    INSERT OR REPLACE INTO pending (model_id, collection_id, kind, key, action)
    SELECT id, old.collection_id, old.kind, old.key, 'delete' FROM models;
END;
"""

FUNCTIONS: Mapping[str, tuple[int, Callable[..., str]]] = {
    "searchable": (2, searchable),
    "searchable_path": (1, searchable_path),
    "indexed_language": (1, indexed_language),
}
"""Functions that views and triggers call, with the number of their arguments."""

MIGRATIONS = (VERSION_1, VERSION_2, VERSION_3, VERSION_4)
"""`MIGRATIONS[n]` takes a database from `PRAGMA user_version` n to n + 1."""

WORDS_SINCE = 4
"""The version since which the full-text indexes are as below."""

# One words index for each collection and kind, so that the word statistics of two libraries, or
# of documents and memory, never mix. It stores no text of its own (an external content table,
# https://www.sqlite.org/fts5.html#external_content_tables): triggers pass it the old and new rows.
WORDS = """
CREATE VIEW IF NOT EXISTS chunks_{table} AS
    SELECT id, searchable(context, language) AS context, searchable(text, language) AS text
    FROM chunks WHERE collection_id = {collection} AND kind = '{kind}';
CREATE VIRTUAL TABLE IF NOT EXISTS words_{table} USING fts5 (
    context, text, content = 'chunks_{table}', content_rowid = 'id', tokenize = {tokenizer}
);
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary_{table} USING fts5vocab (words_{table}, row);
CREATE TRIGGER IF NOT EXISTS words_added_{table} AFTER INSERT ON chunks
WHEN new.collection_id = {collection} AND new.kind = '{kind}' BEGIN
    INSERT INTO words_{table} (rowid, context, text) VALUES (
        new.id, searchable(new.context, new.language), searchable(new.text, new.language)
    );
END;
CREATE TRIGGER IF NOT EXISTS words_deleted_{table} AFTER DELETE ON chunks
WHEN old.collection_id = {collection} AND old.kind = '{kind}' BEGIN
    INSERT INTO words_{table} (words_{table}, rowid, context, text)
    VALUES (
        'delete', old.id,
        searchable(old.context, old.language), searchable(old.text, old.language)
    );
END;
"""


# The names of files and folders, of each source by itself: a file may be moved, or be there twice.
NAMES = """
CREATE VIEW IF NOT EXISTS sources_{collection} AS
    SELECT id, searchable_path(path) AS path FROM sources WHERE collection_id = {collection};
CREATE VIRTUAL TABLE IF NOT EXISTS names_{collection} USING fts5 (
    path, content = 'sources_{collection}', content_rowid = 'id', tokenize = {tokenizer}
);
CREATE TRIGGER IF NOT EXISTS names_added_{collection} AFTER INSERT ON sources
WHEN new.collection_id = {collection} BEGIN
    INSERT INTO names_{collection} (rowid, path) VALUES (new.id, searchable_path(new.path));
END;
CREATE TRIGGER IF NOT EXISTS names_changed_{collection} AFTER UPDATE OF path ON sources
WHEN new.collection_id = {collection} BEGIN
    INSERT INTO names_{collection} (names_{collection}, rowid, path)
    VALUES ('delete', old.id, searchable_path(old.path));
    INSERT INTO names_{collection} (rowid, path) VALUES (new.id, searchable_path(new.path));
END;
CREATE TRIGGER IF NOT EXISTS names_deleted_{collection} AFTER DELETE ON sources
WHEN old.collection_id = {collection} BEGIN
    INSERT INTO names_{collection} (names_{collection}, rowid, path)
    VALUES ('delete', old.id, searchable_path(old.path));
END;
"""

# The words come normalised and with spaces between them: here nothing else parts them.
TOKENIZER = """"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\""""


def words_table(collection: CollectionId, kind: str) -> str:
    """Return the name of the full-text index of a collection and kind."""
    return f"words_{collection}_{kind}"


def words_schema(collection: CollectionId, kind: str) -> str:
    """Return the SQL that creates the full-text index of a collection and kind."""
    names = NAMES.format(collection=collection, tokenizer=TOKENIZER) if kind == "document" else ""
    table = f"{collection}_{kind}"
    return names + WORDS.format(table=table, collection=collection, kind=kind, tokenizer=TOKENIZER)


def scripts(version: int, collections: Iterable[CollectionId]) -> Iterator[str]:
    """Return the SQL that creates a library of a version of the schema with these collections."""
    yield from MIGRATIONS[:version]
    for collection in collections:
        for kind in KINDS:
            if version < WORDS_SINCE:
                yield OLD_WORDS.format(
                    table=f"{collection}_{kind}", collection=collection, kind=kind
                )
            else:
                yield words_schema(collection, kind)


def remake_words(collection: CollectionId, kind: str) -> str:
    """Return the SQL that rebuilds a full-text index as this version has it."""
    table = words_table(collection, kind)
    names = f"names_{collection}"
    return (
        f"DROP TRIGGER IF EXISTS words_added_{collection}_{kind};\n"
        f"DROP TRIGGER IF EXISTS words_deleted_{collection}_{kind};\n"
        f"DROP TABLE IF EXISTS vocabulary_{collection}_{kind};\n"
        f"DROP TABLE IF EXISTS {table};\n"
        f"DROP VIEW IF EXISTS chunks_{collection}_{kind};\n"
        f"{words_schema(collection, kind)}"
        f"INSERT INTO {table} ({table}) VALUES ('rebuild');\n"
        + (f"INSERT INTO {names} ({names}) VALUES ('rebuild');\n" if kind == "document" else "")
    )


def remake_all_words(collections: Iterable[CollectionId]) -> str:
    """Return the SQL that rebuilds the full-text indexes of an older library."""
    return "UPDATE chunks SET language = indexed_language(text);\n" + "".join(
        remake_words(collection, kind) for collection in collections for kind in KINDS
    )
