"""The database of Cursor: `globalStorage/state.vscdb`, its conversations ("composers") and their
messages ("bubbles") as values of JSON under keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_USER, _ASSISTANT = 1, 2
_COMPOSER = "composerData"
_OLDER = "workbench.panel.aichat.view.aichat.chatdata"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations; rows come as a conversation followed by its messages."""
    composer: dict[str, object] = {}
    bubbles: dict[str, dict[str, object]] = {}
    for row in map(record, values):
        kind, _, rest = name(row.get("key")).partition(":")
        value = _decoded(row.get("value"))
        for tab in records(value.get("tabs")) if kind == _OLDER else ():
            yield from _conversation(_as_composer(tab), {}, reading)
        if kind == _COMPOSER:
            yield from _conversation(composer, bubbles, reading)
            composer, bubbles = {"composerId": rest, **value}, {}
        elif rest.partition(":")[0] == composer.get("composerId"):
            bubbles[rest.partition(":")[2]] = value
    yield from _conversation(composer, bubbles, reading)


def _conversation(
    composer: dict[str, object], bubbles: dict[str, dict[str, object]], reading: Reading
) -> Iterator[Transcript]:
    """The messages in the order of the conversation; older versions keep them within it."""
    inline = records(composer.get("conversation"))
    order = [
        name(head.get("bubbleId")) for head in records(composer.get("fullConversationHeadersOnly"))
    ]
    said = [bubbles[id_] for id_ in order if id_ in bubbles] or inline or list(bubbles.values())
    key = name(composer.get("composerId"))
    if not key or not said:
        return
    draft = Draft("cursor", key, reading, line(composer.get("name")), assistant="Cursor")
    draft.started = instant(composer.get("createdAt"))
    draft.updated = instant(composer.get("lastUpdatedAt"))
    model = line(record(composer.get("modelConfig")).get("modelName"))
    answer = AnswerPieces()
    for bubble in said:
        id_, words, time = name(bubble.get("bubbleId")), text(bubble.get("text")), _time(bubble)
        if bubble.get("type") == _USER:
            answer.finish(draft)
            draft.say("user", words, id_, time or (draft.started if not draft.messages else None))
        elif bubble.get("type") == _ASSISTANT:
            answer.add(words, id_, time, model if model != "default" else "")
            if record(bubble.get("toolFormerData")):
                answer.use_tool()
    answer.finish(draft)
    yield draft.finished()


def _as_composer(tab: dict[str, object]) -> dict[str, object]:
    """A conversation of an older version, with the fields of newer ones."""
    kinds = {"user": _USER, "ai": _ASSISTANT}
    bubbles = [
        {
            "bubbleId": bubble.get("id"),
            "type": kinds.get(name(bubble.get("type"))),
            "text": bubble.get("text") or bubble.get("rawText"),
        }
        for bubble in records(tab.get("bubbles"))
    ]
    return {
        "composerId": tab.get("tabId"),
        "name": tab.get("chatTitle"),
        "createdAt": tab.get("lastSendTime"),
        "conversation": bubbles,
    }


def _time(bubble: dict[str, object]) -> datetime | None:
    times = record(bubble.get("timingInfo"))
    return instant(bubble.get("createdAt")) or instant(times.get("clientStartTime"))


def _decoded(value: object) -> dict[str, object]:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return record(decode(value)) if isinstance(value, str) else {}


def _recognises(values: Sequence[object]) -> bool:
    keys = [name(record(row).get("key")) for row in values]
    return any(key == _OLDER or key.startswith(f"{_COMPOSER}:") for key in keys)


FORMAT = TranscriptFormat("cursor", "Cursor", _recognises, _read)
