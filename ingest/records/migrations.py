"""What each version of the schema changed, as SQL; the first one is in `schema.py`."""

from __future__ import annotations

# A summary covers the exchanges of its conversation up to the one it names. Of what was forgotten
# only a hash of its key is stored: the key itself may say too much.
VERSION_2 = """
ALTER TABLE turns ADD COLUMN echo INTEGER NOT NULL DEFAULT 0;

CREATE TABLE summaries (
    conversation_id INTEGER PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
    exchange TEXT NOT NULL,
    text TEXT NOT NULL
);

CREATE TABLE spending (
    id INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    model TEXT NOT NULL,
    usd REAL NOT NULL,
    full_history_usd REAL NOT NULL
);

CREATE TABLE forgotten (
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (collection_id, hash)
) WITHOUT ROWID;
"""

# The order of turns is the one they were said in, which is not always that of writing.
VERSION_3 = """
ALTER TABLE turns ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE turns SET position = id;
CREATE INDEX turns_in_order ON turns (conversation_id, position);
"""

# How a document was read, and its own metadata (JSON); the place of a chunk beside its first page,
# and the header row of the table that it continues.
#
# `unindexed` is the queue of exchanges with a turn that has no chunk and needs one. Refused and
# empty answers are kept but never found: they would only be repeated. Nor is an echo, which says
# nothing that its sources do not say. `unreachable` holds the records that a search of the index
# misses; `looked` says up to which chunk they have been looked for. `owed` is what is still to be
# wiped of forgotten data: never their words.
#
# `here` distinguishes turns that were said here from imported ones; `imports` has the files that
# they came from. `updated` and `written`: when a conversation last changed at its origin, and when
# the file was written that said so. `renamed`: its title was given here. `superseded`: messages
# that the newest reading knows to be on abandoned branches. In an imported conversation of an older
# version, the turns that were said here are those with a usage.
#
# What each search and each greeting counts is counted as it is written: the exchanges of a
# conversation, and the chunks of each language (`chunk_counts`), so that it takes no longer after
# ten years. The fact `exchanges_gone` counts exchanges that were deleted, or got another id: by it
# an open chat knows, without reading them, whether it still holds what is stored.
VERSION_4 = """
ALTER TABLE documents ADD COLUMN encoding TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN properties TEXT NOT NULL DEFAULT '{}';
ALTER TABLE chunks ADD COLUMN end_page INTEGER;
ALTER TABLE chunks ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN header TEXT NOT NULL DEFAULT '';
ALTER TABLE chunks ADD COLUMN language TEXT NOT NULL DEFAULT '';

CREATE INDEX chunks_in_order ON chunks (collection_id, kind, id);
DROP INDEX chunks_of_document;
CREATE INDEX chunks_of_document ON chunks (document_id, position);
DROP INDEX turns_of_exchange;
CREATE INDEX turns_of_exchange ON turns (exchange, conversation_id);

CREATE TABLE unindexed (
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
    exchange TEXT NOT NULL,
    UNIQUE (conversation_id, exchange)
);

INSERT INTO unindexed (conversation_id, exchange)
SELECT t.conversation_id, t.exchange FROM turns t
LEFT JOIN chunks c ON c.turn_id = t.id WHERE c.id IS NULL AND NOT t.echo
AND NOT EXISTS (SELECT 1 FROM turns a WHERE a.exchange = t.exchange
AND a.conversation_id = t.conversation_id AND a.status IN ('refused', 'empty'))
GROUP BY t.conversation_id, t.exchange ORDER BY min(t.id);

CREATE TRIGGER turn_to_index AFTER INSERT ON turns BEGIN
    INSERT OR IGNORE INTO unindexed (conversation_id, exchange)
    SELECT new.conversation_id, new.exchange WHERE NOT new.echo;
    DELETE FROM unindexed WHERE conversation_id = new.conversation_id AND exchange = new.exchange
    AND EXISTS (SELECT 1 FROM turns a WHERE a.exchange = new.exchange
    AND a.conversation_id = new.conversation_id AND a.status IN ('refused', 'empty'));
END;
CREATE TRIGGER turn_to_index_again AFTER DELETE ON chunks WHEN old.turn_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO unindexed (conversation_id, exchange)
    SELECT t.conversation_id, t.exchange FROM turns t WHERE t.id = old.turn_id AND NOT t.echo
    AND NOT EXISTS (SELECT 1 FROM turns a WHERE a.exchange = t.exchange
    AND a.conversation_id = t.conversation_id AND a.status IN ('refused', 'empty'));
END;
CREATE TRIGGER turn_gone AFTER DELETE ON turns BEGIN
    DELETE FROM unindexed WHERE conversation_id = old.conversation_id AND exchange = old.exchange
    AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.exchange = old.exchange
    AND t.conversation_id = old.conversation_id);
END;

CREATE TABLE unreachable (
    model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (model_id, collection_id, kind, key)
) WITHOUT ROWID;

CREATE TABLE looked (
    model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    kind TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (model_id, collection_id, kind)
) WITHOUT ROWID;

INSERT INTO unreachable (model_id, collection_id, kind, key)
SELECT m.id, l.id, k.kind, j.value FROM models m, collections l,
(SELECT 'document' AS kind UNION SELECT 'memory') k
JOIN facts f ON f.name = 'strays:' || l.name || '.' || k.kind || '.' || m.fingerprint
JOIN json_each(f.value) j;
INSERT INTO looked (model_id, collection_id, kind, last)
SELECT m.id, l.id, k.kind, (SELECT coalesce(max(id), 0) FROM chunks)
FROM models m, collections l, (SELECT 'document' AS kind UNION SELECT 'memory') k
JOIN facts f ON f.name = 'new:' || l.name || '.' || k.kind || '.' || m.fingerprint
WHERE f.value = '0';
DELETE FROM facts WHERE name LIKE 'strays:%' OR name LIKE 'new:%';

CREATE TABLE owed (
    what TEXT NOT NULL CHECK (what IN ('words', 'file', 'index', 'typed')),
    hash BLOB NOT NULL DEFAULT x'',
    length INTEGER NOT NULL DEFAULT 0,
    since REAL NOT NULL,
    PRIMARY KEY (what, hash)
) WITHOUT ROWID;

CREATE TRIGGER unreachable_gone AFTER DELETE ON chunks BEGIN
    DELETE FROM unreachable WHERE collection_id = old.collection_id AND kind = old.kind
    AND key = old.key;
END;

ALTER TABLE conversations ADD COLUMN updated REAL NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN written REAL NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN branch TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN renamed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN assistant TEXT NOT NULL DEFAULT '';
ALTER TABLE turns ADD COLUMN narration INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN here INTEGER NOT NULL DEFAULT 1;
CREATE INDEX turns_of_key ON turns (key);

CREATE TABLE superseded (
    conversation_id INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
    key TEXT NOT NULL,
    PRIMARY KEY (conversation_id, key)
) WITHOUT ROWID;

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    path BLOB NOT NULL,
    UNIQUE (collection_id, path)
);

CREATE TABLE imported_turns (
    turn_id INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE,
    import_id INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
    PRIMARY KEY (turn_id, import_id)
) WITHOUT ROWID;
CREATE INDEX turns_of_import ON imported_turns (import_id);

UPDATE turns SET here = 0 WHERE conversation_id IN
    (SELECT id FROM conversations WHERE origin <> 'ragchat')
    AND NOT EXISTS (SELECT 1 FROM turns a WHERE a.conversation_id = turns.conversation_id
        AND a.exchange = turns.exchange AND a.usage <> '{}');

CREATE TRIGGER turn_moved AFTER UPDATE OF exchange ON turns BEGIN
    DELETE FROM unindexed WHERE conversation_id = old.conversation_id AND exchange = old.exchange
    AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.exchange = old.exchange
    AND t.conversation_id = old.conversation_id);
    INSERT OR IGNORE INTO unindexed (conversation_id, exchange)
    SELECT new.conversation_id, new.exchange WHERE NOT new.echo
    AND NOT EXISTS (SELECT 1 FROM turns a WHERE a.exchange = new.exchange
    AND a.conversation_id = new.conversation_id AND a.status IN ('refused', 'empty'));
END;

ALTER TABLE conversations ADD COLUMN exchanges INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET exchanges =
    (SELECT count(DISTINCT exchange) FROM turns WHERE conversation_id = conversations.id);
CREATE INDEX conversations_counted ON conversations (collection_id, exchanges);
CREATE INDEX turns_said_here ON turns (time) WHERE here;

CREATE TRIGGER exchange_begun AFTER INSERT ON turns
WHEN NOT EXISTS (SELECT 1 FROM turns t WHERE t.exchange = new.exchange
AND t.conversation_id = new.conversation_id AND t.id <> new.id) BEGIN
    UPDATE conversations SET exchanges = exchanges + 1 WHERE id = new.conversation_id;
END;
CREATE TRIGGER exchange_gone AFTER DELETE ON turns
WHEN NOT EXISTS (SELECT 1 FROM turns t WHERE t.exchange = old.exchange
AND t.conversation_id = old.conversation_id) BEGIN
    UPDATE conversations SET exchanges = exchanges - 1 WHERE id = old.conversation_id;
    INSERT INTO facts (name, value) VALUES ('exchanges_gone', 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER exchange_moved AFTER UPDATE OF exchange ON turns
WHEN new.exchange <> old.exchange BEGIN
    UPDATE conversations SET exchanges = exchanges - 1 WHERE id = old.conversation_id
    AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.exchange = old.exchange
    AND t.conversation_id = old.conversation_id);
    UPDATE conversations SET exchanges = exchanges + 1 WHERE id = new.conversation_id
    AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.exchange = new.exchange
    AND t.conversation_id = new.conversation_id AND t.id <> new.id);
    INSERT INTO facts (name, value) VALUES ('exchanges_gone', 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;

CREATE TABLE chunk_counts (
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    PRIMARY KEY (collection_id, kind, language)
) WITHOUT ROWID;
INSERT INTO chunk_counts (collection_id, kind, language, chunks)
SELECT collection_id, kind, language, count(*) FROM chunks GROUP BY collection_id, kind, language;

CREATE TRIGGER chunk_counted AFTER INSERT ON chunks BEGIN
    INSERT INTO chunk_counts (collection_id, kind, language, chunks)
    VALUES (new.collection_id, new.kind, new.language, 1)
    ON CONFLICT (collection_id, kind, language) DO UPDATE SET chunks = chunks + 1;
END;
CREATE TRIGGER chunk_no_longer_counted AFTER DELETE ON chunks BEGIN
    UPDATE chunk_counts SET chunks = chunks - 1 WHERE collection_id = old.collection_id
    AND kind = old.kind AND language = old.language;
END;
CREATE TRIGGER chunk_language_changed AFTER UPDATE OF language ON chunks
WHEN new.language <> old.language BEGIN
    UPDATE chunk_counts SET chunks = chunks - 1 WHERE collection_id = old.collection_id
    AND kind = old.kind AND language = old.language;
    INSERT INTO chunk_counts (collection_id, kind, language, chunks)
    VALUES (new.collection_id, new.kind, new.language, 1)
    ON CONFLICT (collection_id, kind, language) DO UPDATE SET chunks = chunks + 1;
END;
"""

# The words indexes before version 4.
OLD_WORDS = """
CREATE VIEW IF NOT EXISTS chunks_{table} AS
    SELECT id, context, text FROM chunks WHERE collection_id = {collection} AND kind = '{kind}';
CREATE VIRTUAL TABLE IF NOT EXISTS words_{table} USING fts5 (
    context, text, content = 'chunks_{table}', content_rowid = 'id',
    tokenize = "porter unicode61 remove_diacritics 2"
);
CREATE TRIGGER IF NOT EXISTS words_added_{table} AFTER INSERT ON chunks
WHEN new.collection_id = {collection} AND new.kind = '{kind}' BEGIN
    INSERT INTO words_{table} (rowid, context, text) VALUES (new.id, new.context, new.text);
END;
CREATE TRIGGER IF NOT EXISTS words_deleted_{table} AFTER DELETE ON chunks
WHEN old.collection_id = {collection} AND old.kind = '{kind}' BEGIN
    INSERT INTO words_{table} (words_{table}, rowid, context, text)
    VALUES ('delete', old.id, old.context, old.text);
END;
"""
