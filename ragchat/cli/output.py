"""JSON as the contract has it: one place for the names of its fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from ingest.document import DocumentPassage, Hit, MemoryPassage, Passage

if TYPE_CHECKING:
    from ingest.conversation import Conversation, Turn
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.answer.citations import AnswerSource
    from ragchat.retrieval.explanation import Explanation


def print_json(value: object) -> None:
    """Print a value as JSON on stdout; everything outside ASCII is escaped, so that no control
    character reaches a terminal.
    """
    click.echo(json.dumps(value, indent=2))


def iso(time: datetime | None) -> str | None:
    """A time as JSON has it: UTC, ISO 8601."""
    return time.isoformat(timespec="seconds") if time is not None else None


def origin_fields(passage: Passage) -> dict[str, Any]:
    """Return where a passage comes from; the fields of the other kind are null."""
    document = passage if isinstance(passage, DocumentPassage) else None
    memory = passage if isinstance(passage, MemoryPassage) else None
    return {
        "source": passage.source if isinstance(passage, DocumentPassage) else passage.title,
        "start_line": document.start_line if document else None,
        "end_line": document.end_line if document else None,
        "page": document.page if document else None,
        "end_page": document.end_page if document else None,
        "place": document.place or None if document else None,
        "conversation": memory.conversation if memory else None,
        "time": iso(memory.time) if memory else None,
    }


def hit_fields(
    hits: Sequence[Hit], explained: Mapping[str, Explanation] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return hits as `search` and `recall` print them.

    `earlier` are older exchanges that say the same, or older editions; `changed` is when something
    newer changed it; `explain` is how a passage was ranked, where that was asked for.
    """
    return [
        _fields(hit)
        | ({"explain": asdict(explained[hit.passage.id])} if explained else {})
        | ({"earlier": [_fields(older) for older in hit.earlier]} if hit.earlier else {})
        | ({"changed": iso(hit.changed)} if hit.changed else {})
        for hit in hits
    ]


def _fields(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.passage.kind,
        "id": hit.passage.id,
        **origin_fields(hit.passage),
        "text": hit.passage.text,
        "score": hit.score,
    }


def answer_fields(answered: CheckedAnswer, notice: str = "") -> dict[str, Any]:
    """An answer as `ask --json` prints it; `notice` is why little or nothing was found for it."""
    usage = answered.answer.usage
    fields: dict[str, Any] = {
        "answer": answered.text,
        "sources": [_source_fields(source) for source in answered.sources],
        "usage": {
            name: usage.get(name, 0)
            for name in (
                "input_tokens",
                "output_tokens",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "thinking_tokens",
            )
        },
        "cost_usd": answered.cost_usd,
        "full_history_cost_usd": answered.full_history_cost_usd,
        "model": answered.answer.model,
        "conversation": answered.exchange.conversation,
        "turn": answered.exchange.id,
        "stop_reason": answered.answer.stop_reason,
        "quotations": [asdict(quotation) for quotation in answered.quotations],
    }
    if notices := [*answered.notices, *filter(None, [notice])]:
        fields["notices"] = notices
    if answered.strange_links:
        fields["strange_links"] = list(answered.strange_links)
    if answered.answer.reason:
        fields["error"] = answered.answer.reason
    return fields


def _source_fields(source: AnswerSource) -> dict[str, Any]:
    passage = source.hit.passage
    return {
        "n": source.n,
        "kind": passage.kind,
        **origin_fields(passage),
        "text": passage.text,
        "score": source.hit.score,
        "cited": source.cited,
    }


def conversation_fields(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as `conversations show --json` prints it."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "started": iso(conversation.started),
        "origin": conversation.origin,
        "exchanges": [
            {
                "id": exchange.id,
                "question": _turn_fields(exchange.question),
                "answer": _turn_fields(exchange.answer),
            }
            for exchange in conversation.exchanges
        ],
    }


def _turn_fields(turn: Turn) -> dict[str, Any]:
    fields: dict[str, Any] = {"text": turn.text, "time": iso(turn.time)}
    if turn.role == "assistant":
        fields |= {
            "status": turn.status,
            "model": turn.model,
            "stop_reason": turn.stop_reason,
            "usage": dict(turn.usage),
            "sources": [
                {
                    "n": ref.n,
                    "kind": ref.kind,
                    "id": ref.id,
                    "source": ref.source,
                    "start_line": ref.start_line,
                    "end_line": ref.end_line,
                    "conversation": ref.conversation,
                    "time": iso(ref.time),
                    "score": ref.score,
                    "cited": ref.cited,
                }
                for ref in turn.sources
            ],
        }
    return fields
