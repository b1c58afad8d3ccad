"""Chats of character.ai, as its data export and its web page have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import first, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chats: older ones are histories of messages, newer ones turns with candidates."""
    for value in map(record, values):
        for history in _histories(value):
            key = name(first(history, "external_id", "created")) or key_of(reading)
            draft = Draft("character.ai", key, reading)
            draft.started = instant(history.get("created"))
            for message in records(history.get("msgs")):
                if message.get("is_alternative") is not True:
                    source = {"name": message.get("src__name"), **record(message.get("src"))}
                    human = first(message, "src__is_human") or source.get("is_human")
                    _say(draft, source, human is True, text(message.get("text")), message)
            yield draft.finished()
        if turns := _turns(value):
            yield _chat(turns, reading)


def _chat(turns: list[dict[str, object]], reading: Reading) -> Transcript:
    """The turns of a chat, which come newest first. Of the answers of a turn one was chosen."""
    place = record(turns[0].get("turn_key"))
    draft = Draft("character.ai", name(place.get("chat_id")) or key_of(reading), reading)
    for turn in sorted(turns, key=lambda turn: name(turn.get("create_time"))):
        candidates = {
            name(candidate.get("candidate_id")): text(candidate.get("raw_content"))
            for candidate in records(turn.get("candidates"))
        }
        chosen = candidates.get(name(turn.get("primary_candidate_id")))
        author = record(turn.get("author"))
        words = chosen or next(iter(candidates.values()), "")
        fields = {**turn, "id": record(turn.get("turn_key")).get("turn_id")}
        _say(draft, author, author.get("is_human") is True, words, fields)
    return draft.finished()


def _say(
    draft: Draft,
    speaker: dict[str, object],
    human: bool,
    words: str,
    message: dict[str, object],
) -> None:
    id_ = name(first(message, "id", "uuid"))
    time = instant(first(message, "created", "create_time"))
    called = line(speaker.get("name")) or "Assistant"
    if not human:
        draft.assistant = called
        draft.title = draft.title or called
    draft.say("user" if human else "assistant", words, id_, time, assistant=called)


def _histories(value: dict[str, object]) -> list[dict[str, object]]:
    listed = value.get("histories")
    found = [value] if "msgs" in value else [*records(record(listed).get("histories") or listed)]
    return [history for history in found if _is_history(history)]


def _is_history(history: dict[str, object]) -> bool:
    messages = records(history.get("msgs"))
    return any("src" in message or "src__name" in message for message in messages)


def _turns(value: dict[str, object]) -> list[dict[str, object]]:
    turns = records(value.get("turns"))
    return [turn for turn in turns if "turn_key" in turn and "candidates" in turn]


FORMAT = TranscriptFormat(
    "character.ai",
    "character.ai",
    any_object(lambda value: bool(_histories(value) or _turns(value))),
    _read,
)
