"""A conversation as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.conversation import Conversation, Turn
from ragchat.terminal.sources import label, passage_of


def as_markdown(conversation: Conversation) -> Iterator[str]:
    """Yield Markdown: a title, and each turn under its speaker and time, with its sources."""
    yield f"# {conversation.title}\n"
    yield f"{conversation.id} · {conversation.started.astimezone():%Y-%m-%d %H:%M}\n"
    for turn in conversation.turns:
        yield f"## {turn.spoken_by('You')}, {turn.time.astimezone():%Y-%m-%d %H:%M}\n"
        yield f"{turn.text.strip()}\n"
        yield from _sources(turn)


def _sources(turn: Turn) -> Iterator[str]:
    if turn.sources:
        lines = (f"- [{ref.n}] {label(passage_of(ref), Path.cwd())}" for ref in turn.sources)
        yield "\n".join(lines) + "\n"
