"""The fields of a turn in JSON, in the words of many tools: who speaks, what is said, and when.

A turn has a text and a role or a speaker; it may have a conversation, an id, a time and a model.
"""

from __future__ import annotations

from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import (
    attached,
    first,
    items,
    joined,
    line,
    name,
    record,
    records,
    texts,
)
from ingest.transcripts.markup import plain
from ingest.transcripts.times import instant

ROLES: dict[str, Role] = {
    "user": "user",
    "human": "user",
    "you": "user",
    "prompter": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
}
_SIDES = {"prompt": "user", "response": "assistant"}
"""Other words for roles; as types they are also those of other records."""
RESULTS = frozenset("tool function tool_result tool_response function_response observation".split())
ASIDES = RESULTS | frozenset(
    "system developer tool_call function_call thinking reasoning thought".split()
)
_TEXT = ("text", "content", "message", "value", "body", "parts", "contentParts", "mes", "say")
_TIME = (
    *("time", "date", "timestamp", "created_at", "createdAt", "create_time", "datetime", "ts"),
    *("created_date", "timestamp_ms", "created", "sentAt", "sent_at", "send_date"),
    *("origin_server_ts", "created_datetime", "originalarrivaltime", "creationTime"),
)
_ROLE = ("role", "from", "author", "sender", "type")
_SPEAKER = ("speaker", "author", "sender", "from", "user", "name", "creator", "sender_name")
_ID = ("id", "uuid", "message_id", "messageId", "_id")
_PARENT = ("parent", "parent_id", "parentId", "parentMessageId", "parent_message_id")
_IS_USER = ("is_user", "isUser", "is_human", "isHuman", "fromUser")
_MARKUP = {"messagetype": "RichText", "contentType": "html"}
"""Fields of Skype and Teams that say that a text is HTML."""
_WRAPPERS = ("data", "kwargs")
"""Fields in which LangChain keeps those of a message."""
_CONVERSATION = (
    "conversation conv conversation_id conversationId chat_id chatId session_id sessionId"
    " thread_id threadId".split()
)
_LOGGED = frozenset(
    "level severity logger levelname commit sha hash hostname pid status_code".split()
)
_CALLS = frozenset("tool_use tool-call tool_call toolCall toolRequest function_call".split())
UNKNOWN_ASSISTANT = "Assistant"
"""An assistant of which not even the model is known: it need not be Claude."""


def said(turn: dict[str, object]) -> str:
    """The words of a turn, and the names of its attachments."""
    content = first(turn, *_TEXT)
    if isinstance(content, list):  # of Gemini, whose thoughts look like texts
        content = [part for part in content if record(part).get("thought") is not True]
    inner = record(content)
    if inner:
        content = first(inner, "content", "text", "parts", "body")
    if isinstance(content, list):  # of OpenAI's threads, whose texts have notes of their own
        content = [_without_notes(record(part)) or part for part in content]
    files = [*records(turn.get("attachments")), *records(turn.get("files"))]
    names = (first(file, "name", "file_name", "filename", "fileName") for file in files)
    words = texts(content, ("text", "input_text", "output_text"))
    if any(turn.get(key) == value or inner.get(key) == value for key, value in _MARKUP.items()):
        words = [plain(text) for text in words]
    return joined([*words, attached(names)])


def _without_notes(part: dict[str, object]) -> dict[str, object]:
    value = record(part.get("text")).get("value")
    return {**part, "text": value} if isinstance(value, str) else {}


def uses_tool(turn: dict[str, object]) -> bool:
    """Return whether an assistant's turn ends in calling a tool."""
    inner = record(turn.get("message"))
    blocks = records(first(turn, "content", "parts") or inner.get("content"))
    calls = first(turn, "tool_calls", "toolCalls") or inner.get("tool_calls")
    return bool(items(calls)) or any(name(block.get("type")) in _CALLS for block in blocks)


def unwrapped(turn: dict[str, object]) -> dict[str, object]:
    """A turn with its fields, where a library keeps them in an object of their own."""
    for key in _WRAPPERS:
        inner = record(turn.get(key))
        if said(inner) and not said(turn):
            return {**turn, **inner}
    return turn


def id_of(turn: dict[str, object]) -> str:
    """The id of a turn or conversation; "" if it has none."""
    return name(first(turn, *_ID))


def time_of(turn: dict[str, object]) -> datetime | None:
    """When a turn was said, or a conversation begun."""
    return next(filter(None, (instant(turn.get(key)) for key in _TIME)), None)


def parent_of(turn: dict[str, object]) -> str:
    """The id of the turn before it in a conversation with branches."""
    ancestors = items(turn.get("ancestors"))
    return name(first(turn, *_PARENT)) or (name(ancestors[-1]) if ancestors else "")


def assistant_of(model: str) -> str:
    """Return how an assistant is called of which only the model is known; empty for Claude."""
    return "" if "claude" in model.casefold() else model or UNKNOWN_ASSISTANT


def is_turn(value: dict[str, object]) -> bool:
    """Return whether it has a speaker and a text."""
    if not said(value):
        return False
    if role_word(value) in ROLES or role_word(value) in ASIDES:
        return True
    speaks = bool(line(value.get("role")) or speaker_of(value))
    if any(name(value.get(key)) for key in _CONVERSATION):
        return speaks
    # Without a conversation an author and a message may be a log's: a time must be there as well.
    return speaks and time_of(value) is not None and _LOGGED.isdisjoint(value)


def is_logged_prompt(value: dict[str, object]) -> bool:
    """Return whether it is a line of a history of prompts: of Claude Code, of Codex, or of Gemini
    CLI.
    """
    if "display" in value and not {"sessionId", "project"}.isdisjoint(value):
        return True
    if {"session_id", "ts", "text"} == value.keys():
        return True
    return {"sessionId", "messageId", "type", "message", "timestamp"} == value.keys()


def is_sent(value: dict[str, object]) -> bool:
    """Return whether it is a message as Cline or Roo Code sends it to the model, with notes for
    it.
    """
    return "role" in value and "<environment_details>" in said(value)


def role_word(turn: dict[str, object]) -> str:
    """The word for the role of a turn; "" if it has none that is known."""
    flag = first(turn, *_IS_USER)
    if isinstance(flag, bool):
        return "user" if flag else "assistant"
    for key in _ROLE:
        value = turn.get(key)
        word = line(record(value).get("role") if isinstance(value, dict) else value).casefold()
        word = _SIDES.get(word, word) if key == "role" else word
        if word in ROLES or word in ASIDES or (key == "role" and word):
            return word
    message = record(turn.get("message"))
    word = line(message.get("role")).casefold()
    speaker = line(turn.get("speaker")).casefold()
    return word or (speaker if speaker in ROLES or speaker in ASIDES else "")


def speaker_of(turn: dict[str, object]) -> str:
    """The name of a speaker, "" if only the role is known."""
    for key in _SPEAKER:
        value = turn.get(key)
        if isinstance(value, dict):
            value = first(value, "name", "real_name", "username", "display_name")
        if (word := line(value)) and word.casefold() not in ROLES:
            return "" if word.casefold() in ASIDES else word
    return ""


def conversation_of(turn: dict[str, object]) -> str:
    """The id of the conversation that a turn is of."""
    return next(filter(None, (name(turn.get(key)) for key in _CONVERSATION)), "")
