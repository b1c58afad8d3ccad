"""What a program passes to the library, checked where a wrong kind would fail further in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from ragchat.errors import UsageError
from ragchat.settings import is_utf8, valid

_ADDRESS = re.compile(r"(?:https?|ftp):(?=/)", re.IGNORECASE)


def require_text(name: str, value: object) -> None:
    """Raise UsageError for what is not a text, or holds halves of characters."""
    if not isinstance(value, str):
        raise UsageError(f"{name} is of type {type(value).__name__}: pass a str")
    if not is_utf8(value):
        raise UsageError(f"{name} holds half of a character (a lone surrogate): remove it")


def require_number(name: str, value: object, *, least: int) -> None:
    """Raise UsageError for what is not a whole number from `least` up."""
    if not isinstance(value, int) or value < least:
        raise UsageError(f"{name} is {value!r}: use a whole number from {least} up")


def require_query(query: object, top_k: object) -> None:
    """Raise UsageError for a query that says nothing, and a number of hits below one."""
    require_text("query", query)
    if not str(query).strip():
        raise UsageError("the query is empty: write what to search for")
    if top_k is not None:
        require_number("top_k", top_k, least=1)


def require_settings(settings: Mapping[str, object]) -> None:
    """Raise UsageError for a setting that does not exist, or whose value is of a wrong kind."""
    for name, value in settings.items():
        if value is not None:
            valid(name, value, "Library.open")


def texts(name: str, value: object) -> list[str]:
    """Return a list of texts or paths, or a single one, as texts. Raises UsageError."""
    several = [value] if isinstance(value, (str, os.PathLike)) else value
    if not isinstance(several, (list, tuple, set, frozenset)):
        raise UsageError(f"{name} is of type {type(value).__name__}: pass a list of str")
    found = [os.fspath(one) if isinstance(one, os.PathLike) else one for one in several]
    for one in found:
        require_text(name, one)
    return found


def moment(name: str, value: object) -> datetime | None:
    """Return a time; a day is its beginning, in local time. Raises UsageError."""
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min).astimezone()
    raise UsageError(f"{name} is {value!r}: pass a datetime or a date")


def named_path(path: str | Path) -> Path:
    """Return a path that a program gives. Raises UsageError for an empty one, which would be the
    current folder, with everything in it, and for a web address, since nothing is fetched.
    """
    if not str(path):
        raise UsageError("the path is empty: name a file or a folder")
    if (scheme := _ADDRESS.match(str(path))) and not Path(path).exists():
        address = f"{scheme[0]}//{str(path)[scheme.end() :].lstrip('/')}"
        raise UsageError(f"{address} is an address: save the page as a file, and ingest that")
    return Path(path)


def no_collection(name: str, existing: Sequence[str]) -> UsageError:
    """Return the error for a collection that is not among those that can be read."""
    known = ", ".join(existing) or "none yet"
    return UsageError(f"there is no collection {name!r}: the library has {known}")
