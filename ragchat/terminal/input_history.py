"""The history of typed lines: a file with one JSON string a line, newest last, mode 0600."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from ingest.records.owed import Phrase
from ingest.text.cleaning import masked

_APPENDED = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
"""A pipe that no process reads is refused, not waited for."""
HISTORY_READ = 1_000_000
"""Bytes of the file, from its end, that can be searched."""


class InputHistory:
    """The typed lines in the file at `path`. A file that cannot be read or written raises nothing
    while typing: the session goes on without it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest_first(self) -> Iterator[str]:
        """Yield the lines, as far back as can be searched."""
        if not self._path.is_file():  # a pipe would be waited for
            return
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - HISTORY_READ))
            for line in reversed(file.read().splitlines()):
                with suppress(ValueError):
                    yield str(json.loads(line))

    def add(self, text: str) -> None:
        """Append a line, its secrets masked."""
        with suppress(OSError):
            file = os.open(self._path, _APPENDED, 0o600)
            try:
                os.fchmod(file, 0o600)
                os.write(file, json.dumps(masked(text)).encode() + b"\n")
            finally:
                os.close(file)

    def forget(self, texts: Collection[str]) -> None:
        """Remove every line that is one of these texts or contains one of several words.

        Raises OSError.
        """
        wanted = [" ".join(text.split()) for text in texts if text.strip()]
        if wanted:
            self._take_out(lambda typed: any(_contains(typed, text) for text in wanted))

    def forget_phrases(self, phrases: Collection[Phrase]) -> None:
        """As `forget`, for texts of which only the hashes are known."""
        hashes: dict[int, set[bytes]] = {}
        for phrase in phrases:
            hashes.setdefault(phrase.length, set()).add(phrase.hash)
        if hashes:
            self._take_out(lambda typed: _contains_hashed(typed, hashes))

    def _take_out(self, unwanted: Callable[[str], bool]) -> None:
        if not self._path.is_file():
            return
        kept = []
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                typed = " ".join(str(json.loads(line)).split())
            except ValueError:
                continue
            if not unwanted(typed):
                kept.append(line)
        # In place, so that the words are overwritten and do not stay in blocks of an old file.
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(b"".join(kept).ljust(size, b"\n"))
            file.flush()
            os.fsync(file.fileno())
            file.truncate(sum(map(len, kept)))


def _contains(typed: str, text: str) -> bool:
    """Return whether a line holds a text. A single word, like "no", occurs in many unrelated
    lines.
    """
    if " " not in text:
        return typed == text
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", typed) is not None


def _contains_hashed(typed: str, hashes: Mapping[int, Collection[bytes]]) -> bool:
    """Return whether a line contains a text that is known by its length and hash."""
    return any(
        Phrase.of(typed[start : start + length]).hash in wanted
        for length, wanted in hashes.items()
        for start in range(len(typed) - length + 1)
        if _contains(typed, typed[start : start + length])
    )
