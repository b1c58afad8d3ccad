"""Turns as JSON, in the words of many tools: lines, a list, or lists within conversations.

A turn has a text and a role or a speaker; it may have a conversation, an id, a time, a title and a
model. Each may go by several names. Without a conversation, a file is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.conversation import Role
from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import first, line, objects, record, records
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.turn_fields import (
    ASIDES,
    RESULTS,
    ROLES,
    assistant_of,
    conversation_of,
    id_of,
    is_logged_prompt,
    is_sent,
    is_turn,
    parent_of,
    role_word,
    said,
    speaker_of,
    time_of,
    unwrapped,
    uses_tool,
)
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_WITHIN = (
    "messages",
    "conversations",
    "conversation",
    "turns",
    "history",
    "chat",
    "chatMessages",
    "data",
    "MessageList",
)
_HOLDERS = (
    "data",
    "chats",
    "conversations",
    "conversation",
    "sessions",
    "chat-sessions",
    "chat-next-web-store",
    "threads",
)
_TITLE = ("title", "name", "chatTitle", "displayName", "topic")
_LEVELS = 3
_BY_GEMINI_CLI = (
    "This is the Gemini CLI. We are setting up the context",
    "Got it. Thanks for the c",
)
_CITED = re.compile(r"[ \t]?【\d+(?::\d+)?†[^【】]*】")
"""Where OpenAI's assistants cite a file, which is not in the text."""
_MOST = 16_000_000
"""Characters of text that are collected before they are handed on."""


@dataclass(slots=True)
class _Talk:
    """A conversation and its first speaker, who is taken for the user."""

    draft: Draft
    first: str = ""
    answer: AnswerPieces = field(default_factory=AnswerPieces)
    used_tool: bool = False
    has_roles: bool = False

    def add(self, turn: dict[str, object]) -> None:
        """Say a turn. What an assistant says around its tools is one answer."""
        self.draft.title = line(turn.get("title")) or self.draft.title
        speaker, words = speaker_of(turn), said(turn)
        role = self._role(role_word(turn), speaker)
        self.used_tool = self.used_tool or role_word(turn) in RESULTS
        if role is None or words.startswith(_BY_GEMINI_CLI):
            return
        model = line(first(turn, "model", "model_name", "modelName"))
        model = model or line(record(turn.get("message")).get("model"))
        if role == "assistant" and not speaker:
            self._answer(turn, _CITED.sub("", words), model)
        elif words:
            self.finish()
            self.draft.say(
                role,
                words,
                id_of(turn),
                time_of(turn),
                speaker=speaker,
                model=model,
                assistant=self._assistant(turn, model) if role == "assistant" else "",
            )

    def _answer(self, turn: dict[str, object], words: str, model: str) -> None:
        if words and not self.used_tool:
            self.finish()
        self.answer.assistant = self._assistant(turn, model)
        self.answer.add(words, id_of(turn), time_of(turn), model)
        self.used_tool = uses_tool(turn) or (self.used_tool and not words)
        if self.used_tool:
            self.answer.use_tool()

    def finish(self) -> None:
        """End the answer that is being given."""
        self.answer.finish(self.draft)
        self.used_tool = False

    @staticmethod
    def _assistant(turn: dict[str, object], model: str) -> str:
        if "chatId" in turn and "contentChunks" in turn:
            return "Le Chat"
        if turn.get("role") == "model" and "parts" in turn:
            return "Gemini"
        return assistant_of(model)

    def _role(self, word: str, speaker: str) -> Role | None:
        """None for a role that is not a side of a conversation, such as "system" or "tool"."""
        if word in ROLES or word in ASIDES:
            self.has_roles = self.has_roles or word in ROLES
            return ROLES.get(word)
        if not speaker:
            return None
        if self.has_roles and not self.first:  # "You" and the name of an assistant
            return "assistant"
        self.first = self.first or speaker
        return "user" if speaker == self.first else "assistant"


def within(value: dict[str, object]) -> list[dict[str, object]]:
    """The turns of an object that is a whole conversation; empty if it is none."""
    for key in _WITHIN:
        turns = [unwrapped(turn) for turn in records(value.get(key))]
        if turns and any(is_turn(turn) for turn in turns[:5]):
            return turns
    return []


def _conversations(value: dict[str, object], level: int = 0) -> Iterator[dict[str, object]]:
    """The objects that are whole conversations, in the lists of an export."""
    if within(value):
        yield from _apart(value)
    for key in _HOLDERS if level < _LEVELS else ():
        held = value.get(key)
        for inner in [held] if isinstance(held, dict) else records(held):
            yield from _conversations(inner, level + 1)


def _apart(value: dict[str, object]) -> list[dict[str, object]]:
    """The conversations of an object in whose list the turns of several are mixed: each turn names
    its own, whose title is in a list beside.
    """
    groups: dict[str, list[dict[str, object]]] = {}
    for turn in within(value):
        groups.setdefault(conversation_of(turn), []).append(turn)
    described = {
        key: entry
        for name in _HOLDERS
        for entry in records(value.get(name))
        for key in (id_of(entry), conversation_of(entry))
        if not is_turn(entry)
    }
    if "" in groups or (len(groups) < 2 and described.keys().isdisjoint(groups)):
        return [value]
    return [
        {**described.get(key, {}), "id": key, "messages": turns} for key, turns in groups.items()
    ]


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations, which may be mixed; anything but turns is left out."""
    talks: dict[str, _Talk] = {}
    size = 0
    number = 0
    for value in map(unwrapped, map(record, values)):
        number += 1
        whole = list(_conversations(value))
        for n, conversation in enumerate(whole):
            number += n > 0
            key = id_of(conversation) or conversation_of(conversation)
            yield _whole(key or f"{key_of(reading)}-{number}", conversation, reading)
        if not whole and is_turn(value):
            key = conversation_of(value) or key_of(reading)
            talk = talks.setdefault(key, _Talk(Draft("turns", key, reading)))
            before = talk.draft.size
            talk.add(value)
            size += talk.draft.size - before
        if size > _MOST:
            yield from (talk.draft.part() for talk in talks.values())
            size = 0
    for talk in talks.values():
        talk.finish()
        yield talk.draft.finished()


def _whole(key: str, value: dict[str, object], reading: Reading) -> Transcript:
    draft = Draft(
        "turns", key, reading, line(first({**record(value.get("metadata")), **value}, *_TITLE))
    )
    draft.started = time_of(value)
    draft.updated = instant(first(value, "updated_at", "updatedAt", "update_time"))
    talk = _Talk(draft)
    model = line(value.get("model"))
    turns = within(value)
    kept = _on_branch(turns)
    draft.drop(set(map(id_of, turns)) - set(map(id_of, kept)))
    for turn in _in_order(kept):
        talk.add({"model": model, **turn} if model else turn)
    talk.finish()
    return draft.finished()


def _on_branch(turns: list[dict[str, object]]) -> list[dict[str, object]]:
    """The turns up to the newest one, where they tell which one comes before each."""
    by_id = {id_of(turn): turn for turn in turns}
    parents = [parent_of(turn) for turn in turns]
    followed = sum(parent in by_id for parent in parents if parent)
    sides = all(role_word(turn) in ROLES or role_word(turn) in ASIDES for turn in turns)
    if not sides or len(by_id) < len(turns) or 2 * followed < len(turns):
        return turns
    nodes = zip(by_id.items(), parents, strict=True)
    tree = {id_: Node(parent, time_of(turn)) for (id_, turn), parent in nodes}
    return [by_id[id_] for id_ in branch(tree)]


def _in_order(turns: list[dict[str, object]]) -> list[dict[str, object]]:
    """The turns, oldest first; those of Messenger in UTF-8, which it writes as Latin-1."""
    times = [time for turn in turns if (time := time_of(turn))]
    if times and times[0] > times[-1] and times == sorted(times, reverse=True):
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
    found = list(map(unwrapped, objects(values)))
    if any(next(_conversations(value), None) for value in found):
        return True
    if any(is_logged_prompt(value) or is_sent(value) for value in found):
        return False
    turns = [value for value in found if is_turn(value)]
    # A role alone says enough; a name and a text must not be a stray among other records.
    sure = any(role_word(turn) in ROLES or conversation_of(turn) for turn in turns)
    return bool(turns) and (sure or 2 * len(turns) > len(values))


FORMAT = TranscriptFormat("turns", "JSON lines", _recognises, _read)
