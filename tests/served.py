"""A Chroma server for tests, and what an index on one that fails says."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import warm

from ingest.errors import StoreError
from ingest.index.chroma_server import Address, Server
from ingest.index.vectors import Vectors


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


def raised(url: str, deadline: float = 10.0, key: str = "") -> str:
    with pytest.raises(StoreError) as caught:
        Vectors(Server(Address.parse(url, key), "tests", deadline=deadline)).open()
    said = str(caught.value)
    assert "\n" not in said
    return said
