"""Values out of JSON that anyone may have written: what is of the wrong type counts as missing."""

from __future__ import annotations

import re

# SQLite ends a string at NUL, and UTF-8 has no bytes for half of a surrogate pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def text(value: object) -> str:
    """The string, with U+FFFD for each character that cannot be stored; "" for anything else."""
    return _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else ""


def line(value: object) -> str:
    """The string on one line; "" for anything else."""
    return " ".join(text(value).split())


def name(value: object) -> str:
    """What something is called by: a string or an integer; "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return line(value)


def record(value: object) -> dict[str, object]:
    """The JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def text_blocks(content: object) -> list[str]:
    """The texts of a Claude message: its blocks of type "text", not its thinking and tools.

    https://platform.claude.com/docs/en/api/messages
    """
    if isinstance(content, str):
        return [text(content)]
    blocks = map(record, items(content))
    return [text(block.get("text")) for block in blocks if block.get("type") == "text"]
