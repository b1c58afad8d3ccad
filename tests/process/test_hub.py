"""A model is fetched only when that is asked for, and then only what is safe of it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import warm
from test_reranker import make_cross_encoder
from tiny_model import make_model

from ingest.errors import ModelError
from ingest.models.hub import download, find

pytestmark = pytest.mark.torch
ROOT = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "harbour/tides"


class Hub:
    """The Hugging Face hub on loopback, as far as fetching goes; `asked` is what was."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders
        self.asked: list[str] = []

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append(path)
        for name, folder in self.folders.items():
            if path == f"/api/models/{name}/revision/main":
                return 200, json.dumps({"id": name, "sha": COMMIT, "siblings": []}).encode(), {}
            if path.startswith(f"/api/models/{name}/tree/{COMMIT}"):
                return 200, json.dumps(list(_tree(folder))).encode(), {}
            if path.startswith(f"/{name}/resolve/{COMMIT}/"):
                body = (folder / path.split(COMMIT + "/", 1)[1]).read_bytes()
                mark = hashlib.sha256(body).hexdigest()
                return 200, body, {"X-Repo-Commit": COMMIT, "ETag": f'"{mark}"'}
        return 404, b"", {"X-Error-Code": "RepoNotFound"}

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its address, while it answers."""
        hub = self

        class Request(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body, headers = hub.answer(unquote(urlsplit(self.path).path))
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815 - http.server's name

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


def _tree(folder: Path) -> Iterator[dict[str, object]]:
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = path.relative_to(folder).as_posix()
        mark = hashlib.sha256(path.read_bytes()).hexdigest()
        yield {"type": "file", "path": name, "size": path.stat().st_size, "oid": mark[:40]}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    root = tmp_path_factory.mktemp("hub")
    model = make_model(root / "embeds")
    (model / "pytorch_model.bin").write_bytes(b"code")
    (model / "modeling_tides.py").write_text("raise SystemExit('this was run')")
    (model / "onnx").mkdir()
    (model / "onnx" / "config.json").write_text("{}")
    return Hub({REPOSITORY: model, "harbour/judge": make_cross_encoder(root / "judge")})


def ragchat(
    home: Path, cache: Path, url: str, *words: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: the hub's library reads its settings when imported."""
    environment = {
        "HF_ENDPOINT": url,
        "HF_HUB_CACHE": str(cache),
        "HF_HUB_OFFLINE": "0",
        "RAGCHAT_HOME": str(home),
    }
    return warm.run(*words, env={**os.environ, **environment, **more})


def test_nothing_is_connected_to_without_the_word_download(
    hub: Hub, home: Path, tmp_path: Path
) -> None:
    hub.asked.clear()
    (tmp_path / "a.md").write_text("# Tides\n\nHigh water is at noon.\n")
    with hub.serving() as url:
        wanted = {"RAGCHAT_EMBEDDING_MODEL": REPOSITORY}
        for words in (("rebuild", "--model", REPOSITORY), ("ingest", str(tmp_path / "a.md"))):
            done = ragchat(home, tmp_path / "cache", url, *words, **wanted)
            assert (done.returncode, done.stdout) == (1, "")
            assert f"`ragchat rebuild --model {REPOSITORY} --download`" in done.stderr
    assert hub.asked == []


def test_download_fetches_weights_and_words_alone_and_remembers_the_commit(
    hub: Hub, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("# Tides\n\nHigh water is at noon.\n")
    cache = tmp_path / "cache"
    with hub.serving() as url:
        wanted = {"RAGCHAT_EMBEDDING_MODEL": REPOSITORY, "RAGCHAT_RERANK_MODEL": "harbour/judge"}
        done = ragchat(home, cache, url, "ingest", "--download", str(tmp_path / "a.md"), **wanted)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
        done = ragchat(home, cache, url, "rebuild", "--download", **wanted)
        assert done.returncode == 0, done.stderr
    snapshot = cache / "models--harbour--tides" / "snapshots" / COMMIT
    kept = {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()}
    assert "model.safetensors" in kept
    assert not [name for name in kept if name.endswith((".bin", ".py")) or "onnx" in name]
    done = ragchat(home, cache, url, "status", "--json")
    assert json.loads(done.stdout)["embedding_model"] == f"{REPOSITORY}@{COMMIT}"
    # The hub is gone; by either name, the model is found where it is.
    for setting in ({}, wanted):
        done = ragchat(home, cache, url, "search", "high water", **setting)
        assert done.returncode == 0, done.stderr


def test_a_model_that_the_hub_does_not_have_is_one_line(
    hub: Hub, home: Path, tmp_path: Path
) -> None:
    with hub.serving() as url:
        done = ragchat(
            home, tmp_path / "cache", url, "rebuild", "--model", "harbour/none", "--download"
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "cannot fetch the embedding model harbour/none" in done.stderr


@pytest.mark.parametrize("name", ["harbour/tides@main", "a/b@" + "x" * 40, "a/b c", "a--b/"])
def test_a_name_that_the_hub_could_not_have_is_refused(name: str) -> None:
    for way in (find, download):
        with pytest.raises(ModelError, match="OWNER/MODEL"):
            way(name, "embedding model")
