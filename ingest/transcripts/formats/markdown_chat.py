"""Chats as Markdown or text, as browser extensions, editors, `llm logs` and people write them.

A line of its own names who speaks (`## User`, `**Cursor**`, `#### ChatGPT:`, `## 🤖 Gemini`,
`ChatGPT said:`), or the beginning of the line (`User: …`, `**You:** …`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.conversation import Role
from ingest.transcripts.fields import line
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.turn_fields import UNKNOWN_ASSISTANT
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_USER = (
    "user|you|human|me|prompt|du|sie|ich|nutzer(?:in)?|benutzer|vous|moi|utilisateur|tú|usted|yo|usuario"
    "|você|usuário|utente|jij|gebruiker|вы|я|пользователь|użytkownik|あなた|ユーザー|你|用户|使用者|나|사용자"
)
_USER_SAID = "dijiste|has dicho|hai detto|você disse|je zei|powiedział[ea]ś"
"""What stands alone for "you said"."""
_NAMES = (
    "chatgpt|claude(?: code)?|cursor|gemini(?: cli)?|(?:github |microsoft )?copilot|deepseek|grok"
    r"|mistral|le chat|perplexity|llama[\w .-]*|gpt-[\w.-]+|codex|kimi|qwen|cascade"
)
_ROLES = "assistant|agent|ai|model|bot|response|planner"
_DOES = (
    "said|says|asked|replied|answered|responded|input|response|prompt"
    "|ha(?:s)?t (?:gesagt|geantwortet)|(?:avez|a) dit|dijo|ha detto|disse|zei|сказали?|說|说|の発言"
)
_MARK = re.compile(
    r"(?:[\[(]?(?P<stamp>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?)[\])]?[ \t]+(?:-[ \t])?)?"
    rf"(?P<style>#{{1,6}}[ \t]+|_?\*\*|\[|<\|(?:im_start\|>)?|)(?:[^\w\n(:]|_){{0,8}}"
    rf"(?:(?P<user>(?:{_USER_SAID})\b|{_USER})|(?P<name>{_NAMES})|(?P<role>{_ROLES}))"
    rf"(?:[ \t]*(?:{_DOES}))?(?![^\W_])[ \t]*"
    r"(?:\((?P<more>[^()\n]*)\))?[ \t]*"
    r"(?P<end>[ \t:：]*(?:\*\*_?|_|\]|\|>)?[ \t]*[:：]?)[ \t]*(?:\((?P<after>[^()\n]*)\)[ \t]*)?"
    r"[^\w\s(:\[<*#>\"'-]{0,4}[ \t]*(?P<inline>[^\n]*)\n?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(#{1,6}[ \t]+)\S")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_DIVIDER = re.compile(
    r"\A(?:\s*(?:-{3,}|\*{3,}|_{3,})[ \t]*\n)+|(?:\n[ \t]*(?:-{3,}|\*{3,}))+\s*\Z"
)
_HIDDEN = re.compile(
    r"<\|(?:im_end|eot_id|end)\|>|<details\b.*?</details>|<think>.*?</think>",
    re.DOTALL | re.IGNORECASE,
)
_THOUGHT = re.compile(
    r"(?:> ?)?(?:thought|reasoned|worked) for [^\n]{1,30}(?:\n+|\Z)", re.IGNORECASE
)
"""What a page shows above an answer of how long the model thought."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?UTC)?)?")
_WRITTEN = re.compile(
    r"(?:message time: )?"
    r"(\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)[ \t]*\n"
)
_QUOTE = re.compile(r"^> ?", re.MULTILINE)
"""Some put all that was said in quotations."""
_TITLE = re.compile(r"(?:#[ \t]+|title:[ \t]*)(.+)")
_HEADINGS = "#"
_FEW = 1
"""Words that each message has at most in lines that are settings: `user: ana`."""
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
        more = line(message.mark["more"] or message.mark["after"])
        stamp = _DATE.search(message.mark["stamp"] or more)
        time = instant(stamp[0]) if stamp else time
        text = message.text
        if written := _WRITTEN.match(
            f"{text}\n"
        ):  # below the speaker, as extensions of browsers have it
            time, text = instant(written[1]) or time, text[written.end() :]
        if thought := _THOUGHT.match(text):
            text = text[thought.end() :] if message.role == "assistant" else text
        name = line(message.mark["name"] or "") or UNKNOWN_ASSISTANT
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
    """Return the lines above the first message, and the messages: those in the first style that
    makes a chat, or else in the first style that there is.
    """
    marks = list(_marks(lines))
    styles = list(dict.fromkeys(_style_of(mark) for _, mark in marks))
    styles += [_HEADINGS] if len(styles) > 1 else []  # "##### You said:", "###### ChatGPT said:"
    chats = [_in_style(lines, marks, style) for style in styles]
    return next(filter(_is_chat, chats), chats[0] if chats else (list(lines), []))


def _in_style(
    lines: Sequence[str], marks: Sequence[tuple[int, re.Match[str]]], style: str
) -> tuple[list[str], list[_Message]]:
    own = [(n, mark) for n, mark in marks if _style_of(mark).startswith(style)]
    own = own if style == _HEADINGS else [found for found in own if _style_of(found[1]) == style]
    if not own:
        return list(lines), []
    ends = [n for n, _ in own[1:]] + [len(lines)]
    found = [
        _Message(mark, _words("".join([f"{mark['inline']}\n", *lines[n + 1 : end]])))
        for (n, mark), end in zip(own, ends, strict=True)
    ]
    return list(lines[: own[0][0]]), found


def _is_chat(chat: tuple[list[str], list[_Message]]) -> bool:
    """Return whether a user speaks first and then an assistant, not far from the beginning."""
    head, messages = chat
    roles = [message.role for message in messages[:2]]
    return len(head) <= _MOST_ABOVE and roles == ["user", "assistant"]


def _marks(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the lines that name a speaker, not those of code."""
    fenced = False
    for n, row in enumerate(lines):
        if _FENCE.match(row):
            fenced = not fenced
        mark = None if fenced else _mark(row)
        if mark is not None:
            yield n, mark


def _mark(row: str) -> re.Match[str] | None:
    """The mark that a line begins with. Without a sign before it, and where words follow it on the
    line, it ends in a colon.
    """
    mark = _MARK.fullmatch(row)
    if mark is None or (mark["style"] == "[" and "]" not in mark["end"]):
        return None
    colon = ":" in mark["end"] or "：" in mark["end"]
    return mark if colon or (mark["style"] and not mark["inline"]) else None


def _style_of(mark: re.Match[str]) -> str:
    return mark["style"].strip() or ":"


def _words(text: str) -> str:
    words = _DIVIDER.sub("", _HIDDEN.sub("", text).strip("\n")).strip()
    quoted = all(row.startswith(">") for row in words.splitlines())
    return _QUOTE.sub("", words).strip() if quoted else words


def _recognises(values: Sequence[object]) -> bool:
    """Return whether a user and an assistant speak in turn, and nothing else has such headings."""
    lines = [value for value in values if isinstance(value, str)]
    chat = _messages(lines)
    messages = chat[1]
    if not _is_chat(chat):
        return False
    style = _style_of(messages[0].mark)
    others = (row for row in lines if _style(row) == style and not _mark(row))
    words = max(len(message.text.partition("\n")[0].split()) for message in messages)
    return not any(others) and all(message.text for message in messages[:2]) and words > _FEW


def _style(row: str) -> str:
    heading = _HEADING.match(row)
    return heading[1].strip() if heading else ""


FORMAT = TranscriptFormat("markdown", "Markdown chat", _recognises, _read, is_document=True)
