"""Chats of Aider: `.aider.chat.history.md`, to which each session of a folder is added.

`####` begins what the user typed, `>` what the program printed; the rest is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingest.transcripts.fields import line
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_STARTED = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*")
_TYPED = re.compile(r"#### (.*)")
_COMMAND = re.compile(r"/(?!(?:ask|code|architect|context)\b)")
_ASKING = re.compile(r"\A/(?:ask|code|architect|context)\s*")
_PRINTED = re.compile(r">(?!>)")
_MODEL = re.compile(r"> (?:Main model|Model): (\S+)")
_EDIT = re.compile(
    r"^```[^\n]*\n<{5,9} SEARCH\n.*?^>{5,9} REPLACE\n```\n?", re.DOTALL | re.MULTILINE
)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    chat: _Chat | None = None
    for row in values:
        started = _STARTED.fullmatch(row) if isinstance(row, str) else None
        if started:
            if chat:
                yield chat.finished()
            chat = _Chat(started[1], reading)
        elif chat and isinstance(row, str):
            chat.take(row)
    if chat:
        yield chat.finished()


class _Chat:
    """A session, line by line."""

    def __init__(self, started: str, reading: Reading) -> None:
        day = started.replace(" ", "T")
        self._draft = Draft("aider", f"{key_of(reading)}-{day}", reading, assistant="Aider")
        self._draft.started = datetime.fromisoformat(started).astimezone()
        self._draft.project = reading.name.rpartition("/")[0]
        self._model = ""
        self._asked: list[str] = []
        self._answered: list[str] = []

    def take(self, row: str) -> None:
        """Take in a line."""
        typed, model = _TYPED.match(row), _MODEL.match(row)
        if typed:
            self._say_answer()
            if not _COMMAND.match(typed[1]):
                self._asked.append(typed[1].strip())
        elif model:
            self._model = model[1]
        elif not _PRINTED.match(row) and (row.strip() or self._answered):
            self._say_question()
            self._answered.append(row)

    def _say_question(self) -> None:
        self._draft.say("user", _ASKING.sub("", "\n".join(self._asked), count=1), "", None)
        self._asked = []

    def _say_answer(self) -> None:
        words = _EDIT.sub("", "".join(self._answered))
        self._draft.say("assistant", words, "", None, model=line(self._model))
        self._answered = []

    def finished(self) -> Transcript:
        """The session."""
        self._say_question()
        self._say_answer()
        return self._draft.finished()


def _recognises(values: Sequence[object]) -> bool:
    rows = [value for value in values if isinstance(value, str) and value.strip()]
    return bool(rows) and _STARTED.fullmatch(rows[0]) is not None


FORMAT = TranscriptFormat("aider", "Aider", _recognises, _read)
