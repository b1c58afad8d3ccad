"""The data export of DeepSeek: `conversations.json`, a list of trees of messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
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
            _say(draft, node, messages[node])
        draft.drop(part for node in set(mapping) - set(said) for part in (node, f"{node}/answer"))
        yield draft.finished()


def _say(draft: Draft, node: str, message: dict[str, object]) -> None:
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


def _recognises(value: dict[str, object]) -> bool:
    nodes = map(record, record(value.get("mapping")).values())
    return any("fragments" in record(node.get("message")) for node in nodes)


FORMAT = TranscriptFormat("deepseek", "DeepSeek", any_object(_recognises), _read)
