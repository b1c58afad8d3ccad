"""What a text says, as sets that can be compared: its content words and its details; pure.

Words are folded as the index folds them (NFKC, case, marks), without the words that only hold a
sentence together and without their endings, crudely, since two texts that are compared need not be
known to be in one language. Scripts that are written without spaces are taken in pairs of
characters. A word after a negation is another word ("not deploy").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from ingest.text.letters import plain_letters
from ingest.text.words import SPACELESS
from ragchat.query.rules import wording_words

_ENDINGS = ("ing", "ed", "es", "en", "ly", "e", "s")
_FIGURES = ("numbers", "times", "money", "measures")
"""The lists of words that are figures."""

# Characters other than letters, in ranges: \w would split the words of India at their vowel signs.
_SIGNS = (
    r"\s!-/:-@\[-^`{-~\u00a0-\u00bf\u0964\u0965\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f"
    "\U0001f000-\U0001faff"
)
_LETTERS = rf"[^{_SIGNS}{SPACELESS}]"
_TOKEN = re.compile(
    r"(?:(?:^|(?<=[\s(]))-)?\d+(?:[.,:/'’_-]\d+)*[^\W" + SPACELESS + r"]*"
    r"|(?:[lLdDnNjJsStTmMcC]|[qQ]u)['’]"
    rf"|{_LETTERS}+(?:['’]{_LETTERS}+)*"
    rf"|[{SPACELESS}]+"
    r"|[$€£¥₹%]"
    r"|[.!?。\n|,;:()—،؟।]"
)
_RUN = re.compile(rf"[{SPACELESS}]")
_THOUSANDS = re.compile(r"(?<=\d)[,'’_](?=\d{3}(?!\d))")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_BREAKS = frozenset(".!?。\n|,;:()—،؟।")
_ENDS = frozenset(".!?。\n|؟।")


_Sort = Literal["break", "stop", "negation", "figure", "name", "word", "pairs"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text says.

    `items` is everything with content, in order, each once; `words` the same as a set, `affirmed`
    without the negations of words. `figures` are numbers, dates, units
    and currencies, `names` the capitalised words within sentences, `openers` those that begin one
    (names or not), `negations` the denied words ("not" where nothing follows), `caseless` those in
    a script without capitals. All of these but the negations are among the items.
    """

    items: tuple[str, ...]
    words: frozenset[str]
    affirmed: frozenset[str]
    figures: frozenset[str]
    names: frozenset[str]
    openers: frozenset[str]
    negations: frozenset[str]
    caseless: frozenset[str]
    capitalised: frozenset[str] = field(init=False)
    details: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        # Asked for by each of some 10,000 comparisons of a question about the user.
        object.__setattr__(self, "capitalised", self.names | self.openers)
        object.__setattr__(self, "details", self.capitalised | self.figures)


def wording(text: str) -> Wording:
    """Return the wording of a text, in time linear in its length."""
    read = _Reading()
    for token in _TOKEN.findall(unicodedata.normalize("NFKC", text)):
        read.take(token)
    read.close_clause()
    words = frozenset(read.items)
    return Wording(
        items=tuple(read.items),
        words=words,
        affirmed=words - read.denied | {word.removeprefix("not ") for word in read.denied},
        figures=frozenset(read.figures),
        names=frozenset(read.names),
        openers=frozenset(read.openers - read.names),
        negations=frozenset(read.negations),
        caseless=frozenset(read.caseless),
    )


def together(one: Wording, other: Wording) -> Wording:
    """Return the wording of two texts, one after the other."""
    names = one.names | other.names
    return Wording(
        items=tuple(dict.fromkeys(one.items + other.items)),
        words=one.words | other.words,
        affirmed=one.affirmed | other.affirmed,
        figures=one.figures | other.figures,
        names=names,
        openers=(one.openers | other.openers) - names,
        negations=one.negations | other.negations,
        caseless=one.caseless | other.caseless,
    )


class _Reading:
    """A text being read, token by token."""

    __slots__ = (
        *("items", "figures", "names", "openers", "negations", "denied", "caseless"),
        *("_denies", "_begins"),
    )

    def __init__(self) -> None:
        self.items: dict[str, None] = {}
        self.figures: set[str] = set()
        self.names: set[str] = set()
        self.openers: set[str] = set()
        self.negations: set[str] = set()
        self.denied: set[str] = set()
        self.caseless: set[str] = set()
        self._denies = False
        self._begins = True

    def take(self, token: str) -> None:
        sort, form = _read(token)
        if sort == "break":
            if self._denies:
                self.close_clause()
            if token in _ENDS:
                self._begins = True
            return
        if sort == "word" and not self._denies and form.isascii():  # most words
            self.items[form] = None
        elif sort == "negation":
            self._denies = True
        elif sort == "pairs":
            self._take_pairs(form)
        elif sort != "stop":
            self._take_word(sort, form)
        self._begins = False

    def close_clause(self) -> None:
        """A negation reaches no further than its clause."""
        if self._denies:
            self.negations.add("not")
            self._denies = False

    def _take_word(self, sort: _Sort, form: str) -> None:
        if sort == "figure":
            self.figures.add(form)
        elif sort == "name":
            (self.openers if self._begins else self.names).add(form)
        elif not form.isascii() and form.upper() == form:
            self.caseless.add(form)
        if self._denies:
            self.negations.add(f"not {form}")
            self._denies = False
            if sort == "word":
                form = f"not {form}"
                self.denied.add(form)
        self.items[form] = None

    def _take_pairs(self, run: str) -> None:
        pairs = [run[n : n + 2] for n in range(max(1, len(run) - 1))]
        self.caseless.update(pairs)
        self.items.update(dict.fromkeys(pairs))
        denies = _negation_signs()
        if denies.search(run):
            self.negations.update(pair for pair in pairs if denies.search(pair))


@lru_cache(maxsize=1 << 15)
def _read(token: str) -> tuple[_Sort, str]:
    """Return the sort of a token, and the form that is compared."""
    if token in _BREAKS:
        return "break", ""
    if _RUN.match(token):
        return "pairs", token
    plain = token.strip("_").replace("’", "'")
    lower = plain.casefold()
    if any(word.isdigit() for word in lower):
        return "figure", _ORDINAL.sub("", _THOUSANDS.sub("", lower))
    bare = lower.rstrip("'")
    if not wording_words("negations").isdisjoint((lower, bare)) or lower.endswith("n't"):
        return "negation", ""
    if any(bare in wording_words(figures) for figures in _FIGURES):
        return "figure", plain_letters(bare)
    if not bare or bare in wording_words("light") or lower.endswith("'"):
        return "stop", ""
    capital = plain != plain.lower()
    return ("name" if capital else "word"), _stem(plain_letters(bare.removesuffix("'s")))


def measures(figures: Set[str]) -> frozenset[str]:
    """Return the kinds of figures: "times", "money", "measures"; a number alone may be any."""
    return frozenset(kind for kind in _FIGURES[1:] if not _folded_words(kind).isdisjoint(figures))


@cache
def _folded_words(name: str) -> frozenset[str]:
    return frozenset(map(plain_letters, wording_words(name)))


@cache
def _negation_signs() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(wording_words("negation_signs")))))


def _stem(word: str) -> str:
    """The word without its ending: "moved", "moving" and "moves" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            twice = len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ing", "ed")
            return stem[:-1] if twice else stem
    return word
