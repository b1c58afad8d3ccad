"""The index: what Chroma is told and what it gives back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.errors import StoreDamaged
from ingest.index.chroma import Folder
from ingest.index.vectors import Vectors

NAME = "default.document.0123456789abcdef"


def unit_rows(count: int, dimension: int = 8) -> NDArray[np.float32]:
    rows = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    scaled: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Vectors]:
    index = Vectors(Folder(tmp_path / "chroma"))
    index.open()
    yield index
    index.close()


def test_a_record_is_found_by_its_own_vector_with_its_cosine(vectors: Vectors) -> None:
    rows = unit_rows(50)
    vectors.add(NAME, [f"id{n}" for n in range(50)], rows, [None] * 50)
    for n in (0, 17, 49):
        first = vectors.search(NAME, rows[n], 3, None)[0]
        assert first.id == f"id{n}"
        assert first.cosine == pytest.approx(1.0, abs=1e-5)
    second = vectors.search(NAME, rows[0], 2, None)[1]
    other = int(second.id.removeprefix("id"))
    assert second.cosine == pytest.approx(float(rows[0] @ rows[other]), abs=1e-5)


def test_a_collection_that_does_not_exist_gives_nothing(vectors: Vectors) -> None:
    assert vectors.search(NAME, unit_rows(1)[0], 5, None) == []
    assert vectors.count(NAME) == 0
    vectors.drop(NAME)


def test_adding_again_replaces_and_deleting_takes_away(vectors: Vectors) -> None:
    rows = unit_rows(3)
    vectors.add(NAME, ["a", "b"], rows[:2], [None, None])
    vectors.add(NAME, ["a"], rows[2:], [None])
    assert vectors.search(NAME, rows[2], 1, None)[0].cosine == pytest.approx(1.0, abs=1e-5)
    vectors.delete(NAME, ["a", "never there"])
    assert [near.id for near in vectors.search(NAME, rows[2], 5, None)] == ["b"]


def test_the_time_of_a_record_can_be_filtered_on(vectors: Vectors) -> None:
    rows = unit_rows(2)
    vectors.add(NAME, ["old", "new"], rows, [{"time": 10.0}, {"time": 20.0}])
    found = vectors.search(NAME, rows[0], 5, {"time": {"$gte": 15.0}})
    assert [near.id for near in found] == ["new"]


def test_what_was_written_is_there_after_closing(tmp_path: Path) -> None:
    index = Vectors(Folder(tmp_path / "chroma"))
    index.open()
    rows = unit_rows(4)
    index.add(NAME, list("abcd"), rows, [None] * 4)
    index.close()
    index.open()
    assert index.search(NAME, rows[3], 1, None)[0].id == "d"
    index.close()


def test_an_index_that_somebody_else_made_is_refused(vectors: Vectors) -> None:
    vectors._client.create_collection(NAME, embedding_function=None)
    with pytest.raises(StoreDamaged, match="ragchat rebuild"):
        vectors.count(NAME)


def test_a_folder_that_is_no_index_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamaged, match="ragchat rebuild"):
        Vectors(Folder(tmp_path / "chroma")).open()


HOSTILE = """\
chroma_api_impl=chromadb.api.fastapi.FastAPI
chroma_server_host=127.0.0.1
chroma_server_http_port={port}
ANONYMIZED_TELEMETRY=
MIGRATIONS=none
"""
PROGRAM = """
import numpy, pathlib, sys
from ingest.index.chroma import Folder
from ingest.index.vectors import Vectors
index = Vectors(Folder(pathlib.Path(sys.argv[1])))
index.open()
index.add("default.document.x", ["a"], numpy.ones((1, 2), numpy.float32), [None])
print(index.count("default.document.x"))
"""


def test_a_hostile_env_file_and_variables_are_not_heard(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sink:
        port = sink.getsockname()[1]
        visitors: list[object] = []
        threading.Thread(
            target=lambda: visitors.append(sink.accept()), name="sink", daemon=True
        ).start()
        hostile = HOSTILE.format(port=port)
        (tmp_path / ".env").write_text(hostile)
        variables = dict(line.split("=", 1) for line in hostile.splitlines())
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / "chroma")],
            cwd=tmp_path,
            env={**os.environ, **variables, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "1\n", done.stderr
        assert (tmp_path / "chroma" / "chroma.sqlite3").exists()
        assert visitors == []


def test_chroma_comes_without_an_exporter_of_telemetry(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ingest.index.chroma import Folder;"
        "from ingest.index.vectors import Vectors;"
        "index = Vectors(Folder(Path(sys.argv[1]))); index.open(); index.close();"
        "print([name for name in sys.modules if name.split('.')[0] == 'grpc'])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "chroma")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
