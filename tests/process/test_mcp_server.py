"""`ragchat mcp` in a process of its own, and clients of the mcp package."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
import warm
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from ragchat import Library

SECONDS = 150
LOADED = (
    "import json, sys, threading, time\n"
    "from ragchat.cli import run\n"
    "def tell():\n"
    "    with open(sys.argv[1], 'a', buffering=1 << 20) as file:\n"
    "        print(json.dumps(sorted(sys.modules)), file=file)\n"
    "import ragchat.mcp.library_reader as reading\n"
    "own = reading.LibraryReader._opened\n"
    "reading.LibraryReader._opened = lambda self: (tell(), own(self))[1]\n"
    "sys.exit(run(['mcp']))\n"
)


def variables() -> dict[str, str]:
    return dict(os.environ)


def text(result: object) -> str:
    return str(result.content[0].text)  # type: ignore[attr-defined]


@pytest.fixture
def library(home: Path, tmp_path: Path) -> Path:
    """A library with one document; the folder of its documents is returned."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "pier.md").write_text("# Pier\n\nThe pier is 212 metres long.\n")
    with Library.open(home) as opened:
        opened.ingest(folder)
    return folder


def test_a_client_over_stdio_and_nothing_heavy_before_the_first_search(
    library: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "modules.json"
    server = StdioServerParameters(
        command=sys.executable, args=["-c", LOADED, str(seen)], env=variables(), cwd=tmp_path
    )

    async def use() -> tuple[str, list[bool], str]:
        async with Client(server, read_timeout_seconds=SECONDS) as client:
            assert len((await client.list_tools()).tools) == 4
            assert not seen.exists()  # the handshake does not open the library
            assert client.server_info is not None
            assert client.server_info.name == "ragchat"
            found = await asyncio.gather(
                *(client.call_tool("search", {"query": "length of the pier"}) for _ in range(6))
            )
            empty = await client.call_tool("search", {"query": ""})
            assert empty.is_error
            with Library.open() as opened:
                (library / "boats.md").write_text("# Boats\n\nThe ferry leaves at 07:40.\n")
                assert opened.ingest(library).added == 1
            after = await client.call_tool("search", {"query": "ferry"})
            return text(found[0]), [result.is_error for result in found], text(after)

    first, failed, after = asyncio.run(use())
    assert "212 metres" in first
    assert not any(failed)
    assert "07:40" in after
    before = set(json.loads(seen.read_text().splitlines()[0]))
    assert not before & {"chromadb", "openvino", "torch", "anthropic", "sentence_transformers"}


@contextmanager
def http_server(*arguments: str) -> Iterator[tuple[warm.Process, str]]:
    process = warm.start("mcp", "--http", "--port", "0", *arguments)
    try:
        assert process.stderr is not None
        said = ""
        while "/mcp" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        address = re.search(r"http://127\.0\.0\.1:\d+/mcp", said)
        assert address is not None
        yield process, address[0]
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


def test_several_clients_over_http_need_the_token(library: Path, home: Path) -> None:
    with http_server() as (process, address):
        token = (home / "mcp-token").read_text()
        assert (home / "mcp-token").stat().st_mode & 0o777 == 0o600
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": token}):
            refused = httpx2.post(address, json={}, headers=headers, timeout=SECONDS)
            assert refused.status_code == 401
        allowed = {"authorization": f"Bearer {token}"}
        rebound = httpx2.post(
            address, json={}, headers={**allowed, "host": "evil.example"}, timeout=SECONDS
        )
        assert rebound.status_code in (400, 403, 421)

        async def use() -> list[str]:
            async with AsyncExitStack() as stack:
                clients = []
                for _ in range(3):
                    sender = await stack.enter_async_context(
                        httpx2.AsyncClient(headers=allowed, timeout=SECONDS)
                    )
                    transport = streamable_http_client(address, http_client=sender)
                    clients.append(
                        await stack.enter_async_context(
                            Client(transport, read_timeout_seconds=SECONDS)
                        )
                    )
                calls = (client.call_tool("search", {"query": "pier"}) for client in clients)
                return [text(result) for result in await asyncio.gather(*calls)]

        assert all("212 metres" in found for found in asyncio.run(use()))
        process.terminate()
        out, err = process.communicate(timeout=SECONDS)
    assert out.startswith("claude mcp add --scope user --transport http ragchat http://127.0.0.1:")
    assert "Traceback" not in err
    assert token not in out + err
    assert process.returncode == 130


def test_a_port_that_is_taken_is_one_line(home: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = warm.run("mcp", "--http", "--port", port)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert "choose another with --port" in run.stderr
