"""How a file was read is kept and shown, and a row of a table is found with its columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Output, loads

from ingest.errors import SkipKind
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


def test_encoding_tags_and_what_was_left_out_are_kept(
    docs: Path, store: Store, embedder: Embedder
) -> None:
    picture = "QWxhZGRpbjpvcGVuIHNlc2FtZQ9" * 80
    (docs / "note.md").write_text(
        "---\ntitle: Locks\ntags: [water, Toll]\naliases:\n  - Gates\ndate: 2026-03-04\n---\n"
        f"They open at nine.\n\n![x](data:image/png;base64,{picture})\n"
    )
    (docs / "old.txt").write_bytes("Où est l'écluse ? À côté de la forêt.".encode("cp1252"))
    Ingestion(store, embedder).run([docs])
    note, old = store.documents.sources(store.collection("default"))
    assert (note.title, note.properties.tags) == ("Locks", ("water", "Toll"))
    assert (note.properties.aliases, note.properties.date) == (("Gates",), "2026-03-04")
    assert note.left_out == ("1 picture in base64 (2 kB)",)
    assert note.encoding == "utf-8"
    assert old.encoding == "windows-1252 (guessed)"
    assert "QWxhZG" not in str([row[0] for row in store.database.rows("SELECT text FROM chunks")])


def test_each_row_of_a_long_table_comes_with_its_columns(
    docs: Path, store: Store, embedder: Embedder
) -> None:
    rows = [f"| Lock {chr(65 + n % 26)}{n} | {n * 3} | {n % 7} |" for n in range(150)]
    table = "\n".join(["| Lock | Boats a day | Keepers |", "|---|---|---|", *rows])
    (docs / "locks.md").write_text(f"# Locks\n\n{table}\n")
    Ingestion(store, embedder).run([docs])
    chunks = store.database.rows("SELECT text, header, start_line FROM chunks ORDER BY position")
    assert len(chunks) > 5
    assert all(chunk["header"] == "| Lock | Boats a day | Keepers |" for chunk in chunks[1:])
    lines = (docs / "locks.md").read_text().split("\n")
    for chunk in chunks:
        assert lines[chunk["start_line"] - 1] == chunk["text"].split("\n")[0]
    texts = [row[0] for row in store.database.rows("SELECT context FROM chunks WHERE header <> ''")]
    assert all("Boats a day" in context for context in texts)


def test_a_page_without_text_is_named(docs: Path, store: Store, embedder: Embedder) -> None:
    (docs / "app.html").write_text("<body><script>draw()</script><div id=root></div>")
    report = Ingestion(store, embedder).run([docs])
    assert [(file.kind, file.reason) for file in report.skipped] == [
        (SkipKind.NO_TEXT, "no text that can be read")
    ]


def test_a_log_is_read_at_both_ends(docs: Path, store: Store, embedder: Embedder) -> None:
    line = "2026-03-04 09:{:02}:{:02} INFO boat {} passed the gate without a toll being asked\n"
    text = "".join(line.format(n // 60 % 60, n % 60, n) for n in range(4_000))
    (docs / "gate.log").write_text(text)
    report = Ingestion(store, embedder).plan([docs])
    from ingest.readers import read

    document = read(docs / "gate.log")
    assert "boat 0 passed" in document.text
    assert "boat 3999 passed" in document.text
    assert len(document.text) < 210_000 < len(text)
    [said] = document.left_out
    assert said.startswith("lines ")
    assert [file.left_out for file in report.partly] == [(said,)]
    assert document.lines[-1] == text.count("\n") + 1


def test_sources_show_tells_how_a_file_was_read(docs: Path, ragchat: Output) -> None:
    (docs / "old.txt").write_bytes("Où est l'écluse ? À côté de la forêt.".encode("cp1252"))
    assert ragchat("ingest", str(docs))[0] == 0
    [told] = loads(ragchat("sources", "show", str(docs / "old.txt"), "--json"))
    assert (told["encoding"], told["chunks"]) == ("windows-1252 (guessed)", 1)
    code, _, said = ragchat("sources", "show", str(docs / "no.txt"))
    assert code == 2
    assert "is not in the library" in said
