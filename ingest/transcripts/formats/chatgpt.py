"""The data export of ChatGPT: `conversations.json`, a list of trees of messages.

https://help.openai.com/en/articles/7260999-how-do-i-export-my-chatgpt-history-and-data
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.answer_pieces import AnswerPieces
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
from ingest.transcripts.formats.chatgpt_marks import without_marks
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_HIDDEN = ("is_visually_hidden_from_conversation", "is_user_system_message")
_CANVAS = "canmore."
_RESULT = "is_async_task_result_message"
"""The mark of a report of deep research, which may come as the result of a tool."""


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations; one without an id is left out."""
    for conversation in map(record, values):
        key = name(conversation.get("conversation_id")) or name(conversation.get("id"))
        if key and isinstance(conversation.get("mapping"), dict):
            yield _conversation(key, conversation, reading)


def _conversation(key: str, conversation: dict[str, object], reading: Reading) -> Transcript:
    draft = Draft("chatgpt", key, reading, line(conversation.get("title")), assistant="ChatGPT")
    draft.started = instant(conversation.get("create_time"))
    draft.updated = instant(conversation.get("update_time"))
    mapping = {node: record(entry) for node, entry in record(conversation.get("mapping")).items()}
    said = branch(_tree(mapping), name(conversation.get("current_node")))
    if conversation.get("is_do_not_remember") is True:
        reading.remarks["left out a conversation that ChatGPT was told not to remember"] += 1
        said = []
    model = line(conversation.get("default_model_slug"))
    messages = {node: record(mapping[node].get("message")) for node in said}
    people = {person for message in messages.values() if (person := _person(message))}
    answer = AnswerPieces()
    for node, message in messages.items():
        _say(draft, answer, node, message, model=model, is_group=len(people) > 1)
    answer.finish(draft)
    aside = set(mapping) - set(said)
    draft.drop(name(record(mapping[node].get("message")).get("id")) or name(node) for node in aside)
    return draft.finished()


def _tree(mapping: dict[str, dict[str, object]]) -> dict[str, Node]:
    return {
        node: Node(
            name(entry.get("parent")), instant(record(entry.get("message")).get("create_time"))
        )
        for node, entry in mapping.items()
    }


def _say(
    draft: Draft,
    answer: AnswerPieces,
    node: str,
    message: dict[str, object],
    *,
    model: str,
    is_group: bool,
) -> None:
    """Say the message of a node; what goes to a tool, and comes from it, is not said, but for the
    names of pictures that it made. In a group people have names.
    """
    metadata, role = (
        record(message.get("metadata")),
        name(record(message.get("author")).get("role")),
    )
    id_, time = name(message.get("id")) or node, instant(message.get("create_time"))
    if any(metadata.get(mark) is True for mark in _HIDDEN):
        return
    if role == "user":
        answer.finish(draft)
        words = joined([_quoted(metadata), _text(message)])
        draft.say("user", words, id_, time, speaker=_person(message) if is_group else "")
    elif metadata.get(_RESULT) is True and (report := _text(message)):
        answer.add(without_marks(report, metadata), id_, time, model, document=True)
    elif role == "assistant" and message.get("recipient", "all") in ("all", None):
        model = line(metadata.get("model_slug")) or model
        answer.add(without_marks(_text(message), metadata), id_, time, model)
    elif role == "assistant" and (document := _canvas(message)):
        answer.add(document, id_, time, model, document=True)
    elif role in ("assistant", "tool"):
        answer.use_tool()
        answer.add(_pictures(message), id_, time, document=True)


def _person(message: dict[str, object]) -> str:
    author = record(message.get("author"))
    return line(author.get("name")) if author.get("role") == "user" else ""


def _quoted(metadata: dict[str, object]) -> str:
    """What the user marked in an answer, to say something of it."""
    marked = text(metadata.get("targeted_reply")).strip()
    return "\n".join(f"> {row}" for row in marked.splitlines())


def _pictures(message: dict[str, object]) -> str:
    """The note on pictures that a tool made, with what they show as far as it is said."""
    title = line(record(message.get("metadata")).get("image_gen_title"))
    notes = []
    for part in map(record, items(record(message.get("content")).get("parts"))):
        made = record(part.get("metadata")).get("dalle") or record(part.get("metadata")).get(
            "generation"
        )
        if isinstance(made, dict):
            shown = title or line(made.get("prompt"))
            notes.append(f"[image: {shown}]" if shown else "[image]")
    return joined(dict.fromkeys(notes))


def _text(message: dict[str, object]) -> str:
    """The words, then the names of attachments."""
    content = record(message.get("content"))
    parts: list[str] = []
    if content.get("content_type") in ("text", "multimodal_text"):
        parts = [_part(part) for part in items(content.get("parts"))]
    files = records(record(message.get("metadata")).get("attachments"))
    note = attached(file.get("name") for file in files)
    pictures = any(record(part).get("asset_pointer") for part in items(content.get("parts")))
    if pictures and not note and not joined(parts):
        note = attached(["an image"])
    return joined([*parts, note])


def _part(part: object) -> str:
    """The typed or spoken words; pictures are left out."""
    spoken = record(part)
    if spoken.get("content_type") in ("audio_transcription", "text"):
        return text(spoken.get("text"))
    return text(part)


def _canvas(message: dict[str, object]) -> str:
    """The document that ChatGPT wrote beside the conversation, which is the input of a tool."""
    if not name(message.get("recipient")).startswith(_CANVAS):
        return ""
    content = record(message.get("content"))
    given = record(
        decode(joined(map(text, items(content.get("parts")))) or text(content.get("text")))
    )
    changes = (text(change.get("replacement")) for change in records(given.get("updates")))
    return titled(line(given.get("name")), text(given.get("content")).strip() or joined(changes))


def _recognises(value: dict[str, object]) -> bool:
    nodes = record(value.get("mapping")).values()
    known = "create_time" in value or "current_node" in value
    return known and any("message" in record(node) for node in nodes)


FORMAT = TranscriptFormat("chatgpt", "ChatGPT", any_object(_recognises), _read)
