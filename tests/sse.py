"""Answers of the Messages API as server-sent events.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol


class Answerable(Protocol):
    """The part of a scripted reply that becomes events."""

    @property
    def usage(self) -> Mapping[str, Any]:
        """Counts that replace the reckoned ones."""

    @property
    def stop_reason(self) -> str | None:
        """Why it ends."""

    @property
    def stop_details(self) -> Mapping[str, Any] | None:
        """More on a refusal."""

    @property
    def thinking(self) -> bool:
        """Whether a thinking block comes first."""

    @property
    def piece(self) -> int:
        """Characters a delta."""

    @property
    def pause(self) -> float:
        """Seconds between deltas."""

    def blocks(self) -> Sequence[tuple[str, Sequence[tuple[int, str]]]]:
        """The text blocks with what they cite."""


def tokens(body: Mapping[str, Any]) -> int:
    """About the size of a request, in tokens."""
    return len(json.dumps([body.get("system"), body["messages"]])) * 2 // 7


def event(kind: str, **fields: object) -> bytes:
    """One event, as it goes over the wire."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def message_start(body: Mapping[str, Any], usage: Mapping[str, Any]) -> bytes:
    """The event that every answer begins with."""
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
    return event("message_start", message=message)


def answer_events(
    reply: Answerable, body: Mapping[str, Any], results: Sequence[Mapping[str, Any]]
) -> Iterator[bytes]:
    """The events of a whole answer: thinking, text blocks with citations, usage."""
    yield message_start(
        body, {name: n for name, n in reply.usage.items() if name != "output_tokens"}
    )
    yield event("ping")
    index = 0
    if reply.thinking:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        yield event("content_block_start", index=0, content_block=block)
        delta = {"type": "signature_delta", "signature": "c2ln"}
        yield event("content_block_delta", index=0, delta=delta)
        yield event("content_block_stop", index=0)
        index = 1
    written = 0
    for number, (text, citations) in enumerate(reply.blocks(), start=index):
        yield from _text_block(number, text, citations, results, reply)
        written += len(text)
    yield event(
        "message_delta",
        delta={
            "stop_reason": reply.stop_reason,
            "stop_sequence": None,
            "stop_details": reply.stop_details,
        },
        usage={"output_tokens": reply.usage.get("output_tokens", written // 4 + 1)},
    )
    yield event("message_stop")


def _text_block(
    index: int,
    text: str,
    citations: Sequence[tuple[int, str]],
    results: Sequence[Mapping[str, Any]],
    reply: Answerable,
) -> Iterator[bytes]:
    block = {"type": "text", "text": ""}
    yield event("content_block_start", index=index, content_block=block)
    for start in range(0, len(text), reply.piece):
        delta = {"type": "text_delta", "text": text[start : start + reply.piece]}
        yield event("content_block_delta", index=index, delta=delta)
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
        yield event("content_block_delta", index=index, delta=delta_)
    yield event("content_block_stop", index=index)
