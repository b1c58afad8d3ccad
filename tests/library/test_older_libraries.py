"""A library of each released schema, lived in: opened, searched and gone on with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hits import unfiltered

from ingest.conversation import Turn
from ingest.maintenance.doctor import findings
from ingest.models.embedder import Embedder
from ingest.records.chunks import text_hash
from ingest.records.fulltext import words_out_of_step
from ingest.records.ids import CollectionId
from ingest.records.schema import FUNCTIONS, MIGRATIONS, scripts
from ingest.store import Store
from ragchat.memory import Memory
from ragchat.retrieval.retriever import Retriever

NOTES = ("High water at Wexmouth pier is at noon.", "The lanterns of the harbour burn whale oil.")
FILE = "/notes/harbour.txt"
SAID = ("My boat is called Merganser.", "A fine name for a boat.")


def _write(home: Path, version: int, tiny: Embedder) -> None:
    """Write what a library of this version holds: a file of two chunks, an exchange, a source."""
    home.mkdir(mode=0o700)
    with closing(sqlite3.connect(home / "ragchat.db")) as file:
        for name, (arguments, function) in FUNCTIONS.items():
            file.create_function(name, arguments, function, deterministic=True)
        for script in scripts(version, [CollectionId(1)]):
            file.executescript(script)
        model = (tiny.fingerprint, tiny.name, tiny.dimension)
        file.execute("INSERT INTO models VALUES (1, ?, ?, ?, 1)", model)
        file.executescript("""
            INSERT INTO collections VALUES (1, 'default');
            INSERT INTO documents (id, collection_id, hash, format, title, chunker)
            VALUES (1, 1, 'h', 'text', 'Harbour', 1);
            INSERT INTO conversations (id, collection_id, origin, key, title, started)
            VALUES (1, 1, 'ragchat', 'c1', 'Boats', 1750000000);
        """)
        file.execute(
            "INSERT INTO sources (id, collection_id, document_id, path, size, mtime_ns, read_at)"
            " VALUES (1, 1, 1, ?, 1, 1, 1)",
            (FILE.encode(),),
        )
        turns = [
            (n, f"t{n}", role, SAID[n], 1.75e9 + n) for n, role in enumerate(("user", "assistant"))
        ]
        file.executemany(
            "INSERT INTO turns (id, conversation_id, key, exchange, role, speaker, text, time,"
            " status, model, stop_reason, usage)"
            " VALUES (? + 1, 1, ?, 'e1', ?, '', ?, ?, 'done', '', '', '{}')",
            turns,
        )
        file.execute(
            "INSERT INTO answer_sources VALUES (2, 1, 'document', 'k0', 'h', ?, 0.5, 1)",
            (json.dumps({"source": FILE, "start_line": 1, "end_line": 1}),),
        )
        if version >= 3:
            file.execute("UPDATE turns SET position = id")
        for n, text in enumerate((*NOTES, *SAID)):
            document, turn = (1, None) if n < 2 else (None, n - 1)
            file.execute(
                "INSERT INTO chunks (collection_id, kind, key, document_id, turn_id, position,"
                ' start, "end", start_line, end_line, page, heading, context, text, hash)'
                " VALUES (1, ?, ?, ?, ?, ?, 0, 1, 1, 1, NULL, '', '', ?, ?)",
                ("document" if document else "memory", f"k{n}", document, turn, n % 2, text)
                + (text_hash("", text),),
            )
            vector = tiny.embed_passages([text])[0].tobytes()
            file.execute("INSERT INTO vectors VALUES (1, ?, ?)", (text_hash("", text), vector))
        file.execute(f"PRAGMA user_version = {version}")
        file.commit()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_library_of_an_older_version_is_found_whole_and_gone_on_with(
    tmp_path: Path, tiny: Embedder, version: int
) -> None:
    _write(tmp_path / "home", version, tiny)
    with Store(tmp_path / "home") as store:
        assert words_out_of_step(store.database) == []
        retriever = Retriever(store, tiny)
        for asked, text in (("Wexmouth", NOTES[0]), ("lanterns", NOTES[1]), ("Merganser", SAID[0])):
            assert text in unfiltered(retriever, asked).passages[0].text
        memory = Memory(store, "default")
        conversation = memory.latest()
        assert [source.source for source in conversation.exchanges[0].answer.sources] == [FILE]
        now = datetime.now(UTC)
        question = Turn("user", "Her harbour is Olney.", now, "q")
        answer = Turn("assistant", "Noted.", now, "a")
        memory.remember(conversation, question, answer)
        memory.index(tiny)
        assert "Olney" in unfiltered(retriever, "Olney").passages[0].text
        assert [found.line for found in findings(store, quick=True)] == []
