"""A conversation as Markdown for people, or as JSON lines that `ragchat ingest` takes in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ingest.conversation import Conversation, Turn
from ragchat.cli.output import iso
from ragchat.terminal.sources import label, passage_of


def as_markdown(conversation: Conversation) -> Iterator[str]:
    """Lines of Markdown: a title, and each turn under its speaker and time, with its sources."""
    yield f"# {conversation.title}\n"
    yield f"{conversation.id} · {conversation.started.astimezone():%Y-%m-%d %H:%M}\n"
    for exchange in conversation.exchanges:
        for turn, name in ((exchange.question, "You"), (exchange.answer, "Claude")):
            if turn.text:
                yield f"## {turn.speaker or name}, {turn.time.astimezone():%Y-%m-%d %H:%M}\n"
                yield f"{turn.text.strip()}\n"
                yield from _sources(turn)


def as_json_lines(conversation: Conversation) -> Iterator[str]:
    """One JSON object a turn: conversation, title, origin, id, time, role, speaker, text, …"""
    key = conversation.id.removeprefix(f"{conversation.origin}:")
    for exchange in conversation.exchanges:
        for turn in (exchange.question, exchange.answer):
            if turn.text:
                yield json.dumps(
                    {
                        "conversation": key,
                        "title": conversation.title,
                        "origin": conversation.origin,
                        "id": turn.id,
                        "time": iso(turn.time),
                        "role": turn.role,
                        "speaker": turn.speaker,
                        "text": turn.text,
                        "model": turn.model,
                        "status": turn.status,
                    }
                )


def _sources(turn: Turn) -> Iterator[str]:
    if turn.sources:
        yield (
            "\n".join(f"- [{ref.n}] {label(passage_of(ref), Path.cwd())}" for ref in turn.sources)
            + "\n"
        )
