"""How well each chunk of a pool holds the words of a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.records.fulltext import FullText, Where
from ingest.search.spelling import corrections
from ingest.search.terms import Term, WordQuery, terms_of
from ingest.search.word_counts import WordCounts

MOST_TERMS = 32
"""Words of a question that are looked up, the rarest first: a pasted page is a question, too."""
ENOUGH_TERMS = 8
"""A passage need not hold more words of a long question to hold all of what it asks."""
COMMON = 0.3
"""In more of the pool than this, a word is left out where there are rarer ones: it costs the most
time and tells the least."""
LARGE = 2_000
"""Chunks from which on that is worth while."""
NAME_WEIGHT = 1.5
"""What a word counts for in the name of a file or folder, where one in the text counts 0 to 2.2."""
NAMED_DOCUMENTS = 20
NAMED_CHUNKS = 200
"""How many documents are looked up for their names, and how far into each."""
CORRECTED = 0.8
"""What a word counts for whose spelling was corrected."""
LANGUAGES = 3
"""Languages of a library whose stems are tried, the commonest first."""


@dataclass(slots=True)
class WordScores:
    """By row of a chunk: its score, higher is better, and the share of the question's rarity that
    it holds, 0..1. `corrected` are the words as they were asked and as they were searched for.
    """

    scores: dict[int, float] = field(default_factory=dict)
    coverage: dict[int, float] = field(default_factory=dict)
    corrected: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A term with the forms in which the pool holds it, and the documents that are named so.

    `chunks` and `named`: how many chunks hold it, and how many documents are named so, in all pools
    that are searched together.
    """

    term: Term
    forms: tuple[str, ...]
    chunks: int
    documents: tuple[int, ...] = ()
    named: int = 0
    strength: float = 1.0


def search_words(
    index: FullText, counts: WordCounts, query: WordQuery, where: Where = ("", ())
) -> WordScores:
    """The chunks that hold words of a question, whose rarity is that in `counts`; `where` narrows
    them.
    """
    found = WordScores()
    if not index.size:
        return found
    sought = list(_sought(index, counts, query, found))
    counted = [one for one in sought if not one.term.weak] or sought
    total = sum(sorted((_rarity(counts, one) for one in counted), reverse=True)[:ENOUGH_TERMS])
    held: defaultdict[int, float] = defaultdict(float)
    scores: defaultdict[int, float] = defaultdict(float)
    files = index.sources() if index.kind == "document" else 0
    names: defaultdict[int, float] = defaultdict(float)
    named: defaultdict[int, float] = defaultdict(float)
    for one in _telling(index, counts, sought):
        rarity = _rarity(counts, one) * one.strength
        asked = one in counted
        for chunk, occurrences in _occurrences(index, one, where).items():
            scores[chunk] += rarity * occurrences
            held[chunk] += rarity * asked
        for document in one.documents if len(one.documents) < COMMON * files + 1 else ():
            names[document] += rarity * NAME_WEIGHT
            named[document] += rarity * asked
    if names and not where[0]:
        _add_names(index, names, named, scores, held)
    found.scores = dict(scores)
    found.coverage = {
        chunk: min(1.0, rarity / total) for chunk, rarity in held.items() if total and rarity
    }
    return found


def _add_names(
    index: FullText,
    names: dict[int, float],
    named: dict[int, float],
    scores: dict[int, float],
    held: dict[int, float],
) -> None:
    best = sorted(names, key=lambda document: -names[document])[:NAMED_DOCUMENTS]
    for chunk, document, position in index.chunks_of(best, NAMED_CHUNKS):
        scores[chunk] += names[document] - 1e-4 * position
        held[chunk] += named[document]


def _rarity(counts: WordCounts, one: _Sought) -> float:
    return counts.rarity(max(one.chunks, one.named))


def _telling(index: FullText, counts: WordCounts, sought: Sequence[_Sought]) -> list[_Sought]:
    """The terms to look up: the rarest, and the commonest only where there are no others."""
    present = [one for one in sought if one.forms or one.documents]
    present.sort(key=lambda one: one.chunks)
    rare = [one for one in present if one.chunks <= COMMON * counts.size]
    return (rare if rare and index.size >= LARGE else present)[:MOST_TERMS]


def _occurrences(index: FullText, one: _Sought, where: Where) -> dict[int, float]:
    found: dict[int, float] = {}
    for form in one.forms:
        for chunk, count in index.occurrences(form, where, prefix=one.term.prefix).items():
            found[chunk] = max(count, found.get(chunk, 0.0))
    return found


def _sought(
    index: FullText, counts: WordCounts, query: WordQuery, found: WordScores
) -> Iterator[_Sought]:
    terms = terms_of(query, _languages(index))
    singles = [form for term in terms for form in term.forms if " " not in form]
    present = index.counts(singles)
    counts.chunks(singles)  # all of them at once
    for term in terms:
        if term.phrase:
            yield from _phrase(counts, term)
            continue
        forms = tuple(form for form in term.forms if form in present or term.prefix)
        documents = _documents(index, term)
        chunks = counts.chunks(term.forms)
        named = counts.named(term.name) if index.kind == "document" and term.name else 0
        if term.derived and not forms and not chunks and not named:
            continue
        if not forms and not chunks and not named and term.plain:
            yield _corrected(index, counts, term, found)
        else:
            yield _Sought(term, forms, chunks, documents, named)


def _phrase(counts: WordCounts, term: Term) -> Iterator[_Sought]:
    for form in term.forms:
        held = counts.holding(form)
        if held:
            yield _Sought(term, (form,), held)


def _corrected(index: FullText, counts: WordCounts, term: Term, found: WordScores) -> _Sought:
    near = [word for word, _ in corrections(term.forms[0], index.vocabulary)]
    if not near:
        return _Sought(term, (), 0)
    found.corrected[term.forms[0]] = near[0]
    return _Sought(term, tuple(near), counts.chunks(near), strength=CORRECTED)


def _documents(index: FullText, term: Term) -> tuple[int, ...]:
    if index.kind != "document" or term.name is None:
        return ()
    return tuple(dict.fromkeys(index.named(term.name)))


def _languages(index: FullText) -> Collection[str]:
    return list(index.languages)[:LANGUAGES]
