"""What a text says, as sets that can be compared: its content words and its details; pure.

Words are lower-case, without the words that only hold a sentence together and without their
endings, crudely. Scripts that are written without spaces are taken in pairs of characters. A word
that a negation stands before is another word ("not deploy").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

_STOP_WORDS = frozenset(
    # English; must, should, may, before, after, more and less say something and are not here
    "a about actually again all also am an and any anymore are as at be been being btw but by can"
    " could did do does doing for from had has have he her here hers him his how i i'd i'll i'm"
    " i've if in into is it it's its just let longer me mine my now of off oh ok okay on or our"
    " ours please remember she so some such tell than that that's the their them then there these"
    " they this those to too us very was we we're we've were what what's when when's where where's"
    " which who who's whom whose why will with would yes you you'll you're you've your yours"
    # German, French, Spanish: the commonest
    " aber auch auf aus bei bin bist da das dass dem den der des die du ein eine einem einen einer"
    " er es für hat habe haben ich ihr im ist ja jetzt mein meine mich mir mit noch nun oder sein"
    " sie sind so und uns von war was wann wie wir wird wo zu zum zur au aux avec ce ces cette dans"
    " de des du elle en est et il je la le les leur ma mais mes moi mon nous on ou où par pour que"
    " qui sa ses son suis sur tu un une vous al con cómo cuándo del dónde el ella está es esta este"
    " las lo los mi mis para pero por qué se su sus una y ya yo".split()
)
_NEGATIONS = frozenset(
    "not no never without none neither nor nobody nothing cannot dont doesnt didnt isnt cant wont"
    " n' nicht nichts kein keine keinen keinem keiner keines nie niemals ohne weder ne pas"
    " jamais sans aucun aucune ni nunca sin ningún ninguna tampoco non mai senza niet geen"
    " не нет без".split()
)
_FIGURES = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve hundred thousand million"
    " half twice monday tuesday wednesday thursday friday saturday sunday january february march"
    " april june july august september october november december today tomorrow yesterday tonight"
    " am pm noon midnight second seconds minute minutes hour hours day days week weeks month months"
    " year years percent dollar dollars euro euros pound pounds mm cm m km mg g kg ml l mb gb tb"
    " lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes"
    " sábado domingo morgen gestern heute".split()
)
_ENDINGS = ("ing", "ed", "es", "en", "ly", "e", "s")
_NO = re.compile("[不没沒无無未非別别않없못]|ない|なか|せん|ไม")

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Characters other than letters, in ranges: \w would split the words of India at their vowel signs.
_SIGNS = (
    r"\s!-/:-@\[-^`{-~\u00a0-\u00bf\u0964\u0965\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f"
    "\U0001f000-\U0001faff"
)
_LETTERS = rf"[^{_SIGNS}{_SPACELESS}]"
_TOKEN = re.compile(
    r"(?:(?:^|(?<=[\s(]))-)?\d+(?:[.,:/'’_-]\d+)*[^\W" + _SPACELESS + r"]*"
    r"|(?:[lLdDnNjJsStTmMcC]|[qQ]u)['’]"
    rf"|{_LETTERS}+(?:['’]{_LETTERS}+)*"
    rf"|[{_SPACELESS}]+"
    r"|[$€£¥₹%]"
    r"|[.!?。\n|,;:()—،؟।]"
)
_RUN = re.compile(rf"[{_SPACELESS}]")
_THOUSANDS = re.compile(r"(?<=\d)[,'’_](?=\d{3}(?!\d))")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_BREAKS = frozenset(".!?。\n|,;:()—،؟।")
_CURRENCIES = frozenset("$€£¥₹%")
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


def wording(text: str) -> Wording:
    """What a text says; in time linear in its length."""
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
    """What two texts say, one after the other."""
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
        if _NO.search(run):
            self.negations.update(pair for pair in pairs if _NO.search(pair))


@lru_cache(maxsize=1 << 15)
def _read(token: str) -> tuple[_Sort, str]:
    """What sort of word a token is, and the form that is compared."""
    if token in _BREAKS:
        return "break", ""
    if _RUN.match(token):
        return "pairs", token
    plain = token.strip("_").replace("’", "'")
    lower = plain.lower()
    if any(word.isdigit() for word in lower):
        return "figure", _ORDINAL.sub("", _THOUSANDS.sub("", lower))
    bare = lower.rstrip("'")
    if not _NEGATIONS.isdisjoint((lower, bare)) or lower.endswith("n't"):
        return "negation", ""
    if not bare or bare in _STOP_WORDS or lower.endswith("'"):
        return "stop", ""
    if token in _CURRENCIES or bare in _FIGURES:
        return "figure", bare
    capital = plain != lower
    return ("name" if capital else "word"), _folded(bare.removesuffix("'s"))


def _folded(word: str) -> str:
    """The word without its ending: "moved", "moving" and "moves" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            twice = len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ing", "ed")
            return stem[:-1] if twice else stem
    return word
