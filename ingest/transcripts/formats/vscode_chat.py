"""The chats of VS Code, most of them with GitHub Copilot: `chatSessions/<session>.json`, newer ones
`.jsonl`, and what "Chat: Export Chat…" writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import attached, first, items, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_WHOLE, _PUSH = 0, 2
"""Kinds of lines of the log; the others set a value, or take it away."""
_SPOKEN = (None, "markdownContent", "markdownVuln")
"""Kinds of the parts of an answer that are words of it; others are tools, progress, edits."""


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The session of a file: an object, or a log of changes to one."""
    session: dict[str, object] = {}
    for entry in map(record, values):
        if "kind" in entry:
            session = _changed(session, entry)
        elif _is_session(entry):
            session = entry
    if _is_session(session):
        yield _session(session, reading)


def _session(session: dict[str, object], reading: Reading) -> Transcript:
    draft = Draft(
        "vscode",
        name(session.get("sessionId")) or key_of(reading),
        reading,
        line(session.get("customTitle")),
        assistant=line(session.get("responderUsername")) or "GitHub Copilot",
    )
    draft.started = instant(session.get("creationDate"))
    draft.updated = instant(session.get("lastMessageDate"))
    for request in records(session.get("requests")):
        id_, time = name(request.get("requestId")), instant(request.get("timestamp"))
        message = request.get("message")
        files = records(record(request.get("variableData")).get("variables"))
        names = attached(file.get("name") for file in files if file.get("kind") == "file")
        words = text(message) or text(record(message).get("text"))
        asked = f"{words}\n\n{names}" if names else words
        draft.say("user", asked, id_, time)
        answer = AnswerPieces()
        for said, kind in _parts(request):
            answer.add(said, name(request.get("responseId")) or f"{id_}/answer", time)
            if kind not in _SPOKEN:
                answer.use_tool()
        answer.model = line(request.get("modelId")).rpartition("/")[2]
        answer.finish(draft)
    return draft.finished()


def _parts(request: dict[str, object]) -> Iterator[tuple[str, object]]:
    """The words of an answer and their kinds; words that follow one another are one piece."""
    spoken = ""
    for part in records(request.get("response")):
        kind = part.get("kind")
        if kind in _SPOKEN:
            value = first(part, "value", "content")
            spoken += text(value) or text(record(value).get("value"))
        elif kind == "inlineReference":
            spoken += line(part.get("name"))
        elif kind == "toolInvocationSerialized":
            yield spoken, kind
            spoken = ""
    yield spoken, None


def _changed(session: dict[str, object], entry: dict[str, object]) -> dict[str, object]:
    """The session after a line of the log: a whole one, or a value at a path."""
    kind, path = entry.get("kind"), items(entry.get("k"))
    if kind == _WHOLE:
        return record(entry.get("v"))
    if not path:
        return session
    holder: object = session
    for step in path[:-1]:
        holder = _at(holder, step)
    last = path[-1]
    if kind == _PUSH:
        _push(holder, last, entry)
    else:
        _put(holder, last, entry.get("v"))
    return session


def _push(holder: object, last: object, entry: dict[str, object]) -> None:
    """Add values to a list, which is cut to its first `i` before."""
    listed, kept = _at(holder, last), entry.get("i")
    if not isinstance(listed, list):
        _put(holder, last, items(entry.get("v")))
        return
    if isinstance(kept, int) and kept >= 0:
        del listed[kept:]
    listed += items(entry.get("v"))


def _put(holder: object, last: object, value: object) -> None:
    if isinstance(holder, dict) and isinstance(last, str):
        holder[last] = value
        return
    if isinstance(holder, list) and isinstance(last, int) and 0 <= last < len(holder):
        holder[last] = value


def _at(holder: object, step: object) -> object:
    if isinstance(holder, dict) and isinstance(step, str):
        return holder.get(step)
    inside = isinstance(holder, list) and isinstance(step, int) and 0 <= step < len(holder)
    return holder[step] if isinstance(holder, list) and isinstance(step, int) and inside else None


def _is_session(entry: dict[str, object]) -> bool:
    known = "responderUsername" in entry or "sessionId" in entry
    return known and isinstance(entry.get("requests"), list)


def _recognises(entry: dict[str, object]) -> bool:
    return _is_session(entry) or (
        entry.get("kind") == _WHOLE and _is_session(record(entry.get("v")))
    )


FORMAT = TranscriptFormat("vscode", "VS Code chat", any_object(_recognises), _read)
