"""What the Messages API refuses, by its documentation of version 2026-10-21; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "2026-10-21"
KNOWN = re.compile(r"^claude-(sonnet|opus|haiku|fable|mythos)-\d|^local-")
PREFILL_ALLOWED = re.compile(r"^claude-(sonnet|opus|haiku)-4-5|^claude-3")
FIELDS = {
    "model", "max_tokens", "messages", "system", "stream", "stop_sequences", "cache_control",
    "metadata", "output_config", "service_tier", "speed", "thinking", "tools", "tool_choice",
    "diagnostics",
}  # fmt: skip
SAMPLING = {"temperature", "top_p", "top_k"}
MOST_BREAKPOINTS = 4


@dataclass(frozen=True)
class Refusal:
    """An error that the API returns instead of a message."""

    status: int
    kind: str
    message: str


def check(path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Refusal | None:
    """Why the API would refuse this request, or None."""
    if not headers.get("authorization", "").startswith("Bearer "):
        return Refusal(401, "authentication_error", "invalid bearer token")
    if headers.get("anthropic-version") != VERSION:
        return _invalid(f"anthropic-version: must be {VERSION}")
    if path not in ("/v1/messages", "/v1/messages/count_tokens"):
        return Refusal(404, "not_found_error", "Not found")
    if not KNOWN.match(body.get("model", "")):
        return Refusal(404, "not_found_error", f"model: {body.get('model')}")
    for problem in _problems(path, body):
        return _invalid(problem)
    return None


def _invalid(message: str) -> Refusal:
    return Refusal(400, "invalid_request_error", message)


def _problems(path: str, body: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(SAMPLING & set(body)):
        yield f"{name}: this parameter is not supported"
    for name in sorted(set(body) - FIELDS - SAMPLING):
        yield f"{name}: Extra inputs are not permitted"
    if path == "/v1/messages" and not body.get("max_tokens", 0) >= 1:
        yield "max_tokens: must be at least 1"
    if body.get("thinking", {}).get("type") == "enabled":
        yield "thinking.type: enabled is not supported by this model"
    yield from _messages(body)
    yield from _blocks(body)


def _messages(body: Mapping[str, Any]) -> Iterator[str]:
    messages = body.get("messages") or []
    if not messages:
        yield "messages: at least one message is required"
        return
    if messages[0]["role"] != "user":
        yield "messages: first message must use the user role"
    if messages[-1]["role"] == "assistant" and not PREFILL_ALLOWED.match(body["model"]):
        yield (
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message."
        )
    for number, message in enumerate(messages):
        content = message["content"]
        if not content or (isinstance(content, str) and not content.strip()):
            yield f"messages.{number}: text content must be non-empty"


def _blocks(body: Mapping[str, Any]) -> Iterator[str]:
    marks = [block for _, block in _all_blocks(body) if "cache_control" in block]
    if len(marks) + ("cache_control" in body) > MOST_BREAKPOINTS:
        yield "A maximum of 4 blocks with cache_control may be provided"
    results = [block for _, block in _all_blocks(body) if block["type"] == "search_result"]
    enabled = {bool(block.get("citations", {}).get("enabled")) for block in results}
    if len(enabled) > 1:
        yield "citations must be enabled on all search results or on none"
    if True in enabled and "format" in (body.get("output_config") or {}):
        yield "output_config.format cannot be used with citations"
    for role, block in _all_blocks(body):
        if block["type"] == "text" and not block["text"].strip():
            yield "text content blocks must contain non-whitespace text"
        if block["type"] == "text" and role == "user" and block.get("citations"):
            yield "citations are not permitted on text in a user message"
        if block["type"] == "document" and role == "assistant":
            yield "document blocks are not permitted in an assistant message"
        if block["type"] == "search_result" and role == "assistant":
            yield "search_result blocks are not permitted in an assistant message"


def _all_blocks(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(body.get("system"), list):
        yield from (("system", block) for block in body["system"])
    for message in body.get("messages") or []:
        if isinstance(message["content"], list):
            for block in message["content"]:
                yield message["role"], block
                if block["type"] == "search_result":
                    yield from (("user", inner) for inner in block["content"])
