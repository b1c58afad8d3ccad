"""The sessions of Codex CLI: `~/.codex/sessions/<year>/<month>/<day>/rollout-….jsonl`.

https://developers.openai.com/codex/cli
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import (
    attached,
    items,
    joined,
    line,
    name,
    record,
    records,
    text,
    texts,
)
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_BLOCKS = ("text", "input_text", "output_text")
_REQUEST = "## My request for Codex:"  # what an editor puts before the typed words ends so
# What the tool puts before the typed words; tags of HTML are the user's.
_ADDED = re.compile(
    r"\s*<(?P<tag>[a-z]+_[a-z_]+|[A-Z_]{6,}|skill|permissions instructions)\b[^>]*>"
    r".*?</(?P=tag)>\s*",
    re.DOTALL,
)
_INSTRUCTIONS = "# AGENTS.md instructions"
_SESSION_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_TOOLS = re.compile(r".*_call")


@dataclass(slots=True)
class _Turn(AnswerPieces):
    """An answer as events show it; where none does, as it was sent to the model."""

    unshown: list[tuple[str, datetime | None, str]] = field(default_factory=list)

    def finish(self, draft: Draft) -> None:
        """Say it, and begin the next."""
        for words, time, model in self.unshown if not self.texts else ():
            self.add(words, "", time, model)
        self.unshown = []
        AnswerPieces.finish(self, draft)  # `super` has no class with slots=True


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The session of a file. It has prompts and answers twice: as events, and as items."""
    entries = [entry for value in values for entry in _entries(record(value)) if _matters(entry)]
    named = _SESSION_ID.search(reading.name)
    draft = Draft("codex", named[0] if named else "", reading, assistant="Codex")
    shown = {name(_payload(entry).get("type")) for entry in entries if _is_event(entry)}
    answer, model = _Turn(), ""
    prompts: list[int] = []
    for entry in entries:
        payload, time = _payload(entry), instant(entry.get("timestamp"))
        kind = name(payload.get("type"))
        if entry.get("type") == "session_meta" or ("instructions" in entry and "id" in entry):
            _describe(draft, payload if entry.get("type") == "session_meta" else entry)
        model = line(payload.get("model")) if entry.get("type") == "turn_context" else model
        if kind == "thread_rolled_back":
            answer.finish(draft)
            _take_back(draft, prompts, payload.get("num_turns"))
        elif prompt := _prompt(entry, "user_message" in shown):
            answer.finish(draft)
            prompts.append(len(draft.messages))
            draft.say("user", prompt, "", time)
        elif words := _answered(entry, "agent_message" in shown):
            answer.add(words, "", time, model)
            if payload.get("phase") == "commentary":
                answer.use_tool()
        elif words := _message(payload, "assistant"):
            answer.unshown.append((words, time, model))
        elif _TOOLS.fullmatch(kind):
            answer.use_tool()
    answer.finish(draft)
    if draft.key:
        yield draft.finished()


def _entries(value: dict[str, object]) -> list[dict[str, object]]:
    """The lines of a session; the first versions wrote one object."""
    session = record(value.get("session"))
    return [{"instructions": "", **session}, *records(value.get("items"))] if session else [value]


def _take_back(draft: Draft, prompts: list[int], turns: object) -> None:
    """Drop the turns that were rolled back."""
    count = turns if isinstance(turns, int) and turns > 0 else 0
    for _ in range(min(count, len(prompts))):
        start = prompts.pop()
        draft.drop(turn.id for turn in draft.messages[start:])
        del draft.messages[start:]


def _describe(draft: Draft, meta: dict[str, object]) -> None:
    """The first description is the session's own; a fork has those of its forerunners, too."""
    draft.key = draft.key or name(meta.get("id"))
    draft.project = draft.project or line(meta.get("cwd"))
    draft.branch = draft.branch or line(record(meta.get("git")).get("branch"))
    draft.started = draft.started or instant(meta.get("timestamp"))


def _payload(entry: dict[str, object]) -> dict[str, object]:
    """What the line is about; older versions wrote it bare."""
    return record(entry.get("payload")) if "payload" in entry else entry


def _is_event(entry: dict[str, object]) -> bool:
    return entry.get("type") == "event_msg"


def _matters(entry: dict[str, object]) -> bool:
    """Return whether to keep a line in memory: the results of tools are most of a session."""
    return not name(_payload(entry).get("type")).endswith("_output")


def _prompt(entry: dict[str, object], as_events: bool) -> str:
    payload = _payload(entry)
    if as_events:
        words = text(payload.get("message")) if payload.get("type") == "user_message" else ""
        words = words if _is_event(entry) else ""
    else:
        words = _message(payload, "user")
    words = words.rpartition(_REQUEST)[2].strip()
    words = _typed(words)
    return joined([words, *_images(payload)]) if as_events else words


def _typed(words: str) -> str:
    """The words without those that the tool put before them."""
    if words.lstrip().startswith(_INSTRUCTIONS):
        return ""
    while added := _ADDED.match(words):
        words = words[added.end() :]
    return words


def _images(payload: dict[str, object]) -> list[str]:
    """The note on pictures: a prompt may be nothing but one."""
    if payload.get("type") != "user_message":
        return []
    files = (line(path).rpartition("/")[2] for path in items(payload.get("local_images")))
    names = [*filter(None, files), *("an image" for _ in items(payload.get("images")))]
    return [attached(names)]


def _answered(entry: dict[str, object], as_events: bool) -> str:
    payload = _payload(entry)
    if not as_events:
        return _message(payload, "assistant")
    spoken = _is_event(entry) and payload.get("type") == "agent_message"
    return text(payload.get("message")) if spoken else ""


def _message(payload: dict[str, object], role: str) -> str:
    if payload.get("type") != "message" or payload.get("role") != role:
        return ""
    return joined(map(_typed, texts(payload.get("content"), _BLOCKS)))


def _recognises(entry: dict[str, object]) -> bool:
    if isinstance(entry.get("payload"), dict) and "timestamp" in entry:
        return entry.get("type") in ("session_meta", "response_item", "event_msg", "turn_context")
    entry = record(entry.get("session")) if "items" in entry else entry
    return "instructions" in entry and "id" in entry and "timestamp" in entry


FORMAT = TranscriptFormat(
    "codex",
    "Codex",
    any_object(_recognises),
    _read,
    (".codex/sessions", ".codex/archived_sessions"),
)
