"""The data exports of DeepSeek (`conversations.json`) and Grok (`prod-grok-backend.json`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import Format, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript


def _read_deepseek(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    for conversation in map(record, values):
        key, mapping = name(conversation.get("id")), record(conversation.get("mapping"))
        if not key or not mapping:
            continue
        draft = Draft("deepseek", key, reading, line(conversation.get("title")))
        draft.assistant = "DeepSeek"
        draft.started = instant(conversation.get("inserted_at"))
        draft.updated = instant(conversation.get("updated_at"))
        messages = {node: record(record(entry).get("message")) for node, entry in mapping.items()}
        tree = {
            node: Node(name(record(entry).get("parent")), _inserted(messages[node]))
            for node, entry in mapping.items()
        }
        said = branch(tree)
        for node in said:
            _say_deepseek(draft, node, messages[node])
        draft.drop(part for node in set(mapping) - set(said) for part in (node, f"{node}/answer"))
        yield draft.finished()


def _say_deepseek(draft: Draft, node: str, message: dict[str, object]) -> None:
    fragments = records(message.get("fragments"))
    files = attached(file.get("file_name") for file in records(message.get("files")))
    asked = joined([*_fragments(fragments, "REQUEST"), files])
    draft.say("user", asked, node, _inserted(message))
    answered, model = joined(_fragments(fragments, "RESPONSE")), line(message.get("model"))
    id_ = f"{node}/answer" if asked else node
    draft.say("assistant", answered, id_, _inserted(message), model=model)


def _fragments(fragments: list[dict[str, object]], kind: str) -> list[str]:
    return [text(part.get("content")) for part in fragments if part.get("type") == kind]


def _inserted(message: dict[str, object]) -> datetime | None:
    return instant(message.get("inserted_at"))


def _is_deepseek(value: dict[str, object]) -> bool:
    nodes = map(record, record(value.get("mapping")).values())
    return any("fragments" in record(node.get("message")) for node in nodes)


def _read_grok(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    for export in map(record, values):
        for entry in records(export.get("conversations")):
            about = record(entry.get("conversation"))
            draft = Draft("grok", name(about.get("id")), reading, line(about.get("title")))
            draft.assistant = "Grok"
            draft.started = _mongo_time(about.get("create_time"))
            draft.updated = _mongo_time(about.get("modify_time"))
            for wrapped in records(entry.get("responses")):
                said = record(wrapped.get("response"))
                draft.say(
                    "user" if line(said.get("sender")).casefold() == "human" else "assistant",
                    text(said.get("message")),
                    name(said.get("_id")),
                    _mongo_time(said.get("create_time")),
                    model=line(said.get("model")),
                )
            if draft.key:
                yield draft.finished()


def _mongo_time(value: object) -> datetime | None:
    date = record(value).get("$date", value)
    return instant(record(date).get("$numberLong", date))


def _is_grok(value: dict[str, object]) -> bool:
    conversations = records(value.get("conversations"))
    return any("responses" in entry and "conversation" in entry for entry in conversations)


DEEPSEEK = Format("deepseek", "DeepSeek", any_object(_is_deepseek), _read_deepseek)
GROK = Format("grok", "Grok", any_object(_is_grok), _read_grok)
