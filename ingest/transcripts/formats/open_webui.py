"""The chats of Open WebUI: its database `webui.db`, or a list of trees of messages (Settings,
Chats, Export Chats); and those of Qwen, whose page is made of the same.

https://docs.openwebui.com
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import (
    attached,
    first,
    joined,
    line,
    name,
    record,
    records,
    text,
    texts,
)
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.turn_fields import ROLES, assistant_of
from ingest.transcripts.json_scanner import decoded
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_HIDDEN = re.compile(
    r"<details\b[^>]*type=\"(?:reasoning|tool_calls|code_interpreter)\".*?</details>", re.DOTALL
)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chats; one without an id is left out."""
    for value in map(record, values):
        for listed in _listed(value):
            entry = {**listed, "chat": _content(listed)}
            key = name(entry.get("id")) or name(record(entry.get("chat")).get("id"))
            origin = "open-webui" if listed is value else "qwen"
            if key and _is_chat(entry):
                yield _chat(origin, key, entry, reading)


def _chat(origin: str, key: str, entry: dict[str, object], reading: Reading) -> Transcript:
    chat = record(entry.get("chat"))
    draft = Draft(origin, key, reading, line(first(entry, "title") or chat.get("title")))
    draft.started, draft.updated = (
        instant(entry.get("created_at")),
        instant(entry.get("updated_at")),
    )
    history = record(chat.get("history"))
    messages = {key: record(message) for key, message in record(history.get("messages")).items()}
    messages = messages or _in_a_row(records(chat.get("messages")))
    tree = {
        id_: Node(name(message.get("parentId")), instant(message.get("timestamp")))
        for id_, message in messages.items()
    }
    said = branch(tree, name(history.get("currentId")))
    for id_ in said:
        message = messages[id_]
        role = ROLES.get(name(message.get("role")))
        if role:
            model = line(first(message, "model", "modelName"))
            files = attached(file.get("name") for file in records(message.get("files")))
            draft.say(
                role,
                _HIDDEN.sub("", joined([*_words(message), files])),
                id_,
                tree[id_].time,
                model=model if role == "assistant" else "",
                assistant=assistant_of(model),
            )
    draft.drop(set(messages) - set(said))
    return draft.finished()


def _in_a_row(listed: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    """The messages of a list; one that does not say what it follows follows the one before it."""
    messages: dict[str, dict[str, object]] = {}
    previous = ""
    for n, message in enumerate(listed):
        id_ = name(message.get("id")) or f"{n}"
        messages[id_] = {"parentId": previous, **message}
        previous = id_
    return messages


def _words(message: dict[str, object]) -> list[str]:
    """The text, which Qwen keeps in phases: the thinking is not said."""
    phases = records(message.get("content_list"))
    said = [text(phase.get("content")) for phase in phases if phase.get("phase") == "answer"]
    return said or texts(message.get("content"))


def _listed(value: dict[str, object]) -> list[dict[str, object]]:
    """The chat, or those of an export of Qwen, which lists them as what its API returned."""
    return records(value.get("data")) or [value]


def _content(entry: dict[str, object]) -> dict[str, object]:
    """The chat itself, which rows of the database have as JSON."""
    return record(decoded(entry.get("chat")))


def _recognises(value: dict[str, object]) -> bool:
    return any(map(_is_chat, _listed(value)))


def _is_chat(entry: dict[str, object]) -> bool:
    chat = _content(entry)
    return isinstance(chat.get("history"), dict) or isinstance(chat.get("messages"), list)


FORMAT = TranscriptFormat("open-webui", "Open WebUI", any_object(_recognises), _read)
