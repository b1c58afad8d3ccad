"""Chats as Markdown, as browser extensions, editors and `llm logs` write them.

A line of its own names who speaks: `## User`, `**Cursor**`, `#### ChatGPT:`, `## 🤖 Gemini`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.conversation import Role
from ingest.transcripts.fields import line
from ingest.transcripts.format import Format
from ingest.transcripts.formats.turn_fields import UNNAMED
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_USER = "user|you|human|me|prompt(?=:)"
_NAMES = (
    "chatgpt|claude(?: code)?|cursor|gemini(?: cli)?|(?:github |microsoft )?copilot|deepseek|grok"
    r"|mistral|le chat|perplexity|llama[\w .-]*|gpt-[\w.-]+|codex"
)
_MARK = re.compile(
    rf"(?P<style>#{{1,6}}[ \t]+|_?\*\*)[^\w\n(]*(?:(?P<user>{_USER})|(?P<name>{_NAMES})"
    r"|(?P<role>assistant|agent|ai|model|bot|response(?=:)))\b[ \t]*(?:\((?P<more>[^()\n]*)\))?"
    r"[ \t:]*(?:\*\*_?)?[ \t:]*\n?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(#{1,6}[ \t]+)\S")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_DIVIDER = re.compile(
    r"\A(?:\s*(?:-{3,}|\*{3,}|_{3,})[ \t]*\n)+|(?:\n[ \t]*(?:-{3,}|\*{3,}))+\s*\Z"
)
_HIDDEN = re.compile(r"<details\b.*?</details>|<think>.*?</think>", re.DOTALL | re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?UTC)?)?")
_WRITTEN = re.compile(
    r"(\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)[ \t]*\n"
)
_TITLE = re.compile(r"(?:#[ \t]+|title:[ \t]*)(.+)")
_MOST_ABOVE = 25
"""Lines that may be above the first message."""


@dataclass(frozen=True, slots=True)
class _Message:
    mark: re.Match[str]
    text: str

    @property
    def role(self) -> Role:
        return "user" if self.mark["user"] else "assistant"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat of a file."""
    head, messages = _messages([value for value in values if isinstance(value, str)])
    title = next((found[1] for row in head if (found := _TITLE.match(row))), "")
    draft = Draft("markdown", key_of(reading), reading, line(title).strip("\"'"))
    said = _DATE.search("".join(head))
    time = instant(said[0].replace(" UTC", "Z")) if said else None
    for message in messages:
        more = line(message.mark["more"])
        stamp = _DATE.search(more)
        time = instant(stamp[0]) if stamp else time
        text = message.text
        if written := _WRITTEN.match(text):  # below the speaker, as extensions of browsers have it
            time, text = instant(written[1]) or time, text[written.end() :]
        name = line(message.mark["name"] or "") or UNNAMED
        named = "" if name.casefold().startswith("claude") else name
        draft.say(
            message.role,
            text,
            "",
            time,
            model=more if more and not stamp and message.role == "assistant" else "",
            assistant=named if message.role == "assistant" else "",
        )
        time = None
    yield draft.finished()


def _messages(lines: Sequence[str]) -> tuple[list[str], list[_Message]]:
    """Return the lines above the first message, and the messages."""
    marks = [(n, mark) for n, mark in _marks(lines)]
    if not marks:
        return list(lines), []
    ends = [n for n, _ in marks[1:]] + [len(lines)]
    found = [
        _Message(mark, _words("".join(lines[n + 1 : end])))
        for (n, mark), end in zip(marks, ends, strict=True)
    ]
    return list(lines[: marks[0][0]]), found


def _marks(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the lines that name a speaker, in the style of the first one, not those of code."""
    fenced, style = False, ""
    for n, row in enumerate(lines):
        if _FENCE.match(row):
            fenced = not fenced
        mark = None if fenced else _MARK.fullmatch(row)
        if mark is not None:
            style = style or mark["style"].strip()
            if mark["style"].strip() == style:
                yield n, mark


def _words(text: str) -> str:
    return _DIVIDER.sub("", _HIDDEN.sub("", text).strip("\n")).strip()


def _recognises(values: Sequence[object]) -> bool:
    """Whether a user and an assistant speak in turn, and nothing else has such headings."""
    lines = [value for value in values if isinstance(value, str)]
    head, messages = _messages(lines)
    roles = [message.role for message in messages]
    if len(head) > _MOST_ABOVE or roles[:2] != ["user", "assistant"]:
        return False
    style = messages[0].mark["style"].strip()
    others = (row for row in lines if _style(row) == style and not _MARK.fullmatch(row))
    return not any(others) and all(message.text for message in messages[:2])


def _style(row: str) -> str:
    heading = _HEADING.match(row)
    return heading[1].strip() if heading else ""


FORMAT = Format("markdown", "Markdown chat", _recognises, _read, is_document=True)
