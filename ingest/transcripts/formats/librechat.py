"""A conversation that LibreChat exports as JSON: messages in a list, or as a tree of `children`.

https://www.librechat.ai/docs/features/import_convos
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import attached, first, joined, line, name, record, records, texts
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.turn_fields import assistant_of
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations; one without an id is left out."""
    for entry in map(record, values):
        key = name(entry.get("conversationId"))
        if key and _recognises(entry):
            yield _conversation(key, entry, reading)


def _conversation(key: str, entry: dict[str, object], reading: Reading) -> Transcript:
    draft = Draft("librechat", key, reading, line(entry.get("title")))
    draft.started, draft.updated = instant(entry.get("createdAt")), instant(entry.get("updatedAt"))
    messages = {name(message.get("messageId")): message for message in _flat(_messages(entry))}
    tree = {
        id_: Node(name(message.get("parentMessageId")), instant(message.get("createdAt")))
        for id_, message in messages.items()
    }
    said = branch(tree)
    default = line(record(entry.get("options")).get("model"))
    for id_ in said:
        message = messages[id_]
        role = "user" if message.get("isCreatedByUser") is True else "assistant"
        model = line(message.get("model")) or default
        files = attached(first(file, "filename", "name") for file in records(message.get("files")))
        draft.say(
            "user" if role == "user" else "assistant",
            joined([*_words(message), files]),
            id_,
            tree[id_].time,
            model=model if role == "assistant" else "",
            assistant=_assistant(line(message.get("sender")), model),
        )
    draft.drop(set(messages) - set(said))
    return draft.finished()


def _words(message: dict[str, object]) -> list[str]:
    """The text, in newer versions in blocks, whose text may be an object again."""
    if words := joined(texts(message.get("text"))):
        return [words]
    blocks = records(message.get("content"))
    shown = (block.get("text") for block in blocks if block.get("type") == "text")
    return [joined(texts(record(text).get("value") or text)) for text in shown]


def _assistant(sender: str, model: str) -> str:
    """The name that is shown: often that of the provider, else the model's."""
    return "" if "claude" in sender.casefold() else sender or assistant_of(model)


def _flat(messages: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    waiting = list(reversed(messages))
    while waiting:
        message = waiting.pop()
        yield message
        waiting += reversed(records(message.get("children")))


def _messages(entry: dict[str, object]) -> list[dict[str, object]]:
    return records(entry.get("messages")) or records(entry.get("messagesTree"))


def _recognises(entry: dict[str, object]) -> bool:
    known = "conversationId" in entry
    return known and any("isCreatedByUser" in message for message in _messages(entry))


FORMAT = TranscriptFormat("librechat", "LibreChat", any_object(_recognises), _read)
