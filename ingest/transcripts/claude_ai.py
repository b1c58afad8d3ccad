"""The data export of claude.ai: `conversations.json`, a list of conversations.

https://support.claude.com/en/articles/9450526-how-can-i-export-my-claude-data
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import items, line, name, record, text, text_blocks
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Transcript

_ROLES: dict[object, Role] = {"human": "user", "assistant": "assistant"}


def read(values: Iterable[object], fallback: datetime) -> Iterator[Transcript]:
    """The conversations; one without an id is left out. `fallback` is the time of what has none."""
    for each in map(record, values):
        key = name(each.get("uuid"))
        if key and isinstance(each.get("chat_messages"), list):
            yield _conversation(key, each, fallback)


def _conversation(key: str, conversation: dict[str, object], fallback: datetime) -> Transcript:
    started = instant(conversation.get("created_at"))
    draft = Draft("claude.ai", key, started or fallback, line(conversation.get("name")))
    for each in map(record, items(conversation.get("chat_messages"))):
        role = _ROLES.get(name(each.get("sender")))
        if role:
            draft.say(role, _text(each), name(each.get("uuid")), instant(each.get("created_at")))
    return draft.finished(started)


def _text(message: dict[str, object]) -> str:
    """What was written, then the names of what was attached; older exports have no blocks."""
    blocks = text_blocks(message.get("content"))
    written = "\n\n".join(filter(str.strip, blocks)) or text(message.get("text"))
    attached = [*items(message.get("attachments")), *items(message.get("files"))]
    names = dict.fromkeys(line(record(each).get("file_name")) for each in attached)
    listed = ", ".join(filter(None, names))
    return f"{written}\n\n[attached: {listed}]" if listed else written
