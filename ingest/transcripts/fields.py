"""Values out of JSON that anyone may have written: one of the wrong type counts as missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

LONGEST_NAME = 200
"""Characters of an identifier."""

# SQLite ends a string at NUL, and UTF-8 has no bytes for half of a surrogate pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def text(value: object) -> str:
    """The string, with U+FFFD for each character that cannot be stored; "" for anything else."""
    return _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else ""


def line(value: object) -> str:
    """The string on one line; "" for anything else."""
    return " ".join(text(value).split())


def name(value: object) -> str:
    """An identifier: a string or an integer; "" for anything else. Of a very long one the beginning
    and a hash.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**LONGEST_NAME else ""
    said = line(value)
    if len(said) <= LONGEST_NAME:
        return said
    return f"{said[:LONGEST_NAME]}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def record(value: object) -> dict[str, object]:
    """The JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def records(value: object) -> list[dict[str, object]]:
    """The objects of a JSON array."""
    return objects(items(value))


def objects(values: Iterable[object]) -> list[dict[str, object]]:
    """The JSON objects among some values: none among the lines of a text."""
    return [value for value in values if isinstance(value, dict)]


def first(entry: dict[str, object], *names: str) -> object:
    """The value of the first of these fields that the object has."""
    return next((entry[key] for key in names if entry.get(key) is not None), None)


def texts(content: object, kinds: Iterable[str] = ("text",)) -> list[str]:
    """The texts of a message: a string, or its blocks of these types, not its thinking and tools.

    https://platform.claude.com/docs/en/api/messages
    """
    if isinstance(content, str):
        return [text(content)]
    wanted = set(kinds)
    found = []
    for item in items(content):
        block = record(item)
        if isinstance(item, str):
            found.append(text(item))
        elif name(block.get("type")) in wanted or ("type" not in block and "text" in block):
            found.append(text(block.get("text")))
    return found


def joined(parts: Iterable[str]) -> str:
    """The texts that are not blank, one paragraph each."""
    return "\n\n".join(part.strip() for part in parts if part.strip())


def attached(names: Iterable[object]) -> str:
    """The note on attachments: `[attached: plan.pdf]`, "" if nothing was."""
    listed = ", ".join(filter(None, dict.fromkeys(line(given) for given in names)))
    return f"[attached: {listed}]" if listed else ""


def titled(title: str, words: str) -> str:
    """A document that an assistant wrote beside the conversation: `[document: Plan]` and its words;
    "" if it has none.
    """
    mark = f"[document: {title}]" if title else "[document]"
    return f"{mark}\n\n{words.strip()}" if words.strip() else ""
