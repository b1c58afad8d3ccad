"""What a server says of a request that failed, read from whatever body it sends; pure.

Anthropic: {"error": {"type", "message", "details": {"error_code"}}}. OpenAI-compatible servers
(llama.cpp, LM Studio, gateways): {"error": {"message", "type", "code"}}. Ollama: {"error": "…"}.
FastAPI (vLLM, LiteLLM): {"detail": "…"} or {"detail": [{"msg": "…"}]}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_NAMES = ("message", "msg", "detail", "details", "error", "error_description", "title", "reason")
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class ServerMessage:
    """A server's own account of a failure: its words, and the names it has for the cause."""

    text: str = ""
    kind: str = ""
    code: str = ""


def server_message(body: object) -> ServerMessage:
    """Return the message in the body of an error response: parsed JSON, or the text itself."""
    if isinstance(body, str):
        return ServerMessage(body.strip())
    error = body.get("error") if isinstance(body, Mapping) else None
    details = error if isinstance(error, Mapping) else body if isinstance(body, Mapping) else {}
    inner = details.get("details")
    code = inner.get("error_code") if isinstance(inner, Mapping) else details.get("code")
    return ServerMessage(
        next(_texts(body, _DEPTH), ""), _string(details.get("type")), _string(code)
    )


def _texts(value: object, depth: int) -> Iterator[str]:
    """The texts under the names that servers use, the most telling first."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif depth and isinstance(value, Mapping):
        for name in _NAMES:
            yield from _texts(value.get(name), depth - 1)
    elif depth and isinstance(value, Sequence) and not isinstance(value, bytes):
        for item in value[:3]:
            yield from _texts(item, depth - 1)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
