"""The Messages API, scripted: the one thing that tests fake.

`ScriptedClaude` answers as the API does, over an in-process transport or a server on loopback, and
refuses what the API refuses, so that a request that passes here has the shape that is accepted
there. Where the API's behaviour is only documented, the page is named.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import httpx2
from api_rules import check
from sse import answer_events, event, message_start, tokens

Breakage = Literal[
    "error event", "reset", "short", "clean end", "stall", "bad json", "html", "empty", "json"
]
"""The ways in which a stream breaks: see the table of mid-stream failures in the SDK's issues."""

EVENT_STREAM = {"content-type": "text/event-stream; charset=utf-8"}


@dataclass(frozen=True)
class Reply:
    """An answer: its text blocks, each with the search results it cites and what it quotes."""

    text: str | Sequence[tuple[str, Sequence[tuple[int, str]]]] = "Yes."
    usage: Mapping[str, Any] = field(default_factory=dict)
    stop_reason: str | None = "end_turn"
    stop_details: Mapping[str, Any] | None = None
    thinking: bool = True
    piece: int = 12
    pause: float = 0.0

    def blocks(self) -> list[tuple[str, Sequence[tuple[int, str]]]]:
        """The text blocks in order."""
        return [(self.text, ())] if isinstance(self.text, str) else list(self.text)


@dataclass(frozen=True)
class Failure:
    """An answer with a status that is not 200."""

    status: int
    kind: str = "api_error"
    message: str = "Something went wrong."
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str | None = None


@dataclass(frozen=True)
class Broken:
    """A stream that breaks after `text`; `said` is the message of an error event."""

    how: Breakage
    text: str = "Half of an ans"
    seconds: float = 30.0
    said: str = "Overloaded"


@dataclass(frozen=True)
class Page:
    """A response that is not the API's: a proxy's page, a redirect."""

    status: int
    body: str = "<html><title>Bad gateway</title><body>nginx</body></html>"
    headers: Mapping[str, str] = field(default_factory=dict)


Step = Reply | Failure | Broken | Page


class ScriptedClaude:
    """Plays the steps in order, then answers for itself, citing the first passage it is given.

    `requests` holds the bodies that came, `headers` their headers, refused ones included.
    `models` are the entries of its list of models, None for a server without one. With `needs_key`
    off it answers anyone, and with `any_model` as any model and below any path, as servers do that
    are not Anthropic's.
    """

    def __init__(self, *script: Step) -> None:
        self.script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.models: Sequence[Mapping[str, Any]] | None = None
        self.needs_key = True
        self.any_model = False
        self._lock = threading.Lock()

    def transport(self) -> httpx2.MockTransport:
        """A transport for an `httpx2.Client`."""

        def handle(request: httpx2.Request) -> httpx2.Response:
            status, headers, chunks = self.respond(
                request.url.path, dict(request.headers), request.content
            )
            return httpx2.Response(status, headers=headers, stream=_Stream(chunks))

        return httpx2.MockTransport(handle)

    def client(self) -> httpx2.Client:
        """A client that sends here."""
        return httpx2.Client(transport=self.transport())

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """The address of a server on loopback that answers so."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def respond(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], Iterator[bytes]]:
        """Status, headers and body of the answer to one request."""
        folded = {name.lower(): value for name, value in headers.items()}
        parsed = json.loads(body or b"{}")
        if not self.needs_key:
            folded.setdefault("authorization", "Bearer none was sent")
        if path.partition("?")[0].endswith("/models") and self.models is not None:
            listed = json.dumps({"data": self.models, "has_more": False}).encode()
            return 200, {"content-type": "application/json"}, iter([listed])
        with self._lock:
            self.headers.append({name.lower(): value for name, value in headers.items()})
            self.requests.append(parsed)
            number = len(self.requests)
            if self.any_model:
                checked = {**parsed, "model": f"local-{parsed['model']}"}
                refusal = check(path[path.rindex("/v1/") :], folded, checked)
            else:
                refusal = check(path, folded, parsed)
            step = None if refusal or path.endswith("count_tokens") else self._next(parsed)
        base = {"request-id": f"req_{number:04}"}
        if refusal:
            return _failure(base, Failure(refusal.status, refusal.kind, refusal.message))
        if path.endswith("count_tokens"):
            return 200, base, iter([json.dumps({"input_tokens": tokens(parsed)}).encode()])
        if isinstance(step, Failure):
            return _failure(base, step)
        if isinstance(step, Page):
            page = {"content-type": "text/html", **step.headers}
            return step.status, page, iter([step.body.encode()])
        if isinstance(step, Broken):
            return _broken(base, step, parsed)
        assert step is not None
        return 200, {**base, **EVENT_STREAM}, answer_events(step, parsed, search_results(parsed))

    def _next(self, body: Mapping[str, Any]) -> Step:
        return self.script.pop(0) if self.script else _own_reply(body)


def search_results(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The search results of a request, in order, over all its messages."""
    return [
        block
        for message in body["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block["type"] == "search_result"
    ]


def question(body: Mapping[str, Any]) -> str:
    """The last text of a request."""
    content = body["messages"][-1]["content"]
    return str(content if isinstance(content, str) else content[-1]["text"])


def _own_reply(body: Mapping[str, Any]) -> Reply:
    results = search_results(body)
    if not results:
        return Reply("I have nothing to go by.")
    quoted = results[0]["content"][0]["text"]
    return Reply([("The passage says: ", ()), (quoted.strip(), [(0, quoted)])])


def _failure(
    base: Mapping[str, str], failure: Failure
) -> tuple[int, dict[str, str], Iterator[bytes]]:
    error: dict[str, Any] = {"type": failure.kind, "message": failure.message}
    if failure.error_code:
        error["details"] = {"error_code": failure.error_code}
    body = {"type": "error", "error": error, "request_id": base["request-id"]}
    headers = {**base, "content-type": "application/json", **failure.headers}
    return failure.status, headers, iter([json.dumps(body).encode()])


def _broken(
    base: Mapping[str, str], broken: Broken, body: Mapping[str, Any]
) -> tuple[int, dict[str, str], Iterator[bytes]]:
    if broken.how == "html":
        page = b"<html><body>Please log in to this network.</body></html>"
        return 200, {**base, "content-type": "text/html"}, iter([page])
    if broken.how == "json":
        return 200, {**base, "content-type": "application/json"}, iter([b'{"ok": true}'])
    if broken.how == "empty":
        return 200, {**base, **EVENT_STREAM}, iter(())
    if broken.how == "short":
        base = {**base, "content-length": "1000000"}
    return 200, {**base, **EVENT_STREAM}, broken_events(broken, body)


def broken_events(broken: Broken, body: Mapping[str, Any]) -> Iterator[bytes]:
    yield message_start(body, {})
    if broken.text:
        block = {"type": "text", "text": ""}
        yield event("content_block_start", index=0, content_block=block)
        delta = {"type": "text_delta", "text": broken.text}
        yield event("content_block_delta", index=0, delta=delta)
    if broken.how == "error event":
        error = {"type": "overloaded_error", "message": broken.said}
        yield event("error", error=error)
    elif broken.how == "bad json":
        yield b'event: content_block_delta\ndata: {"type": "content_blo\n\n'
    elif broken.how == "reset":
        raise ConnectionResetError
    elif broken.how == "stall":
        time.sleep(broken.seconds)


class _Stream(httpx2.SyncByteStream):
    """Chunks in process; what breaks a connection breaks it here with the library's own error."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except ConnectionResetError as error:
            raise httpx2.ReadError("Connection reset by peer") from error


def _handler(claude: ScriptedClaude) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, headers, chunks = claude.respond(self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in {**headers, "connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for chunk in chunks:
                    self.wfile.write(chunk)
                    self.wfile.flush()
            except ConnectionError:
                # With a linger time of 0, closing resets the connection.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()

        do_GET = do_POST  # noqa: N815 - the name that the library calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
