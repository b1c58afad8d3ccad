"""Turns as JSON, in the words of many tools: lines, a list, or lists within conversations.

A turn has a text and a role or a speaker; it may have a conversation, an id, a time, a title and a
model. Each may go by several names. Without a conversation, a file is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.conversation import Role
from ingest.transcripts.fields import attached, first, joined, line, name, record, records, texts
from ingest.transcripts.format import Format
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import EPOCH, Draft, Reading, Transcript, key_of

ROLES: dict[str, Role] = {
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
}
_ASIDES = frozenset(("system", "tool", "function", "developer", "tool_result", "tool_call"))
_TEXT = ("text", "content", "message", "value", "body", "parts")
_TIME = (
    *("time", "date", "timestamp", "created_at", "createdAt", "create_time", "datetime", "ts"),
    *("created_date", "timestamp_ms"),
)
_ROLE = ("role", "from", "author", "sender", "type")
_SPEAKER = ("speaker", "author", "sender", "from", "user", "name", "creator", "sender_name")
_ID = ("id", "uuid", "message_id", "messageId", "_id")
_CONVERSATION = (
    "conversation conv conversation_id conversationId chat_id chatId session_id sessionId"
    " thread_id threadId".split()
)
_WITHIN = ("messages", "conversations", "conversation", "turns", "history", "chat", "chatMessages")
_LOGGED = frozenset(
    "level severity logger levelname commit sha hash hostname pid status_code".split()
)
_BY_GEMINI_CLI = (
    "This is the Gemini CLI. We are setting up the context",
    "Got it. Thanks for the c",
)
UNNAMED = "Assistant"
"""An assistant of which not even the model is known: it need not be Claude."""
_MOST = 16_000_000
"""Characters of text that are collected before they are handed on."""


@dataclass(slots=True)
class _Talk:
    """A conversation and its first speaker, who is taken for the user."""

    draft: Draft
    first: str = ""

    def add(self, turn: dict[str, object]) -> None:
        self.draft.title = line(turn.get("title")) or self.draft.title
        speaker = _speaker(turn)
        role = self._role(_role_word(turn), speaker)
        if role is None or said(turn).startswith(_BY_GEMINI_CLI):
            return
        model = line(first(turn, "model", "model_name", "modelName"))
        model = model or line(record(turn.get("message")).get("model"))
        self.draft.say(
            role,
            said(turn),
            name(first(turn, *_ID)),
            next(filter(None, (instant(turn.get(key)) for key in _TIME)), None),
            speaker=speaker,
            model=model,
            assistant=self._assistant(turn, model) if role == "assistant" else "",
        )

    @staticmethod
    def _assistant(turn: dict[str, object], model: str) -> str:
        if "chatId" in turn and "contentChunks" in turn:
            return "Le Chat"
        if turn.get("role") == "model" and "parts" in turn:
            return "Gemini"
        return assistant_of(model) if model else UNNAMED

    def _role(self, word: str, speaker: str) -> Role | None:
        """None for a role that is not a side of a conversation, such as "system" or "tool"."""
        if word in ROLES or word in _ASIDES:
            return ROLES.get(word)
        if not speaker:
            return None
        self.first = self.first or speaker
        return "user" if speaker == self.first else "assistant"


def said(turn: dict[str, object]) -> str:
    """The words of a turn, and the names of its attachments."""
    content = first(turn, *_TEXT)
    if isinstance(content, list):  # of Gemini, whose thoughts look like texts
        content = [part for part in content if record(part).get("thought") is not True]
    inner = record(content)
    if inner:
        content = first(inner, "content", "text", "parts")
    files = [*records(turn.get("attachments")), *records(turn.get("files"))]
    names = (first(file, "name", "file_name", "filename") for file in files)
    return joined([*texts(content, ("text", "input_text", "output_text")), attached(names)])


def assistant_of(model: str) -> str:
    """How an assistant is called of which only the model is known; empty for Claude."""
    return "" if not model or "claude" in model.casefold() else model


def is_turn(value: dict[str, object]) -> bool:
    """Whether it has a speaker and a text."""
    if not said(value):
        return False
    if _role_word(value) in ROLES or _role_word(value) in _ASIDES:
        return True
    speaks = bool(line(value.get("role")) or _speaker(value))
    if any(name(value.get(key)) for key in _CONVERSATION):
        return speaks
    # Without a conversation an author and a message may be a log's: a time must be there as well.
    timed = any(instant(value.get(key)) for key in _TIME)
    return speaks and timed and _LOGGED.isdisjoint(value)


def within(value: dict[str, object]) -> list[dict[str, object]]:
    """The turns of an object that is a whole conversation; empty if it is none."""
    for key in _WITHIN:
        turns = records(value.get(key))
        if turns and any(is_turn(turn) for turn in turns[:5]):
            return turns
    return []


def is_logged_prompt(value: dict[str, object]) -> bool:
    """Whether it is a line of a history of prompts: of Claude Code, of Codex, or of Gemini CLI."""
    if "display" in value and not {"sessionId", "project"}.isdisjoint(value):
        return True
    if {"session_id", "ts", "text"} == value.keys():
        return True
    return {"sessionId", "messageId", "type", "message", "timestamp"} == value.keys()


def _role_word(turn: dict[str, object]) -> str:
    for key in _ROLE:
        value = turn.get(key)
        word = line(record(value).get("role") if isinstance(value, dict) else value).casefold()
        if word in ROLES or word in _ASIDES or (key == "role" and word):
            return word
    message = record(turn.get("message"))
    word = line(message.get("role")).casefold()
    speaker = line(turn.get("speaker")).casefold()
    return word or (speaker if speaker in ROLES or speaker in _ASIDES else "")


def _speaker(turn: dict[str, object]) -> str:
    """The name of a speaker, "" if only the role is known."""
    for key in _SPEAKER:
        value = turn.get(key)
        if isinstance(value, dict):
            value = first(value, "name", "real_name", "username", "display_name")
        if (word := line(value)) and word.casefold() not in ROLES:
            return "" if word.casefold() in _ASIDES else word
    return ""


def _conversation(turn: dict[str, object]) -> str:
    return next(filter(None, (name(turn.get(key)) for key in _CONVERSATION)), "")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations, which may be mixed; anything but turns is left out."""
    talks: dict[str, _Talk] = {}
    size = 0
    for n, value in enumerate(map(record, values), start=1):
        turns = within(value)
        if turns:
            key = name(first(value, "id", "uuid")) or _conversation(value)
            yield _whole(key or f"{key_of(reading)}-{n}", value, turns, reading)
        elif is_turn(value):
            key = _conversation(value) or key_of(reading)
            talk = talks.setdefault(key, _Talk(Draft("turns", key, reading)))
            before = talk.draft.size
            talk.add(value)
            size += talk.draft.size - before
        if size > _MOST:
            yield from (talk.draft.part() for talk in talks.values())
            size = 0
    yield from (talk.draft.finished() for talk in talks.values())


def _whole(
    key: str, value: dict[str, object], turns: list[dict[str, object]], reading: Reading
) -> Transcript:
    draft = Draft("turns", key, reading, line(first(value, "title", "name")))
    draft.started = instant(first(value, *_TIME))
    draft.updated = instant(first(value, "updated_at", "updatedAt", "update_time"))
    talk = _Talk(draft)
    model = line(value.get("model"))
    for turn in _in_order(turns):
        talk.add({"model": model, **turn} if model else turn)
    return draft.finished()


def _in_order(turns: list[dict[str, object]]) -> list[dict[str, object]]:
    """The turns, oldest first; those of Messenger in UTF-8, which it writes as Latin-1."""
    times = [instant(first(turn, *_TIME)) or EPOCH for turn in turns]
    if times[0] > times[-1] and times == sorted(times, reverse=True):
        turns.reverse()
    if "sender_name" not in turns[0] or "timestamp_ms" not in turns[0]:
        return turns
    return [{key: _repaired(value) for key, value in turn.items()} for turn in turns]


def _repaired(value: object) -> object:
    try:
        return value.encode("latin-1").decode() if isinstance(value, str) else value
    except UnicodeError:
        return value


def _recognises(values: Sequence[object]) -> bool:
    found = [record(value) for value in values]
    if any(within(value) for value in found):
        return True
    if any(map(is_logged_prompt, found)):
        return False
    turns = [value for value in found if is_turn(value)]
    # A role alone says enough; a name and a text must not be a stray among other records.
    sure = any(_role_word(turn) in ROLES or _conversation(turn) for turn in turns)
    return bool(turns) and (sure or 2 * len(turns) > len(found))


FORMAT = Format("turns", "JSON lines", _recognises, _read)
