"""`ragchat mcp`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from ragchat.cli.common import Common, common_options
from ragchat.errors import UsageError
from ragchat.settings import kinds_of

if TYPE_CHECKING:
    from ragchat.library.library import Library

DEFAULT_PORT = 8765


@click.command("mcp")
@click.option("--docs-only", is_flag=True, help="Let clients read documents alone.")
@click.option("--memory-only", is_flag=True, help="Let clients read past conversations alone.")
@click.option("--http", is_flag=True, help="Serve HTTP on this machine instead of stdin.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help=f"The port for --http ({DEFAULT_PORT}; 0 takes a free one).",
)
@common_options
def serve_mcp(
    common: Common, docs_only: bool, memory_only: bool, http: bool, port: int | None
) -> None:
    """Serve the library to Claude Code, Claude Desktop and other MCP clients.

    They start it themselves and can search, but change nothing. With --http, several clients share
    it; they send the token in the file mcp-token in the library's folder.
    """
    from ragchat.mcp.library_reader import LibraryReader
    from ragchat.mcp.serving import read_token, serve_http, serve_stdio
    from ragchat.terminal.screen import Screen

    if docs_only and memory_only:
        raise UsageError("use only one of --docs-only and --memory-only")
    if port is not None and not http:
        raise UsageError("--port is only for --http")
    screen = Screen()
    settings = common.settings()
    kinds = kinds_of(settings.scope)
    kinds = ("document",) if docs_only else ("memory",) if memory_only else kinds

    def open_library() -> Library:
        from ragchat.cli.wiring import open_library as opened

        return opened(common, screen, settings)

    reading = LibraryReader(open_library, kinds, everywhere=common.everywhere)
    try:
        if not http:
            serve_stdio(reading)
            return
        path = common.home / "mcp-token"
        token = read_token(path)

        def ready(address: str) -> None:
            screen.note(f"serving {address} with the token in {path}; Ctrl-C stops it")
            screen.result(_adding(address, path))

        serve_http(reading, DEFAULT_PORT if port is None else port, token, ready)
    finally:
        reading.close()


def _adding(address: str, token: Path) -> str:
    """Return the command that adds the server to Claude Code; the token stays in its file."""
    header = f'"Authorization: Bearer $(cat {quote(str(token))})"'
    return f"claude mcp add --scope user --transport http ragchat {address} --header {header}"
