"""A folder, an environment and a library that somebody hostile has prepared; real commands."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from guard import Desk

SECRET = "High water at Wexmouth is at ten to noon."
PROGRAM = "import pathlib; pathlib.Path({marker!r}).touch()\n"
ENDPOINTS = {
    "chroma_api_impl": "chromadb.api.fastapi.FastAPI",
    "CHROMA_API_IMPL": "chromadb.api.fastapi.FastAPI",
    "CHROMA_SERVER_HOST": "127.0.0.1",
    "CHROMA_SERVER_HTTP_PORT": "{port}",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://127.0.0.1:{port}",
    "CHROMA_OTEL_GRANULARITY": "all",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:{port}",
    "HF_ENDPOINT": "http://127.0.0.1:{port}",
    "HF_HUB_OFFLINE": "0",
    "TRANSFORMERS_OFFLINE": "0",
}
NONSENSE = {
    "ANONYMIZED_TELEMETRY": "",
    "MIGRATIONS": "none",
    "PERSIST_DIRECTORY": "/nowhere",
    "IS_PERSISTENT": "false",
    "ALLOW_RESET": "maybe",
    "CHROMA_SYSDB_IMPL": "os.system",
    "CHROMA_PRODUCT_TELEMETRY_IMPL": "antigravity.fly",
    "CHROMA_SEGMENT_MANAGER_IMPL": "nothing.at.all",
    "CHROMA_MEMORY_LIMIT_BYTES": "little",
    "CHROMA_SERVER_NOFILE": "-7",
}


@pytest.fixture
def sink() -> Iterator[tuple[int, list[object]]]:
    """A port at which somebody listens, and who came first."""
    visitors: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with contextlib.suppress(OSError):
                visitors.append(server.accept())

        threading.Thread(target=listen, name="sink", daemon=True).start()
        yield server.getsockname()[1], visitors
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def desk(tmp_path: Path, models: Path, embedder: object) -> Desk:
    """A desk with a document and a model that is converted already."""
    desk = Desk(tmp_path / "desk")
    desk.take_models(models)
    (desk.cwd / "tides.md").write_text(f"# Tides\n\n{SECRET}\n")
    return desk


SEARCH = ("search", "When is high water?", "--json")


def works(desk: Desk) -> None:
    """Ingesting and finding work, and no address is so much as looked up."""
    ingested, found = desk.run_in_turn([("ingest", "tides.md"), SEARCH])
    assert ingested.returncode == 0, ingested.stderr
    finds(desk, found)


def finds(desk: Desk, ran: CompletedProcess[str]) -> None:
    """A search found the document, and no address was so much as looked up."""
    assert ran.returncode == 0, ran.stderr
    assert SECRET in json.loads(ran.stdout)[0]["text"]
    assert (desk.home / "chroma" / "chroma.sqlite3").exists()
    assert desk.seen("address") == desk.seen("name") == []


@pytest.mark.parametrize("where", ["file", "environment"])
def test_hostile_settings_are_not_heard(
    desk: Desk, sink: tuple[int, list[object]], where: str
) -> None:
    port, visitors = sink
    given = {name: value.format(port=port) for name, value in {**ENDPOINTS, **NONSENSE}.items()}
    if where == "file":
        (desk.cwd / ".env").write_text("".join(f"{n}={v}\n" for n, v in given.items()))
    else:
        desk.environment = given
    works(desk)
    assert visitors == []


def test_an_env_file_that_is_none_is_no_matter(desk: Desk) -> None:
    (desk.cwd / ".env").write_bytes(b"\xff\xfe\x00=\x9c\nexport A='\n$(id)\n" + b"A" * 100_000)
    works(desk)


def test_an_env_file_that_never_ends_is_not_read(desk: Desk) -> None:
    os.mkfifo(desk.cwd / ".env")
    works(desk)


def test_a_model_planted_in_the_current_folder_is_not_taken(desk: Desk) -> None:
    marker = desk.place / "run"
    for owner in ("", "sentence-transformers/"):
        planted = desk.cwd / f"{owner}all-MiniLM-L6-v2"
        planted.mkdir(parents=True)
        (planted / "modules.json").write_text('[{"idx": 0, "path": "", "type": "evil.Model"}]')
        (planted / "evil.py").write_text(PROGRAM.format(marker=str(marker)))
        (planted / "model.safetensors").write_bytes(b"not the weights")
    desk.environment = {"RAGCHAT_EMBEDDING_MODEL": "sentence-transformers/all-MiniLM-L6-v2"}
    works(desk)
    desk.environment = {"RAGCHAT_EMBEDDING_MODEL": "all-MiniLM-L6-v2"}
    finds(desk, desk.run(*SEARCH))
    assert not marker.exists()


def test_an_index_that_names_a_model_to_load_loads_none(desk: Desk) -> None:
    works(desk)
    marker = desk.place / "run"
    evil = desk.cwd / "evil" / "model"
    evil.mkdir(parents=True)
    (evil / "modules.json").write_text('[{"idx": 0, "path": "", "type": "code.Model"}]')
    (evil / "code.py").write_text(PROGRAM.format(marker=str(marker)))
    assert _poison(desk.home / "chroma" / "chroma.sqlite3", str(evil)) > 0
    (desk.cwd / "more.md").write_text("# Boats\n\nBoats are let at the quay.\n")
    search = ("search", "When is high water?")
    ran = desk.run_in_turn([search, ("ingest", "more.md"), ("rebuild",), SEARCH])
    assert not marker.exists()
    assert desk.seen("address") == desk.seen("name") == []
    assert all("Traceback" not in process.stderr for process in ran)
    assert SECRET in json.loads(ran[-1].stdout)[0]["text"]


def _poison(index: Path, model: str) -> int:
    """Let every collection name a model with code of its own; gives how many do."""
    loader = {"model_name": model, "device": "cpu", "normalize_embeddings": False}
    named = {
        "type": "known",
        "name": "sentence_transformer",
        "config": {**loader, "kwargs": {"trust_remote_code": True}},
    }
    with sqlite3.connect(index) as database:
        rows = database.execute("SELECT id, schema_str FROM collections").fetchall()
        for key, schema in rows:
            poisoned = schema.replace('{"type":"legacy"}', json.dumps(named))
            assert poisoned != schema
            database.execute("UPDATE collections SET schema_str = ? WHERE id = ?", (poisoned, key))
    database.close()
    return len(rows)
