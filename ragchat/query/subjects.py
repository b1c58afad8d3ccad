"""What a sentence speaks of, by its words for "the" and "our": "the keys are in the tin"; pure.

The words, and the pattern of a subject in languages without such words, are data of each language.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from ingest.text.language import UNKNOWN, Language, language
from ragchat.query.languages import languages

_BARE = re.compile(r"\s*(?P<noun>[^\W\d_][\w-]*)\s+(?P<next>[^\W\d_][\w-]*)")
_NOUN = r"(?P<noun>[^\W\d_][\w-]*)(?=(?:\s+(?P<next>[^\W\d_][\w-]*))?)"

Sort = Literal["whole", "apart", "literal", "head"]
"""How nouns are written: as one word, their parts apart ("dentist bill"), or within other
words, all of it ("literal") or its last part, as in Korean ("head")."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun with its stem, and the stem of a telling word right behind it: "dentist bill"."""

    word: str
    stem: str
    following: str | None


@dataclass(frozen=True, slots=True)
class Speech:
    """The nouns of a sentence that "the" or "our" is before; `subject` begins it. `small` are the
    words that only hold it together. `sort` is how its language writes nouns.
    """

    nouns: tuple[Noun, ...] = ()
    subject: Noun | None = None
    small: frozenset[str] = frozenset()
    sort: Sort = "whole"


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns of nouns, and the words behind one that tell which is meant: "the code of"."""

    nouns: re.Pattern[str]
    complements: frozenset[str]
    sort: Sort


def speaks_of_same(text: str, new: Speech, old: Speech) -> bool:
    """Return whether a text that says `new` speaks of the subject of an older one."""
    subject = old.subject
    if subject is None:
        return False
    if old.sort in ("literal", "head"):
        return re.search(rf"{re.escape(subject.word)}(?![的の])", text) is not None
    return any(
        noun.stem == subject.stem
        and (
            noun.following == subject.following
            or (old.sort != "apart" and None in (noun.following, subject.following))
        )
        for noun in new.nouns
    )


def may_speak_of(text: str, stems: Set[str], old: Speech) -> bool:
    """Return whether a text with these stems may be about the subject of an older one, if that has
    one that can be told.
    """
    subject = old.subject
    if subject is None or old.sort == "literal":
        return True
    return subject.word.split()[-1] in text if old.sort == "head" else subject.stem in stems


@lru_cache(maxsize=1024)
def speech_of(text: str, code: str) -> Speech:
    """Return the things that a sentence in the language `code` speaks of."""
    spoken, known = language(code), _rules(code)
    words = (word.casefold() for word in re.findall(r"[^\W\d_]+", text))
    # English has its own list in `wording`, which leaves the verbs.
    small = frozenset() if code == UNKNOWN else frozenset(filter(spoken.is_stop_word, words))
    if known is None:
        return Speech(small=small)
    found = [
        (match.start(), noun)
        for match in known.nouns.finditer(text)
        if (noun := _noun(match, spoken, known)) is not None
    ]
    first = next((noun for start, noun in found if not text[:start].strip(" ¿¡")), None)
    bare = None if first or known.sort in ("literal", "head") else _BARE.match(text)
    if bare is not None and spoken.is_stop_word(bare["next"]):
        first = _noun(bare, spoken, known)
    return Speech(tuple(noun for _, noun in found), first, small, known.sort)


def _noun(match: re.Match[str], spoken: Language, known: _Rules) -> Noun | None:
    """The noun of a match; None for a word that holds a sentence together, or half a name."""
    word, following = match["noun"].casefold(), (match.groupdict().get("next") or "").casefold()
    if spoken.is_stop_word(word) or following in known.complements:
        return None
    stem = spoken.stem or str
    tells = bool(following) and not spoken.is_stop_word(following)
    return Noun(word, stem(word), stem(following) if tells else None)


@cache
def _rules(code: str) -> _Rules | None:
    data = languages().get(code, {}).get("changes", {})
    if "subject" in data:
        written: Sort = "head" if data.get("heads") else "literal"
        return _Rules(re.compile(data["subject"]), frozenset(), written)
    if "determiners" not in data:
        return None
    words = "|".join(map(re.escape, data["determiners"].split()))
    lead = rf"(?<![\w-])(?:(?:{words})(?:\s+|(?<=['’]))){{1,3}}" if words else r"(?<![\w-])"
    complements = frozenset(data.get("complements", "").split())
    sort: Sort = "apart" if data.get("compounds_apart") else "whole"
    return _Rules(re.compile(lead + _NOUN, re.IGNORECASE), complements, sort)
