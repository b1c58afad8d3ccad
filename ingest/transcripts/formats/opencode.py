"""The sessions of opencode: its database `opencode.db`, or what `opencode export` prints of one.

https://opencode.ai/docs/cli
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.json_scanner import decoded
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_UNTITLED = re.compile(r"(?:New|Child) session - ")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The sessions: each an object, or a row of the database for each message, in their order."""
    for session, messages in groupby(map(record, values), key=_session_of):
        rows = list(messages)
        if not session:
            for value in rows:
                yield from _conversation(
                    record(value.get("info")), records(value.get("messages")), reading
                )
        else:
            yield from _conversation(_session(rows[0]), [_message(row) for row in rows], reading)


def _session_of(value: dict[str, object]) -> str:
    """The session that a row of the database belongs to."""
    return name(value.get("session_id")) if "messages" not in value else ""


def _session(row: dict[str, object]) -> dict[str, object]:
    return {
        "id": row.get("session_id"),
        "title": row.get("title"),
        "directory": row.get("directory"),
        "time": {"created": row.get("created"), "updated": row.get("updated")},
        "revert": decoded(row.get("revert")),
    }


def _message(row: dict[str, object]) -> dict[str, object]:
    info = {**record(decoded(row.get("info"))), "id": row.get("id")}
    return {"info": info, "parts": decoded(row.get("parts"))}


def _conversation(
    session: dict[str, object], messages: list[dict[str, object]], reading: Reading
) -> Iterator[Transcript]:
    """The conversation of a session; none of a subagent's."""
    key = name(session.get("id"))
    if not key or session.get("parentID"):
        return
    title = line(session.get("title"))
    title = "" if _UNTITLED.match(title) else title
    draft = Draft("opencode", key, reading, title, assistant="opencode")
    draft.project = line(session.get("directory"))
    draft.started = instant(record(session.get("time")).get("created"))
    draft.updated = instant(record(session.get("time")).get("updated"))
    undone = name(record(session.get("revert")).get("messageID"))
    answer = AnswerPieces()
    for message in messages:
        info, parts = record(message.get("info")), records(message.get("parts"))
        id_, time = name(info.get("id")), instant(record(info.get("time")).get("created"))
        if undone and id_ >= undone:  # ids begin with their time
            draft.drop([id_])
        elif info.get("role") == "user":
            answer.finish(draft)
            draft.say("user", _typed(parts), id_, time)
        elif info.get("role") == "assistant" and info.get("summary") is not True:
            for part in parts:
                if part.get("type") == "text":
                    answer.add(text(part.get("text")), id_, time, line(info.get("modelID")))
                elif part.get("type") == "tool":
                    answer.use_tool()
    answer.finish(draft)
    yield draft.finished()


def _typed(parts: list[dict[str, object]]) -> str:
    """What the person typed, and the names of files: not what the tool wrote of their content."""
    own = [part for part in parts if not part.get("synthetic") and not part.get("ignored")]
    words = [text(part.get("text")) for part in own if part.get("type") == "text"]
    files = [part.get("filename") for part in own if part.get("type") == "file"]
    return joined([*words, attached(files)])


def _recognises(value: dict[str, object]) -> bool:
    if "messages" in value:
        return name(record(value.get("info")).get("id")).startswith("ses_")
    return all(key in value for key in ("session_id", "info", "parts", "directory"))


FORMAT = TranscriptFormat(
    "opencode",
    "opencode",
    any_object(_recognises),
    _read,
    (".local/share/opencode/opencode.db",),
)
