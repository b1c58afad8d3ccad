"""What may answer at the address of a Chroma server: each failure is one line with advice."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from commands import Output
from served import free_port, raised
from test_vectors import NAME, unit_rows

from ingest.errors import IndexAway, IndexDamaged, StoreError
from ingest.index.chroma_server import Address, Server
from ingest.index.vectors import Vectors

KEY = "ck-planted-key-that-nobody-may-see"


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
