"""A library whose index is on a Chroma server: what it is told, and every way it can fail."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import warm
from commands import Output
from fakes import Reply, ScriptedClaude
from hypothesis import given
from hypothesis import strategies as st
from test_vectors import NAME, unit_rows
from wiped import remains

from ingest.document import Chunk
from ingest.errors import IndexAway, IndexDamaged, StoreError
from ingest.index import limits
from ingest.index.chroma import served_client
from ingest.index.chroma_server import Address, Server
from ingest.index.vectors import Vectors
from ingest.records.ids import ModelId
from ingest.records.models import Model
from ingest.records.public_ids import chunk_key

FINGERPRINT = NAME.rpartition(".")[2]
KEY = "ck-planted-key-that-nobody-may-see"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


CHROMA = """
import os
for output in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), output)
from chromadb.cli.cli import app
app()
"""


@contextmanager
def running(folder: Path, port: int) -> Iterator[warm.Process]:
    """`chroma run`, once it answers."""
    words = ("run", "--path", folder, "--port", port)
    process = warm.start(*words, program=CHROMA, cwd=folder.parent)
    try:
        for _ in range(1200):  # a busy machine takes long to start it
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def answering(
    status: int, answer: bytes | Callable[[str], bytes], kind: str = "text/html"
) -> Iterator[str]:
    """A server that gives the same answer to everything, or one by the path; its URL."""

    class Always(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = answer if isinstance(answer, bytes) else answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Always) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with running(tmp_path_factory.mktemp("served") / "chroma", port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def served(chroma_url: str, tmp_path: Path) -> Iterator[Vectors]:
    """An index of its own on the server."""
    index = Vectors(Server(Address.parse(chroma_url), f"{abs(hash(tmp_path)):x}"))
    index.open()
    yield index
    index.close()


def raised(url: str, deadline: float = 10.0, key: str = "") -> str:
    with pytest.raises(StoreError) as caught:
        Vectors(Server(Address.parse(url, key), "tests", deadline=deadline)).open()
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_a_served_index_adds_finds_filters_and_deletes(served: Vectors) -> None:
    rows = unit_rows(400)
    ids = [f"id{number}" for number in range(400)]
    times = [limits.metadata(float(number), "c") for number in range(400)]
    served.add(NAME, ids, rows, times, ids)
    first = served.search(NAME, rows[17], 1, None)[0]
    assert first.id == "id17"
    assert first.cosine == pytest.approx(1.0, abs=1e-5)
    assert served.search(NAME, rows[0], 1, {"time": {"$gte": 399.0}})[0].id == "id399"
    assert served.ids(NAME) == set(ids)
    served.delete(NAME, ids[:399])
    assert served.count(NAME) == 1
    served.erase()
    served.open()
    assert served.count(NAME) == 0


def test_a_record_that_is_nearly_a_megabyte_of_text_fits(served: Vectors) -> None:
    served.add(NAME, ["a", "b"], unit_rows(2), [None, None], ["x" * 10_000_000, "é\0" * 9_000])
    assert served.count(NAME) == 2


def test_erasing_leaves_the_collections_of_other_libraries(chroma_url: str) -> None:
    one, other = (Vectors(Server(Address.parse(chroma_url), name)) for name in ("one", "other"))
    for index in (one, other):
        index.open()
        index.add(NAME, ["a"], unit_rows(1), [None])
    one.erase()
    assert other.count(NAME) == 1


def test_a_library_on_a_server_is_searched_and_forgotten(
    ragchat: Output, home: Path, chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Tides\n\nThe harbour gauge is read at noon.\n")
    assert ragchat("ingest", note)[0] == 0
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", chroma_url)
    code, out, err = ragchat("search", "harbour gauge")
    assert (code, "read at noon" in out) == (0, True), err
    assert "was not on this Chroma server until now" in err
    assert not (home / "chroma").exists()
    assert ragchat("search", "harbour gauge")[2] == ""
    client = served_client(chroma_url, {}, "default_tenant", "default_database")
    (mine,) = (
        collection
        for collection in client.list_collections()
        if FINGERPRINT not in collection.name and "document" in collection.name
    )
    assert "read at noon" in mine.get()["documents"][0]
    assert "the index" not in ragchat("doctor")[1]
    code, _, err = ragchat("sources", "remove", note, "--yes")
    assert (code, mine.count()) == (0, 0)
    assert "the Chroma server may keep" in err
    monkeypatch.delenv("RAGCHAT_CHROMA_URL")
    assert ragchat("ingest", note, "--again")[0] == 0
    assert (home / "chroma").exists()


def test_a_backup_restored_into_another_home_leaves_the_index_of_the_first(
    ragchat: Output, chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", chroma_url)
    (tmp_path / "note.md").write_text("The harbour gauge is read at noon.\n")
    ragchat("ingest", tmp_path / "note.md")
    ragchat("backup", tmp_path / "b.db")
    (tmp_path / "other.md").write_text("The ferry leaves at eight.\n")
    ragchat("ingest", tmp_path / "other.md")
    assert ragchat("restore", tmp_path / "b.db", "--home", tmp_path / "second")[0] == 0
    assert "the index" not in ragchat("doctor")[1]
    code, out, err = ragchat("search", "harbour gauge", "--home", tmp_path / "second")
    assert (code, "read at noon" in out, err) == (0, True, "")


def test_a_server_that_lost_everything_is_told_again(
    ragchat: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    (tmp_path / "note.md").write_text("The harbour gauge is read at noon.\n")
    with running(tmp_path / "first", port):
        assert ragchat("ingest", tmp_path / "note.md")[0] == 0
    code, out, err = ragchat("search", "harbour gauge")
    assert (code, "read at noon" in out) == (0, True)
    assert "cannot be reached" in err
    with running(tmp_path / "second", port):
        code, out, err = ragchat("search", "harbour gauge")
        assert (code, "read at noon" in out) == (0, True), err
        assert "lacks 1 of 1 record " in err


def test_a_copied_home_gets_a_part_of_its_own_and_leaves_the_first_as_it_is(
    ragchat: Output, home: Path, chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", chroma_url)
    for name, text in (("owls.md", "Owls hunt at dusk.\n"), ("wrens.md", "Wrens nest in May.\n")):
        (tmp_path / name).write_text(text)
    ragchat("ingest", tmp_path / "owls.md", tmp_path / "wrens.md")
    copied = tmp_path / "copied"
    shutil.copytree(home, copied, symlinks=True)
    code, out, err = ragchat("search", "owls at dusk", "--home", copied)
    assert (code, "Owls hunt" in out) == (0, True)
    assert "was not on this Chroma server until now" in err
    assert ragchat("sources", "remove", tmp_path / "owls.md", "--yes", "--home", copied)[0] == 0
    code, out, err = ragchat("search", "owls at dusk")
    assert (code, "Owls hunt" in out, err) == (0, True, "")
    for place in (home, copied):
        assert "the index" not in ragchat("doctor", "--home", place)[1]
    home.rename(tmp_path / "renamed")  # which is no copy
    assert ragchat("search", "owls at dusk", "--home", tmp_path / "renamed")[2] == ""


def test_what_is_forgotten_while_the_server_is_away_is_gone_here_and_owed_there(
    ragchat: Output, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    note = tmp_path / "note.md"
    note.write_text("The vault code is pomegranate.\n")
    with running(tmp_path / "chroma", port):
        assert ragchat("ingest", note)[0] == 0
    code, out, err = ragchat("forget", "--source", note, "--yes", "--json")
    done = json.loads(out)
    assert (code, done["owed"], done["waiting"]) == (0, ["index"], 1)
    assert "cannot be reached" in done["problem"]
    assert remains(home, ["pomegranate"], []) == []
    assert ragchat("forget", "--source", note, "--yes")[0] == 2
    code, out, err = ragchat("status")
    assert (code, "not wiped from every file yet: the Chroma server" in err) == (0, True)
    assert "not yet wiped" in out
    with running(tmp_path / "chroma", port):
        assert "finished wiping" in ragchat("sources", "list")[2]
        client = served_client(f"http://127.0.0.1:{port}", {}, "default_tenant", "default_database")
        assert [collection.count() for collection in client.list_collections()] == [0]
    assert json.loads(ragchat("status", "--json")[1])["owed"] == []


def test_with_wait_a_server_that_is_away_is_an_error(
    ragchat: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    note = tmp_path / "note.md"
    note.write_text("The vault code is pomegranate.\n")
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    with running(tmp_path / "chroma", port):
        ragchat("ingest", note)
    code, _, err = ragchat("forget", "--source", note, "--yes", "--wait")
    assert (code, "cannot be reached" in err) == (5, True)
    assert "forgotten, but not wiped from every file yet" in err


def test_without_its_server_a_library_is_read_searched_and_asked(
    ragchat: Output,
    server: ScriptedClaude,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    (tmp_path / "a.md").write_text("# Bees\n\nThe hives are opened in April.\n")
    with running(tmp_path / "chroma", port):
        assert ragchat("ingest", tmp_path / "a.md")[0] == 0
    (tmp_path / "b.md").write_text("# Apples\n\nThe orchard is pruned in winter.\n")
    code, _, err = ragchat("ingest", tmp_path / "b.md")
    assert (code, err.count("cannot be reached")) == (0, 1)
    for question, answer in (("beekeeping", "hives"), ("when are trees cut", "orchard")):
        code, out, err = ragchat("search", question)
        assert (code, answer in out) == (0, True), err
        assert "using the vectors stored here" in err
    server.script.append(Reply("In April."))
    code, out, err = ragchat("ask", "When are the hives opened?")
    assert (code, "In April" in out) == (0, True), err
    with running(tmp_path / "chroma", port):
        assert ragchat("search", "beekeeping")[2] == ""
        assert "the index" not in ragchat("doctor")[1]


def test_a_busy_server_is_asked_once_more() -> None:
    calls = []

    def busy_at_first() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionResetError
        return 7

    address = Address.parse("http://127.0.0.1:1")
    assert Server(address, "tests").call(busy_at_first) == 7
    with pytest.raises(IndexAway, match="did not answer within"):
        Server(address, "tests", deadline=0.1).call(lambda: time.sleep(0.4))


def test_a_server_killed_between_two_searches_is_an_error_and_then_well_again(
    tmp_path: Path,
) -> None:
    port = free_port()
    index = Vectors(Server(Address.parse(f"http://127.0.0.1:{port}"), "tests"))
    rows = unit_rows(1)
    with running(tmp_path / "chroma", port):
        index.open()
        index.add(NAME, ["a"], rows, [None])
        assert index.search(NAME, rows[0], 1, None)
    with pytest.raises(StoreError, match="the Chroma server at"):
        index.search(NAME, rows[0], 1, None)
    with running(tmp_path / "chroma", port):
        index.open()
        assert index.search(NAME, rows[0], 1, None)[0].id == "a"


def test_a_refused_connection_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert raised(url).startswith(f"the Chroma server at {url} cannot be reached (")


IMPORTED = """
import sys
from ingest.index.chroma_server import Address, Server
server = Server(Address.parse("http://127.0.0.1:1"), "tests")
print(server.call(lambda: "chromadb.api.fastapi" in sys.modules))
"""


def test_chroma_is_imported_before_the_deadline_of_a_call_begins() -> None:
    command = [sys.executable, "-c", IMPORTED]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "True"


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        said = raised(f"http://127.0.0.1:{hole.getsockname()[1]}", deadline=0.5)
    assert "did not answer within 0.5 s" in said


def test_a_server_that_answers_a_byte_at_a_time_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as drip:

        def serve() -> None:
            connection, _ = drip.accept()
            with connection:
                for _ in range(20):
                    connection.send(b"H")
                    time.sleep(0.05)

        threading.Thread(target=serve, daemon=True).start()
        assert "did not answer" in raised(f"http://127.0.0.1:{drip.getsockname()[1]}", deadline=0.3)


def test_another_service_is_told_from_a_chroma_server() -> None:
    with answering(200, b"<!DOCTYPE html>\n<title>Welcome</title>") as url:
        assert "did not answer like a Chroma server" in raised(url)
    with answering(404, b"<!DOCTYPE html>\n<title>Nothing</title>") as url:
        assert "did not answer like a Chroma server (<!DOCTYPE html>)" in raised(url)
    with answering(200, b"[1, 2]", "application/json") as url:
        assert "did not answer like a Chroma server" in raised(url)


@pytest.mark.parametrize(
    ("status", "words"),
    [(413, "rejects requests of 900 KB"), (401, "set CHROMA_API_KEY"), (429, "limits requests")],
)
def test_a_status_that_says_something_is_put_into_words(status: int, words: str) -> None:
    with answering(status, b"<html>") as url:
        assert words in raised(url)


def test_https_to_a_server_that_speaks_none_is_named() -> None:
    with answering(200, b"{}") as url:
        assert "does not speak https" in raised(url.replace("http:", "https:"))


@pytest.mark.parametrize("query", ["tenant=nobody", "database=nowhere"])
def test_a_wrong_tenant_or_database_is_named(chroma_url: str, query: str) -> None:
    assert query.partition("=")[2] in raised(f"{chroma_url}?{query}")


def test_the_key_is_in_no_error_even_if_the_server_repeats_it() -> None:
    with answering(500, f"no such key: {KEY}".encode()) as url:
        server = Server(Address.parse(url, KEY), "tests")
        with pytest.raises(StoreError) as caught:
            Vectors(server).open()
    assert KEY not in str(caught.value) + repr(server.address)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000",
        "ftp://x",
        "http://",
        "http://u:hunter2@x",
        "http://x?key=hunter2",
        "http://x:y",
    ],
)
def test_an_address_that_is_none_is_wrong_usage_and_not_repeated(
    ragchat: Output, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", url)
    code, _, err = ragchat("search", "x")
    assert (code, "chroma_url" in err, "hunter2" in err) == (2, True, False)


def test_a_key_is_not_sent_in_the_open() -> None:
    with pytest.raises(ValueError, match="https"):
        Address.parse("http://chroma.example.com", KEY)
    assert Address.parse("https://chroma.example.com/?tenant=t&database=d", KEY).key == KEY


def test_an_index_that_names_a_model_to_load_is_refused() -> None:
    loader = {"type": "known", "name": "sentence_transformer", "config": {"model_name": "evil/m"}}
    collection = {
        "id": "00000000-0000-0000-0000-000000000001",
        "name": f"{NAME}.tests",
        "configuration_json": {"hnsw": {"space": "cosine"}, "embedding_function": loader},
        "metadata": None,
        "dimension": 8,
        "tenant": "default_tenant",
        "database": "default_database",
        "version": 0,
        "log_position": 0,
    }
    answers: dict[str, object] = {
        "identity": {"user_id": "", "tenant": "default_tenant", "databases": []},
        "default_tenant": {"name": "default_tenant"},
        "default_database": {"id": collection["id"], "name": "d", "tenant": "default_tenant"},
        f"{NAME}.tests": collection,
    }

    def answer(path: str) -> bytes:
        return json.dumps(answers.get(path.rpartition("/")[2], {})).encode()

    loaded = set(sys.modules)
    with answering(200, answer, "application/json") as url:
        index = Vectors(Server(Address.parse(url), "tests"))
        index.open()
        with pytest.raises(IndexDamaged, match="not made by ragchat"):
            index.add(NAME, ["a"], unit_rows(1), [None])
    assert "sentence_transformers" not in sys.modules.keys() - loaded


# T13: the Cloud's limits, as its documentation has them.


@given(st.text(max_size=30), st.integers(1, 3000))
def test_every_text_becomes_a_document_that_the_cloud_takes(text: str, times: int) -> None:
    cut = limits.document(text * times)
    assert len(cut.encode()) <= 16_384
    assert (text * times).startswith(cut)


@given(st.floats(0, 4e9), st.text(max_size=30), st.integers(0, 3000))
def test_every_turn_has_metadata_that_the_cloud_takes(when: float, name: str, times: int) -> None:
    carried = limits.metadata(when, name * times)
    assert carried is not None
    assert all(len(key) <= 36 for key in carried)
    assert len(carried["conversation"].encode()) <= 4_096
    assert carried["conversation"] == limits.conversation_value(name * times)


@given(st.text(), st.integers(0, 2**40), st.text(), st.integers(0))
def test_every_id_is_one_that_the_cloud_takes(
    owner: str, start: int, text: str, version: int
) -> None:
    chunk = Chunk(text=text, start=start, end=start + len(text), start_line=1, end_line=1)
    assert len(chunk_key(owner, chunk, version).encode()) <= 128


def test_the_longest_name_of_a_collection_is_one_that_the_cloud_takes() -> None:
    model = Model(ModelId(1), "0123456789abcdef", "m", 384)
    assert len(model.index_name("c" * 64, "document") + ".01234567") <= 128


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 9), st.integers(1, 60))
def test_requests_hold_every_record_once_and_keep_both_limits(
    sizes: list[int], records: int, most: int
) -> None:
    cut = [sizes[part] for part in limits.parts(sizes, records, most)]
    assert [size for part in cut for size in part] == sizes
    assert all(len(part) <= records for part in cut)
    assert all(sum(part) <= most or len(part) == 1 for part in cut)
