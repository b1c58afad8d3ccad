"""A conversation as JSON lines, which `ragchat ingest` can read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Turn
from ragchat.errors import RagchatError
from ragchat.memory import Memory
from ragchat.terminal.transcript import as_markdown

if TYPE_CHECKING:
    from ingest.store import Store

LONGEST_NAME = 200
"""Bytes of an id that a file is called by; file systems take 255."""
_UNSAFE_IN_A_NAME = re.compile(r"[^\w.-]+")


def as_json_lines(conversation: Conversation) -> Iterator[str]:
    """One JSON object a turn, with all that is stored of it, so that nothing is lost on the way:
    conversation, title, origin, id, time, role, speaker, text, sources, …
    """
    common = {
        "conversation": conversation.id.removeprefix(f"{conversation.origin}:"),
        "title": conversation.title,
        "origin": conversation.origin,
        "started": conversation.started.isoformat(),
        "project": conversation.project,
        "branch": conversation.branch,
    }
    for turn in conversation.turns:
        yield json.dumps({**common, **_turn_fields(turn)})


def write_all(store: Store, collections: Sequence[str], folder: Path) -> int:
    """Write every conversation into a folder, as Markdown for people and as JSON lines for
    machines, each collection in a folder of its own where there are several. Return their number.
    Raises RagchatError where a file cannot be written.
    """
    count = 0
    for name in collections:
        memory = Memory(store, name)
        into = folder / name if len(collections) > 1 else folder
        taken: set[str] = set()
        for listed in memory.entries():
            found = memory.conversation(listed.id)
            stem = _stem(found.id, taken)
            for suffix, lines in (("md", as_markdown(found)), ("jsonl", as_json_lines(found))):
                _write(into / f"{stem}.{suffix}", lines)
            count += 1
    return count


def _stem(conversation_id: str, taken: set[str]) -> str:
    """Return a name of a file for a conversation, whatever characters its id has, that is not taken
    yet, also where capitals do not count; and take it.
    """
    stem = _UNSAFE_IN_A_NAME.sub("_", conversation_id)
    if len(stem.encode()) > LONGEST_NAME or stem.casefold() in taken:
        begin = stem.encode()[:LONGEST_NAME].decode(errors="ignore")
        stem = f"{begin}-{hashlib.sha256(conversation_id.encode()).hexdigest()[:8]}"
    taken.add(stem.casefold())
    return stem


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise RagchatError(
            f"cannot write {path} ({error.strerror}): choose another folder"
        ) from error


def _turn_fields(turn: Turn) -> dict[str, object]:
    return {
        "id": turn.id,
        "time": turn.time.isoformat(),
        "role": turn.role,
        "speaker": turn.speaker,
        "assistant": turn.assistant,
        "text": turn.text,
        "model": turn.model,
        "status": turn.status,
        "stop_reason": turn.stop_reason,
        "usage": dict(turn.usage),
        "echo": turn.echo,
        "narration": turn.narration,
        "sources": [
            {**asdict(ref), "time": ref.time.isoformat() if ref.time else None}
            for ref in turn.sources
        ],
    }
