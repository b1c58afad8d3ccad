"""Tasks of Cline, Roo Code and Kilo Code: `tasks/<id>/ui_messages.json`, which is what they show.

Beside it lies what they send to the model, full of files and notes: that is not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import first, joined, name, record, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_ASKED = frozenset(("task", "user_feedback", "user_feedback_diff"))
_ANSWERED = frozenset(("text", "completion_result"))
_QUESTIONS = frozenset(("followup", "plan_mode_respond"))
_TOOLS = frozenset(("tool", "command", "browser_action_launch", "use_mcp_server"))


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    draft = Draft("cline", _task(reading), reading, assistant="Cline")
    answer = AnswerPieces()
    for entry in filter(_is_cline, map(record, values)):
        kind, time = name(first(entry, "say", "ask")), instant(entry.get("ts"))
        # Roo Code's task has no kind of its own: it is what comes first.
        opens = kind == "text" and not draft.messages and not answer.texts
        if kind in _ASKED or opens:
            answer.finish(draft)
            draft.say("user", text(entry.get("text")), name(entry.get("ts")), time)
        elif kind in _ANSWERED | _QUESTIONS and entry.get("partial") is not True:
            words = _question(entry) if kind in _QUESTIONS else text(entry.get("text"))
            answer.add(words, name(entry.get("ts")), time)
        elif kind in _TOOLS:
            answer.use_tool()
    answer.finish(draft)
    yield draft.finished()


def _task(reading: Reading) -> str:
    """The id of the task, which is the name of its folder."""
    return ([""] + reading.name.split("/"))[-2] or "task"


def _question(entry: dict[str, object]) -> str:
    """What is asked back: words, or an object that has them."""
    words = text(entry.get("text"))
    try:
        asked = record(json.loads(words))
    except ValueError:
        return words
    return joined([text(first(asked, "question", "response"))])


def _is_cline(entry: dict[str, object]) -> bool:
    kind = entry.get("type")
    return kind in ("say", "ask") and "ts" in entry and isinstance(entry.get(str(kind)), str)


FORMAT = TranscriptFormat("cline", "Cline", any_object(_is_cline), _read)
