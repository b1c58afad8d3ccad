"""Serving clients: one over stdin and stdout, or several over HTTP on this machine."""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragchat.errors import UsageError
from ragchat.mcp.library_reader import LibraryReader
from ragchat.mcp.server import make_server

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
PATH = "/mcp"


def serve_stdio(reading: LibraryReader) -> None:
    """Serve the client that started this process, until it closes stdin.

    While it lasts, stdout carries the protocol alone: what else is printed goes to stderr.
    """
    from mcp.server.stdio import stdio_server

    async def serve() -> None:
        server = make_server(reading)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(serve())


def serve_http(reading: LibraryReader, port: int, token: str, ready: Callable[[str], None]) -> None:
    """Serve clients of this machine that send the token, until the process is stopped.

    `ready` is called with the address once it answers; port 0 takes a free one. Raises UsageError
    where the port is taken.
    """
    import uvicorn

    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"cannot listen on port {port} ({error.strerror}): choose another with --port"
        ) from error
    with listener:
        app = _Guarded(make_server(reading).streamable_http_app(host=HOST), token)
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        ready(f"http://{HOST}:{listener.getsockname()[1]}{PATH}")
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def read_token(path: Path) -> str:
    """Return the token in a file, which is made, readable by the user alone, if it is missing."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
            token = file.read().strip()
            if not token:
                token = secrets.token_urlsafe(32)
                file.write(token)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot use {path} ({error}): fix its permissions or remove it"
        ) from error
    return token


class _Guarded:
    """An application that answers only requests with the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._allowed(scope):
            headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b"the token is missing or wrong\n"})
            return
        await self._app(scope, receive, send)

    def _allowed(self, scope: Any) -> bool:  # noqa: ANN401 - a mapping of ASGI
        given = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(given, self._expected)
