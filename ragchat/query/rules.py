"""The rules of a language for questions, read from its file of data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class UserRules:
    """How a language asks about the one who asks.

    - `question`: how questions are known; `user`: words for the user; `shared`: for the user and
      others.
    - `favour`: "tell me", which is left aside; `advice`: questions that ask what to do, whatever is
      "mine" in them; `told`: what asks for something said or done before, whatever else it says.
    - `everything`: what asks for all that is known of the user.
    """

    question: re.Pattern[str]
    user: re.Pattern[str]
    shared: re.Pattern[str]
    favour: re.Pattern[str]
    advice: re.Pattern[str]
    told: re.Pattern[str]
    everything: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What questions in a language look like.

    - `weak`: words that say nothing about what is asked: politeness, instructions, common verbs;
      `vague`: those that may, but need not: "list", "file", "question".
    - `pointing`: words that point back to what was said; `perhaps`: those that do in short ones.
    - `few_characters`: without spaces, the characters that say too little by themselves.
    - `about_user`: how questions about the user are known; None if they are not.
    - `gauge`: questions with what answers each, of no topic in particular: they tell how well an
      embedding model knows the language.
    """

    weak: frozenset[str] = frozenset()
    vague: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    few_characters: int | None = None
    about_user: UserRules | None = None
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
        vague=frozenset(data.get("vague", "").split()),
        pointing=frozenset(data.get("pointing", "").split()),
        perhaps=frozenset(data.get("perhaps", "").split()),
        few_characters=data.get("few_characters"),
        about_user=_user_rules(data["about_user"]) if "about_user" in data else None,
        gauge=tuple((asked, answer) for asked, answer in data.get("gauge", ())),
    )


def _user_rules(data: Mapping[str, Any]) -> UserRules:
    return UserRules(
        **{
            name: re.compile("|".join(data[name]), re.IGNORECASE)
            for name in UserRules.__dataclass_fields__
        }
    )
