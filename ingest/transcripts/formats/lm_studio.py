"""Conversations of LM Studio: `~/.lmstudio/conversations/*.conversation.json`.

A message has versions, one of which is shown; an answer has steps: thoughts, tools, and words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, joined, line, record, records, texts
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.turn_fields import assistant_of
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    for conversation in filter(_is_lm_studio, map(record, values)):
        draft = Draft("lm-studio", key_of(reading), reading, line(conversation.get("name")))
        draft.started = instant(conversation.get("createdAt"))
        last = line(record(conversation.get("lastUsedModel")).get("identifier"))
        for message in records(conversation.get("messages")):
            version = _shown(message)
            if version.get("role") == "user":
                draft.say("user", _words(version), "", None)
                continue
            model = line(record(version.get("senderInfo")).get("senderName")) or last
            answer = joined(_words(step) for step in records(version.get("steps")))
            draft.say("assistant", answer, "", None, model=model, assistant=assistant_of(model))
        yield draft.finished()


def _shown(message: dict[str, object]) -> dict[str, object]:
    versions = records(message.get("versions"))
    number = message.get("currentlySelected")
    if isinstance(number, int) and 0 <= number < len(versions):
        return versions[number]
    return versions[-1] if versions else {}


def _words(part: dict[str, object]) -> str:
    """The words of a question or of a step, unless it is a thought."""
    if record(part.get("style")).get("type") == "thinking":
        return ""
    files = (item.get("fileIdentifier") for item in records(part.get("content")))
    return joined([*texts(part.get("content")), attached(files)])


def _is_lm_studio(value: dict[str, object]) -> bool:
    messages = records(value.get("messages"))
    return any("versions" in message and "currentlySelected" in message for message in messages)


FORMAT = TranscriptFormat("lm-studio", "LM Studio", any_object(_is_lm_studio), _read)
