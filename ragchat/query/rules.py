"""The rules of a language for questions, read from its file of data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rules:
    """What questions in a language look like.

    - `weak`: words that say nothing about what is asked: politeness, instructions, common verbs.
    - `pointing`: words that point back to what was said; `perhaps`: those that do in short ones.
    - `few_characters`: without spaces, the characters that say too little by themselves.
    - `gauge`: questions with what answers each, of no topic in particular: they tell how well an
      embedding model knows the language.
    """

    weak: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    few_characters: int | None = None
    gauge: tuple[tuple[str, str], ...] = ()


@cache
def rules(code: str) -> Rules | None:
    """The rules of a language by its ISO 639-1 code; None for one without a file."""
    file = files("ragchat.query.languages") / f"{code}.toml"
    if not file.is_file():
        return None
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Rules(
        weak=frozenset(data.get("weak", "").split()),
        pointing=frozenset(data.get("pointing", "").split()),
        perhaps=frozenset(data.get("perhaps", "").split()),
        few_characters=data.get("few_characters"),
        gauge=tuple((asked, answer) for asked, answer in data.get("gauge", ())),
    )
