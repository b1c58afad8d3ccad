"""The data export of claude.ai: `conversations.json`, a list of conversations.

https://support.claude.com/en/articles/9450526-how-can-i-export-my-claude-data
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import (
    attached,
    items,
    joined,
    line,
    name,
    record,
    records,
    text,
    titled,
)
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_ROLES: dict[object, Role] = {"human": "user", "user": "user", "assistant": "assistant"}
_PASTED = re.compile(
    r"(?:pasted?(?:[-_ ](?:text|content))?[-_ ]?\(?\d*\)?(?:\.txt)?)?", re.IGNORECASE
)
_ARTIFACT = re.compile(r"<antArtifact\b([^>]*)>(.*?)</antArtifact>", re.DOTALL)
_TITLE = re.compile(r'title="([^"]*)"')
_UNSUPPORTED = re.compile(r"```\nThis block is not supported on your current device yet\.\n```\n*")
"""What older exports have in place of the use of a tool."""
_ROOT = "0-48"  # the parent of a first message is 00000000-0000-4000-8000-000000000000
_WRITTEN = ("content", "file_text", "new_str")
"""Where tools that write documents have the text: artifacts, files, changes to either."""
_TOOLS = re.compile(r"artifacts|create_file|str_replace(_based_edit_tool)?")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations; one without an id is left out."""
    for conversation in map(record, values):
        key = name(conversation.get("uuid"))
        if key and isinstance(conversation.get("chat_messages"), list):
            yield _conversation(key, conversation, reading)


def _conversation(key: str, conversation: dict[str, object], reading: Reading) -> Transcript:
    draft = Draft("claude.ai", key, reading, line(conversation.get("name")))
    draft.started = instant(conversation.get("created_at"))
    draft.updated = instant(conversation.get("updated_at"))
    draft.project = line(record(conversation.get("project")).get("name"))
    messages = records(conversation.get("chat_messages"))
    tree = _tree(messages)
    current = name(conversation.get("current_leaf_message_uuid"))
    said = set(branch(tree, current)) if tree else set()
    for message in messages:
        role, id_ = _ROLES.get(name(message.get("sender"))), name(message.get("uuid"))
        if tree and id_ not in said:
            draft.drop([id_])
        elif role:
            words, narration = _said(message)
            model = line(message.get("model")) or line(conversation.get("model"))
            draft.say(
                role,
                words,
                id_,
                _time(message),
                model=model if role == "assistant" else "",
                narration=narration,
            )
    return draft.finished()


def _tree(messages: list[dict[str, object]]) -> dict[str, Node]:
    """The messages by id; empty where the export does not say what follows what.

    One whose parent is missing follows the one before it; without a parent it is a beginning.
    """
    tree: dict[str, Node] = {}
    previous = ""
    ids = {name(message.get("uuid")) for message in messages}
    if "" in ids or not any(message.get("parent_message_uuid") for message in messages):
        return {}
    for message in messages:
        id_, parent = name(message.get("uuid")), name(message.get("parent_message_uuid"))
        begins = not parent or not parent.strip(_ROOT) or parent == id_
        tree[id_] = Node("" if begins else parent if parent in ids else previous, _time(message))
        previous = id_
    return tree


def _time(message: dict[str, object]) -> datetime | None:
    return instant(message.get("created_at"))


def _said(message: dict[str, object]) -> tuple[str, int]:
    """The words, and how many characters of them were said before a tool was last used.

    Older exports have no blocks, and some have them as a string of JSON.
    """
    content = message.get("content")
    if isinstance(content, str) and content.lstrip().startswith("["):
        content = decode(content) or content
    pieces, proper = _pieces(content)
    if not pieces:
        pieces, proper = [_with_artifacts(_UNSUPPORTED.sub("", text(message.get("text"))))], 0
    note, pasted = _attached(message)
    narration = sum(len(piece) + 2 for piece in pieces[: min(proper, len(pieces) - 1)])
    return joined([*pieces, *pasted, note]), narration


def _pieces(content: object) -> tuple[list[str], int]:
    """The texts and documents of a message, and how many came before the last use of a tool."""
    if isinstance(content, str):
        return [_with_artifacts(text(content)).strip()] if content.strip() else [], 0
    pieces: list[str] = []
    proper = 0
    for block in map(record, items(content)):
        if block.get("type") in ("text", "voice_note"):
            pieces.append(_with_artifacts(text(block.get("text"))).strip())
        elif block.get("type") == "tool_use":
            document = _document(block)
            pieces.append(document)
            proper = proper if document else len(list(filter(None, pieces)))
        pieces = list(filter(None, pieces))
    return pieces, proper


def _document(block: dict[str, object]) -> str:
    """What Claude wrote beside the conversation, which is the input of a tool."""
    if not _TOOLS.fullmatch(name(block.get("name"))):
        return ""
    given = record(block.get("input"))
    written = next((text(given.get(key)) for key in _WRITTEN if text(given.get(key)).strip()), "")
    title = line(given.get("title")) or line(given.get("path")).rpartition("/")[2]
    return titled(title or line(given.get("id")), written)


def _with_artifacts(words: str) -> str:
    """The text, in which older exports have documents between tags."""

    def document(match: re.Match[str]) -> str:
        title = _TITLE.search(match[1])
        return titled(title[1] if title else "", match[2])

    return _ARTIFACT.sub(document, words)


def _attached(message: dict[str, object]) -> tuple[str, list[str]]:
    """The names of attachments, and pasted texts, which are part of the message."""
    names: list[object] = []
    pasted: list[str] = []
    for attachment in records(message.get("attachments")):
        file, words = line(attachment.get("file_name")), text(attachment.get("extracted_content"))
        if _PASTED.fullmatch(file) and words.strip():
            pasted.append(words.strip())
        else:
            names.append(file)
    names += [file.get("file_name") for file in records(message.get("files"))]
    return attached(names), pasted


def _recognises(value: dict[str, object]) -> bool:
    return isinstance(value.get("chat_messages"), list) and "uuid" in value


FORMAT = TranscriptFormat("claude.ai", "Claude.ai", any_object(_recognises), _read)
