"""Which files a name in a question means: "staff handbook" is `Staff_Handbook-2026.pdf`; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from ingest.text.letters import plain_letters
from ingest.text.words import LETTER

_WORD = re.compile(f"{LETTER}+")

LARGER_PART = 0.5
"""The share of the words of a file's name that stands for the whole."""
SHORTEST = 4
"""Characters of a part that stands for the whole."""

Key = tuple[str, ...]


class FileName(NamedTuple):
    """What a file is called: its path and its title."""

    path: PurePath
    title: str


def named_files(wanted: str, files: Sequence[FileName]) -> list[int]:
    """The files that a name means, by position: those of exactly this path, name or title, or else
    those of which it is the larger part of name or title.
    """
    exact = [n for n, file in enumerate(files) if _is_path(wanted, file.path)]
    words = _key(wanted)
    if exact or not words:
        return exact
    keys = [_keys(file) for file in files]
    exact = [n for n, known in enumerate(keys) if words in known]
    return exact or [
        n for n, known in enumerate(keys) if any(_is_larger_part(words, key) for key in known)
    ]


def _is_path(wanted: str, path: PurePath) -> bool:
    """Return whether this is the path, or its end from a folder on."""
    end = wanted.replace("\\", "/").removeprefix("./").casefold()
    whole = path.as_posix().casefold()
    return bool(end) and (whole == end or whole.endswith(f"/{end.lstrip('/')}"))


def _keys(file: FileName) -> list[Key]:
    return [_key(name) for name in (file.path.name, file.path.stem, file.title) if name]


def _is_larger_part(words: Key, key: Key) -> bool:
    if len(words) < LARGER_PART * len(key) or sum(map(len, words)) < SHORTEST:
        return False
    return any(key[n : n + len(words)] == words for n in range(len(key) - len(words) + 1))


def _key(name: str) -> Key:
    """The words of a name, without case and marks."""
    words = _WORD.findall(unicodedata.normalize("NFKC", name).casefold())
    return tuple(map(plain_letters, words))
