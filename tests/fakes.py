"""The Messages API, scripted: the one thing that tests fake.

`ScriptedClaude` answers as the API does, over an in-process transport or a server on loopback, and
refuses what the API refuses, so that a request that passes here has the shape that is accepted
there. Where the API's behaviour is only documented, the page is named.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import httpx2
from api_rules import check

Breakage = Literal[
    "error event", "reset", "clean end", "stall", "bad json", "html", "empty", "json"
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
    """A stream that breaks after so much text."""

    how: Breakage
    text: str = "Half of an ans"
    seconds: float = 30.0


Step = Reply | Failure | Broken


class ScriptedClaude:
    """Plays the steps in order, then answers for itself, citing the first passage it is given.

    `requests` holds the bodies that came, `headers` their headers, refused ones included.
    """

    def __init__(self, *script: Step) -> None:
        self.script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
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
        with self._lock:
            self.headers.append(folded)
            self.requests.append(parsed)
            number = len(self.requests)
            refusal = check(path, folded, parsed)
            step = None if refusal or path.endswith("count_tokens") else self._next(parsed)
        base = {"request-id": f"req_{number:04}"}
        if refusal:
            return _failure(base, Failure(refusal.status, refusal.kind, refusal.message))
        if path.endswith("count_tokens"):
            return 200, base, iter([json.dumps({"input_tokens": tokens(parsed)}).encode()])
        if isinstance(step, Failure):
            return _failure(base, step)
        if isinstance(step, Broken):
            return _broken(base, step, parsed)
        assert step is not None
        return 200, {**base, **EVENT_STREAM}, _stream(step, parsed)

    def _next(self, body: Mapping[str, Any]) -> Step:
        return self.script.pop(0) if self.script else _own_reply(body)


def tokens(body: Mapping[str, Any]) -> int:
    """About the size of a request, in tokens."""
    return len(json.dumps([body.get("system"), body["messages"]])) * 2 // 7


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


def _event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _start(body: Mapping[str, Any], usage: Mapping[str, Any]) -> bytes:
    message = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": tokens(body), "output_tokens": 1, **usage},
    }
    return _event("message_start", message=message)


def _stream(reply: Reply, body: Mapping[str, Any]) -> Iterator[bytes]:
    yield _start(body, {name: n for name, n in reply.usage.items() if name != "output_tokens"})
    yield _event("ping")
    index = 0
    if reply.thinking:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        yield _event("content_block_start", index=0, content_block=block)
        delta = {"type": "signature_delta", "signature": "c2ln"}
        yield _event("content_block_delta", index=0, delta=delta)
        yield _event("content_block_stop", index=0)
        index = 1
    written = 0
    results = search_results(body)
    for number, (text, citations) in enumerate(reply.blocks(), start=index):
        yield from _text_block(number, text, citations, results, reply)
        written += len(text)
    yield _event(
        "message_delta",
        delta={
            "stop_reason": reply.stop_reason,
            "stop_sequence": None,
            "stop_details": reply.stop_details,
        },
        usage={"output_tokens": reply.usage.get("output_tokens", written // 4 + 1)},
    )
    yield _event("message_stop")


def _text_block(
    index: int,
    text: str,
    citations: Sequence[tuple[int, str]],
    results: Sequence[Mapping[str, Any]],
    reply: Reply,
) -> Iterator[bytes]:
    block = {"type": "text", "text": ""}
    yield _event("content_block_start", index=index, content_block=block)
    for start in range(0, len(text), reply.piece):
        delta = {"type": "text_delta", "text": text[start : start + reply.piece]}
        yield _event("content_block_delta", index=index, delta=delta)
        time.sleep(reply.pause)
    for result, quote in citations:
        citation = {
            "type": "search_result_location",
            "search_result_index": result,
            "source": results[result]["source"],
            "title": results[result]["title"],
            "cited_text": quote,
            "start_block_index": 0,
            "end_block_index": 1,
        }
        delta_ = {"type": "citations_delta", "citation": citation}
        yield _event("content_block_delta", index=index, delta=delta_)
    yield _event("content_block_stop", index=index)


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
    return 200, {**base, **EVENT_STREAM}, _broken_stream(broken, body)


def _broken_stream(broken: Broken, body: Mapping[str, Any]) -> Iterator[bytes]:
    yield _start(body, {})
    if broken.text:
        block = {"type": "text", "text": ""}
        yield _event("content_block_start", index=0, content_block=block)
        delta = {"type": "text_delta", "text": broken.text}
        yield _event("content_block_delta", index=0, delta=delta)
    if broken.how == "error event":
        error = {"type": "overloaded_error", "message": "Overloaded"}
        yield _event("error", error=error)
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
            body = self.rfile.read(int(self.headers["content-length"]))
            status, headers, chunks = claude.respond(self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in {**headers, "connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                for chunk in chunks:
                    self.wfile.write(chunk)
                    self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
