"""The data export of ChatGPT: `conversations.json`, a list of trees of messages.

https://help.openai.com/en/articles/7260999-how-do-i-export-my-chatgpt-history-and-data
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import items, line, name, record, text
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Transcript

_ROLES: dict[object, Role] = {"user": "user", "assistant": "assistant"}
_HIDDEN = ("is_visually_hidden_from_conversation", "is_user_system_message")


def read(values: Iterable[object], fallback: datetime) -> Iterator[Transcript]:
    """The conversations; one without an id is left out. `fallback` is the time of what has none."""
    for each in map(record, values):
        key = name(each.get("conversation_id")) or name(each.get("id"))
        if key and isinstance(each.get("mapping"), dict):
            yield _conversation(key, each, fallback)


def _conversation(key: str, conversation: dict[str, object], fallback: datetime) -> Transcript:
    started = instant(conversation.get("create_time"))
    draft = Draft("chatgpt", key, started or fallback, line(conversation.get("title")))
    for node, message in _branch(conversation):
        role = _ROLES.get(name(record(message.get("author")).get("role")))
        if not role or _is_hidden(message):
            continue
        draft.say(
            role,
            _text(record(message.get("content"))),
            name(message.get("id")) or name(node),
            instant(message.get("create_time")),
            model=line(record(message.get("metadata")).get("model_slug")),
        )
    return draft.finished(started)


def _branch(conversation: dict[str, object]) -> list[tuple[str, dict[str, object]]]:
    """The nodes that the person sees, from the first to the current one, with their messages."""
    mapping = record(conversation.get("mapping"))
    node = conversation.get("current_node")
    if not isinstance(node, str) or node not in mapping:
        node = next(reversed(mapping), None)
    branch: dict[str, dict[str, object]] = {}
    while isinstance(node, str) and node in mapping and node not in branch:
        entry = record(mapping[node])
        branch[node] = record(entry.get("message"))
        node = entry.get("parent")
    return list(reversed(branch.items()))


def _is_hidden(message: dict[str, object]) -> bool:
    """Whether the person does not see it; what is said to a tool has another recipient."""
    metadata = record(message.get("metadata"))
    to_tool = message.get("recipient", "all") not in ("all", None)
    return to_tool or any(metadata.get(mark) is True for mark in _HIDDEN)


def _text(content: dict[str, object]) -> str:
    if content.get("content_type") not in ("text", "multimodal_text"):
        return ""
    parts = map(_part, items(content.get("parts")))
    return "\n\n".join(filter(str.strip, parts))


def _part(part: object) -> str:
    """What was typed, or said in a voice chat; pictures and files are left out."""
    spoken = record(part)
    if spoken.get("content_type") == "audio_transcription":
        return text(spoken.get("text"))
    return text(part)
