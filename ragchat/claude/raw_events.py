"""What the raw events of the Messages API hold, read by the API's names; what is missing, or is of
another type, reads as nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from ragchat.cleaning import encodable


def value_at(event: object, *path: str) -> object:
    """Return what an event has at this path of names, or None."""
    for name in path:
        event = event.get(name) if isinstance(event, Mapping) else getattr(event, name, None)
    return event


def string_at(event: object, *path: str) -> str:
    """Return the string at this path, or "", with characters that UTF-8 has bytes for."""
    return encodable(raw_string_at(event, *path))


def raw_string_at(event: object, *path: str) -> str:
    """Return the string at this path, or "", which may begin or end with half a character."""
    found = value_at(event, *path)
    return found if isinstance(found, str) else ""


def split_pair(text: str) -> tuple[str, str]:
    """Return the text and the first half of a pair of surrogates that it ends with: servers that
    count in UTF-16 cut an emoji in two.
    """
    half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
    return encodable(text[:-1] if half else text), half


def is_number(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number, which JSON's true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)
