"""Words of a question that a chunk has exactly as they were asked; pure.

The words index holds stems and parts: for it `TypeAdapters` is any adapter of a type. Where only
few of the chunks with such a word have it as it was asked, these are meant.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.search.sought import Sought

SHORTEST = 3
"""Letters of a word that is looked for."""
EXACT = 4.0
"""What the exact form counts for, times how much rarer it is than the other forms of the word, as a
logarithm: with 4, 92 to 94 % of the words that occur once are first, with 2, 79 to 90 %, without it
54 to 79 %; left out one by one, each set chooses 4 (RESULTS.md#hard-questions-over-code).
"""
DEFINED = 3.0
"""What is added where the word is defined, as code and manuals do it: hit@1 of hard questions is 79
without it, 82 with 3, 83 with 6; no other set tells these apart."""
ALONE = 2
"""The power of a word's share of the question with which its exact form counts: who asks for one
word means it as it is, in a sentence its ending is that of the sentence. With 1 LoCoMo loses a
point, with 2 none.
"""
LEAST = 0.1
"""Of a word that counts for less, chunks are not read: most words of a question of four or more."""


@dataclass(frozen=True, slots=True)
class ExactForm:
    """A word as it was asked; `words` are its bits among what chunks hold, `strength` its share of
    the weight of a word that is surely asked for. `is_name`: an identifier, which may be defined in
    another spelling.
    """

    written: str
    words: int
    strength: float
    is_name: bool = False


def exact_forms(sought: Iterable[Sought]) -> list[ExactForm]:
    """The words of a question that are worth looking for as they were asked."""
    telling = [one for one in sought if one.weight and not (one.term.weak or one.term.vague)]
    total = sum(one.weight for one in telling if not one.term.optional)
    forms = (
        ExactForm(one.term.written, one.words, one.strength * _share(one, total), bool(one.parts))
        for one in telling
        if one.term.written and len(one.term.written) >= SHORTEST
    )
    return [form for form in forms if form.strength >= LEAST]


def _share(one: Sought, total: float) -> float:
    """Return how much the exact form of a word counts: an identifier is always meant as it is."""
    return 1.0 if one.parts or one.term.optional else (one.weight / total) ** ALONE


def exactness(
    texts: Callable[[Sequence[int]], Mapping[int, str]],
    forms: Sequence[ExactForm],
    chunks: Sequence[int],
    held: Mapping[int, int],
) -> dict[int, float]:
    """Return what is added to the scores of chunks for words that they have as they were asked.
    `texts` reads chunks, `held` are the words that each holds in any form, a bit each.
    """
    asked = 0
    for form in forms:
        asked |= form.words
    holding = [chunk for chunk in chunks if held.get(chunk, 0) & asked]
    if not holding:
        return {}
    words = {form.written for form in forms}
    pattern = _any_of(words)
    read = {chunk: _plain(text) for chunk, text in texts(holding).items()}
    # Most texts are told apart by this alone, in a tenth of the time that the patterns take.
    plain = {chunk: text for chunk, text in read.items() if any(word in text for word in words)}
    found = {chunk: set(pattern.findall(text)) for chunk, text in plain.items()}
    added = _definitions(forms, read, plain, held)
    for form in forms:
        exact = [chunk for chunk, words in found.items() if form.written in words]
        others = sum(1 for chunk in holding if held[chunk] & form.words) - len(exact)
        if exact and others > 0:
            rarer = math.log1p(others / len(exact))
            for chunk in exact:
                added[chunk] = added.get(chunk, 0.0) + EXACT * form.strength * rarer
    return added


def _definitions(
    forms: Sequence[ExactForm],
    read: Mapping[int, str],
    plain: Collection[int],
    held: Mapping[int, int],
) -> dict[int, float]:
    """Return what is added for words that chunks define; `plain` are those that hold one as it was
    asked. A name may be defined in another spelling: `parse_uri` for "parseUri".
    """
    asked = _defining(_alternatives({form.written for form in forms}))
    added: dict[int, float] = {}
    for chunk, text in read.items():
        spelt = any(form.is_name and held[chunk] & form.words == form.words for form in forms)
        if not spelt and chunk not in plain:
            continue
        found = (_any_definition() if spelt else asked).finditer(text)
        defined = {_joined(match[match.lastindex or 0]) for match in found}
        strengths = [form.strength for form in forms if _joined(form.written) in defined]
        if strengths:
            added[chunk] = DEFINED * sum(strengths)
    return added


def _joined(name: str) -> str:
    return name.replace("_", "").replace("-", "")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_alternatives(words)})(?!\w)")


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _any_definition() -> re.Pattern[str]:
    return _defining(r"\w[-\w]*")


def _defining(names: str) -> re.Pattern[str]:
    """Finds a name where it is defined: behind "def" or "class", before "=", as an option of a
    manual.
    """
    kinds = (
        "def|class|function|func|fn|sub|struct|interface|enum|trait|type|const|let|var|val|macro"
        "|module|namespace|define|(?:option|function|class|envvar|data|directive|command)::"
    )
    return re.compile(
        rf"(?:\b(?:{kinds})\s+(?:\w+[.:]+)?[-_]{{0,2}}({names})(?!\w)"
        rf"|^[ \t]*(?:\w+\.)?_{{0,2}}({names})(?: *:[^=\n]{{1,60}})? *:?=(?!=))",
        re.MULTILINE,
    )


def _plain(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()
