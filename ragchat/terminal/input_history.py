"""The file of what was typed: one JSON string a line, newest last, mode 0600."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from ingest.text.cleaning import masked

HISTORY_READ = 1_000_000
"""Bytes of the file, from its end, that can be searched."""


class Typed:
    """What was typed in the file at `path`. Nothing is raised when it cannot be read or written:
    typing goes on without it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest_first(self) -> Iterator[str]:
        """What was typed, as far back as can be searched."""
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - HISTORY_READ))
            for line in reversed(file.read().splitlines()):
                with suppress(ValueError):
                    yield str(json.loads(line))

    def add(self, text: str) -> None:
        """Write one more, its secrets masked."""
        with suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.fchmod(file, 0o600)
                os.write(file, json.dumps(masked(text)).encode() + b"\n")
            finally:
                os.close(file)

    def forget(self, texts: Collection[str]) -> None:
        """Take out every line that is one of these texts, or holds one of several words. Raises
        OSError.
        """
        wanted = [" ".join(each.split()) for each in texts if each.strip()]
        if not wanted or not self._path.exists():
            return
        kept = []
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                typed = " ".join(str(json.loads(line)).split())
            except ValueError:
                continue
            if not any(_tells(typed, each) for each in wanted):
                kept.append(line)
        # In place, so that the words are overwritten and do not stay in blocks of an old file.
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(b"".join(kept).ljust(size, b"\n"))
            file.flush()
            os.fsync(file.fileno())
            file.truncate(sum(map(len, kept)))


def _tells(typed: str, text: str) -> bool:
    """A single word, like "no", stands in many lines that have nothing to do with it."""
    if " " not in text:
        return typed == text
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", typed) is not None
