"""Data among documents gets a share of the library; a document may come through a pipe."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Output, loads

from ingest.intake.share import FLOOR, SHARE
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


def figures(count: int) -> str:
    return json.dumps([{"boat": f"b{n}", "toll": n % 9} for n in range(count)], indent=0)


def chunks(store: Store, name: str) -> int:
    sources = store.documents.sources(store.collection("default"))
    return next(source.chunks for source in sources if source.path.name == name)


def test_long_data_is_kept_at_both_ends_beside_documents(
    docs: Path, store: Store, tiny: Embedder
) -> None:
    (docs / "a-data.json").write_text(figures(1_500))
    (docs / "settings.json").write_text('{"gate": "open", "toll": 4}')
    (docs / "note.md").write_text("The gate is closed in May.\n")
    planned = Ingestion(store, tiny).plan([docs])
    report = Ingestion(store, tiny).run([docs])
    assert planned.chunks == report.chunks == FLOOR + 2
    ((path, (left_out,)),) = [(partly.path.name, partly.left_out) for partly in report.partly]
    assert path == "a-data.json"
    assert "passages of data, lines" in left_out
    rows = store.database.rows("SELECT text FROM chunks")
    found = " ".join(row[0] for row in rows)
    assert '"b0"' in found
    assert '"b1499"' in found
    assert '"b1200"' not in found


def test_the_more_documents_the_more_data(docs: Path, store: Store, tiny: Embedder) -> None:
    for n in range(200):
        (docs / f"{n}.md").write_text(f"Boat {n} passed the gate.\n")
    (docs / "a.json").write_text(figures(1_500))
    Ingestion(store, tiny).run([docs])
    assert chunks(store, "a.json") == round(SHARE * 200)


def test_data_alone_named_or_included_is_read_whole(
    docs: Path, store: Store, tiny: Embedder
) -> None:
    (docs / "a.json").write_text(figures(1_500))
    Ingestion(store, tiny).run([docs])
    whole = chunks(store, "a.json")
    assert whole > FLOOR
    (docs / "note.md").write_text("The gate is closed in May.\n")
    Ingestion(store, tiny).run([docs, docs / "a.json"])
    assert chunks(store, "a.json") == whole


def test_a_document_from_a_pipe_has_a_name_and_is_read_again(
    home: Path, tiny: Embedder, ragchat: Output, piped: Callable[[bytes], None]
) -> None:
    at = ["--home", str(home)]
    piped(b"The spare key hangs in the shed.\n")
    assert loads(ragchat("ingest", "-", "--name", "keys.md", *at, "--json"))["added"] == 1
    piped(b"# Keys\n\nThe spare key hangs at the quay.\n")
    assert loads(ragchat("ingest", "-", "--name", "keys.md", *at, "--json"))["updated"] == 1
    ((shown),) = loads(ragchat("sources", "show", "keys.md", *at, "--json"))
    assert (shown["format"], shown["title"], shown["chunks"]) == ("markdown", "Keys", 1)
    # A folder that holds the library does not miss a file for it.
    assert loads(ragchat("ingest", str(home.parent), *at, "--json"))["removed"] == 0
    assert ragchat("sources", "remove", "keys.md", *at, "--yes")[0] == 0
    assert ragchat("sources", "show", "keys.md", *at)[0] == 2


def test_a_document_from_a_pipe_that_is_left_out_is_named(
    home: Path, tiny: Embedder, ragchat: Output, piped: Callable[[bytes], None]
) -> None:
    piped(b"\0\1\2\3")
    _, _, err = ragchat("ingest", "-", "--name", "keys.md", "--home", home)
    assert "keys.md: a binary file" in " ".join(err.split())
    assert "--verbose" not in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-"], "needs a name"),
        (["-", "--name", "a/b"], "without a folder"),
        (["-", "--name", "x"], "nothing came through the pipe"),
        (["--name", "x"], "add - to the paths"),
    ],
)
def test_a_pipe_without_name_or_text_is_refused(
    home: Path, ragchat: Output, piped: Callable[[bytes], None], arguments: list[str], reason: str
) -> None:
    piped(b" \n")
    code, _, err = ragchat("ingest", *arguments, "--home", str(home))
    assert code == 2
    assert reason in " ".join(err.split())


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put bytes into standard input."""

    def put(raw: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))

    return put
