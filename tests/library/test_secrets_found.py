"""What `doctor --secrets` tells, and that its advice is true."""

from __future__ import annotations

from pathlib import Path

from commands import Output
from planted import PLANTED

from ingest.document import Chunk
from ingest.records.chunks import KeyedChunk
from ingest.records.ids import CollectionId, DocumentId
from ingest.store import Store
from ragchat.cli.secrets_found import described, secrets_found

KEY = PLANTED["Anthropic key"]


def test_a_document_that_was_stored_before_is_masked_as_advised(
    tmp_path: Path, home: Path, ragchat: Output
) -> None:
    file = tmp_path / "notes.md"
    file.write_text(f"It is {KEY}.")
    ragchat("ingest", file)
    with Store(home) as store, store.database.transaction():
        store.database.execute("DELETE FROM chunks")
        old = Chunk(file.read_text(), 0, len(file.read_text()), 1, 1)
        store.chunks.add(CollectionId(1), [KeyedChunk("old", "", old)], document=DocumentId(1))
    with Store(home) as store:
        (found,) = secrets_found(store.texts(), home / "history")
    assert described(found) == (
        f"Anthropic key in document {file}:1: "
        "`ragchat forget --source PATH`, then `ragchat ingest --again PATH`"
    )
    ragchat("forget", "--source", file)
    assert ragchat("ingest", file, "--again")[0] == 0
    assert KEY.encode() not in (home / "ragchat.db").read_bytes()
    with Store(home) as store:
        assert secrets_found(store.texts(), home / "history") == []


def test_what_was_typed_is_searched_too(home: Path) -> None:
    (home / "history").write_text(f'"my key is {KEY}"\n"and {KEY}"\n')
    with Store(home) as store:
        (found,) = secrets_found(store.texts(), home / "history")
    assert (found["kind"], found["where"]) == ("Anthropic key", "history")
    assert KEY not in str(found)
