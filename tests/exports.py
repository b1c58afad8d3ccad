"""Small exports of conversations, as the tools that they come from write them."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.transcripts import Transcript, TranscriptFormat, recognise
from ingest.transcripts import read as read_each

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When the files were written: what they hold was said before."""
SAMPLES = Path(__file__).parents[1] / "data" / "conversations"


def spoken(words: str, **fields: Any) -> list[dict[str, Any]]:
    """Return content of one block of text."""
    return [{"type": "text", "text": words, **fields}]


def origin_of(path: Path) -> str | None:
    """The origin of the conversations in a file, if it is recognised."""
    found = recognise(path)
    return found.origin if isinstance(found, TranscriptFormat) else None


def read(path: Path) -> list[Transcript]:
    return [transcript for transcript in read_each(path) if transcript.messages]


def file(folder: Path, name: str, *values: object) -> Path:
    """A file of JSON lines; of one value, when the name ends in .json."""
    path = folder / name
    path.write_text("\n".join(json.dumps(value) for value in values), encoding="utf-8")
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return path


def packed(folder: Path, member: str, content: bytes) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/users.json", "[]")
        archive.writestr(member, content)
    return path


def claude_ai(*messages: object, **fields: object) -> list[dict[str, Any]]:
    return [{"uuid": "c", "name": "A title", "chat_messages": list(messages), **fields}]


def human(text: str, **fields: object) -> dict[str, Any]:
    return {"uuid": "m", "sender": "human", "text": text, **fields}


def chatgpt(current: str | None, *nodes: tuple[str, str | None, str, object]) -> list[Any]:
    """A conversation of nodes (id, parent, role, text or the fields of a message)."""
    mapping: dict[str, Any] = {}
    for id_, parent, role, given in nodes:
        more = given if isinstance(given, dict) else {}
        content = {"content_type": "text", "parts": [given]}
        message = {"id": id_, "author": {"role": role}, "content": content, **more}
        mapping[id_] = {"id": id_, "parent": parent, "message": message}
    return [{"id": "c", "create_time": 1.7e9, "mapping": mapping, "current_node": current}]


def code(kind: str, content: object, **fields: object) -> dict[str, Any]:
    own: dict[str, Any] = {key: fields.pop(key) for key in ("id", "model") if key in fields}
    message: dict[str, Any] = {"role": kind, "content": content, **own}
    return {"type": kind, "sessionId": "s", "parentUuid": None, "message": message, **fields}


def turn(text: object, speaker: str = "Ann", **fields: object) -> dict[str, Any]:
    return {"conversation": "c", "id": 1, "speaker": speaker, "text": text, **fields}


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in transcript.messages]
