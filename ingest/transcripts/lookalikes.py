"""Files that look like conversations, or belong to an export of them, and are not read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from ingest.errors import ReadError
from ingest.transcripts import sqlite
from ingest.transcripts.fields import items, name, record, records
from ingest.transcripts.format import Unread
from ingest.transcripts.formats.turn_fields import is_logged_prompt, is_sent, role_word, time_of
from ingest.transcripts.source import Part

_KIND = (
    "looks like conversations, of a kind that is not read: `ragchat help importing-conversations`"
    " says how to bring them"
)
_PERSONAL = "personal data or signed links of an export"
_SAME_PAGE = "the conversations of the same export as a page: the .json file is read"
_SENT = "what a coding assistant sent to its model: the ui_messages.json beside it is read"
_PROMPTS = "a list of prompts without answers: the sessions themselves are read"

# Parts of exports by name, and a field that such a part has.
_PERSONAL_PARTS = {
    "users": ("email_address", "profile"),
    "user": ("email",),
    "user_settings": ("settings",),
    "message_feedback": ("rating",),
    "shared_conversations": ("share_id",),
}
_CHATGPT_PAGE = re.compile(r"\bvar jsonData = \[")
_MANIFEST = re.compile(r"(?:export_)?manifest.*\.json")
_ROLES = frozenset(
    "user human assistant ai bot model system gpt chatgpt claude gemini agent".split()
)
_ROLE_FIELDS = ("role", "sender", "author", "from", "type", "speaker")
_TEXT_FIELDS = (
    "text content message value parts body msg contentParts fragments steps versions candidates"
    " blocks"
).split()
_PAIRS = (
    ("prompt", "response"),
    ("prompt", "reply"),
    ("query_str", "text"),
    ("question", "answer"),
)
"""A question and its answer in one object; with a time, they are of a conversation."""
_HISTORIES = ("history", "chat_history", "chatbot")
_LEVELS = 5
_WIDTH = 50
_MOST = 2_000


def lookalike(path: str, first: Sequence[object]) -> Unread | None:
    """Return why a file that no format recognises is left out; None if it is something else."""
    base = posixpath.basename(path).lower()
    stem, suffix = posixpath.splitext(base)
    if suffix not in (".json", ".jsonl", ".ndjson", ".html"):
        return None
    found = [record(value) for value in first]
    if _is_personal(stem, base, found):
        return Unread(_PERSONAL)
    if suffix == ".html":
        words = "".join(value for value in first if isinstance(value, str))
        return Unread(_SAME_PAGE) if _CHATGPT_PAGE.search(words) else None
    if any(map(is_logged_prompt, found)):
        return Unread(_PROMPTS)
    if any(map(is_sent, found)):
        return Unread(_SENT)
    return Unread(_KIND) if _talks(first) or _pairs(first) else None


def database(part: Part) -> Unread | None:
    """Return why a database with tables of conversations is left out, if it is one."""
    if part.path is None or part.suffix not in sqlite.SUFFIXES:
        return None
    try:
        return Unread(_KIND) if sqlite.looks_like_talk(part.path) else None
    except (ReadError, OSError):
        return None  # said by the reader of other files


def _is_personal(stem: str, base: str, found: Sequence[dict[str, object]]) -> bool:
    if _MANIFEST.fullmatch(base):
        return any("url" in file for value in found for file in records(value.get("files")))
    fields = _PERSONAL_PARTS.get(stem, ())
    return any(field in value for value in found for field in fields)


def _talks(values: Sequence[object]) -> bool:
    """Return whether several objects, somewhere not far down, say something in a role of a chat."""
    speaking = [_role(value) for value in _within(list(values)) if _speaks(value)]
    return len(speaking) > 1 and not _ROLES.isdisjoint(speaking)


def _pairs(values: Sequence[object]) -> bool:
    """Return whether objects, somewhere not far down, have a question and its answer, and a time;
    both sides; or the pairs of text-generation-webui and Gradio.
    """
    for value in _within(list(values)):
        if isinstance(value.get("user"), dict) and isinstance(value.get("assistant"), dict):
            return True
        # A span of OpenTelemetry, a message of Hangouts.
        if any(key.startswith("gen_ai.") for key in value) or "chat_message" in value:
            return True
        if any(map(_are_pairs, (value.get(key) for key in _HISTORIES))):
            return True
        if isinstance(value.get("internal"), list) and isinstance(value.get("visible"), list):
            return True
        if time_of(value) and any(all(map(value.get, pair)) for pair in _PAIRS):
            return True
    return False


def _are_pairs(history: object) -> bool:
    """Return whether it is a list of pairs of texts: what was asked, and the answer."""
    pairs = items(history)
    texts = [text for pair in pairs for text in items(pair)]
    return bool(texts) and len(texts) == 2 * len(pairs) and all(isinstance(t, str) for t in texts)


def _within(values: list[object]) -> Iterator[dict[str, object]]:
    waiting = [(value, 0) for value in reversed(values)]
    seen = 0
    while waiting and seen < _MOST:
        value, level = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
        if level < _LEVELS:
            inner = value if isinstance(value, list) else list(record(value).values())
            waiting += [(item, level + 1) for item in inner[:_WIDTH]]


def _speaks(value: dict[str, object]) -> bool:
    named = len(value) == 1 and all(isinstance(inner, dict) for inner in value.values())
    return bool(_role(value)) and (named or any(value.get(field) for field in _TEXT_FIELDS))


def _role(value: dict[str, object]) -> str:
    """The word that says who speaks, with what comes before it in names like "user.message"; it may
    be the one field of an object: {"User": {…}}.
    """
    only = next(iter(value)).casefold() if len(value) == 1 else ""
    if only in _ROLES and isinstance(next(iter(value.values())), dict):
        return only
    for field in _ROLE_FIELDS:
        given = value.get(field)
        word = role_word(record(given)) if isinstance(given, dict) else name(given)
        first_word = re.split(r"[._/-]", word.casefold())[0]
        if first_word in _ROLES:
            return first_word
    return ""
