"""Sessions of Copilot CLI and transcripts of Cursor's agent: JSON lines, a message a line.

`~/.copilot/session-state/<session>/events.jsonl`, `~/.cursor/projects/<project>/agent-transcripts`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import items, joined, line, name, record, records, text, texts
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_QUERY = re.compile(r"<user_query>\s*(.*?)\s*</user_query>", re.DOTALL)


def _read_copilot(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    draft = Draft("copilot", "", reading, assistant="Copilot")
    answer, model = AnswerPieces(), ""
    for entry in map(record, values):
        kind, data = name(entry.get("type")), record(entry.get("data"))
        id_, time = name(entry.get("id")), instant(entry.get("timestamp"))
        if kind == "session.start":
            draft.key = draft.key or name(data.get("sessionId"))
            context = record(data.get("context"))
            draft.project, draft.branch = line(context.get("cwd")), line(context.get("branch"))
        model = line(data.get("newModel")) or line(data.get("selectedModel")) or model
        if kind == "user.message":
            answer.finish(draft)
            draft.say("user", text(data.get("content")), id_, time)
        elif kind == "assistant.message":
            answer.add(text(data.get("content")), id_, time, model)
            if items(data.get("toolRequests")):
                answer.use_tool()
    answer.finish(draft)
    if draft.key:
        yield draft.finished()


def _read_cursor(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    key = reading.name.rpartition("/")[2].rpartition(".")[0]
    draft = Draft("cursor", key, reading, assistant="Cursor")
    answer = AnswerPieces()
    for entry in map(record, values):
        content = record(entry.get("message")).get("content")
        words = joined(texts(content))
        if entry.get("role") == "user":
            answer.finish(draft)
            query = _QUERY.search(words)
            draft.say("user", query[1] if query else words, "", None)
        elif entry.get("role") == "assistant":
            answer.add(words, "", None)
            if any(block.get("type") == "tool_use" for block in records(content)):
                answer.use_tool()
    answer.finish(draft)
    yield draft.finished()


def _is_copilot(entry: dict[str, object]) -> bool:
    return isinstance(entry.get("data"), dict) and name(entry.get("type")) in (
        "session.start",
        "user.message",
        "assistant.message",
    )


def _is_cursor(entry: dict[str, object]) -> bool:
    words = joined(texts(record(entry.get("message")).get("content")))
    return entry.get("role") == "user" and "type" not in entry and bool(_QUERY.search(words))


COPILOT = TranscriptFormat(
    "copilot",
    "Copilot CLI",
    any_object(_is_copilot),
    _read_copilot,
    (".copilot/session-state",),
)
CURSOR = TranscriptFormat(
    "cursor",
    "Cursor",
    any_object(_is_cursor),
    _read_cursor,
    (
        ".cursor/projects",
        ".config/Cursor/User/globalStorage/state.vscdb",
        "Library/Application Support/Cursor/User/globalStorage/state.vscdb",
        "AppData/Roaming/Cursor/User/globalStorage/state.vscdb",
    ),
)
