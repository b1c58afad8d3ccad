"""Threads of the agent of Zed as JSON, and the texts with messages that came before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The thread of a file."""
    for value in map(record, values):
        if _is_thread(value):
            yield _thread(value, reading)
        elif _is_context(value):
            yield _context(value, reading)


def _thread(value: dict[str, object], reading: Reading) -> Transcript:
    """A message is an object under the name of its side."""
    draft = Draft("zed", key_of(reading), reading, line(value.get("title")), assistant="Zed")
    draft.updated = instant(value.get("updated_at"))
    model, answer = line(record(value.get("model")).get("model")), AnswerPieces()
    for message in records(value.get("messages")):
        asked, answered = record(message.get("User")), record(message.get("Agent"))
        if asked:
            answer.finish(draft)
            draft.say("user", joined(_texts(asked)), name(asked.get("id")), None)
        for block in records(answered.get("content")):
            answer.add(text(block.get("Text")), "", None, model)
            if "ToolUse" in block:
                answer.use_tool()
    answer.finish(draft)
    return draft.finished()


def _texts(message: dict[str, object]) -> Iterator[str]:
    """The typed words; of a mention only its address is left."""
    for block in records(message.get("content")):
        mention = record(block.get("Mention"))
        yield text(block.get("Text")) or line(mention.get("uri"))


def _context(value: dict[str, object], reading: Reading) -> Transcript:
    """One text, of which each message is the part from its start to that of the next."""
    draft = Draft("zed", name(value.get("id")) or key_of(reading), reading)
    draft.title, draft.assistant = line(value.get("summary")), "Zed"
    whole = text(value.get("text")).encode()  # the starts count bytes
    messages = records(value.get("messages"))
    starts = [start for message in messages if isinstance(start := message.get("start"), int)]
    for message, (start, end) in zip(messages, pairwise([*starts, len(whole)]), strict=False):
        role = record(message.get("metadata")).get("role")
        if role in ("user", "assistant"):
            words = whole[start:end].decode("utf-8", "replace")
            draft.say("user" if role == "user" else "assistant", words, "", None)
    return draft.finished()


def _is_thread(value: dict[str, object]) -> bool:
    sides = [message.keys() & {"User", "Agent"} for message in records(value.get("messages"))]
    return any(sides) and "version" in value


def _is_context(value: dict[str, object]) -> bool:
    return value.get("zed") == "context" and isinstance(value.get("text"), str)


FORMAT = TranscriptFormat(
    "zed", "Zed", any_object(lambda v: _is_thread(v) or _is_context(v)), _read
)
